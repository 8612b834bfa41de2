"""The rows of a support case: from its proposal to advice by experts (SERVICES.md 2.2, 2.7).

What two people decide stands in `governance`, the casemanager's work in `worknotes`; each of those
who ask has a `dialogue`, and experts write in `analysis` compartments of their own.
"""

from domain.guard import Guard
from domain.services.consultation.guards import HIS_OWN_WORDS
from domain.services.consultation.states import at
from domain.services.support.advising import ADVISING
from domain.services.support.experts import (
    GRANTS_THE_ANALYSIS,
    UNSEALED,
)
from domain.services.support.guards import (
    A_PROPOSAL_IS_OPEN,
    DISCLOSURE_APPROVED,
    EXCERPTS_ARE_NOTED,
    EXPERTS,
    FAMILY,
    HIS,
    HIS_HERE,
    INVITED_MAY_STAND,
    MAY_TAKE,
    NOT_THE_LEAD,
    NOTES_AN_EXCERPT,
    SECOND_PERSON,
    SESSION_IS_OPEN,
    SUBSTITUTE_IS_A_COLLEAGUE,
    TAKES_IT_HIMSELF,
    names_a,
)
from domain.services.support.places import (
    ACTIVE,
    ANALYSIS,
    DIALOGUE,
    EVERY,
    EVERYWHERE,
    EXPERT,
    FOR_LEAD,
    FOR_NOBODY,
    FOR_SECOND,
    GOVERNANCE,
    INTAKE,
    LIVE,
    MANAGER,
    NOT_ACCEPTED,
    NOTES,
    OPENED,
    OUTSIDE,
    PARTY,
    PROPOSED,
    STAFFED,
    STAND,
    SUPERVISOR,
    WORKER,
)
from domain.step import Step


def _decides(kind: str, to: str, waits: str) -> Step:
    """What a supervisor says to a proposed case."""
    guards = (names_a(kind="CaseProposed"), SECOND_PERSON)
    return Step(kind, SUPERVISOR, GOVERNANCE, at(PROPOSED), to, "note/1", guards, waits=waits)


BEGINNING = (
    Step(
        "CaseProposed",
        WORKER | MANAGER,
        GOVERNANCE,
        at(OPENED),
        PROPOSED,
        "note/1",
        waits=FOR_SECOND,
        proposes=True,
    ),
    _decides("CaseAccepted", INTAKE, FOR_LEAD),
    _decides("CaseNotAccepted", NOT_ACCEPTED, FOR_NOBODY),
    Step(
        "CasemanagerAssigned",
        MANAGER,
        GOVERNANCE,
        at(INTAKE),
        ACTIVE,
        guards=(TAKES_IT_HIMSELF, MAY_TAKE),
        facts={"assignee": "body.casemanager"},
        waits=FOR_NOBODY,
    ),
    Step(
        "CasemanagerAssigned",
        MANAGER,
        GOVERNANCE,
        at(ACTIVE),
        guards=(TAKES_IT_HIMSELF, MAY_TAKE),
        facts={"assignee": "body.casemanager"},
        marks={"substitute": ""},
    ),
    Step(
        "SubstituteNamed",
        MANAGER,
        GOVERNANCE,
        at(ACTIVE),
        guards=(HIS_HERE, SUBSTITUTE_IS_A_COLLEAGUE),
        facts={"substitute": "body.substitute"},
    ),
)


def _talks(where: str, *guards: Guard) -> tuple[Step, ...]:
    """Everyone who stands in a place may say something there, and correct and take it back. What
    others say waits for the casemanager, in what is not for deciding."""
    place, who = frozenset({where}), STAND[where]
    others = who - MANAGER
    leaving = (Step("MemberLeft", others, place, EVERY),) if others else ()
    asks, tells = (None, None) if place == GOVERNANCE else (FOR_LEAD, FOR_NOBODY)
    said: tuple[Step, ...] = (
        Step("MessageSent", MANAGER, place, EVERY, None, "message/1", guards, waits=tells),
    )
    if others:
        said += (Step("MessageSent", others, place, EVERY, None, "message/1", guards, waits=asks),)
    return (
        *said,
        Step("MessageCorrected", who, place, EVERY, None, "message/1", (HIS_OWN_WORDS, *guards)),
        Step("MessageWithdrawn", who, place, EVERY),
        Step("WrapRefused", who, place, EVERY),
        *leaving,
        Step("MemberLeft", MANAGER, place, EVERY, guards=(NOT_THE_LEAD,)),
    )


TALKING = tuple(
    step
    for where in sorted(STAND)
    for step in _talks(where, *((SESSION_IS_OPEN,) if where == "session" else ()))
)
SHARING = (
    Step(
        "ExcerptShared",
        MANAGER,
        DIALOGUE | EXPERT,
        LIVE,
        None,
        "excerpt_shared/1",
        (HIS, EXCERPTS_ARE_NOTED),
        adds={"unnoted": ("id",)},
    ),
    Step(
        "ExcerptShared",
        MANAGER,
        OUTSIDE,
        LIVE,
        None,
        "excerpt_shared/1",
        (HIS, EXCERPTS_ARE_NOTED, DISCLOSURE_APPROVED),
        adds={"unnoted": ("id",)},
    ),
    Step(
        "ExcerptNoted",
        MANAGER,
        NOTES,
        EVERY,
        guards=(HIS, NOTES_AN_EXCERPT),
        drops={"unnoted": "body.excerpt"},
    ),
    Step(
        "DisclosureProposed",
        MANAGER,
        GOVERNANCE,
        LIVE,
        None,
        "weighing/2",
        (HIS_HERE,),
        waits=FOR_SECOND,
        proposes=True,
    ),
)
SECOND_EYES = tuple(
    Step(
        kind,
        SUPERVISOR,
        GOVERNANCE,
        EVERY,
        None,
        "note/1",
        (A_PROPOSAL_IS_OPEN, SECOND_PERSON),
        waits=FOR_LEAD,
    )
    for kind in ("ApprovalGiven", "ApprovalRefused")
)
MEMBERSHIP = (
    Step(
        "ParticipantInvited",
        MANAGER,
        DIALOGUE | OUTSIDE,
        LIVE,
        guards=(HIS, INVITED_MAY_STAND),
    ),
    Step("RequesterKeyReplaced", FAMILY, DIALOGUE, EVERY),
    Step("RequesterKeyReplaced", PARTY, OUTSIDE, EVERY),
    Step(
        "HistoryGranted",
        MANAGER,
        EVERYWHERE - ANALYSIS - GOVERNANCE,
        EVERY,
        guards=(HIS,),
    ),
    Step("HistoryGranted", MANAGER | SUPERVISOR, GOVERNANCE, EVERY),
    Step("HistoryGranted", FAMILY, DIALOGUE, EVERY),
    Step(
        "HistoryGranted",
        EXPERTS,
        ANALYSIS,
        EVERY,
        guards=(UNSEALED, GRANTS_THE_ANALYSIS),
        adds={"granted": ("here/person.to",)},
    ),
    # Not in a dialogue: a family's own keys are its own (docs/adr/0008).
    Step("RecoveryApproved", frozenset({"key_custodian"}), GOVERNANCE | STAFFED, EVERY),
)
ERASING = (
    Step("ErasureProposed", SUPERVISOR, EVERYWHERE, EVERY),
    Step("PayloadErased", frozenset({"privacy_officer"}), EVERYWHERE, EVERY),
)
STEPS = (
    *BEGINNING,
    *TALKING,
    *SHARING,
    *ADVISING,
    *SECOND_EYES,
    *MEMBERSHIP,
    *ERASING,
)
