"""Support cases (SERVICES.md 2.2): a casemanager with a family, experts and a municipality, each
behind a wall of their own.

Here are the walls. Written down so far is what leads from a proposal to released advice; plans,
evaluations, closing and after-care are rows still to come.
"""

from collections.abc import Mapping

from domain.service import Service, Wall
from domain.services.support_guards import (
    EXPERTS,
    HIS,
    HIS_OWN,
    IN_NO_OTHER_DIALOGUE,
    IS_DEPLOYED,
    ONE_OF_THE_FAMILY,
    ONE_TO_ONE,
    UNSEALED,
)
from domain.services.support_steps import (
    GOVERNANCE,
    MANAGER,
    OPENED,
    STAND,
    STATES,
    STEPS,
    SUPERVISOR,
    WORKER,
)

LEAD = "casemanager"


def _managed(where: str, **more: object) -> Wall:
    """A place that the casemanager opens, and lets people in and out of."""
    others = STAND[where]
    given: Mapping[str, object] = {"guards": (HIS,), **more}
    return Wall(MANAGER, others, {LEAD: others}, {LEAD: others}, **given)  # type: ignore[arg-type]


WALLS = {
    "governance": Wall(
        opened_by=WORKER | MANAGER,
        holds=STAND["governance"],
        adds={
            "consultation_worker": MANAGER | SUPERVISOR,
            LEAD: MANAGER | SUPERVISOR,
            "supervisor": MANAGER | SUPERVISOR,
        },
        removes={LEAD: WORKER | MANAGER | SUPERVISOR, "supervisor": WORKER | MANAGER | SUPERVISOR},
    ),
    "worknotes": _managed("worknotes"),
    "identity": _managed("identity"),
    "dialogue": _managed(
        "dialogue", guards=(HIS, IN_NO_OTHER_DIALOGUE), listings=(ONE_OF_THE_FAMILY,)
    ),
    "expert": _managed("expert", guards=(HIS, IS_DEPLOYED)),
    "analysis": Wall(
        opened_by=EXPERTS,
        holds=STAND["analysis"],
        adds=dict.fromkeys(sorted(EXPERTS), MANAGER | EXPERTS),
        guards=(UNSEALED,),
        opening=(HIS_OWN,),
    ),
    "care": Wall(
        opened_by=MANAGER | {"zorgexpert"},
        holds=STAND["care"],
        adds={LEAD: STAND["care"], "zorgexpert": STAND["care"]},
        removes={LEAD: STAND["care"], "zorgexpert": STAND["care"]},
        guards=(HIS,),
    ),
    "partners": _managed("partners"),
    "commission": _managed("commission"),
    "product": _managed("product"),
    "conflict": _managed("conflict", listings=(ONE_TO_ONE,)),
    "session": _managed("session"),
    "child": Wall(
        opened_by=MANAGER | {"lat_coordinator"},
        holds=STAND["child"],
        adds={"lat_coordinator": STAND["child"], LEAD: STAND["child"]},
        removes={"lat_coordinator": STAND["child"], LEAD: STAND["child"]},
        guards=(HIS,),
    ),
}


def _support(name: str) -> Service:
    return Service(
        name=name,
        begins=OPENED,
        states=STATES,
        first=GOVERNANCE,
        opening={},
        grounds=frozenset(
            {
                "consent",
                "legal_obligation",
                "vital_interests",
                "public_task",
                "legitimate_interests",
            }
        ),
        purposes=frozenset({"support"}),
        walls=WALLS,
        steps=STEPS,
    )


FAMILY_SUPPORT = _support("family_support")
INDIVIDUAL_SUPPORT = _support("individual_support")
