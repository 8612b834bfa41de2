"""Support cases (SERVICES.md 2.2): a casemanager with a family, experts and a municipality, each
behind a wall of their own.

Here are the walls. Written down so far is what leads from a proposal to released advice; plans,
evaluations, closing and after-care are rows still to come.
"""

from collections.abc import Mapping

from domain.service import Service
from domain.services.opening import GROUNDS, by_rules
from domain.services.support.experts import IS_CHECKED, IS_DEPLOYED, UNSEALED
from domain.services.support.guards import (
    EXPERTS,
    FAMILY,
    HIS,
    HIS_OWN,
    IN_NO_OTHER_DIALOGUE,
    NOBODY_COMES_AFTER,
    ONE_OF_THE_FAMILY,
    ONE_TO_ONE,
    THE_LEAD_STAYS,
    THE_LEAD_STAYS_HERE,
)
from domain.services.support.kinds import COMMANDS, KINDS
from domain.services.support.places import (
    GOVERNANCE,
    MANAGER,
    NOT_ACCEPTED,
    OPENED,
    STAND,
    STATES,
    SUPERVISOR,
    WORKER,
)
from domain.services.support.rows import STEPS
from domain.step import Wall

LEAD = "casemanager"
MANAGED = (HIS, THE_LEAD_STAYS)


def _managed(where: str, **more: object) -> Wall:
    """A place that the casemanager opens for himself, and lets people in and out of."""
    others = STAND[where]
    given: Mapping[str, object] = {"guards": MANAGED, "opening": (HIS_OWN,), **more}
    return Wall(
        MANAGER,
        others,
        {LEAD: others},
        {LEAD: others},
        purpose="support",
        **given,  # type: ignore[arg-type]
    )


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
        guards=(THE_LEAD_STAYS_HERE,),
        lists=("supervisor",),
        purpose="support",
    ),
    "worknotes": _managed("worknotes"),
    "identity": _managed("identity"),
    "dialogue": _managed(
        "dialogue", guards=(*MANAGED, IN_NO_OTHER_DIALOGUE), listings=(ONE_OF_THE_FAMILY,)
    ),
    "expert": _managed("expert", guards=(*MANAGED, IS_DEPLOYED)),
    "analysis": Wall(
        opened_by=EXPERTS,
        holds=STAND["analysis"],
        adds=dict.fromkeys(sorted(EXPERTS), MANAGER | EXPERTS),
        removes={LEAD: EXPERTS},
        guards=(HIS, IS_DEPLOYED, UNSEALED),
        opening=(HIS_OWN,),
        purpose="support",
    ),
    "care": Wall(
        opened_by=MANAGER | {"zorgexpert"},
        holds=STAND["care"],
        adds={LEAD: STAND["care"], "zorgexpert": STAND["care"]},
        removes={LEAD: STAND["care"], "zorgexpert": STAND["care"]},
        guards=(*MANAGED, IS_DEPLOYED),
        opening=(HIS_OWN,),
        purpose="support",
    ),
    "partners": _managed("partners"),
    "commission": _managed("commission"),
    "product": _managed("product"),
    "conflict": _managed("conflict", guards=(*MANAGED, IS_CHECKED), listings=(ONE_TO_ONE,)),
    "session": _managed("session", guards=(*MANAGED, NOBODY_COMES_AFTER)),
    "child": Wall(
        opened_by=MANAGER | {"lat_coordinator"},
        holds=STAND["child"],
        adds={"lat_coordinator": STAND["child"], LEAD: STAND["child"]},
        removes={"lat_coordinator": STAND["child"], LEAD: STAND["child"]},
        guards=MANAGED,
        opening=(HIS_OWN,),
        purpose="support",
    ),
}


def _support(name: str) -> Service:
    return Service(
        name=name,
        begins=OPENED,
        states=STATES,
        first=GOVERNANCE,
        opening=by_rules(1, "lse"),
        grounds=GROUNDS,
        purposes=frozenset({"support"}),
        walls=WALLS,
        steps=STEPS,
        done=frozenset({NOT_ACCEPTED}),
        kinds=KINDS,
        askers=FAMILY,
        commands=COMMANDS,
    )


FAMILY_SUPPORT = _support("family_support")
INDIVIDUAL_SUPPORT = _support("individual_support")
