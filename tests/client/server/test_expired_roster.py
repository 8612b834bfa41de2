"""Once the newest list of people has expired nobody of it is given anything, as nothing that they
write is taken: nobody vouches for their roles. Who asks is on no list, and reads on.

Holds client/server/directory.py, api/proof.py.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.audit.accounting import list_cases
from client.audit.read_log import fetch_reads
from client.cases import consulting
from client.errors import ServerRefused
from client.session import Session
from domain.trust import SECONDS_A_DAY
from tests.support.world import World, read, texts


class Clock:
    ahead = 0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    with World(tmp_path, clock=clock) as world:
        yield world


def refused(act: object, *given: object) -> str:
    with pytest.raises(ServerRefused) as told:
        act(*given)  # type: ignore[operator]
    return told.value.name


def test_who_stands_on_an_expired_list_reads_nothing_and_who_asked_reads_on(
    world: World, clock: Clock
) -> None:
    anna, auditor, carla, _bram = world.staff(
        "consultation_worker", "auditor", "supervisor", "consultation_worker"
    )
    mother, asked, _ = world.mother("a question")
    taken = read(world, anna, asked)
    consulting.take(anna, taken)
    assert texts(anna, taken) == ["a question"]
    world.settle()
    auditor.directory.refresh()
    lines = len(fetch_reads(auditor, asked.case))
    clock.ahead = 15 * SECONDS_A_DAY
    for act, given in (
        (Session.read, (anna, asked.case, asked.name)),
        (Session.read, (anna, "f" * 32, asked.name)),  # told the same of a case that is not there
        (Session.work, (anna,)),
        (Session.overview, (carla,)),
        (list_cases, (auditor,)),
        (fetch_reads, (auditor, asked.case)),
        (anna.parts, (taken, next(one for one in taken.items if one.entry.header.payload))),
    ):
        assert refused(act, *given) == "stale-roster", act
    assert texts(mother, read(world, mother, asked)) == ["a question"]
    world.publish()
    assert texts(anna, read(world, anna, asked)) == ["a question"]
    kept = [one for one in fetch_reads(auditor, asked.case)[lines:] if not one.released]
    assert {one.fields["network"]["id"] for one in kept} == {anna.device}
