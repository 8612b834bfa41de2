"""A backup that an office puts back lawfully shuts nobody out for good, and excuses no server.

Holds client/cases/restore.py, cli/office/restore.py.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.app import create_app
from api.counters import Counters
from api.state import open_store
from client.cases import consultation, consulting
from crypto.encoding import parse_canonical
from domain.services.registry import SERVICES
from projections.projector import PROJECTIONS, Projector
from tests.support.people.at_work import AtWork, at_work
from tests.support.processes import until
from tests.support.world import World, read


@pytest.fixture
def at(world: World, tmp_path: Path) -> Iterator[AtWork]:
    (anna,) = world.staff("consultation_worker")
    with at_work(world, tmp_path / "homes", anna=anna) as working:
        yield working


def copied(source: Path, target: Path) -> None:
    """SQLite's own backup of a database."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def put_back(world: World, backup: Path) -> None:
    """The server stops, gets the store of the backup, and starts; its read models are newer."""
    world.stop_projector()
    for opened in (world.opened, world.app.extensions["zegel"]):
        opened.close()
    copied(backup, world.folder / "store.sqlite")
    world.opened = open_store(world.settings, clock=world.clock)
    world.app = world.server._app = create_app(world.settings, world.clock, Counters())
    world.projector = Projector(world.opened.store, world.opened.views, world.pin, SERVICES)
    world._stop = threading.Event()
    following = (world._stop, world.settings.projector_lock)
    world._threads[1] = threading.Thread(target=world.projector.run, args=following, daemon=True)
    world._threads[1].start()
    views, reached = world.opened.views, world.opened.store.position() + 1

    def follows() -> bool:
        with views.reading() as cursor:
            return all(views.tracked(cursor, one.name) == reached for one in PROJECTIONS)

    until(follows, "the read models of what was put back")


def test_who_saw_more_is_told_and_goes_on_when_he_says_so_with_the_evidence_kept(
    at: AtWork, tmp_path: Path
) -> None:
    world, anna = at.world, at.people["anna"]
    mother, asked, code = world.mother("he is online all night")
    consulting.take(anna, read(world, anna, asked))
    backup = tmp_path / "backup.sqlite"
    copied(world.folder / "store.sqlite", backup)
    consultation.say(mother, read(world, mother, asked), "this is lost")
    case = asked.case
    assert "this is lost" in at.shows("anna", "show", case)
    _other, later, _code = world.mother("asked after the backup")
    assert "asked after" in at.shows("anna", "show", later.case)
    refused = at.run("anna", "accept-restore", case, typed="y\n", fails=True)
    assert "not shown" in str(refused.exception)  # nothing went back

    put_back(world, backup)
    pins = at.home("anna") / "pins.json"
    seen = pins.read_bytes()
    assert "went-back" in str(at.run("anna", "show", case, fails=True).exception)
    at.run("anna", "accept-restore", case, typed="n\n", fails=True)
    at.run("anna", "accept-restore", case, fails=True)  # nobody is there to answer
    assert "went-back" in str(at.run("anna", "show", case, fails=True).exception)

    gone = at.run("anna", "show", later.case[:8], fails=True)
    assert "a backup was put back" in str(gone.exception)  # a case that is there no more

    # She has only her code: nothing shuts her out, and she writes on.
    again = world.session(code.keys)
    consultation.say(again, read(world, again, asked), "written again")
    assert "forked" in str(at.run("anna", "show", case, fails=True).exception)

    told = at.run("anna", "accept-restore", case, typed="y\n").output
    assert "Something else stands in the place" in told
    (kept,) = at.home("anna").glob("pins.restored-*")
    name = f"{case}/{asked.name}"
    evidence = parse_canonical(kept.read_bytes(), 10**6)
    assert evidence["heads"][name] == parse_canonical(seen, 10**6)["heads"][name]
    assert kept.name in told.replace("\n", "")
    shown = at.shows("anna", "show", case)
    assert "written again" in shown and "this is lost" not in shown
