"""The rows of the consultation: who may write what, where, when, and what it leads to.

A crisis is a flag beside the state. What needs a second person is proposed and approved in
`governance`; colleagues are consulted, and signals kept, in `worknotes`. The requester's
`dialogue` shows neither. The conditions stand in `consultation_guards`.
"""

from domain.guard import Guard
from domain.services.consultation.erasing import ERASING
from domain.services.consultation.guards import (
    A_PROPOSAL_IS_OPEN,
    APPROVED_OFFER,
    APPROVED_RESOLUTION,
    AT_WORK,
    HIS,
    IN_CRISIS,
    IS_NOT_ASSIGNED,
    LINK_CONSENTED,
    MAY_TAKE_OVER,
    NO_OPEN_CRISIS,
    NOT_ANONYMOUS,
    OFFICE_OPENED_IT,
    SECOND_PERSON,
    SILENT_FOR_14_DAYS,
    SUBSTITUTE_IS_A_COLLEAGUE,
    SUPPORT_ACCEPTED,
    TAKES_IT_HIMSELF,
    WITHIN_90_DAYS,
)
from domain.services.consultation.states import (
    ADVISED,
    CLOSED,
    DORMANT,
    ESCALATED,
    EVERY,
    IN_DIALOGUE,
    IN_TRIAGE,
    LIVE,
    OFFERED,
    OPENED,
    RECEIVED,
    TAKEN,
    TALKING,
    at,
)
from domain.step import Step

REQUESTER = frozenset({"requester"})
WORKER = frozenset({"consultation_worker"})
SUPERVISOR = frozenset({"supervisor"})
DIALOGUE = frozenset({"dialogue"})
WORKNOTES = frozenset({"worknotes"})
GOVERNANCE = frozenset({"governance"})
SAID = ("said_at",)
ASKED = ("said_at", "asked_at")
FOR_HER, FOR_OFFICE, FOR_SECOND, FOR_NOBODY = "requester", "consultation_worker", "supervisor", ""


def _asks(kind: str, sources: frozenset[str], to: str | None, stamps: tuple[str, ...]) -> Step:
    """What the requester says."""
    return Step(
        kind, REQUESTER, DIALOGUE, sources, to, "message/1", stamps=stamps, waits=FOR_OFFICE
    )


def _answers(kind: str, sources: frozenset[str], to: str | None, payload: str) -> Step:
    """What the worker says to the requester."""
    return Step(kind, WORKER, DIALOGUE, sources, to, payload, AT_WORK, stamps=SAID, waits=FOR_HER)


def _proposes(kind: str, sources: frozenset[str], payload: str, *guards: Guard) -> Step:
    """What a second person has to answer."""
    return Step(
        kind,
        WORKER,
        GOVERNANCE,
        sources,
        None,
        payload,
        (*HIS, *guards),
        waits=FOR_SECOND,
        proposes=True,
    )


ASKING = (
    _asks("ConsultationReceived", at(OPENED), RECEIVED, ASKED),
    Step(
        "ConsultationReceived",
        WORKER,
        DIALOGUE,
        at(OPENED),
        RECEIVED,
        "contact/1",
        (OFFICE_OPENED_IT,),
        stamps=ASKED,
        waits=FOR_OFFICE,
    ),
    _asks("MessageSent", LIVE - at(DORMANT), None, SAID),
    _asks("MessageSent", at(DORMANT), IN_DIALOGUE, ASKED),
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
        guards=(TAKES_IT_HIMSELF, MAY_TAKE_OVER),
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
    _answers("ClarificationRequested", TALKING, IN_DIALOGUE, "message/1"),
    _answers("AnswerGiven", TALKING, IN_DIALOGUE, "message/1"),
    _answers("ShortAdviceGiven", TALKING, ADVISED, "advice/1"),
    _answers("HelpPointed", TALKING | at(OFFERED), None, "pointer/1"),
    _answers("ReportAdvised", TALKING | at(OFFERED), None, "pointer/1"),
    _answers("MessageSent", TALKING | at(OFFERED), None, "message/1"),
    _answers("ContactRecorded", TAKEN, None, "contact/1"),
)
SUPPORT = (
    _proposes("SupportProposed", TALKING, "note/1"),
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
        waits=FOR_HER,
    ),
    Step(
        "CaseSupportAccepted",
        REQUESTER,
        DIALOGUE,
        at(OFFERED),
        marks={"support": "accepted"},
        waits=FOR_OFFICE,
    ),
    Step(
        "CaseSupportDeclined",
        REQUESTER,
        DIALOGUE,
        at(OFFERED),
        IN_DIALOGUE,
        marks={"support": "declined"},
        stamps=("asked_at",),
        waits=FOR_OFFICE,
    ),
    Step(
        "LinkConsented",
        REQUESTER,
        DIALOGUE,
        at(OFFERED),
        facts={"link": "to"},
        waits=FOR_OFFICE,
    ),
    Step(
        "ConsultationEscalated",
        WORKER,
        DIALOGUE,
        at(OFFERED),
        ESCALATED,
        guards=(*AT_WORK, SUPPORT_ACCEPTED, LINK_CONSENTED, NOT_ANONYMOUS),
        facts={"linked_case": "case"},
        waits=FOR_NOBODY,
    ),
)
CRISIS = (
    *(
        Step(
            "CrisisFlagged",
            writers,
            where,
            EVERY - at(OPENED),
            None,
            "message/1",
            marks={"crisis": "raised"},
            first_stamps=("crisis_at",),  # who calls again does not wait anew
            waits=waits,
        )
        for writers, where, waits in (
            (REQUESTER | WORKER, DIALOGUE, FOR_OFFICE),
            (WORKER | SUPERVISOR, GOVERNANCE, FOR_SECOND),
        )
    ),
    _proposes("CrisisResolutionProposed", EVERY, "note/1", IN_CRISIS),
    # In the dialogue only where the requester is to know; she need not know of a crisis.
    *(
        Step(
            "CrisisResolved",
            WORKER,
            where,
            EVERY - at(OPENED),
            guards=(*guards, IN_CRISIS, APPROVED_RESOLUTION),
            marks={"crisis": "resolved"},
            clears=("crisis_at",),
            waits=waits,
        )
        for where, guards, waits in ((DIALOGUE, AT_WORK, None), (GOVERNANCE, HIS, FOR_NOBODY))
    ),
)
SECOND_EYES = (
    _proposes("DisclosureProposed", LIVE | at(CLOSED), "weighing/1"),
    *(
        Step(
            kind,
            SUPERVISOR,
            GOVERNANCE,
            EVERY,
            None,
            "note/1",
            (A_PROPOSAL_IS_OPEN, SECOND_PERSON),
            waits=FOR_OFFICE,
        )
        for kind in ("ApprovalGiven", "ApprovalRefused")
    ),
    Step("MessageSent", WORKER | SUPERVISOR, GOVERNANCE, EVERY, None, "message/1"),
)
NOTES = (
    Step("SignalRegistered", WORKER, WORKNOTES, TAKEN, None, "signal/1", HIS),
    Step("PeerConsulted", WORKER, WORKNOTES, TAKEN, None, "excerpt/1", HIS, waits=FOR_OFFICE),
    Step("RequesterReportNoted", WORKER, WORKNOTES, TAKEN, None, "note/1", HIS),
    Step("DelayExplained", WORKER, WORKNOTES, LIVE, None, "note/1", HIS, explains=True),
    Step("MessageSent", WORKER, WORKNOTES, TAKEN, None, "message/1", waits=FOR_NOBODY),
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
        waits=FOR_HER,
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
        waits=FOR_NOBODY,
    ),
    Step(
        "ConsultationReopened",
        REQUESTER,
        DIALOGUE,
        at(CLOSED),
        IN_DIALOGUE,
        "message/1",
        (WITHIN_90_DAYS,),
        stamps=ASKED,
        waits=FOR_OFFICE,
    ),
    Step(
        "ConsultationReopened",
        WORKER,
        DIALOGUE,
        at(CLOSED),
        IN_DIALOGUE,
        "message/1",
        (*AT_WORK, WITHIN_90_DAYS),
        stamps=ASKED,
        waits=FOR_HER,
    ),
)
MEMBERSHIP = (
    Step("MemberLeft", WORKER, DIALOGUE, EVERY, guards=(IS_NOT_ASSIGNED,)),
    Step("MemberLeft", WORKER | SUPERVISOR, WORKNOTES | GOVERNANCE, EVERY),
    Step("WrapRefused", REQUESTER | WORKER, DIALOGUE, EVERY),
    Step("WrapRefused", WORKER | SUPERVISOR, WORKNOTES | GOVERNANCE, EVERY),
    Step("RequesterKeyReplaced", REQUESTER, DIALOGUE, EVERY),
)

STEPS = (
    *ASKING,
    *TAKING,
    *ANSWERING,
    *SUPPORT,
    *CRISIS,
    *SECOND_EYES,
    *NOTES,
    *ENDING,
    *MEMBERSHIP,
    *ERASING,
)
