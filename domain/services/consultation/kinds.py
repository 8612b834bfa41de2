"""The kinds of a consultation: the fields of their public bodies (TABLES.md S1, S8), and how people
call the steps of those who work on it. What is asked for and where it is written follows from the
kind and its row."""

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
    states,
    term,
)
from domain.services.disclosure import DISCLOSED
from domain.shapes import hash_, identifier
from domain.state import Case
from domain.step import Command

NOTHING: Body = {}
no_conflict = states("Do you state that you have no conflict of interest here?")
# What a consultation may lead to, by the name of the service.
SERVICES_AFTER = (
    "family_support",
    "individual_support",
    "trajectory_advice",
    "duiding",
    "liv",
    "lat",
)
TO: Body = {"to": choice(*SERVICES_AFTER, asks="Which service was it allowed for?")}


def retention_class(case: Case) -> str:
    """How long a consultation is kept, by who asked (LAW.md 4.2)."""
    named = case.facts.get("requester_mode") != "anonymous" or "named" in case.facts
    return "consult_named" if named else "anon_consult"


KINDS: Mapping[str, Body] = {
    "ConsultationReceived": NOTHING,
    "ConsultationAssigned": {"assignee": own_device, "no_conflict": no_conflict},
    "ConsultationReassigned": {
        "assignee": device_of("consultation_worker"),
        "why": choice("ill", "left", "absent", "conflict", "workload", "other", asks="Why?"),
    },
    "MessageSent": NOTHING,
    "AnswerGiven": NOTHING,
    "ShortAdviceGiven": NOTHING,
    "ConsultationClosed": {
        "attested": stated,
        # It follows from who asked, unless somebody says otherwise.
        "retention_class": choice("anon_consult", "consult_named", usual=retention_class),
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
        "basis": choice("requester", "independent_source", asks="Who was verified?"),
        "how": choice(
            *("call_back", "visit", "document", "organisation", "known", "other"),
            asks="How do you know?",
        ),
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
    "SupportAnswerRecorded": {
        "answer": choice("accepted", "declined", asks="What was the answer?")
    },
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
COMMANDS: Mapping[str, Command] = {
    "answer": Command(
        "AnswerGiven",
        "dialogue",
        "Answer the person who asked.",
        "Your answer is stored, sealed.",
    ),
    "clarify": Command(
        "ClarificationRequested",
        "dialogue",
        "Ask the person what you need to know.",
        "Your question is stored, sealed.",
    ),
    "advise": Command(
        "ShortAdviceGiven",
        "dialogue",
        "Give short advice in its four sections.",
        "Your advice is stored, sealed.",
    ),
    "point": Command(
        "HelpPointed",
        "dialogue",
        "Point the person to a kind of help.",
        "The pointer is stored, sealed.",
    ),
    "advise-report": Command(
        "ReportAdvised",
        "dialogue",
        "Advise the person to report; whether to do so the person decides.",
        "The advice to report is stored, sealed.",
    ),
    "contact": Command(
        "ContactRecorded",
        "worknotes",
        "Record a talk with somebody else; the person who asked cannot read it.",
        "The talk is recorded in the notes, sealed.",
    ),
    "signal": Command(
        "SignalRegistered",
        "worknotes",
        "Register a signal: the fact, and apart from it opinion, hypothesis and source.",
        "The signal is registered in the notes; the person who asked cannot read it.",
    ),
    "report-noted": Command(
        "RequesterReportNoted",
        "worknotes",
        "Note that the person told of a report of their own.",
        "Noted; the person who asked cannot read it.",
    ),
    "delay": Command(
        "DelayExplained",
        "worknotes",
        "Say why a term has passed.",
        "The reason is kept in the notes.",
    ),
    "crisis": Command(
        "CrisisFlagged",
        "governance",
        "Raise a crisis: the supervisors see it at once, and decide with you within the hour.",
        "The crisis is raised. Ring a supervisor now.",
    ),
    "crisis-over": Command(
        "CrisisResolutionProposed",
        "governance",
        "Propose that the crisis is over, for a supervisor to approve.",
        "Proposed. A supervisor answers with `zegel approve` or `zegel refuse`.",
    ),
    "resolve": Command(
        "CrisisResolved",
        "governance",
        "End the crisis after a supervisor approved it.",
        "The crisis is over.",
    ),
    "tell-crisis-over": Command(
        "CrisisEndTold",
        "dialogue",
        "Tell the person that the crisis is over, where that is safe.",
        "Told, sealed.",
    ),
    "verify": Command(
        "RequesterVerified",
        "dialogue",
        "State that you know who the person is, and how.",
        "Noted. A case can begin now.",
        {"basis": "requester"},
    ),
    "verify-source": Command(
        "RequesterVerified",
        "worknotes",
        "State that a named source of its own, whose signal you registered, was verified.",
        "Noted. A case can begin now.",
        {"basis": "independent_source"},
    ),
    "propose-support": Command(
        "SupportProposed",
        "governance",
        "Propose to offer support by a casemanager, for a supervisor to approve.",
        "Proposed. A supervisor answers with `zegel approve` or `zegel refuse`.",
    ),
    "offer-support": Command(
        "CaseSupportOffered",
        "dialogue",
        "Offer support after a supervisor approved it; the person may decline freely.",
        "The offer is stored, sealed.",
    ),
    "record-name": Command(
        "NameRecorded",
        "dialogue",
        "Record the name that was given by telephone or at the desk.",
        "The name is recorded, sealed.",
    ),
    "record-answer": Command(
        "SupportAnswerRecorded",
        "dialogue",
        "Record the answer to the offer that was given by telephone or at the desk.",
        "The answer is recorded, sealed.",
    ),
    "record-link": Command(
        "LinkConsentRecorded",
        "dialogue",
        "Record that a link to a case was allowed by telephone or at the desk.",
        "The consent is recorded, sealed.",
    ),
    "propose-disclosure": Command(
        "DisclosureProposed",
        "governance",
        "Propose to tell others something, or to report, for other people to decide.",
        "Proposed. Weigh it with `zegel consultation weigh`; nothing goes to anyone by this.",
    ),
    "weigh": Command(
        "DisclosureWeighed",
        "governance",
        "Weigh what is proposed to be told, before anyone approves it.",
        "Weighed. Others answer with `zegel approve` or `zegel refuse`.",
    ),
    "sent": Command(
        "DisclosureSent",
        "governance",
        "Note what was told after it was approved: the very text, to whom and when.",
        "Noted.",
    ),
    "tell-of-disclosure": Command(
        "RequesterTold",
        "dialogue",
        "Tell the person what was told to others, where that is safe.",
        "Told, sealed.",
    ),
    "escalate": Command(
        "ConsultationEscalated",
        "dialogue",
        "Hand over to a case, after the person accepted, is verified and allowed the link.",
        "Handed over. The consultation ends here.",
    ),
    "rest": Command(
        "ConsultationBecameDormant",
        "dialogue",
        "Let a consultation rest after two silent weeks, with a word to the person.",
        "It rests. The person can go on at any time.",
    ),
    "close": Command(
        "ConsultationClosed",
        "dialogue",
        "Close a consultation, with its outcome and a last word to the person.",
        "Closed. The person can reopen it within 90 days.",
    ),
    "closing-note": Command(
        "ClosingNoted",
        "worknotes",
        "Note for the office why it ended so; the person who asked cannot read it.",
        "Noted; the person who asked cannot read it.",
    ),
    "reopen": Command(
        "ConsultationReopened",
        "dialogue",
        "Open a closed consultation again, within 90 days.",
        "It is open again.",
    ),
}
