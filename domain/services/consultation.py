"""The consultation (SERVICES.md 2.1): the front office's work from the first question to the end.

A crisis is a flag beside the state. What needs a second person is proposed and approved in
`governance`; colleagues are consulted, and signals kept, in `worknotes`. The requester's
`dialogue` shows neither. Here are the rows; their conditions stand in `consultation_guards`.
"""

from domain.service import Service, Step, Wall
from domain.services.consultation_guards import (
    A_PROPOSAL_IS_OPEN,
    APPROVED_OFFER,
    APPROVED_RESOLUTION,
    AT_WORK,
    AUTHOR_IS_ASSIGNED,
    IN_CRISIS,
    IS_NOT_ASSIGNED,
    IS_SUBSTITUTE,
    LINK_CONSENTED,
    NO_OPEN_CRISIS,
    NOT_ANONYMOUS,
    OFFICE_OPENED_IT,
    ONLY_OTHERS_GO,
    ONLY_THE_SUBSTITUTE_COMES,
    SECOND_PERSON,
    SILENT_FOR_14_DAYS,
    SUBSTITUTE_IS_A_COLLEAGUE,
    SUPPORT_ACCEPTED,
    TAKES_IT_HIMSELF,
    WITHIN_90_DAYS,
    elsewhere,
)
from domain.shapes import exactly

REQUESTER = frozenset({"requester"})
WORKER = frozenset({"consultation_worker"})
SUPERVISOR = frozenset({"supervisor"})
DIALOGUE = frozenset({"dialogue"})
WORKNOTES = frozenset({"worknotes"})
GOVERNANCE = frozenset({"governance"})

OPENED, RECEIVED, IN_TRIAGE, IN_DIALOGUE = "opened", "received", "in_triage", "in_dialogue"
ADVISED, OFFERED, ESCALATED = "advised", "escalation_offered", "escalated"
DORMANT, CLOSED = "dormant", "closed"
STATES = (OPENED, RECEIVED, IN_TRIAGE, IN_DIALOGUE, ADVISED, OFFERED, ESCALATED, DORMANT, CLOSED)
EVERY = frozenset(STATES)


def at(*states: str) -> frozenset[str]:
    return frozenset(states)


TALKING = frozenset({IN_TRIAGE, IN_DIALOGUE, ADVISED})
TAKEN = TALKING | {OFFERED, DORMANT}
LIVE = TAKEN | at(RECEIVED)
SAID = ("said_at",)
HIS = (elsewhere(AUTHOR_IS_ASSIGNED),)


def _asks(kind: str, sources: frozenset[str], to: str | None) -> Step:
    """What the requester says."""
    return Step(kind, REQUESTER, DIALOGUE, sources, to, "message/1", stamps=SAID)


def _answers(kind: str, to: str, payload: str) -> Step:
    """What the worker says to the requester."""
    return Step(kind, WORKER, DIALOGUE, TALKING, to, payload, AT_WORK, stamps=SAID)


def _points(kind: str) -> Step:
    return Step(
        kind, WORKER, DIALOGUE, TALKING | at(OFFERED), None, "pointer/1", AT_WORK, stamps=SAID
    )


ASKING = (
    Step(
        "ConsultationReceived", REQUESTER, DIALOGUE, at(OPENED), RECEIVED, "message/1", stamps=SAID
    ),
    Step(
        "ConsultationReceived",
        WORKER,
        DIALOGUE,
        at(OPENED),
        RECEIVED,
        "contact/1",
        (OFFICE_OPENED_IT,),
        stamps=SAID,
    ),
    Step("MessageSent", REQUESTER, DIALOGUE, LIVE - at(DORMANT), None, "message/1", stamps=SAID),
    _asks("MessageSent", at(DORMANT), IN_DIALOGUE),
    Step("RequesterNamed", REQUESTER, DIALOGUE, LIVE, None, "identity/1", marks={"named": "yes"}),
)
TAKING = (
    Step(
        "ConsultationAssigned",
        WORKER,
        DIALOGUE,
        at(RECEIVED),
        IN_TRIAGE,
        guards=(TAKES_IT_HIMSELF,),
        facts={"assignee": "assignee"},
    ),
    Step(
        "ConsultationAssigned",
        WORKER,
        DIALOGUE,
        TAKEN,
        guards=(TAKES_IT_HIMSELF, IS_SUBSTITUTE),
        facts={"assignee": "assignee"},
        marks={"substitute": ""},
    ),
    Step(
        "SubstituteNamed",
        WORKER,
        DIALOGUE,
        TAKEN,
        guards=(*AT_WORK, SUBSTITUTE_IS_A_COLLEAGUE),
        facts={"substitute": "substitute"},
    ),
)
ANSWERING = (
    _answers("ClarificationRequested", IN_DIALOGUE, "message/1"),
    _answers("AnswerGiven", IN_DIALOGUE, "message/1"),
    _answers("ShortAdviceGiven", ADVISED, "advice/1"),
    _points("HelpPointed"),
    _points("ReportAdvised"),
    Step(
        "MessageSent",
        WORKER,
        DIALOGUE,
        TALKING | at(OFFERED),
        None,
        "message/1",
        AT_WORK,
        stamps=SAID,
    ),
    Step("ContactRecorded", WORKER, DIALOGUE, TAKEN, None, "contact/1", AT_WORK, stamps=SAID),
)
SUPPORT = (
    Step("SupportProposed", WORKER, GOVERNANCE, TALKING, None, "note/1", HIS),
    Step(
        "CaseSupportOffered",
        WORKER,
        DIALOGUE,
        TALKING,
        OFFERED,
        "message/1",
        (*AT_WORK, APPROVED_OFFER),
        marks={"support": "offered"},
        stamps=SAID,
    ),
    Step("CaseSupportAccepted", REQUESTER, DIALOGUE, at(OFFERED), marks={"support": "accepted"}),
    Step(
        "CaseSupportDeclined",
        REQUESTER,
        DIALOGUE,
        at(OFFERED),
        IN_DIALOGUE,
        marks={"support": "declined"},
    ),
    Step("LinkConsented", REQUESTER, DIALOGUE, at(OFFERED), facts={"link": "to"}),
    Step(
        "ConsultationEscalated",
        WORKER,
        DIALOGUE,
        at(OFFERED),
        ESCALATED,
        guards=(*AT_WORK, SUPPORT_ACCEPTED, LINK_CONSENTED, NOT_ANONYMOUS),
        facts={"linked_case": "case"},
    ),
)
CRISIS = (
    Step(
        "CrisisFlagged",
        REQUESTER | WORKER,
        DIALOGUE,
        EVERY - at(OPENED),
        None,
        "message/1",
        marks={"crisis": "raised"},
        stamps=("crisis_at",),
    ),
    Step(
        "CrisisFlagged",
        WORKER | SUPERVISOR,
        GOVERNANCE,
        EVERY - at(OPENED),
        None,
        "message/1",
        marks={"crisis": "raised"},
        stamps=("crisis_at",),
    ),
    Step("CrisisResolutionProposed", WORKER, GOVERNANCE, EVERY, None, "note/1", (*HIS, IN_CRISIS)),
    Step(
        "CrisisResolved",
        WORKER,
        DIALOGUE,
        EVERY - at(OPENED),
        guards=(*AT_WORK, IN_CRISIS, APPROVED_RESOLUTION),
        marks={"crisis": "resolved"},
    ),
)
SECOND_EYES = (
    Step("DisclosureProposed", WORKER, GOVERNANCE, LIVE | at(CLOSED), None, "weighing/1", HIS),
    *(
        Step(
            kind,
            SUPERVISOR,
            GOVERNANCE,
            EVERY,
            None,
            "note/1",
            (A_PROPOSAL_IS_OPEN, SECOND_PERSON),
        )
        for kind in ("ApprovalGiven", "ApprovalRefused")
    ),
    Step("MessageSent", WORKER | SUPERVISOR, GOVERNANCE, EVERY, None, "message/1"),
)
NOTES = (
    Step("SignalRegistered", WORKER, WORKNOTES, TAKEN, None, "signal/1", HIS),
    Step("PeerConsulted", WORKER, WORKNOTES, TAKEN, None, "excerpt/1", HIS),
    Step("RequesterReportNoted", WORKER, WORKNOTES, TAKEN, None, "note/1", HIS),
    Step("DelayExplained", WORKER, WORKNOTES, LIVE, None, "note/1", HIS),
    Step("MessageSent", WORKER, WORKNOTES, TAKEN, None, "message/1"),
)
ENDING = (
    Step(
        "ConsultationBecameDormant",
        WORKER,
        DIALOGUE,
        TALKING,
        DORMANT,
        "message/1",
        (*AT_WORK, SILENT_FOR_14_DAYS),
    ),
    Step(
        "ConsultationClosed",
        WORKER,
        DIALOGUE,
        TAKEN,
        CLOSED,
        "closing/1",
        (*AT_WORK, NO_OPEN_CRISIS),
        stamps=("closed_at",),
    ),
    Step(
        "ConsultationReopened",
        REQUESTER,
        DIALOGUE,
        at(CLOSED),
        IN_DIALOGUE,
        "message/1",
        (WITHIN_90_DAYS,),
        stamps=SAID,
    ),
    Step(
        "ConsultationReopened",
        WORKER,
        DIALOGUE,
        at(CLOSED),
        IN_DIALOGUE,
        "message/1",
        (*AT_WORK, WITHIN_90_DAYS),
        stamps=SAID,
    ),
)
MEMBERSHIP = (
    Step("MemberLeft", WORKER, DIALOGUE, EVERY, guards=(IS_NOT_ASSIGNED,)),
    Step("MemberLeft", WORKER | SUPERVISOR, WORKNOTES | GOVERNANCE, EVERY),
    Step("WrapRefused", REQUESTER | WORKER, DIALOGUE, EVERY),
    Step("WrapRefused", WORKER | SUPERVISOR, WORKNOTES | GOVERNANCE, EVERY),
    Step("RequesterKeyReplaced", REQUESTER, DIALOGUE, EVERY),
)

CONSULTATION = Service(
    name="consultation",
    begins=OPENED,
    states=STATES,
    first=DIALOGUE,
    opening={"requester_mode": exactly("anonymous", "named", "professional")},
    grounds=frozenset(
        {"consent", "legal_obligation", "vital_interests", "public_task", "legitimate_interests"}
    ),
    purposes=frozenset({"consultation"}),
    walls={
        "dialogue": Wall(
            opened_by=REQUESTER | WORKER,
            holds=REQUESTER | WORKER,
            adds={"consultation_worker": WORKER},
            removes={"consultation_worker": WORKER},
            guards=(AUTHOR_IS_ASSIGNED, ONLY_THE_SUBSTITUTE_COMES, ONLY_OTHERS_GO),
        ),
        "worknotes": Wall(
            opened_by=WORKER,
            holds=WORKER,
            adds={"consultation_worker": WORKER},
            removes={"consultation_worker": WORKER},
            guards=HIS,
        ),
        "governance": Wall(
            opened_by=WORKER,
            holds=WORKER | SUPERVISOR,
            adds={"consultation_worker": WORKER | SUPERVISOR, "supervisor": WORKER | SUPERVISOR},
            removes={"consultation_worker": WORKER, "supervisor": WORKER | SUPERVISOR},
        ),
    },
    steps=(
        *ASKING,
        *TAKING,
        *ANSWERING,
        *SUPPORT,
        *CRISIS,
        *SECOND_EYES,
        *NOTES,
        *ENDING,
        *MEMBERSHIP,
    ),
)
SERVICES = {CONSULTATION.name: CONSULTATION}
