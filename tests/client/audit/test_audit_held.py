"""What a lying server, its operators and others try on an audit and on who asks who could read:
each deed is told, or changes nothing.

Holds client/audit/inspection.py, client/audit/store.py, client/audit/notes.py,
client/audit/reach.py.
"""

import json
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from werkzeug.wrappers import Request

from api.counters import Counters, Limit
from cli.main import cli
from client.audit.inspection import inspect
from client.audit.notes import Judged, Notes
from client.audit.reach import reach
from client.audit.store import audit_store
from client.cases import consultation, consulting
from client.cases.casework import open_casework
from client.cases.consultation import message
from client.errors import NotPossible, ServerRefused
from client.people.membership import approve_recovery, grant, recover
from client.server.pins import Pins
from crypto.encoding import canonical
from domain.access import RECOVERER
from store.read_log import ReadLog
from tests.client.people.test_membership import custodians, in_notes
from tests.support.audit.store_scene import CASES, Scene, at_home, playing
from tests.support.hostile.server import Answer, HostileServer
from tests.support.people.support_case import Cast
from tests.support.world import Server, World, read
from wire.calendar import read_calendar
from wire.reads import NOWHERE, RELEASED, read_line

PIN = "A" * 43


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    yield from playing(tmp_path)


@pytest.fixture
def home(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Path:
    return at_home(scene, monkeypatch)


def write_line(folder: Path, case: str, line: dict[str, Any]) -> None:
    """As whoever has the log can: well chained, and signed with the next answer."""
    with closing(ReadLog(str(folder / "reads.sqlite"))) as log:
        log.append(case, line)


def released(case: str, compartment: str, entry: str, at: int, device: str, person: str) -> Any:
    place = {"case": case, "compartment": compartment, "entry": entry}
    made = ("PayloadFetched", RELEASED, at, device, person, "", place, "test.example/0")
    return read_line(*made)


# --- the whole store ------------------------------------------------------------------------------


def test_a_case_that_is_answered_oddly_keeps_no_other_from_being_judged(scene: Scene) -> None:
    case = scene.mothers[0][1].case

    def oddly(request: Request, answer: Answer) -> Answer:
        return {"odd": 1} if request.path.endswith(f"{case}/structure") else answer

    scene.deceive(oddly)
    for _ in range(2):
        found = scene.audit()
        (bad,) = (one for one in found.cases if not one.holds)
        assert bad.case == case and bad.faults[0].startswith("not judged: not-answering")
        assert len(found.cases) == CASES
    scene.deceive(None)
    assert scene.audit().holds


def test_the_servers_own_limit_is_waited_for(tmp_path: Path) -> None:
    said: list[str] = []
    # The clock of the limit moves when somebody is told to wait, by what fills a bucket: a slow
    # machine meets the limit as a fast one does.
    now = [0.0]

    class Overheard(Server):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            def starts(status: str, *more: Any) -> Any:
                said.append(status)
                now[0] += 4 if status.startswith("429") else 0
                return start_response(status, *more)

            return super().__call__(environ, starts)

    with World(tmp_path, Overheard, counters=Counters(monotonic=lambda: now[0])) as world:
        (auditor,) = world.staff("auditor")
        world.staff("consultation_worker")
        for number in range(5):
            world.mother(f"question {number}")
        limits = replace(world.settings.limits, requests=Limit(30, 8.0))
        opened = world.app.extensions["zegel"]
        settings = replace(world.settings, limits=limits)
        world.app.extensions["zegel"] = replace(opened, settings=settings)
        for _ in range(3):
            session = world.session(auditor.keys)
            found = audit_store(session, None, tmp_path / "notes", lambda *_: None, 2)
            assert found.holds and len(found.cases) == 5
        assert any(one.startswith("429") for one in said), "the limit was not met"


def test_a_list_that_is_said_to_end_before_what_is_shown_is_convicted(scene: Scene) -> None:
    hidden = scene.mothers[1][1].case

    def understates(request: Request, answer: Answer) -> Answer:
        if request.path.endswith("/cases"):
            answer["cases"] = [one for one in answer["cases"] if one["case"] != hidden]
            answer["position"] = 3
        return answer

    scene.deceive(understates)
    late = scene.world.clock
    scene.world.clock = lambda: late() + 3_600  # the auditor comes an hour after
    found = scene.audit()
    assert not found.holds
    faults = [fault for one in found.cases for fault in one.faults]
    assert faults and all("was stored before the cases were listed" in fault for fault in faults)


def test_a_store_that_ends_before_where_it_was_seen_to_is_convicted(scene: Scene) -> None:
    pins = Pins()
    first = scene.audit(pins=pins)
    assert first.holds and pins.position == first.position

    def shorter(request: Request, answer: Answer) -> Answer:
        return {**answer, "position": 0} if request.path.endswith("/cases") else answer

    scene.deceive(shorter)
    (accounted, _) = scene.audit(pins=pins).store
    assert accounted.faults[0].startswith("the store has gone back")


def test_trust_documents_that_stand_elsewhere_for_another_process_are_told(scene: Scene) -> None:
    asked = 0

    def elsewhere(request: Request, answer: Answer) -> Answer:
        nonlocal asked
        if request.path.endswith("/trust") and request.args.get("after") == "-1":
            asked += 1
            if asked > 1:
                answer["documents"][-1]["position"] += 5
        return answer

    scene.deceive(elsewhere)
    found = scene.audit(jobs=1)
    assert not found.holds
    assert any("forked: trust documents" in fault for one in found.cases for fault in one.faults)


def test_what_stands_in_the_log_of_no_case_is_judged(scene: Scene) -> None:
    chain = scene.mothers[0][1]
    made = (chain.case, chain.name, chain.items[0].entry.header.id, 1, "d" * 32, "e" * 32)
    write_line(scene.folder, NOWHERE, released(*made) | {"address": "192.0.2.1"})
    (_, elsewhere) = scene.audit().store
    assert elsewhere.faults == ("line 0: something was given out", "line 0: address")


def test_what_was_seen_until_it_was_broken_off_is_pinned(scene: Scene) -> None:
    class Stop(Exception):
        pass

    def told(done: int, total: int) -> None:
        if done == total:
            raise Stop

    pins = Pins()
    with pytest.raises(Stop):
        scene.audit(pins=pins, told=told)
    assert {chain.case for _, chain in scene.mothers} <= {one[:32] for one in pins.heads}


def test_notes_that_contradict_what_was_seen_since_are_not_gone_on_with(scene: Scene) -> None:
    class Stop(Exception):
        pass

    def told(done: int, total: int) -> None:
        if done == total:
            raise Stop

    with pytest.raises(Stop):
        scene.audit(told=told)
    _, chain = scene.mothers[1]
    pins = Pins()
    pins.heads[f"{chain.case}/{chain.name}"] = {"seq": 1, "hash": PIN}
    found = scene.audit(pins=pins)
    assert found.taken_up == CASES - 1
    (bad,) = (one for one in found.cases if not one.holds)
    assert bad.case == chain.case and "forked" in bad.faults[0]


def test_times_that_go_back_from_case_to_case_are_told(scene: Scene) -> None:
    assert "dated before" not in scene.audit("before").store[0].evidence
    case = scene.mothers[3][1].case
    with closing(sqlite3.connect(scene.folder / "store.sqlite", isolation_level=None)) as shell:
        triggers = "SELECT name FROM sqlite_master WHERE type='trigger'"
        for (name,) in shell.execute(triggers).fetchall():
            shell.execute(f"DROP TRIGGER {name}")
        rows = "SELECT rowid, state FROM stored_events WHERE originator_id=?"
        for row, state in shell.execute(rows, (case,)).fetchall():
            stored = int.from_bytes(state[:8], "big") - 500
            changed = stored.to_bytes(8, "big") + state[8:]
            shell.execute("UPDATE stored_events SET state=? WHERE rowid=?", (changed, row))
    found = scene.audit("after")
    assert found.holds and "1 runs of them dated before an earlier one" in found.store[0].evidence


def test_the_audit_of_the_store_says_what_it_cannot_show(scene: Scene, home: Path) -> None:
    said = CliRunner().invoke(cli, ("audit", "--all"))
    assert said.exit_code == 0 and said.stdout.count("not shown") >= 4
    told = json.loads(CliRunner().invoke(cli, ("audit", "--all", "--json")).stdout)
    assert any("numbered anew" in one for one in told["limits"])


def test_a_field_in_the_read_log_does_not_steer_the_auditors_terminal(
    scene: Scene, home: Path
) -> None:
    case = scene.mothers[0][1].case
    line = read_line("StructureFetched", RELEASED, 1, None, None, "", {"case": case}, "a.example/0")
    write_line(scene.folder, case, line | {"\x1b[2J\x1b[HEverything holds: 5 entries.\x1b[8m": 1})
    for command in (("audit", case), ("audit", "--all")):
        said = CliRunner().invoke(cli, command, color=True)
        assert said.exit_code == 1 and "\x1b[2J" not in said.stdout and "\x1b[8m" not in said.stdout


# --- the notes ------------------------------------------------------------------------------------


def judged(number: int) -> Judged:
    return Judged(f"{number:032x}", 1, True, {"A1": 0}, [], [[number, number, 1, 1]], 0, {}, {})


def test_notes_are_the_auditors_own_and_one_audits_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_bytes(b"")
    file.chmod(0o666)
    with closing(Notes(file, PIN, "", 1)) as notes:
        notes.add(judged(1))
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with pytest.raises(NotPossible, match="another audit"):
            Notes(file, PIN, "", 1)
    os.symlink(file, tmp_path / "link")
    with pytest.raises(NotPossible, match="cannot be written"):
        Notes(tmp_path / "link", PIN, "", 1)
    with pytest.raises(NotPossible, match="other terms"):
        Notes(file, PIN, "other", 1)
    with closing(Notes(file, PIN, "", 86_401)) as notes:
        assert notes.judged == [judged(1)] and notes.began == 1
    with closing(Notes(file, PIN, "", 86_402)) as notes:  # a day is over
        assert notes.judged == [] and notes.began == 86_402


def test_a_line_that_is_no_note_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    begun = canonical({"v": 2, "pin": PIN, "terms": "", "began": 1})
    file.write_bytes(begun + b"\n7\n")
    with pytest.raises(NotPossible, match="no notes of an audit"):
        Notes(file, PIN, "", 1)


# --- one case -------------------------------------------------------------------------------------


def verdict(found: Any, name: str) -> Any:
    return next(one for one in found.verdicts if one.name == name)


def test_a_release_to_a_revoked_device_is_convicted(world: World) -> None:
    own = Cast(world).opened()
    _, chain = in_notes(own)
    dirk, person = own["dirk"], own.person("dirk")
    world.settle()
    item = own.at("dirk").work.named("worknotes").items[-1]
    world.revoke(dirk)
    later, place = int(world.clock()) + 3_600, (own.case, chain.name, item.entry.header.id)
    write_line(world.folder, own.case, released(*place, later, dirk.device, person))
    found = verdict(inspect(own["auditor"], own.case, read_calendar(None)), "A2")
    assert [fault for fault in found.faults if "had been revoked" in fault]


def test_a_clock_that_is_put_right_convicts_nobody(tmp_path: Path) -> None:
    ahead = 3
    with World(tmp_path, clock=lambda: time.time() + ahead) as world:
        worker, auditor = world.staff("consultation_worker", "auditor")
        _, chain, _ = world.mother()
        ahead = 0
        consultation.conversation(worker, read(world, worker, chain))
        assert inspect(auditor, chain.case, read_calendar(None)).holds


def test_the_custodian_who_made_new_keys_could_read_what_was_sealed_by_them(world: World) -> None:
    """And nothing else: whoever writes first in that place makes keys that he does not hold."""
    own = Cast(world).opened()
    one, two, three = custodians(own)
    _, chain = in_notes(own)
    own.another_device("dirk", instead=True)
    for custodian in (one, two):
        approve_recovery(custodian, own.case, chain.name)
    recover(three, own.case, chain.name)
    world.settle()
    notes, dirk = own.at("dirk").work.named("worknotes"), own["dirk"]
    under = (message("under his key"), notes.epoch_keys[1])
    his = dirk.send(notes, dirk.draft(notes, "MessageSent", {}, *under)).entry.header.id
    own.at("dirk").say(own.at("dirk").work.named("worknotes"), "as a client does")
    world.settle()
    found = inspect(own["auditor"], own.case, read_calendar(None))
    assert found.holds
    after = [one for one in found.access.entries.values() if one.compartment == chain.name][-2:]
    roles = [{one.role for one in entry.readers if one.device == three.device} for entry in after]
    assert [entry.epoch for entry in after] == [1, 2] and roles == [{RECOVERER}, set()]
    (stood,) = (one for one in found.access.standings if one.device == three.device)
    assert stood.since == stood.until
    (reached,) = reach(own["frits"], [three.device])
    assert [one.id for one in reached.entries] == [his]
    # He holds the key and does not stand there: what is given to him has no ground.
    place = (own.case, chain.name, his, int(world.clock()) + 3_600)
    write_line(world.folder, own.case, released(*place, three.device, str(stood.person)))
    told = verdict(inspect(own["auditor"], own.case, read_calendar(None)), "A2")
    assert "did not stand there" in told.faults[0]


def test_an_entry_past_the_end_is_not_the_present(world: World) -> None:
    own = Cast(world).opened()
    count = len(inspect(own["auditor"], own.case, read_calendar(None)).evidence)
    last = inspect(own["auditor"], own.case, read_calendar(None), number=count - 1)
    assert len(last.evidence) == count
    with pytest.raises(NotPossible, match=f"{count} entries"):
        inspect(own["auditor"], own.case, read_calendar(None), number=count)


def test_a_crisis_told_in_two_places_is_explained_by_one_reason(tmp_path: Path) -> None:
    passed, began = 0, time.time()
    with World(tmp_path, clock=lambda: began + passed + time.time() - began) as world:
        anna, auditor = world.staff("consultation_worker", "auditor")
        world.staff("supervisor")
        mother, chain, _ = world.mother()
        consulting.take(anna, read(world, anna, chain))
        mine, words = read(world, mother, chain), consultation.message("help")
        consultation.write_to_office(mother, mine, "CrisisFlagged", {}, words)
        world.settle()
        passed += 600
        open_casework(anna, chain.case).write("governance", "CrisisFlagged", {}, words)
        passed += 7_200
        world.settle()
        given = consultation.payload("note/1", text="the line was dead")
        theirs = open_casework(anna, chain.case)
        theirs.write("worknotes", "DelayExplained", {"term": "crisis_decision"}, given)
        found = inspect(auditor, chain.case, read_calendar(None))
        assert not [one for one in verdict(found, "A6").faults if "crisis_decision" in one]


# --- who could read -------------------------------------------------------------------------------


@pytest.fixture
def granted(tmp_path: Path) -> Iterator[tuple[World, Cast, str, str]]:
    """A case whose last entry grants a note to ella; the note, and her device."""
    with World(tmp_path, HostileServer) as world:
        own = Cast(world).opened()
        dirk = own.at("dirk")
        dirk.say(dirk.work.named("worknotes"), "before")
        dirk.let_in("worknotes", own.person("ella"))
        notes = own.at("dirk").work.named("worknotes")
        item = [one for one in notes.items if one.entry.header.payload][-1]
        grant(own["dirk"], notes, own["ella"].device, "needed", items=[item])
        world.settle()
        yield world, own, item.entry.header.id, own["ella"].device


def cut(world: World) -> None:
    server = world.server
    assert isinstance(server, HostileServer)

    def shorter(request: Request, answer: Answer) -> Answer:
        if request.path.endswith("/structure"):
            answer["entries"] = answer["entries"][:-1]
        return answer

    server.deceive = shorter


def test_what_was_seen_of_a_case_binds_whoever_asks_of_it_later(
    granted: tuple[World, Cast, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, own, note, ella = granted
    scene = Scene(world, own["auditor"], own["dirk"], [], world.folder)
    at_home(scene, monkeypatch)

    def zegel(*arguments: str) -> Any:
        return CliRunner().invoke(cli, arguments)

    assert zegel("audit", own.case).exit_code == 0
    assert ella[:8] in zegel("who", own.case, note).stdout
    cut(world)
    refused = zegel("who", own.case, note)
    assert refused.exit_code != 0 and "went-back" in str(refused.exception)
    told = zegel("reach", ella, "--json")
    assert told.exit_code == 1
    assert "went-back" in json.loads(told.stdout)["cases"][0]["fault"]
    for moment in (("--at", "2099-01-01T00:00Z"), ("--seq", "3")):
        then = json.loads(zegel("audit", own.case, *moment, "--json").stdout)
        assert not then["holds"] and then["finding"]["rule"] == "went-back"


def test_one_case_that_does_not_hold_keeps_no_other_from_being_told(tmp_path: Path) -> None:
    with World(tmp_path, HostileServer) as world:
        anna, frits = world.staff("consultation_worker", "privacy_officer")
        chains = [world.mother(f"question {number}")[1] for number in range(3)]
        server, bad = world.server, chains[1].case
        assert isinstance(server, HostileServer)

        def headless(request: Request, answer: Answer) -> Answer:
            if request.path.endswith(f"{bad}/structure"):
                answer["entries"] = answer["entries"][1:]
            return answer

        server.deceive = headless
        found = {one.case: one for one in reach(frits, [anna.device])}
        assert len(found) == 3
        assert [case for case, one in found.items() if one.fault] == [bad]


def test_where_a_device_stood_is_not_told_from_what_is_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.cases.MAX_WAIT_SECONDS", 0.1)
    anna, frits = world.staff("consultation_worker", "privacy_officer")
    world.mother()
    assert len(reach(frits, [anna.device])) == 1
    world.stop_projector()
    code = world.code()
    consultation.ask(world.session(code.keys), code, 0, "anonymous", "a second question")
    with pytest.raises(ServerRefused) as refused:
        reach(frits, [anna.device])
    assert refused.value.name == "not-yet"
