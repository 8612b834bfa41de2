"""The audit of a whole store: on many cores as on one, taken up where it was broken off, and with
an eye for what is not shown at all.

Holds client/audit/store.py, client/audit/accounting.py, client/audit/notes.py, cli/audit/store.py,
store/listing.py.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from werkzeug.wrappers import Request

from cli.audit.store import fields
from cli.main import cli
from client.audit.accounting import runs
from client.audit.replay import Evidence
from client.audit.store import StoreAudit
from client.errors import NotPossible
from client.server.pins import Pins
from crypto.encoding import canonical
from tests.support.asking import asker
from tests.support.audit.store_scene import CASES, Scene, at_home, playing
from tests.support.hostile.server import Answer
from tests.support.processes import ROOT
from tests.support.world import read
from wire.paths import READS, path
from wire.reads import NOWHERE


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    yield from playing(tmp_path)


def comparable(found: StoreAudit) -> dict[str, Any]:
    told = fields(found)
    return {name: told[name] for name in ("holds", "position", "entries", "store", "cases")}


def test_an_honest_store_holds_whether_one_core_or_two_judge_it(scene: Scene) -> None:
    told: list[tuple[int, int]] = []
    one = scene.audit("one", 1, told=lambda *figures: told.append(figures))
    two = scene.audit("two", 2)
    assert one.holds and comparable(one) == comparable(two)
    entries = sum(len(read(scene.world, *mother).items) for mother in scene.mothers)
    assert (one.entries, len(one.cases)) == (entries, CASES)
    assert told[0] == (0, entries) and told[-1] == (entries, entries) and len(told) == CASES + 1
    # A root and two rosters stand between them; positions count from 0.
    assert one.position == entries + 2
    assert {one.case for one in two.cases} == {chain.case for _, chain in scene.mothers}
    for case in two.cases:
        assert set(case.verdicts) == {"A1", "A2", "A3", "A6", "A9", "A10", "A11"}


def break_off(scene: Scene, notes: str, after: int) -> None:
    class Stop(Exception):
        pass

    judged = iter(range(-1, after))

    def told(_done: int, _all: int) -> None:
        if next(judged, None) == after - 1:
            raise Stop

    with pytest.raises(Stop):
        scene.audit(notes, told=told)


def test_what_was_judged_before_it_was_broken_off_is_not_judged_again(scene: Scene) -> None:
    break_off(scene, "notes", 2)
    file = scene.folder / "notes"
    before = file.read_bytes()
    assert before.count(b"\n") == 3  # its beginning, and two cases
    file.write_bytes(before + before.splitlines()[1][:40])  # the disk was full, or the power went
    asked: list[str] = []
    scene.deceive(lambda request, answer: asked.append(request.path) or answer)
    found = scene.audit()
    assert found.holds and found.taken_up == 2
    assert sum(one.endswith("/structure") for one in asked) == CASES - 2
    assert file.read_bytes().startswith(before)
    scene.deceive(None)
    anew = scene.audit()  # one that was finished begins from nothing
    assert anew.taken_up == 0 and comparable(anew) == comparable(found)


def test_a_case_that_grew_since_it_was_broken_off_is_judged_again(scene: Scene) -> None:
    break_off(scene, "notes", CASES)
    scene.say(3, "one thing more")
    found = scene.audit()
    assert found.holds and found.taken_up == CASES - 1
    assert len(found.cases) == CASES and len({one.case for one in found.cases}) == CASES


def test_what_is_seen_is_kept_and_a_case_that_goes_back_later_is_convicted(scene: Scene) -> None:
    pins = Pins()
    assert scene.audit(pins=pins).holds
    case = scene.mothers[1][1].case

    def shorter(request: Request, answer: Answer) -> Answer:
        if request.path.endswith(f"{case}/structure"):
            answer["entries"] = answer["entries"][:-1]
        return answer

    scene.deceive(shorter)
    found = scene.audit(pins=pins)
    (bad,) = (one for one in found.cases if not one.holds)
    assert bad.case == case and bad.faults[0].startswith("A1 went-back")


def hide_last_entry(scene: Scene, request: Request, answer: Answer) -> Answer:
    if request.path.endswith(f"{scene.mothers[1][1].case}/structure"):
        answer["entries"] = answer["entries"][:-1]
    return answer


def hide_case(scene: Scene, request: Request, answer: Answer) -> Answer:
    if request.path.endswith("/cases"):
        hidden = scene.mothers[1][1].case
        answer["cases"] = [one for one in answer["cases"] if one["case"] != hidden]
    return answer


def hide_first_and_last_case(scene: Scene, request: Request, answer: Answer) -> Answer:
    if request.path.endswith("/cases"):
        answer["cases"] = answer["cases"][1:-1]
    return answer


@pytest.mark.parametrize(
    ("deceit", "gaps"), [(hide_last_entry, 1), (hide_case, 1), (hide_first_and_last_case, 2)]
)
def test_what_is_not_shown_leaves_a_hole_in_the_store(
    scene: Scene, deceit: Callable[[Scene, Request, Answer], Answer], gaps: int
) -> None:
    shown = {item.position for _, chain in scene.mothers for item in chain.items}
    scene.deceive(lambda request, answer: deceit(scene, request, answer))
    found = scene.audit()
    short = [one for one in found.cases if not one.holds]
    assert len(short) == (deceit is hide_last_entry)  # fewer than the list said
    assert all("entries are shown of" in fault for one in short for fault in one.faults)
    (accounted, _) = found.store
    assert not found.holds and accounted.name == "A1" and len(accounted.faults) == gaps
    for fault in accounted.faults:
        assert fault.startswith("nothing is shown at position")
        first = fault.removeprefix("nothing is shown at position").removeprefix("s").split()[0]
        assert int(first) in shown


def test_a_case_that_was_seen_and_is_no_longer_listed_is_named(scene: Scene) -> None:
    pins = Pins()
    assert scene.audit(pins=pins).holds
    scene.deceive(lambda request, answer: hide_case(scene, request, answer))
    (accounted, _) = scene.audit(pins=pins).store
    gone = scene.mothers[1][1].case
    assert accounted.faults[-1] == f"case {gone} was seen before and is not listed"


def test_the_lines_about_cases_that_are_not_there_are_held_to_their_chain_too(
    scene: Scene,
) -> None:
    asking = asker(scene.world.app, scene.world.settings.authority)
    for case in ("0" * 31 + "1", "f" * 32):
        assert asking(path(READS, case=case), keys=scene.auditor.keys).status_code == 404
        asked = f"/v1/cases/{case}/structure"
        assert asking(asked, keys=scene.auditor.keys).status_code == 404
    (_, elsewhere) = scene.audit("before").store
    assert elsewhere.holds and elsewhere.evidence == "2 lines"
    with closing(sqlite3.connect(scene.folder / "reads.sqlite", isolation_level=None)) as shell:
        for (name,) in shell.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            shell.execute(f"DROP TRIGGER {name}")
        shell.execute("DELETE FROM reads WHERE case_id=? AND number=0", (NOWHERE,))
    found = scene.audit("after")
    assert not found.holds
    (_, elsewhere) = found.store
    assert elsewhere.name == "A11" and "line 0 is missing or was changed" in elsewhere.faults[0]


@pytest.mark.parametrize("held", [b"", b"not notes\n", b'{"v":1}\n', b'{"pin":"x","v":3}\n', b"{}"])
def test_a_file_that_holds_something_else_is_left_as_it_is(scene: Scene, held: bytes) -> None:
    file = scene.folder / "notes"
    file.write_bytes(held)
    if not held:
        assert scene.audit().holds
        return
    with pytest.raises(NotPossible, match="holds no notes of an audit"):
        scene.audit()
    assert file.read_bytes() == held


def test_notes_of_another_server_are_not_gone_on_with(scene: Scene) -> None:
    file = scene.folder / "notes"
    begun = {"began": int(time.time()), "pin": "A" * 43, "terms": "", "v": 2}
    file.write_bytes(canonical(begun) + b"\n")
    with pytest.raises(NotPossible, match="another server"):
        scene.audit()


def test_runs_of_positions() -> None:
    def found(*placed: tuple[int, int]) -> list[list[int]]:
        return runs([Evidence(position, stored, b"", b"") for position, stored in placed])

    assert found() == [] and found((4, 40)) == [[4, 4, 40, 40]]
    assert found((2, 20), (3, 18), (4, 30), (7, 31)) == [[2, 4, 18, 30], [7, 7, 31, 31]]


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def home(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Path:
    return at_home(scene, monkeypatch)


def zegel(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_the_command_tells_of_the_whole_store_and_ends_with_1_if_it_does_not_hold(
    scene: Scene, home: Path
) -> None:
    said = zegel("audit", "--all")
    assert said.exit_code == 0, said.output
    assert f"Everything holds: {scene.audit('x').entries} entries, {CASES} cases." in said.stdout
    scene.deceive(lambda request, answer: hide_case(scene, request, answer))
    found = zegel("audit", "--all", "--json")
    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert not told["holds"] and len(told["cases"]) == CASES - 1
    assert told["store"][0]["faults"][0] in zegel("audit", "--all").stdout
    for wrong in (("audit",), ("audit", "1" * 32, "--all"), ("audit", "--all", "--seq", "1")):
        assert isinstance(zegel(*wrong).exception, NotPossible)


def test_a_run_that_is_killed_is_taken_up_and_leaves_no_process_behind(
    scene: Scene, home: Path
) -> None:
    """The server keeps back the last case until the command has been killed."""
    begun, killed = threading.Semaphore(0), threading.Event()

    def slowly(request: Request, answer: Answer) -> Answer:
        if request.path.endswith(f"{scene.mothers[-1][1].case}/structure"):
            begun.release()
            killed.wait(60)
        return answer

    scene.deceive(slowly)
    command = [sys.executable, "-m", "cli.main", "audit", "--all", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        assert begun.acquire(timeout=60)
        notes, deadline = home / "audit.jsonl", time.monotonic() + 60
        while notes.read_bytes().count(b"\n") < CASES and time.monotonic() < deadline:
            time.sleep(0.01)
        children = _children(started.pid)
        assert children
    finally:
        os.kill(started.pid, signal.SIGKILL)
        started.wait()
        killed.set()
    scene.deceive(None)
    done = zegel("audit", "--all", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["taken_up"] == CASES - 1
    deadline = time.monotonic() + 30
    while any(map(_runs, children)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(_runs, children))


def _children(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=True
    )
    return [int(one) for one in listed.stdout.split()]


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
