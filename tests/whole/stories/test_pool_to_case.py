"""From the pool into a case: who was confirmed is asked about a conflict of interest there, and
comes by the pool's entry; the same entry for a second case is found by an audit of the whole store.

Holds client/cases/confirmed.py, client/cases/support.py, client/audit/accounting.py.
"""

from calendar import timegm
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.audit.accounting import SERVED
from client.audit.store import audit_store
from client.cases.confirmed import confirmation
from client.cases.steps import take_step
from client.cases.support import Support, open_case
from client.errors import NotPossible, ServerRefused
from client.pool.experts import weeks_of
from tests.support.people.pool import Clock, PoolStage
from tests.support.world import World

PEOPLE = {
    "pia": (["pool_coordinator"], "lse"),
    "dirk": (["casemanager"], "lse"),
    "ella": (["casemanager"], "lse"),
    "carla": (["supervisor"], "lse"),
    "otto": (["auditor"], "lse"),
    "xena": (["duidingsexpert"], "centre"),
    "yusuf": (["duidingsexpert"], "clinic"),
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[PoolStage]:
    clock = Clock(timegm((2026, 3, 2, 9, 0, 0)))
    with World(tmp_path, clock=clock) as world:
        played = PoolStage(world, clock)
        played.hire(PEOPLE)
        for name in ("xena", "yusuf"):
            played.joins(name, weeks_of("2026-W10", 30))
        yield played


def taken(stage: PoolStage, by: str) -> str:
    """A support case that a casemanager has taken; its number."""
    case = open_case(stage.sessions[by], "family_support", [], "they ask for it").case
    stage.at("carla", case).decide("CaseAccepted", "agreed")
    Support(stage.at(by, case)).take()
    return case


def confirmed(stage: PoolStage, by: str) -> tuple[str, str]:
    """A deployment of one expert for a casemanager, and who it is."""
    asked = stage.requests(by, from_week="2026-W10")
    (person,) = stage.matches(asked).team
    name = stage.name_of(person)
    stage.invites(asked, name)
    stage.accepts(asked, name)
    stage.confirms(asked, name)
    return asked, name


def comes(stage: PoolStage, case: str, by: str, name: str, asked: str) -> None:
    """An expert is asked, says that she is free, and comes by this deployment."""
    person = stage.person(name)
    match = confirmation(stage.sessions[by], person, asked)
    Support(stage.at(by, case)).check_identity(person, "a boy of 16, in Ede", match)
    work = stage.at(name, case)
    take_step(work, work.table.commands["no-conflict"])
    Support(stage.at(by, case)).deploy(person, match)


def test_who_was_confirmed_comes_once_she_is_free(stage: PoolStage) -> None:
    case, (asked, name) = taken(stage, "dirk"), confirmed(stage, "dirk")
    support = Support(stage.at("dirk", case))
    with pytest.raises(ServerRefused, match="not-allowed"):
        support.deploy(stage.person(name))
    comes(stage, case, "dirk", name, asked)
    there = {row["compartment"].partition("-")[0] for row in stage.at(name, case).rows}
    assert there == {"conflict", "expert"}


def test_nobody_comes_by_what_the_pool_confirmed_for_another(stage: PoolStage) -> None:
    case, (asked, name) = taken(stage, "ella"), confirmed(stage, "dirk")
    person = stage.person(name)
    with pytest.raises(NotPossible, match="no deployment"):
        confirmation(stage.sessions["ella"], person, asked)
    match = confirmation(stage.sessions["dirk"], person, asked)
    with pytest.raises(ServerRefused, match="not-allowed"):
        Support(stage.at("ella", case)).check_identity(person, "a boy of 16", match)


def test_what_was_used_in_two_cases_is_found(stage: PoolStage, tmp_path: Path) -> None:
    first, second = taken(stage, "dirk"), taken(stage, "dirk")
    asked, name = confirmed(stage, "dirk")
    comes(stage, first, "dirk", name, asked)
    assert _used_once(stage, tmp_path / "one")
    comes(stage, second, "dirk", name, asked)
    assert not _used_once(stage, tmp_path / "two")


def _used_once(stage: PoolStage, file: Path) -> bool:
    stage.renew()
    stage.world.settle()
    otto = stage.sessions["otto"]
    otto.directory.refresh()
    found = audit_store(otto, None, file, lambda *_: None, 1)
    (verdict,) = [one for one in found.store if one.what == SERVED]
    return verdict.holds
