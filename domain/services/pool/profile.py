"""The profile of an expert (TABLES.md S7): who is nominated, vetted, available and suspended. What
she can do, speaks and refuses is sealed to her and the coordinators; whether and until when she is
vetted is all that the server is told."""

from domain.service import Service
from domain.services.guards import (
    another_persons,
    answers_a_proposal,
    approved,
    is_ahead,
    lists_one_of,
    moment_is_ahead,
)
from domain.services.opening import GROUNDS, by_rules
from domain.services.pool.common import (
    COORDINATOR,
    EXPERT_ROLES,
    EXPERTS,
    FOR_COORDINATOR,
    FOR_NOBODY,
    GROUP,
    PURPOSE,
    SUPERVISOR,
    explaining,
    of_a_place,
)
from domain.services.pool.guards import is_the_expert, names_the_expert, one_expert
from domain.services.pool.profile_kinds import COMMANDS, KINDS
from domain.step import OTHER, Step, Wall
from domain.terms import Amount, Term, Unit

OPENED, NOMINATED, VETTED, ACTIVE, UNAVAILABLE, SUSPENDED, LEFT = STATES = (
    "opened",
    "nominated",
    "vetted",
    "active",
    "unavailable",
    "suspended",
    "left",
)
PROFILE, GOVERNANCE = frozenset({"profile"}), frozenset({"governance"})
EVERY = frozenset(STATES)
STAYING = EVERY - {OPENED, LEFT}
IN_POOL = frozenset({ACTIVE, UNAVAILABLE})
HERS = is_the_expert()
SECOND_EYES = ("SuspensionProposed", "ReinstatementProposed")


def _proposes(kind: str, sources: frozenset[str], decided_by: str) -> Step:
    """It lapses once another like it was acted upon: or that one, approved too, would suspend an
    expert once more whom nobody decided to suspend again."""
    return Step(
        kind,
        COORDINATOR,
        GOVERNANCE,
        sources,
        None,
        "note/1",
        waits="supervisor",
        proposes=True,
        lapses_on=frozenset({decided_by, "ExpertLeft"}),
    )


def _decided(kind: str, proposal: str, sources: frozenset[str], to: str) -> Step:
    return Step(
        kind,
        COORDINATOR,
        PROFILE,
        sources,
        to,
        "note/1",
        (approved(kind=proposal),),
        waits=OTHER,
    )


def _vets(sources: frozenset[str], to: str | None, **when: bool) -> Step:
    """Only what is in order makes an expert one who is vetted, until a day; after any other answer
    she is not vetted from that moment on."""
    in_order = all(when.values())
    return Step(
        "ExpertVetted",
        COORDINATOR,
        PROFILE,
        sources,
        to,
        guards=(names_the_expert(), *((is_ahead(field="expires"),) if in_order else ())),
        facts={"expert": "person.expert"},
        times={"vetted_until": "expires"} if in_order else {},
        stamps=() if in_order else ("vetted_until",),
        waits=OTHER if to else None,
        when=when,
    )


STEPS = (
    Step(
        "ExpertNominated",
        COORDINATOR,
        PROFILE,
        frozenset({OPENED}),
        NOMINATED,
        "nomination/1",
        waits=FOR_COORDINATOR,
    ),
    _vets(frozenset({NOMINATED}), VETTED, clearance=True, registration=True),
    _vets(STAYING - {NOMINATED}, None, clearance=True, registration=True),
    _vets(STAYING, None, clearance=True, registration=False),
    _vets(STAYING, None, clearance=False),
    Step(
        "ConfidentialityStated",
        EXPERTS,
        PROFILE,
        frozenset({VETTED}),
        ACTIVE,
        "statement/1",
        (HERS, moment_is_ahead(fact="vetted_until")),
        waits=FOR_NOBODY,
    ),
    Step(
        "ConfidentialityStated",
        EXPERTS,
        PROFILE,
        frozenset({ACTIVE}),
        None,
        "statement/1",
        (HERS, moment_is_ahead(fact="vetted_until")),
        waits=FOR_NOBODY,
    ),
    Step(
        "ProfileUpdated",
        EXPERTS,
        PROFILE,
        STAYING - {SUSPENDED},
        None,
        "profile/1",
        (HERS,),
        stamps=("profile_at",),
    ),
    *(
        Step(
            "AvailabilityUpdated",
            EXPERTS | COORDINATOR,
            PROFILE,
            frozenset({source}),
            to if source != to else None,
            "availability/1",
            (HERS,),
            when={"available": to == ACTIVE},
        )
        for to in (ACTIVE, UNAVAILABLE)
        for source in (ACTIVE, UNAVAILABLE)
    ),
    _proposes("SuspensionProposed", IN_POOL, "ExpertSuspended"),
    _proposes("ReinstatementProposed", frozenset({SUSPENDED}), "ExpertReinstated"),
    *(
        Step(
            answer,
            SUPERVISOR,
            GOVERNANCE,
            EVERY,
            None,
            "note/1",
            (answers_a_proposal(kinds=SECOND_EYES), another_persons()),
            waits=FOR_COORDINATOR,
        )
        for answer in ("ApprovalGiven", "ApprovalRefused")
    ),
    _decided("ExpertSuspended", "SuspensionProposed", IN_POOL, SUSPENDED),
    _decided("ExpertReinstated", "ReinstatementProposed", frozenset({SUSPENDED}), ACTIVE),
    Step("ExpertLeft", COORDINATOR, PROFILE, STAYING, LEFT, waits=FOR_NOBODY),
    Step("ExpertLeft", EXPERTS, PROFILE, STAYING, LEFT, guards=(HERS,), waits=FOR_COORDINATOR),
    Step("MessageSent", COORDINATOR, PROFILE, STAYING, None, "message/1", waits=OTHER),
    Step("MessageSent", EXPERTS, PROFILE, STAYING, None, "message/1", waits=FOR_COORDINATOR),
    Step("MessageSent", COORDINATOR | SUPERVISOR, GOVERNANCE, STAYING, None, "message/1"),
    *of_a_place("profile", COORDINATOR, EXPERTS, EVERY),
    *of_a_place("governance", COORDINATOR, SUPERVISOR, EVERY),
    explaining("profile", STAYING),
)
TERMS = (
    Term(
        "vetting",
        "vetted_until",
        STAYING - {SUSPENDED},
        PROFILE,
        COORDINATOR | EXPERTS,
        Amount(0, Unit.HOURS),
        "who is not vetted any more cannot be asked, and a new clearance takes weeks",
        ahead=30,
    ),
)
EXPERT_PROFILE = Service(
    name="expert_profile",
    group=GROUP,
    begins=OPENED,
    states=STATES,
    first=PROFILE,
    opening=by_rules(1, "lse"),
    grounds=GROUNDS,
    purposes=frozenset({PURPOSE}),
    walls={
        "profile": Wall(
            COORDINATOR,
            COORDINATOR | EXPERTS,
            {"pool_coordinator": COORDINATOR | EXPERTS},
            {"pool_coordinator": COORDINATOR | EXPERTS},
            listings=(one_expert(),),
            opening=(lists_one_of(roles=EXPERT_ROLES),),
            lists=("pool_coordinator",),
            purpose=PURPOSE,
        ),
        "governance": Wall(
            COORDINATOR,
            COORDINATOR | SUPERVISOR,
            dict.fromkeys(("pool_coordinator", "supervisor"), COORDINATOR | SUPERVISOR),
            {"pool_coordinator": COORDINATOR | SUPERVISOR, "supervisor": COORDINATOR},
            lists=("pool_coordinator", "supervisor"),
            purpose=PURPOSE,
        ),
    },
    steps=STEPS,
    terms=TERMS,
    done=frozenset({LEFT}),
    quiet=frozenset({VETTED, ACTIVE, UNAVAILABLE, SUSPENDED}),
    kinds=KINDS,
    commands=COMMANDS,
)
