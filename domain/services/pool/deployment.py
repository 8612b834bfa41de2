"""The deployment of experts on a case (TABLES.md S7). What the case is about is not here: a request
holds a few coarse tags, sealed, and each candidate is asked in a place of her own that shows no
other."""

from domain.service import Service
from domain.services.opening import GROUNDS, by_rules
from domain.services.pool.common import COORDINATOR, EXPERTS, PURPOSE
from domain.services.pool.deployment_kinds import COMMANDS, KINDS
from domain.services.pool.deployment_rows import STEPS
from domain.services.pool.deployment_states import (
    ACCEPTED,
    ASKING,
    CONFLICT,
    EVALUATED,
    FORMING,
    INVITING,
    OPENED,
    POOL,
    REQUESTED,
    SHORTLISTED,
    STATES,
    WITHDRAWN,
)
from domain.services.pool.guards import invited_alone, one_expert
from domain.step import Wall
from domain.terms import Amount, Term, Unit

TERMS = (
    Term(
        "shortlist",
        "requested_at",
        frozenset({REQUESTED}),
        POOL,
        COORDINATOR,
        Amount(2, Unit.OFFICE_DAYS),
        "a case that needs an expert does not stand still for a week",
    ),
    Term(
        "acute_team",
        "acutely_requested_at",
        frozenset({REQUESTED, SHORTLISTED, INVITING, ACCEPTED}),
        POOL,
        COORDINATOR,
        Amount(4, Unit.HOURS),
        "a child that lands tonight is met by people who know it",
    ),
    Term(
        "reminder",
        "remind_at",
        FORMING,
        CONFLICT,
        COORDINATOR,
        Amount(4, Unit.OFFICE_HOURS),
        "who was asked is reminded once, half way",
    ),
    Term(
        "invitation",
        "answer_by",
        FORMING,
        CONFLICT,
        EXPERTS,
        Amount(0, Unit.HOURS),
        "after that the next one is asked",
        ahead=30,
        owed=False,
    ),
    Term(
        "next_candidate",
        "answer_by",
        FORMING,
        CONFLICT,
        COORDINATOR,
        Amount(1, Unit.OFFICE_DAYS),
        "the next one is asked when there is no answer",
    ),
)
DEPLOYMENT = Service(
    name="deployment",
    begins=OPENED,
    states=STATES,
    first=POOL,
    opening=by_rules(1, "lse"),
    grounds=GROUNDS,
    purposes=frozenset({PURPOSE}),
    walls={
        "pool": Wall(
            ASKING,
            ASKING | COORDINATOR,
            {
                "casemanager": frozenset({"casemanager"}) | COORDINATOR,
                "lat_coordinator": frozenset({"lat_coordinator"}) | COORDINATOR,
                "pool_coordinator": COORDINATOR,
            },
            {
                "casemanager": frozenset({"casemanager"}),
                "lat_coordinator": frozenset({"lat_coordinator"}),
                "pool_coordinator": COORDINATOR,
            },
            lists=("pool_coordinator",),
            purpose=PURPOSE,
        ),
        "conflict": Wall(
            COORDINATOR,
            COORDINATOR | EXPERTS,
            {"pool_coordinator": COORDINATOR | EXPERTS},
            {"pool_coordinator": COORDINATOR | EXPERTS},
            guards=(invited_alone(),),
            listings=(one_expert(),),
            lists=("pool_coordinator",),
            purpose=PURPOSE,
        ),
    },
    steps=STEPS,
    terms=TERMS,
    done=frozenset({EVALUATED, WITHDRAWN}),
    kinds=KINDS,
    commands=COMMANDS,
)
