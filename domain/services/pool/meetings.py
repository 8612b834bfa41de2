"""The pool as a whole (TABLES.md S7): its meetings, at least two regular ones a year, what is
developed together, and how fairly its experts are asked."""

from collections.abc import Mapping
from dataclasses import replace

from domain.fields import Body, choice, entry_of, given, number, same_as, yes_no
from domain.guard import Guard
from domain.service import Service
from domain.services.opening import GROUNDS, by_rules
from domain.services.pool.common import (
    COORDINATOR,
    EXPERTS,
    FOR_COORDINATOR,
    FOR_NOBODY,
    GROUP,
    PURPOSE,
    SHARED,
    explaining,
    of_a_place,
)
from domain.services.pool.guards import as_planned, names_one_of
from domain.shapes import exactly, integer
from domain.step import Command, Step, Wall, Yearly
from domain.terms import Amount, Term, Unit

OPENED, RUNNING = STATES = ("opened", "running")
POOL = frozenset({"pool"})
RUNS = frozenset({RUNNING})
MEETING = ("regular", "extra")
year = integer(2020, 2200)
PLANNED = entry_of("PoolMeetingPlanned", among="planned", asks="Which meeting, by its number?")
KINDS: Mapping[str, Body] = {
    **{kind: SHARED[kind] for kind in ("MessageSent", "DelayExplained")},
    "PoolFormed": {},
    "PoolMeetingPlanned": {
        "kind": choice(*MEETING, asks="A regular meeting or an extra one?"),
        "year": number(2020, 2200, asks="Of which year?"),
    },
    "PoolMeetingHeld": {
        "planned": PLANNED,
        "kind": same_as("planned", exactly(*MEETING)),
        "year": same_as("planned", year),
        "attended": number(0, 1_000, asks="How many people came?"),
    },
    "PoolMeetingCancelled": {"planned": PLANNED},
    "DevelopmentItemAdded": {},
    "DevelopmentItemProgressed": {
        "of": entry_of("DevelopmentItemAdded", among="items", asks="Which item, by its number?"),
        "done": yes_no(asks="Is it done?"),
    },
    "FairnessReported": {"year": given(year)},
}
COMMANDS: Mapping[str, Command] = {
    "form": Command(
        "PoolFormed",
        "pool",
        "Form the pool, with every expert in it; prints its number.",
        "Formed.",
    ),
    "plan": Command("PoolMeetingPlanned", "pool", "Plan a meeting of the pool.", "Planned."),
    "hold": Command(
        "PoolMeetingHeld", "pool", "Keep the minutes of a meeting. No case is named.", "Kept."
    ),
    "cancel": Command("PoolMeetingCancelled", "pool", "Cancel a meeting.", "Cancelled."),
    "develop": Command(
        "DevelopmentItemAdded", "pool", "Put something on the list to develop together.", "Added."
    ),
    "progress": Command(
        "DevelopmentItemProgressed", "pool", "Say how far an item on that list has come.", "Noted."
    ),
    "delay": Command("DelayExplained", "pool", "Say why there were too few meetings.", "Noted."),
}


MEETINGS = (
    Yearly("meetings_planned_until", "formed_at", ("held", "planned"), "regular", 2),
    Yearly("meetings_held_until", "formed_at", ("held",), "regular", 2),
)


def _coordinates(kind: str, payload: str, *guards: Guard, **more: object) -> Step:
    return Step(kind, COORDINATOR, POOL, RUNS, None, payload, guards, **more)  # type: ignore[arg-type]


IS_PLANNED = names_one_of(field="planned", name="planned")
IS_AN_ITEM = names_one_of(field="of", name="items")


def _progress(done: bool, who: frozenset[str], waits: str | None) -> Step:
    return Step(
        "DevelopmentItemProgressed",
        who,
        POOL,
        RUNS,
        None,
        "development/1",
        (IS_AN_ITEM,),
        waits=waits,
        when={"done": done},
        drops={"items": "body.of"} if done else {},
    )


STEPS = (
    Step(
        "PoolFormed",
        COORDINATOR,
        POOL,
        frozenset({OPENED}),
        RUNNING,
        "message/1",
        stamps=("formed_at",),
        yearly=MEETINGS,
    ),
    _coordinates(
        "PoolMeetingPlanned",
        "meeting/1",
        adds={"planned": ("id", "body.kind", "body.year")},
        yearly=MEETINGS,
    ),
    _coordinates(
        "PoolMeetingHeld",
        "minutes/1",
        as_planned(),
        drops={"planned": "body.planned"},
        adds={"held": ("body.planned", "body.kind", "body.year")},
        yearly=MEETINGS,
    ),
    _coordinates(
        "PoolMeetingCancelled",
        "note/1",
        IS_PLANNED,
        drops={"planned": "body.planned"},
        yearly=MEETINGS,
    ),
    *(
        Step(
            "DevelopmentItemAdded",
            who,
            POOL,
            RUNS,
            None,
            "development/1",
            adds={"items": ("id",)},
            waits=waits,
        )
        for who, waits in ((COORDINATOR, None), (EXPERTS, FOR_COORDINATOR))
    ),
    *(
        _progress(done, who, waits)
        for done in (True, False)
        for who, waits in ((COORDINATOR, FOR_NOBODY), (EXPERTS, None))
    ),
    _coordinates("FairnessReported", "fairness/1"),
    Step("MessageSent", COORDINATOR, POOL, RUNS, None, "message/1", waits=FOR_NOBODY),
    Step("MessageSent", EXPERTS, POOL, RUNS, None, "message/1", waits=FOR_COORDINATOR),
    *of_a_place("pool", COORDINATOR, EXPERTS, frozenset(STATES)),
    replace(explaining("pool", RUNS), yearly=MEETINGS),
)
TERMS = tuple(
    Term(name, since, RUNS, POOL, COORDINATOR, Amount(0, Unit.HOURS), reason, ahead=ahead)
    for name, since, ahead, reason in (
        (
            "two_meetings",
            "meetings_planned_until",
            122,  # from 1 September on: what is not planned by then is not held
            "the pool meets twice a year",
        ),
        ("meetings_held", "meetings_held_until", 0, "a meeting that was planned is held"),
    )
)
EXPERT_POOL = Service(
    name="expert_pool",
    group=GROUP,
    begins=OPENED,
    states=STATES,
    first=POOL,
    opening=by_rules(1, "lse"),
    grounds=GROUNDS,
    purposes=frozenset({PURPOSE}),
    walls={
        "pool": Wall(
            COORDINATOR,
            COORDINATOR | EXPERTS,
            {"pool_coordinator": COORDINATOR | EXPERTS},
            {"pool_coordinator": COORDINATOR | EXPERTS},
            lists=("pool_coordinator", "duidingsexpert", "zorgexpert"),
            purpose=PURPOSE,
        )
    },
    steps=STEPS,
    terms=TERMS,
    quiet=RUNS,
    kinds=KINDS,
    commands=COMMANDS,
)
