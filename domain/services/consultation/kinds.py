"""The kinds of a consultation, with the fields of their public bodies (TABLES.md S1, S8)."""

from collections.abc import Mapping

from domain.fields import (
    Body,
    Field,
    Origin,
    choice,
    device_of,
    entry_of,
    given,
    own_device,
    proposal_of,
    stated,
    term,
)
from domain.services.disclosure import DISCLOSED
from domain.shapes import hash_, identifier

NOTHING: Body = {}
# What a consultation may lead to, by the name of the service.
SERVICES_AFTER = (
    "family_support",
    "individual_support",
    "trajectory_advice",
    "duiding",
    "liv",
    "lat",
)
TO: Body = {"to": choice(*SERVICES_AFTER)}

KINDS: Mapping[str, Body] = {
    "ConsultationReceived": NOTHING,
    "ConsultationAssigned": {"assignee": own_device, "no_conflict": stated},
    "ConsultationReassigned": {
        "assignee": device_of("consultation_worker"),
        "why": choice("ill", "left", "absent", "conflict", "workload", "other"),
    },
    "MessageSent": NOTHING,
    "AnswerGiven": NOTHING,
    "ShortAdviceGiven": NOTHING,
    "ConsultationClosed": {
        "attested": stated,
        "retention_class": choice("anon_consult", "consult_named"),  # LAW.md 4.2
    },
    "ClosingNoted": NOTHING,
    "StoppedByRequester": NOTHING,
    "SubstituteNamed": {"substitute": device_of("consultation_worker", "casemanager")},
    "ClarificationRequested": NOTHING,
    "HelpPointed": NOTHING,
    "ReportAdvised": NOTHING,
    "ContactRecorded": NOTHING,
    "RequesterNamed": NOTHING,
    "NameRecorded": NOTHING,
    "RequesterVerified": {
        "basis": choice("requester", "independent_source"),
        "how": choice("call_back", "visit", "document", "organisation", "known", "other"),
    },
    "SignalRegistered": NOTHING,
    "PeerConsulted": NOTHING,
    "RequesterReportNoted": NOTHING,
    "DelayExplained": {"term": term},
    "CrisisFlagged": NOTHING,
    "CrisisResolutionProposed": {"crisis": entry_of("CrisisFlagged")},
    "CrisisResolved": {"proposal": proposal_of("CrisisResolutionProposed")},
    "CrisisEndTold": NOTHING,
    "SupportProposed": NOTHING,
    "CaseSupportOffered": {"proposal": proposal_of("SupportProposed")},
    "CaseSupportAccepted": NOTHING,
    "CaseSupportDeclined": NOTHING,
    "SupportAnswerRecorded": {"answer": choice("accepted", "declined")},
    "LinkConsented": TO,
    "LinkConsentRecorded": TO,
    "LinkWithdrawn": {"of": entry_of("LinkConsented", "LinkConsentRecorded")},
    "ConsultationEscalated": {
        "case": Field(identifier, Origin.LINK),
        "id": given(identifier),
        "hash": given(hash_),
    },
    "ConsultationBecameDormant": NOTHING,
    "ConsultationReopened": NOTHING,
    "ApprovalGiven": {"of": entry_of()},
    "ApprovalRefused": {"of": entry_of()},
    **DISCLOSED,
}
