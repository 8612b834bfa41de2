"""Whom a text goes to stands above it while it is typed, and is true of every place.

Holds cli/home/names.py, cli/desk/step.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.desk.step import read_there
from tests.support.people.desks import Desks, desks, editor
from tests.support.people.support_case import Cast
from tests.support.world import World

READS, NOT_READ = "The person who asked reads this.", "The person who asked does not read this."
TOLD = {"requester": f"{READS}\nTo: 1 person", "relative": "To: 1 person"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with desks(tmp_path_factory.mktemp("goes")) as opened:
        yield opened


def shown_in_editor(office: Desks, folder: Path, *arguments: str) -> list[str]:
    """The first lines of what an editor is opened on, without their mark."""
    opens = editor(folder, "exit 1")
    (folder / "seen").unlink(missing_ok=True)
    done = office.run("anna", *arguments, EDITOR=opens)
    assert (folder / "seen").exists(), done
    lines = (folder / "seen").read_text("utf-8").splitlines()
    return [line.removeprefix("#zegel# ") for line in lines[:2]]


def test_the_editor_tells_whom_it_goes_to(office: Desks, tmp_path: Path) -> None:
    case, other = office.taken(), office.taken()
    bram = office.world.ceremony.people[1]["person"]
    office.run("anna", "name", case, "mother of Y.")
    office.run("anna", "name", bram, "Bram K.")
    told = shown_in_editor(office, tmp_path, "answer", case)
    assert told == [READS, "To: mother of Y. (requester)"]
    told = shown_in_editor(office, tmp_path, "answer", other)
    assert told == [READS, "To: 1 requester"]
    told = shown_in_editor(office, tmp_path, "propose-support", case)
    assert told == [NOT_READ, "To: 1 supervisor"]
    told = shown_in_editor(office, tmp_path, "consult", case, "bram k.", "--without-names")
    assert told == [NOT_READ, "To: Bram K. (consultation worker)"]


def test_who_reads_a_place_of_a_support_case_is_told_by_who_stands_in_it(world: World) -> None:
    cast = Cast(world).opened()
    for name, role in (("mother", "requester"), ("father", "relative")):
        place = cast.invited(name, role).compartment
        assert read_there(cast.at("dirk").work.named(place), "To: 1 person") == TOLD[role]
    assert read_there(cast.at("dirk").work.named("governance"), "") == NOT_READ
