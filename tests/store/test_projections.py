"""Read models are what a fold of the entries says, whatever happens to the projector.

Holds projections/projector.py, projections/timeline.py, projections/work_list.py,
projections/projection.py, projections/directory.py.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import api.cases
import projections.projector
from client.audit.reach import reach
from client.cases import consultation
from client.cases.consultation import message
from client.errors import ServerRefused
from crypto.log_signer import make_log_key
from domain.services.registry import SERVICES
from projections.projection import Change
from projections.projector import PROJECTIONS, ModelFault, Projector, open_views
from projections.timeline import TimelineProjection
from projections.views import Views
from store.turn import try_lock
from tests.support.desk import Desk, Talk
from tests.support.fold import STATES, fold, tables
from tests.support.processes import PROJECTOR, Process, drawn_seed, run, until
from tests.support.world import Server, World
from wire.paths import TIMELINE, WORK_LIST, path
from wire.schemas import Timeline


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Cases in every state, a rotation that is owed, a second roster between them, and someone
    who was hired last and stands in none. Every look at the clock takes a second."""
    made = Desk(tmp_path, count(int(time.time())).__next__)
    worker, other = made.workers
    opened = Talk(made)
    opened.send(opened.opening(), opened.keys)
    Talk(made).asked()
    leaving = Talk(made).asked()
    leaving.write(other, "MemberLeft")
    answered = Talk(made).asked().taken(worker)
    answered.write(worker, "AnswerGiven", {}, message("an answer"))
    made.publish_roster()
    Talk(made).asked().taken(other)
    Talk(made).asked().taken(worker).advised(worker)
    Talk(made).asked().taken(worker).closed(worker)
    answered.write(answered.keys, "MessageSent", {}, message("one more thing"))
    answered.write(answered.keys, "MessageSent", {}, message("and another"))
    made.hire(1)
    yield made
    made.store.close()


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    opened = open_views(str(tmp_path / "views.sqlite"), create=True)
    yield opened
    opened.close()


def projector(desk: Desk, views: Views) -> Projector:
    return Projector(desk.store, views, desk.pin, SERVICES)


def test_every_read_model_equals_a_fold_of_the_entries(
    desk: Desk, views: Views, tmp_path: Path
) -> None:
    projector(desk, views).catch_up()
    wanted = fold(tmp_path / "store.sqlite")
    assert {row[3] for row in wanted["work_compartment"]} == set(STATES.values())
    assert tables(tmp_path / "views.sqlite") == wanted


def plant(folder: Path) -> None:
    """What a read model cannot take: a row that stands already where the next entry's will."""
    with closing(sqlite3.connect(folder / "views.sqlite")) as shell, shell:
        shell.execute(
            "CREATE TRIGGER planted BEFORE INSERT ON standing WHEN (SELECT COUNT(*) FROM standing) "
            "> 5 BEGIN SELECT RAISE(ABORT, 'planted'); END"
        )


def test_a_fault_in_one_read_model_sets_that_one_aside_and_the_others_go_on(
    desk: Desk, views: Views, tmp_path: Path
) -> None:
    plant(tmp_path)
    projector(desk, views).catch_up()
    newest = desk.store.position()
    places = {one.name: views.position(one.name) for one in PROJECTIONS}
    assert places.pop("access") < newest and set(places.values()) == {newest}
    with pytest.raises(ModelFault):
        projector(desk, views).rebuild("access")
    with closing(sqlite3.connect(tmp_path / "views.sqlite")) as shell, shell:
        shell.execute("DROP TRIGGER planted")
    projector(desk, views).catch_up()
    assert views.position("access") < newest  # until it is mended
    projector(desk, views).rebuild("access")
    assert tables(tmp_path / "views.sqlite") == fold(tmp_path / "store.sqlite")
    projector(desk, views).catch_up()
    assert views.position("access") == newest


def test_what_was_set_aside_is_not_answered_from_as_if_it_were_the_newest(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        auditor, _worker = world.staff("auditor", "consultation_worker")
        plant(tmp_path)
        for _ in range(5):
            code = world.code()
            consultation.ask(world.session(code.keys), code, 0, "anonymous", "a question")
        with pytest.raises(ServerRefused) as refused:
            reach(auditor, [auditor.device])
        assert refused.value.name == "set-aside"


@pytest.mark.parametrize("name", [one.name for one in PROJECTIONS])
def test_a_rebuilt_read_model_has_the_same_rows(
    desk: Desk, views: Views, tmp_path: Path, name: str
) -> None:
    """Also when its rows were damaged before; the others stay as they are."""
    running = projector(desk, views)
    running.catch_up()
    before = tables(tmp_path / "views.sqlite")
    (rebuilt,) = [one for one in PROJECTIONS if one.name == name]
    with closing(sqlite3.connect(tmp_path / "views.sqlite")) as shell, shell:
        for table in rebuilt.rows:
            shell.execute(f"DELETE FROM {table} WHERE rowid % 2")
    assert tables(tmp_path / "views.sqlite") != before
    assert projector(desk, views).rebuild(name) == desk.store.position() + 1
    assert tables(tmp_path / "views.sqlite") == before
    assert views.position(name) == desk.store.position()
    Talk(desk).asked()
    running.catch_up()
    assert tables(tmp_path / "views.sqlite") == fold(tmp_path / "store.sqlite")


def test_readers_see_the_old_rows_until_a_rebuild_is_whole(
    desk: Desk, views: Views, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    projector(desk, views).catch_up()
    before, position = tables(tmp_path / "views.sqlite"), views.position("timeline")
    half_way, go_on = threading.Event(), threading.Event()

    class Slow(TimelineProjection):
        def apply(self, cursor: Any, change: Change) -> None:
            super().apply(cursor, change)
            if change.position == desk.store.position() // 2:
                half_way.set()
                go_on.wait()

    monkeypatch.setattr(projections.projector, "PROJECTIONS", (Slow(),))
    rebuilding = threading.Thread(target=projector(desk, views).rebuild, args=("timeline",))
    rebuilding.start()
    try:
        assert half_way.wait(10)
        assert (tables(tmp_path / "views.sqlite"), views.position("timeline")) == (before, position)
    finally:
        go_on.set()
        rebuilding.join()
    assert tables(tmp_path / "views.sqlite") == before


@pytest.fixture
def settings(desk: Desk, views: Views, tmp_path: Path) -> dict[str, str]:
    """What a projector process on this store is told."""
    make_log_key(tmp_path / "log.key", "test.example/0")
    told = {"DATA": str(tmp_path), "PIN": desk.pin}
    run(("-m", "cli.main", "release"), told)
    return told


def test_a_killed_projector_goes_on_without_losing_or_doubling_a_row(
    desk: Desk, views: Views, settings: dict[str, str], tmp_path: Path
) -> None:
    """Killed at random moments while entries come in, it ends as one that was left alone."""
    seed = drawn_seed()
    lots = random.Random(seed)
    talk = Talk(desk).asked().go_on(300)
    stop = threading.Event()

    def come_in() -> None:
        while not stop.is_set():
            talk.go_on(1)

    writing = threading.Thread(target=come_in)
    writing.start()
    process = Process(PROJECTOR, settings, tmp_path / "projector.log")
    try:
        for _ in range(6):
            seen = views.position("timeline")
            until(lambda seen=seen: views.position("timeline") > seen, f"rows; seed {seed}")
            stop.wait(lots.random() * 0.05)
            process.kill()
            process.start()
        stop.set()
        writing.join()
        last = desk.store.position()
        until(lambda: views.position("timeline") >= last, f"the last row; seed {seed}")
    finally:
        stop.set()
        writing.join()
        process.kill()
    projector(desk, views).catch_up()
    undisturbed = open_views(str(tmp_path / "undisturbed.sqlite"), create=True)
    projector(desk, undisturbed).catch_up()
    undisturbed.close()
    wanted = tables(tmp_path / "undisturbed.sqlite")
    assert tables(tmp_path / "views.sqlite") == wanted == fold(tmp_path / "store.sqlite"), (
        f"ZEGEL_TEST_SEED={seed}"
    )


class Counting(Projector):
    """Says how often it worked."""

    steps = 0

    def step(self) -> int:
        self.steps += 1
        return super().step()


def test_a_second_projector_waits_and_takes_over_when_the_first_is_killed(
    desk: Desk, views: Views, settings: dict[str, str], tmp_path: Path
) -> None:
    lock = tmp_path / "projector.lock"
    second, stop = Counting(desk.store, views, desk.pin, SERVICES), threading.Event()
    waiting = threading.Thread(target=second.run, args=(stop, lock))
    first = Process(PROJECTOR, settings, tmp_path / "projector.log")
    try:
        until(lambda: views.position("timeline") == desk.store.position(), "the first one's rows")
        waiting.start()
        Talk(desk).asked()
        until(lambda: views.position("timeline") == desk.store.position(), "the first one's rows")
        with try_lock(lock) as alone:
            assert not alone
        assert waiting.is_alive() and second.steps == 0
        first.kill()
        Talk(desk).asked()
        until(lambda: views.position("timeline") == desk.store.position(), "the second one's rows")
        assert second.steps > 0
    finally:
        first.kill()
        stop.set()
        waiting.join()
    assert tables(tmp_path / "views.sqlite") == fold(tmp_path / "store.sqlite")


def test_an_answer_that_waits_for_a_position_includes_it(tmp_path: Path) -> None:
    """A writer who asks for what he wrote gets it, even if the read model is still behind."""
    asked = threading.Event()

    class Watched(Server):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            if "wait=" in environ["QUERY_STRING"] and "/cases/" in environ["PATH_INFO"]:
                asked.set()
            return super().__call__(environ, start_response)

    with World(tmp_path, Watched) as world:
        world.staff("consultation_worker")
        session, chain, _ = world.mother()
        answers: list[dict[str, Any]] = []
        where = path(TIMELINE, case=chain.case, compartment=chain.name)

        def ask(position: int) -> None:
            query = {"after": -1, "limit": 100, "wait": position}
            answers.append(session.transport.get(Timeline, where, query, session.keys))

        with world.opened.views.writing():  # the projector waits for its turn
            item = session.write(chain, "MessageSent", {}, message("read this back"))
            reading = threading.Thread(target=ask, args=(item.position,))
            asked.clear()
            reading.start()
            assert asked.wait(10)
            reading.join(0.2)  # an answer that does not wait is there by now
            assert not answers
        reading.join()
        (answer,) = answers
        assert answer["seen"] >= item.position
        assert answer["entries"][-1]["position"] == item.position


def test_a_position_that_does_not_come_is_answered_not_yet(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.cases, "MAX_WAIT_SECONDS", 0.05)
    world.staff("consultation_worker")
    session, chain, _ = world.mother()
    for where, query in (
        (path(WORK_LIST), {}),
        (path(TIMELINE, case=chain.case, compartment=chain.name), {"after": -1}),
    ):
        with pytest.raises(ServerRefused) as caught:
            session.transport.get(Timeline, where, {**query, "wait": 10**6}, session.keys)
        assert caught.value.name == "not-yet"
