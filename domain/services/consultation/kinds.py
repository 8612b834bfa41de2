"""The kinds of a consultation, with the fields of their public bodies (TABLES.md S1)."""

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
from domain.shapes import code, identifier

NOTHING: Body = {}

KINDS: Mapping[str, Body] = {
    "ConsultationReceived": NOTHING,
    "ConsultationAssigned": {"assignee": own_device, "no_conflict": stated},
    "MessageSent": NOTHING,
    "AnswerGiven": NOTHING,
    "ShortAdviceGiven": NOTHING,
    "ConsultationClosed": {"attested": stated},
    "SubstituteNamed": {"substitute": device_of("consultation_worker", "casemanager")},
    "ClarificationRequested": NOTHING,
    "HelpPointed": NOTHING,
    "ReportAdvised": NOTHING,
    "ContactRecorded": NOTHING,
    "RequesterNamed": NOTHING,
    "SignalRegistered": NOTHING,
    "PeerConsulted": NOTHING,
    "RequesterReportNoted": NOTHING,
    "DelayExplained": {"term": term},
    "CrisisFlagged": NOTHING,
    "CrisisResolutionProposed": NOTHING,
    "CrisisResolved": {"proposal": proposal_of("CrisisResolutionProposed")},
    "SupportProposed": NOTHING,
    "CaseSupportOffered": {"proposal": proposal_of("SupportProposed")},
    "CaseSupportAccepted": NOTHING,
    "CaseSupportDeclined": NOTHING,
    "LinkConsented": {"to": Field(code, Origin.CHOICE)},
    "ConsultationEscalated": {"case": given(identifier)},
    "DisclosureProposed": {
        "disclosure": choice("report_by_lse", "excerpt"),
        "ground": Field(code, Origin.CHOICE),
    },
    "ConsultationBecameDormant": NOTHING,
    "ConsultationReopened": NOTHING,
    "ApprovalGiven": {"of": entry_of()},
    "ApprovalRefused": {"of": entry_of()},
}
