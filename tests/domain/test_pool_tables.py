"""Who may do what in the three services of the pool, written out once more by hand from TABLES.md
S7, SERVICES.md 2.7 and ROLES.md. Every state × kind × role × place is tried.

Holds domain/services/pool/.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from typing import Any, NamedTuple

import pytest

from domain.check import NO_LOG_ROOT
from domain.entry import Entry, Header, Line
from domain.guard import Act
from domain.kinds import ROLES
from domain.ledger import Ledger
from domain.refusal import Refusal, Refused
from domain.service import Service, View
from domain.services.pool.deployment import DEPLOYMENT
from domain.services.pool.meetings import EXPERT_POOL
from domain.services.pool.profile import EXPERT_PROFILE
from domain.services.registry import KINDS
from domain.state import Case, Compartment
from domain.trust import NO_HASH, Trust
from tests.support.cases.history import CASE, START, members
from tests.support.cases.pool_tables import (
    ARROWS,
    FIRST,
    GUARDS,
    LETS_IN,
    OPENS,
    PUTS_OUT,
    SETS,
    SHORT,
    STANDS,
    STATES,
    TABLES,
)

SERVICES = {one.name: one for one in (EXPERT_PROFILE, DEPLOYMENT, EXPERT_POOL)}


class Row(NamedTuple):
    kind: str
    fields: dict[str, Any]
    writers: frozenset[str]
    places: frozenset[str]
    sources: frozenset[str]
    to: str | None
    payload: str | None
    guards: list[str]
    waits: str | None


def long(words: str) -> str:
    return " ".join(SHORT.get(one, one) for one in words.split())


def row(service: str, line: str) -> Row:
    said, writers, places, moves, payload, guards, waits = (
        part.strip() for part in line.split("|")
    )
    kind, *fields = said.split()
    sources, _, to = moves.partition(" > ")
    states = STATES[service] if sources == "any" else sources
    return Row(
        kind,
        {one[1:]: one.startswith("+") for one in fields},
        frozenset(long(writers).split()),
        frozenset(places.split()),
        frozenset(" ".join(SETS.get(one, one) for one in states.split()).split()),
        to or None,
        payload or None,
        sorted(" ".join(GUARDS.get(one, one) for one in guards.split()).split()),
        None if not waits else long(waits),
    )


@cache
def rows(service: str) -> tuple[Row, ...]:
    return tuple(row(service, line) for line in TABLES[service].strip().splitlines())


@cache
def bodies(service: str, kind: str) -> list[dict[str, Any]]:
    """One for each of its rows with other fields; where there are none, an empty one."""
    found = [one.fields for one in rows(service) if one.kind == kind]
    return [one for number, one in enumerate(found) if one not in found[:number]] or [{}]


def without_guards(service: Service) -> Service:
    """The same table with every guard held."""
    return replace(service, steps=tuple(replace(step, guards=()) for step in service.steps))


def places_of(service: str) -> list[str]:
    return [place for of, place in STANDS if of == service]


def entry(kind: str, place: str, body: Mapping[str, Any]) -> Entry:
    name = f"{place}-123456789"
    author, here = "10" * 16, (1, NO_HASH, kind, 0)
    header = Header(CASE, name, *here, author, 1, 0, NO_LOG_ROOT, "1" * 32, START, body, None)
    return Entry(header, "hash", START)


def case_in(service: Service, state: str, *places: str, lines: tuple[Line, ...] = ()) -> Case:
    standing = {
        f"{place}-123456789": Compartment(f"{place}-123456789", "", 0, NO_HASH, 0, lines, "")
        for place in places
    }
    return Case(CASE, service.name, state, frozenset(), standing, {}, Ledger(), Ledger())


NOBODY = Trust("pin", None, None)


def answered(service: Service, state: str, role: str, written: Entry) -> Refusal | None:
    case = case_in(service, state, written.header.type)
    place = case.compartments[written.header.compartment]
    try:
        service.refuse_step(Act(case, place, written, role, NOBODY), View.WHOLE)
    except Refused as refused:
        return refused.refusal
    return None


def expected(service: str, kind: str, body: Mapping[str, Any], role: str, place: str) -> list[Row]:
    return [
        one
        for one in rows(service)
        if (one.kind, one.fields) == (kind, body) and role in one.writers and place in one.places
    ]


def tried(service: str) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    for place, kind, role in product(places_of(service), KINDS, ROLES):
        for body in bodies(service, kind):
            yield place, kind, role, body


@pytest.mark.parametrize("name", SERVICES)
def test_every_act_is_answered_as_the_table_says(name: str) -> None:
    """With every guard held; which guards there are, and what comes after, is compared too."""
    service, free, wrong = SERVICES[name], without_guards(SERVICES[name]), []
    assert service.states == tuple(STATES[name].split())
    for place, kind, role, body in tried(name):
        written, told = entry(kind, place, body), expected(name, kind, body, role, place)
        for state in service.states:
            here = next((one for one in told if state in one.sources), None)
            wanted: Any = None if here else Refusal.WRONG_STATE if told else Refusal.NOT_ALLOWED
            found: Any = answered(free, state, role, written)
            if found is None and here is not None:
                step = service.taken(case_in(service, state, place), written, role)
                assert step is not None
                guards = sorted(one.name for one in step.guards)
                found = (step.to, step.payload, guards, step.waits)
                wanted = (here.to, here.payload, here.guards, here.waits)
            if found != wanted:
                wrong.append((state, kind, role, place, body, wanted, found))
    assert not wrong, (len(wrong), wrong[:10])


@pytest.mark.parametrize("name", SERVICES)
def test_every_state_is_reached_and_left_as_documented(name: str) -> None:
    service, free = SERVICES[name], without_guards(SERVICES[name])
    found: set[tuple[str, str]] = set()
    for place, kind, role, body in tried(name):
        written = entry(kind, place, body)
        for state in service.states:
            if kind in service.kinds and answered(free, state, role, written) is None:
                step = service.taken(case_in(service, state, place), written, role)
                found |= {(state, step.to)} if step and step.to else set()
    wanted = set()
    for line in ARROWS[name].replace("\n", "|").split("|"):
        states = line.split()
        wanted |= set(pairwise(states))
    assert found == wanted
    reached = {service.begins}
    while more := {to for state, to in found if state in reached} - reached:
        reached |= more
    assert reached == set(service.states)
    ends = set(service.states) - {state for state, _ in found}
    assert ends == service.done or (name == "expert_pool" and ends == {"running"})


# --- who stands where ----------------------------------------------------------------------------


def by(table: Mapping[str, str], role: str) -> set[str]:
    """The roles that a role lets in or puts out."""
    return {
        one
        for who, roles in table.items()
        if role in long(who).split()
        for one in long(roles).split()
    }


def changes(service: Service, place: str, role: str, moved: str, *, comes: bool) -> bool:
    author, other = Line("10" * 16, role, None), Line("11" * 16, moved, None)
    before, after = (author, other), (author,)
    if comes:
        before, after = after, before
    case = case_in(service, service.states[-1], place, lines=before)
    written = entry("MembersChanged", place, {"members": members(*after)})
    act = Act(case, case.compartments[f"{place}-123456789"], written, role, NOBODY)
    come, gone = (frozenset({moved} if comes is one else ()) for one in (True, False))
    try:
        service.refuse_change(act, come, gone, View.WHOLE)
        service.refuse_holders(written, NOBODY)
    except Refused as refused:
        assert refused.refusal is Refusal.NOT_ALLOWED
        return False
    return True


@pytest.mark.parametrize("where", STANDS, ids=" ".join)
def test_who_lets_whom_in_and_puts_whom_out(where: tuple[str, str]) -> None:
    service, place = SERVICES[where[0]], where[1]
    for role, moved in product(ROLES, ROLES):
        comes = changes(service, place, role, moved, comes=True)
        assert comes == (moved in by(LETS_IN[where], role)), (role, moved)
        gone = changes(service, place, role, moved, comes=False)
        assert gone == (moved in by(PUTS_OUT[where], role)), (role, moved)


@pytest.mark.parametrize("where", STANDS, ids=" ".join)
def test_who_opens_a_place_and_whom_an_opening_may_list(where: tuple[str, str]) -> None:
    service, place = SERVICES[where[0]], where[1]
    for role, other, first in product(ROLES, ROLES, (True, False)):
        lines = members(Line("10" * 16, role, None), Line("11" * 16, other, None))
        body = {"members": lines, "ground": "public_task", "purpose": "pool"}
        written = entry("CompartmentOpened", place, body)
        try:
            service.refuse_opening(written, role, NOBODY, first=first)
            opened = True
        except Refused as refused:
            assert refused.refusal is Refusal.NOT_ALLOWED
            opened = False
        wanted = role in long(OPENS[where]).split() and other in long(STANDS[where]).split()
        # A profile is opened for the expert whose it is.
        wanted = wanted and (place != "profile" or other in ("duidingsexpert", "zorgexpert"))
        assert opened == (wanted and first == (where in FIRST)), (role, other, first)
