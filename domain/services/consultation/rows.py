"""The rows of the consultation: who may write what, where, when, and what it leads to.

A crisis is a flag beside the state. What needs a second person is proposed and approved in
`governance`; colleagues are consulted, and signals kept, in `worknotes`. The requester's
`dialogue` shows neither. The conditions stand in `guards`.
"""

from domain.guard import Guard
from domain.services.consultation.deciding import CRISIS, SECOND_EYES
from domain.services.consultation.erasing import ERASING, MEMBERSHIP
from domain.services.consultation.guards import (
    ASSIGNEE_IS_A_COLLEAGUE,
    AT_WORK,
    HIS,
    IN_CRISIS,
    LAST_WORD_IS_OURS,
    MAY_TAKE_OVER,
    NO_DISCLOSURE_WAITS,
    NO_OPEN_CRISIS,
    OFFICE_OPENED_IT,
    SILENT_FOR_14_DAYS,
    SUBSTITUTE_IS_A_COLLEAGUE,
    SUPPORT_NOT_ACCEPTED,
    TAKES_IT_HIMSELF,
    TWO_ARE_HERE,
    WITHIN_90_DAYS,
)
from domain.services.consultation.places import (
    ASK,
    ASKED,
    ASKING,
    DIALOGUE,
    FOR_HER,
    FOR_NOBODY,
    FOR_OFFICE,
    GOVERNANCE,
    SAID,
    SUPERVISOR,
    WORKER,
    WORKNOTES,
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
from domain.services.consultation.supporting import NAMING, SUPPORT, THE_OFFER
from domain.step import Step


def _asks(
    kind: str,
    sources: frozenset[str],
    to: str | None,
    stamps: tuple[str, ...],
    *guards: Guard,
) -> Step:
    """What one who asks says."""
    return Step(
        kind, ASK, DIALOGUE, sources, to, "message/1", guards, stamps=stamps, waits=FOR_OFFICE
    )


def _answers(
    kind: str,
    sources: frozenset[str],
    to: str | None,
    payload: str,
    *guards: Guard,
    clears: tuple[str, ...] = (),
) -> Step:
    """What the worker says to who asked. Whoever it was reassigned to has it in hand then."""
    return Step(
        kind,
        WORKER,
        DIALOGUE,
        sources,
        to,
        payload,
        (*AT_WORK, *guards),
        stamps=SAID,
        clears=("reassigned_at", *clears),
        waits=FOR_HER,
    )


def _withdrawing_the_offer(kind: str, to: str, payload: str) -> Step:
    """An answer after support was offered, and before it was accepted, takes the offer back."""
    return _answers(kind, at(OFFERED), to, payload, SUPPORT_NOT_ACCEPTED, clears=THE_OFFER)


TALK = (
    _asks("ConsultationReceived", at(OPENED), RECEIVED, ASKING),
    Step(
        "ConsultationReceived",
        WORKER,
        DIALOGUE,
        at(OPENED),
        RECEIVED,
        "contact/2",
        (OFFICE_OPENED_IT,),
        stamps=ASKING,
        waits=FOR_OFFICE,
    ),
    _asks("MessageSent", LIVE - at(DORMANT), None, SAID),
    _asks("MessageSent", at(DORMANT), IN_DIALOGUE, ASKING),
    _asks("MessageSent", at(ESCALATED), None, SAID, IN_CRISIS),
)
TAKING = (
    Step(
        "ConsultationAssigned",
        WORKER,
        DIALOGUE,
        at(RECEIVED),
        IN_TRIAGE,
        guards=(TAKES_IT_HIMSELF,),
        facts={"assignee": "body.assignee"},
    ),
    Step(
        "ConsultationAssigned",
        WORKER,
        DIALOGUE,
        TAKEN | at(CLOSED, ESCALATED),
        guards=(TAKES_IT_HIMSELF, MAY_TAKE_OVER),
        facts={"assignee": "body.assignee"},
        marks={"substitute": ""},
        clears=("reassigned_at",),
    ),
    Step(
        "ConsultationReassigned",
        SUPERVISOR,
        GOVERNANCE,
        EVERY - at(OPENED),
        None,
        "note/1",
        (ASSIGNEE_IS_A_COLLEAGUE,),
        facts={"assignee": "body.assignee"},
        marks={"substitute": ""},
        stamps=("reassigned_at",),
        waits=FOR_OFFICE,
    ),
    Step(
        "SubstituteNamed",
        WORKER,
        DIALOGUE,
        TAKEN | at(CLOSED, ESCALATED),
        guards=(*AT_WORK, SUBSTITUTE_IS_A_COLLEAGUE),
        facts={"substitute": "body.substitute"},
    ),
)
ANSWERING = (
    _answers("ClarificationRequested", TALKING, IN_DIALOGUE, "message/1"),
    _answers("AnswerGiven", TALKING, IN_DIALOGUE, "message/1"),
    _answers("ShortAdviceGiven", TALKING, ADVISED, "advice/1"),
    _answers("HelpPointed", TALKING | at(OFFERED), None, "pointer/1"),
    _answers("ReportAdvised", TALKING | at(OFFERED), None, "pointer/1"),
    _answers("MessageSent", TALKING | at(OFFERED), None, "message/1"),
    _answers("MessageSent", at(DORMANT), IN_DIALOGUE, "message/1"),
    *(
        _answers(kind, at(ESCALATED), None, payload, IN_CRISIS)
        for kind, payload in (
            ("MessageSent", "message/1"),
            ("AnswerGiven", "message/1"),
            ("HelpPointed", "pointer/1"),
        )
    ),
    _withdrawing_the_offer("ClarificationRequested", IN_DIALOGUE, "message/1"),
    _withdrawing_the_offer("AnswerGiven", IN_DIALOGUE, "message/1"),
    _withdrawing_the_offer("ShortAdviceGiven", ADVISED, "advice/1"),
)
NOTES = (
    Step(
        "SignalRegistered",
        WORKER,
        WORKNOTES,
        TAKEN,
        None,
        "signal/2",
        HIS,
        adds={"signals": ("person",)},
    ),
    Step(
        "PeerConsulted",
        WORKER,
        WORKNOTES,
        TAKEN,
        None,
        "excerpt/1",
        (*HIS, TWO_ARE_HERE),
        waits=FOR_OFFICE,
    ),
    Step("ContactRecorded", WORKER, WORKNOTES, TAKEN, None, "contact/2", HIS),
    Step("RequesterReportNoted", WORKER, WORKNOTES, TAKEN, None, "note/1", HIS),
    Step(
        "ClosingNoted",
        WORKER,
        WORKNOTES,
        at(CLOSED, ESCALATED),
        None,
        "closing_note/1",
        HIS,
        clears=("stopped_at",),
    ),
    Step("DelayExplained", WORKER, WORKNOTES, LIVE, None, "note/1", HIS, explains=True),
    Step("MessageSent", WORKER | ASKED, WORKNOTES, TAKEN, None, "message/1", waits=FOR_NOBODY),
)
ENDING = (
    Step(
        "ConsultationBecameDormant",
        WORKER,
        DIALOGUE,
        TALKING | at(OFFERED),
        DORMANT,
        "notice/1",
        (*AT_WORK, SILENT_FOR_14_DAYS, LAST_WORD_IS_OURS, NO_OPEN_CRISIS),
        waits=FOR_HER,
    ),
    Step(
        "ConsultationClosed",
        WORKER,
        DIALOGUE,
        TAKEN,
        CLOSED,
        "closing/2",
        (*AT_WORK, NO_OPEN_CRISIS, NO_DISCLOSURE_WAITS),
        stamps=("closed_at",),
        waits=FOR_NOBODY,
    ),
    Step(
        "StoppedByRequester",
        ASK,
        DIALOGUE,
        LIVE,
        CLOSED,
        stamps=("closed_at", "stopped_at"),
        waits=FOR_OFFICE,
    ),
    Step(
        "ConsultationReopened",
        ASK,
        DIALOGUE,
        at(CLOSED),
        IN_DIALOGUE,
        "message/1",
        (WITHIN_90_DAYS,),
        stamps=ASKING,
        clears=("stopped_at",),
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
        stamps=ASKING,
        clears=("stopped_at",),
        waits=FOR_HER,
    ),
)

STEPS = (
    *TALK,
    *NAMING,
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
