"""The command line as people use it: each command in a process of its own, at a real server.

Holds cli/main.py, cli/office/worker.py, cli/office/view.py, cli/asker/codes.py,
cli/asker/crisis.py.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.asker import crisis
from crypto.code import show_code
from crypto.encoding import b64
from crypto.secret.keyfile import write_key_file
from crypto.secret.seeds import DeviceKeys, new_code, new_device
from tests.support.hostile.server import Answer, HostileServer, in_timeline, truncates
from tests.support.vectors import golden
from tests.support.world import World

PASSPHRASE = "a passphrase of this test"


@dataclass
class Office:
    """A server, and homes of people on one machine."""

    world: World
    folder: Path

    def run(
        self, person: str, *arguments: str, typed: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
        told = {
            "ZEGEL_HOME": str(self.folder / person),
            "ZEGEL_SERVER": self.world.url,
            "ZEGEL_PIN": self.world.pin,
            "ZEGEL_PASSPHRASE": PASSPHRASE,
        }
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            env=kept | told | environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def json(self, person: str, *arguments: str, typed: str = "") -> Any:
        done = self.run(person, *arguments, "--json", typed=typed)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


STAFF = {"anna": "consultation_worker", "auditor": "auditor"}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, DeviceKeys]]:
    """Homes with sealed device keys, made once: sealing is slow by intent."""
    folder = tmp_path_factory.mktemp("homes")
    keys = {person: new_device() for person in STAFF}
    for person, one in keys.items():
        (folder / person).mkdir()
        value = {"sign": b64(one.sign), "kem": b64(one.kem)}
        write_key_file(folder / person / "device.key", "device", value, PASSPHRASE)
    return folder, keys


@pytest.fixture
def office(tmp_path: Path, homes: tuple[Path, dict[str, DeviceKeys]]) -> Iterator[Office]:
    folder, keys = homes
    (tmp_path / "server").mkdir()
    shutil.copytree(folder, tmp_path / "homes")
    with World(tmp_path / "server", HostileServer) as world:
        for number, (person, role) in enumerate(STAFF.items(), 1):
            world.ceremony.list_person(number, [role], keys[person])
        world.publish(*keys.values())
        yield Office(world, tmp_path / "homes")


def deceive(office: Office, change: Any) -> None:
    server = office.world.server
    assert isinstance(server, HostileServer)
    server.deceive = change


def test_danger_is_asked_first_and_nothing_is_written_when_there_is(office: Office) -> None:
    for said, asked in (("maybe\nJA\n", "danger right now"), ("j\n", "direct gevaar?")):
        tongue = {"ZEGEL_LANG": "nl" if asked == "direct gevaar?" else "en"}
        done = office.run("mother", "ask", "-m", "he is at the door", typed=said, **tongue)
        assert done.returncode == 1
        shown = done.stderr + done.stdout
        assert shown.index("112") < shown.index(asked) and "call 112 now" in shown
    assert office.json("anna", "inbox") == {"work": []}


def test_the_crisis_numbers_were_reviewed_in_the_last_twelve_months() -> None:
    assert (date.today() - crisis.REVIEWED).days <= 365


def test_a_mistyped_code_is_told_before_any_work(office: Office) -> None:
    mistyped = golden()["code"]["bad_checksum"]
    done = office.run("mother", "return", "-", typed=mistyped, ZEGEL_SERVER="http://127.0.0.1:9")
    assert done.returncode == 1
    assert "checksum" in done.stderr


def test_a_code_that_opened_nothing_is_told_so(office: Office) -> None:
    done = office.run("mother", "return", "-", typed=show_code(new_code()))
    assert done.returncode == 1
    assert "There is no conversation with this code here." in done.stderr


def test_a_worker_works_through_a_consultation_in_json(office: Office) -> None:
    asked = office.json("mother", "ask", "--danger", "no", "-m", "a question")
    assert not (office.folder / "mother").exists()
    office.world.settle()
    (row,) = office.json("anna", "inbox")["work"]
    assert (row["case"], row["state"]) == (asked["case"], "received")
    case = asked["case"][:8]
    assert office.json("anna", "take", case, "--no-conflict")["state"] == "in_triage"
    assert office.json("anna", "answer", case, "-m", "an answer")["state"] == "in_dialogue"
    returned = office.json("mother", "return", "-", typed=asked["code"])
    assert [one["content"]["text"] for one in returned["messages"]] == ["a question", "an answer"]
    assert [one["mine"] for one in returned["messages"]] == [True, False]
    for words in asked["words"].values():
        typed = " ".join(words).upper()
        assert office.json("mother", "return", "-", typed=typed)["case"] == asked["case"]
    again = office.run("anna", "take", case, "--no-conflict")
    assert again.returncode == 0  # taking again finishes what was cut short, or does nothing
    audit = office.json("auditor", "audit", asked["case"])
    assert audit["holds"] and audit["state"] == "in_dialogue"
    assert audit["history"][0]["kind"] == "CompartmentOpened"


def test_the_auditor_is_told_which_entry_does_not_hold(office: Office) -> None:
    asked = office.json("mother", "ask", "--danger", "no", "-m", "a question")

    def gap(_: object, answer: Answer) -> Answer:
        if "entries" not in answer:
            return answer
        return {**answer, "entries": answer["entries"][1:]}

    deceive(office, gap)
    done = office.run("auditor", "audit", asked["case"], "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1 and not report["holds"]
    assert (report["finding"]["index"], report["finding"]["rule"]) == (0, "out-of-order")


def test_an_auditor_is_not_shown_less_than_before(office: Office) -> None:
    asked = office.json("mother", "ask", "--danger", "no", "-m", "a question")
    assert office.json("auditor", "audit", asked["case"])["holds"]

    def cut(_: object, answer: Answer) -> Answer:
        return {**answer, "entries": answer["entries"][:1]} if "entries" in answer else answer

    deceive(office, cut)
    done = office.run("auditor", "audit", asked["case"], "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1 and not report["holds"]
    assert report["finding"]["rule"] == "went-back"
    (chain,) = (one for one in report["verdicts"] if one["name"] == "A1")
    assert chain["faults"][0].startswith("went-back: ")


def test_a_worker_whose_server_goes_back_is_alarmed(office: Office) -> None:
    asked = office.json("mother", "ask", "--danger", "no", "-m", "a question")
    office.world.settle()
    office.json("anna", "timeline", asked["case"])
    scene = type("Scene", (), {"chain": type("Chain", (), {"case": asked["case"]})()})()
    deceive(office, lambda request, answer: in_timeline(truncates)(scene, request, answer))
    done = office.run("anna", "timeline", asked["case"], "--json")
    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["name"]) == (1, "went-back")
    assert "in another way" in error["next"]


@pytest.mark.parametrize(
    ("arguments", "environment", "told"),
    [
        (("inbox",), {"ZEGEL_PASSPHRASE": "wrong"}, "passphrase does not open"),
        (("inbox",), {"ZEGEL_SERVER": "http://127.0.0.1:9"}, "nothing answers at"),
        (("inbox",), {"ZEGEL_HOME": "/nonexistent"}, "zegel enrol"),
        (("inbox",), {"ZEGEL_PIN": "short"}, "no pin"),
        (("answer", "ffffffff", "-m", "text"), {}, "no case of yours begins with ffffffff"),
    ],
    ids=["passphrase", "server", "home", "pin", "case"],
)
def test_an_error_says_what_is_wrong_and_what_to_do(
    office: Office, arguments: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    done = office.run("anna", *arguments, **environment)
    assert done.returncode == 1
    assert told in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) >= 2


def test_what_someone_wrote_does_not_steer_the_terminal(office: Office) -> None:
    asked = office.json("mother", "ask", "--danger", "no", "-m", "quiet\x1b[2J\x07now")
    shown = office.run("mother", "return", "-", typed=asked["code"]).stdout
    assert "quiet[2Jnow" in shown and "\x1b[2J" not in shown


def test_a_question_whose_receipt_does_not_hold_is_shown_and_not_called_unstored(
    office: Office, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "an hour of courage" >> "$1"\n')
    editor.chmod(0o700)

    def other_receipt(_: object, answer: Answer) -> Answer:
        return {**answer, "receipt": answer["signature"]} if "receipt" in answer else answer

    deceive(office, other_receipt)
    done = office.run("mother", "ask", "--danger", "no", EDITOR=str(editor))
    assert done.returncode == 1 and "an hour of courage" in done.stderr
    assert "not known" in done.stderr and "othing was stored" not in done.stderr
    told = office.run("mother", "ask", "--danger", "N", "--json", EDITOR=str(editor)).stderr
    error = json.loads(told[told.index('{"error"') :])["error"]
    assert len(error["code"].replace("-", "")) == 22 and len(error["words"]["nl"]) == 10


def test_a_silent_server_is_told_before_the_editor_opens(office: Office, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\ntouch {tmp_path}/opened\n")
    editor.chmod(0o700)
    nowhere = {"ZEGEL_SERVER": "http://127.0.0.1:9", "EDITOR": str(editor)}
    done = office.run("mother", "ask", "--danger", "no", **nowhere)
    assert done.returncode == 1 and "nothing answers at" in done.stderr
    assert not (tmp_path / "opened").exists()
