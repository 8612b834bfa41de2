"""The rows of a support case: from its proposal to advice by experts (SERVICES.md 2.2, 2.7).

What two people decide stands in `governance`, the casemanager's work in `worknotes`; each of those
who ask has a `dialogue`, and experts write in `analysis` compartments of their own.
"""

from domain.service import Guard, Step
from domain.services.consultation_guards import A_PROPOSAL_IS_OPEN, HIS_OWN_WORDS
from domain.services.consultation_states import at
from domain.services.expert_guards import (
    ANNOUNCED,
    ANNOUNCED_ONCE,
    ANNOUNCES_HIS_OWN,
    BOTH_IN,
    CONTRIBUTES_ONCE,
    DEPLOYED_HERE,
    EXPERT_IS_CERTIFIED,
    EXPERT_WAS_DEPLOYED,
    GRANTS_THE_ANALYSIS,
    IS_NO_AUTHOR,
    UNSEALED,
)
from domain.services.support_guards import (
    CASEMANAGER,
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

OPENED, PROPOSED, INTAKE, ACTIVE, NOT_ACCEPTED = (
    "opened",
    "proposed",
    "intake",
    "active",
    "not_accepted",
)
STATES = (OPENED, PROPOSED, INTAKE, ACTIVE, NOT_ACCEPTED)
EVERY, LIVE = frozenset(STATES), at(INTAKE, ACTIVE)

WORKER = frozenset({"consultation_worker"})
MANAGER = frozenset({CASEMANAGER})
SUPERVISOR = frozenset({"supervisor"})
PARTY = frozenset({"local_party"})
GOVERNANCE, NOTES = frozenset({"governance"}), frozenset({"worknotes"})
DIALOGUE, EXPERT = frozenset({"dialogue"}), frozenset({"expert"})
ANALYSIS, SESSION, CONFLICT = (frozenset({one}) for one in ("analysis", "session", "conflict"))
OUTSIDE = frozenset({"partners", "commission", "product"})
STAFFED = frozenset(
    {"worknotes", "identity", "expert", "care", "partners", "commission", "product"}
)
EVERYWHERE = GOVERNANCE | STAFFED | DIALOGUE | ANALYSIS | SESSION | CONFLICT | {"child"}
STAND = {
    "governance": WORKER | MANAGER | SUPERVISOR,
    "worknotes": MANAGER,
    "identity": MANAGER,
    "dialogue": FAMILY | MANAGER,
    "expert": MANAGER | EXPERTS,
    "analysis": MANAGER | EXPERTS,
    "care": MANAGER | {"zorgexpert"},
    "partners": MANAGER | PARTY,
    "commission": MANAGER | PARTY,
    "product": MANAGER | PARTY,
    "conflict": MANAGER | EXPERTS,
    "session": MANAGER | {"interpreter"},
    "child": MANAGER | {"lat_coordinator", "guardian"},
}


FOR_SECOND, FOR_LEAD, FOR_NOBODY = "supervisor", CASEMANAGER, ""


def _decides(kind: str, to: str, waits: str) -> Step:
    """What a supervisor says to a proposed case."""
    guards = (names_a("CaseProposed"), SECOND_PERSON)
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
        facts={"assignee": "casemanager"},
        waits=FOR_NOBODY,
    ),
    Step(
        "CasemanagerAssigned",
        MANAGER,
        GOVERNANCE,
        at(ACTIVE),
        guards=(TAKES_IT_HIMSELF, MAY_TAKE),
        facts={"assignee": "casemanager"},
        marks={"substitute": ""},
    ),
    Step(
        "SubstituteNamed",
        MANAGER,
        GOVERNANCE,
        at(ACTIVE),
        guards=(HIS_HERE, SUBSTITUTE_IS_A_COLLEAGUE),
        facts={"substitute": "substitute"},
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
    ),
    Step(
        "ExcerptShared",
        MANAGER,
        OUTSIDE,
        LIVE,
        None,
        "excerpt_shared/1",
        (HIS, EXCERPTS_ARE_NOTED, DISCLOSURE_APPROVED),
    ),
    Step("ExcerptNoted", MANAGER, NOTES, EVERY, guards=(HIS, NOTES_AN_EXCERPT)),
    Step(
        "DisclosureProposed",
        MANAGER,
        GOVERNANCE,
        LIVE,
        None,
        "weighing/1",
        (HIS_HERE,),
        waits=FOR_SECOND,
    ),
)
ADVISING = (
    Step("ExpertInputRequested", MANAGER, NOTES, LIVE, None, "note/1", (HIS,)),
    Step("ConflictDeclared", EXPERTS, CONFLICT, LIVE, None, "note/1"),
    Step("ExpertDeployed", MANAGER, NOTES, LIVE, guards=(HIS, EXPERT_IS_CERTIFIED)),
    Step(
        "ExpertContributed",
        EXPERTS,
        ANALYSIS,
        LIVE,
        None,
        "contribution/1",
        (DEPLOYED_HERE, CONTRIBUTES_ONCE),
    ),
    Step(
        "ContributionAnnounced",
        EXPERTS,
        EXPERT,
        LIVE,
        guards=(ANNOUNCED_ONCE, ANNOUNCES_HIS_OWN),
        waits=FOR_LEAD,
    ),
    Step(
        "AnalysesUnsealed",
        MANAGER,
        EXPERT,
        LIVE,
        guards=(HIS, ANNOUNCED, BOTH_IN),
        waits=FOR_NOBODY,
    ),
    Step(
        "AdviceProposed",
        MANAGER,
        GOVERNANCE,
        LIVE,
        None,
        "note/1",
        (HIS_HERE,),
        waits=FOR_SECOND,
    ),
    Step(
        "AdviceReleased",
        SUPERVISOR,
        GOVERNANCE,
        LIVE,
        None,
        "note/1",
        (names_a("AdviceProposed"), SECOND_PERSON, IS_NO_AUTHOR),
        waits=FOR_LEAD,
    ),
    Step("ExpertReleased", MANAGER, NOTES, EVERY, guards=(HIS, EXPERT_WAS_DEPLOYED)),
    Step(
        "SessionEnded",
        MANAGER,
        SESSION,
        EVERY,
        guards=(HIS, SESSION_IS_OPEN),
        stamps=("ended_at",),
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
    Step("HistoryGranted", EXPERTS, ANALYSIS, EVERY, guards=(UNSEALED, GRANTS_THE_ANALYSIS)),
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
