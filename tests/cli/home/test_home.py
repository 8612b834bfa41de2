"""Whatever stands in a home, in a setting or on a disk ends in a sentence, never in a traceback.

Holds cli/home/folder.py, cli/sentences/faults.py, api/config.py, api/state.py.
"""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.config import BadSettings, Settings, read_settings
from api.state import open_store
from cli.main import cli
from client.cases import consultation, consulting
from client.errors import NotPossible
from client.files.enclosures import Enclosure
from crypto.log_signer import make_log_key
from tests.support.people.person import Person
from tests.support.processes import ROOT, environment
from tests.support.world import World, read


@pytest.fixture
def person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Person:
    return Person(tmp_path / "home", monkeypatch, capsys)


def folder_at(name: str) -> Callable[[Path], None]:
    def put(home: Path) -> None:
        (home / name).unlink(missing_ok=True)
        (home / name).mkdir()

    return put


def bytes_at(name: str, written: bytes) -> Callable[[Path], None]:
    return lambda home: (home / name).write_bytes(written) and None


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "settings are empty": (bytes_at("settings.json", b""), "settings.json is damaged"),
    "settings are a list": (bytes_at("settings.json", b"[1]"), "settings.json is damaged"),
    "a setting is a number": (bytes_at("settings.json", b'{"server":1}'), "settings.json"),
    "settings are not UTF-8": (bytes_at("settings.json", b"\xff\xfe{"), "settings.json is damaged"),
    "settings are a folder": (folder_at("settings.json"), "settings.json"),
    "the key is a folder": (folder_at("device.key"), "device.key"),
    "the key is something else": (bytes_at("device.key", b"{}"), "device.key is damaged"),
    "pins are a folder": (folder_at("pins.json"), "pins.json"),
    "pins are empty": (bytes_at("pins.json", b""), "pins.json is damaged"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_in_a_home_is_named_in_a_sentence(
    world: World, person: Person, broken: str
) -> None:
    (worker,) = world.staff("consultation_worker")
    person.settle(world, worker)
    spoil, named = BROKEN[broken]
    spoil(person.home)
    told = person.types("inbox")
    assert told.code == 1 and named in told.err and len(told.err.splitlines()) == 2


def test_what_editors_add_to_a_file_is_put_up_with(world: World, person: Person) -> None:
    (worker,) = world.staff("consultation_worker")
    person.settle(world, worker)
    for name, before, after in (
        ("settings.json", b"\xef\xbb\xbf", b"\r\n"),
        ("device.key", b"", b"\n"),
    ):
        file = person.home / name
        file.write_bytes(before + file.read_bytes() + after)
    assert person.types("inbox").code == 0


def test_a_home_that_is_a_file_is_told(world: World, person: Person) -> None:
    person.home.write_text("no folder")
    told = person.types("enrol", "--server", world.url, "--pin", world.pin)
    assert told.code == 1 and "is to be a folder" in told.err
    told = person.types("inbox", ZEGEL_SERVER=world.url, ZEGEL_PIN=world.pin)
    assert told.code == 1 and str(person.home) in told.err


def test_a_mistyped_pin_makes_no_device(world: World, person: Person) -> None:
    world.staff("consultation_worker")
    other = ("B" if world.pin[0] == "A" else "A") + world.pin[1:]
    told = person.types("enrol", "--server", world.url, "--pin", other)
    assert told.code == 1 and "Look at the letter again" in told.err
    assert not (person.home / "device.key").exists()


def test_a_fault_of_the_program_is_not_told_as_one_of_the_machine(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.home.folder.home_folder", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        person.types("inbox")


def test_the_version_is_told(person: Person) -> None:
    told = person.types("--version")
    assert (told.code, told.out.split()[0]) == (0, "zegel") and told.out.strip()[-1].isdigit()


# --- files ----------------------------------------------------------------------------------------


def test_a_file_that_the_server_would_not_take_is_told_before_it_is_sent(tmp_path: Path) -> None:
    with World(tmp_path, max_attachment_bytes=2**20) as world:
        (worker,) = world.staff("consultation_worker")
        mother, asked, _ = world.mother()
        consulting.take(worker, read(world, worker, asked))
        chain, before = read(world, mother, asked), world.opened.store.position()
        large = tmp_path / "large"
        large.write_bytes(bytes(2**20 + 1))
        file = Enclosure("a.bin", "text/plain", 2**20 + 1, lambda: large.open("rb"))
        with pytest.raises(NotPossible, match=r"is too large: .* at most 1 MiB"):
            consultation.say(mother, chain, "see", [file])
        assert world.opened.store.position() == before


# --- operators ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written"),
    [
        *(("WORKERS", one) for one in ("0", "-1", "x")),
        ("THREADS", "0"),
        *(("MAX_ATTACHMENT_MIB", one) for one in ("0", "-5", "26", "100")),
        *(("DATA", one) for one in ("", " ")),
    ],
)
def test_a_setting_with_which_nothing_would_work_stops_the_server(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str
) -> None:
    monkeypatch.setenv(f"ZEGEL_{name}", written)
    with pytest.raises(BadSettings, match=name):
        read_settings()


def test_databases_are_private_also_in_a_folder_that_was_open_before(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    settings = Settings(tmp_path, "", "test.example/0", "127.0.0.1:1", "127.0.0.1:1")
    make_log_key(settings.log_key, settings.origin)
    (tmp_path / "reads.sqlite").touch(0o644)
    mask = os.umask(0)
    try:
        open_store(settings, create=True).close()
    finally:
        os.umask(mask)
    found = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("*.sqlite*")}
    assert found.keys() >= {"store.sqlite", "views.sqlite", "reads.sqlite"}
    assert [
        name for name, mode in found.items() if mode & 0o077 and ".sqlite.turn" not in name
    ] == []


@pytest.mark.parametrize("missing", ["everything", "the database", "a folder in its place"])
def test_a_store_that_cannot_be_opened_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    data = tmp_path / "data"
    monkeypatch.setenv("ZEGEL_DATA", str(data))
    if missing != "everything":
        data.mkdir()
        make_log_key(data / "log.key", "localhost/zegel/0")
    if missing == "a folder in its place":
        for name in ("store", "views", "reads"):
            (data / f"{name}.sqlite").mkdir()
    done = CliRunner().invoke(cli, ["projector", "rebuild", "timeline"])
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit)
    assert str(data) in done.stderr and len(done.stderr.splitlines()) < 6


def test_what_the_console_script_ends_with_is_a_sentence(tmp_path: Path) -> None:
    """As it is really started: nothing is printed but the sentence."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "inbox"],
        cwd=ROOT,
        env=environment({"HOME": str(tmp_path), "SERVER": "http://[::1", "PIN": "A" * 43}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr and done.stdout == ""
