"""Unlocking once for a while: only this person's own programs get the key, and only until then."""

import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli import unlocked
from client.errors import NotPossible
from crypto.encoding import b64
from crypto.secret.keyfile import write_key_file
from crypto.secret.seeds import new_device
from tests.support.processes import until
from tests.support.world import World
from tests.test_commands import Office

KEY = {"sign": "A" * 43, "kem": "B" * 43}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = tmp_path / "home"
    folder.mkdir()
    yield folder
    unlocked.ask(folder, "lock")


def gone(home: Path) -> Callable[[], bool]:
    return lambda: not unlocked.socket_path(home).exists()


def test_a_key_is_kept_and_given_until_it_is_locked(home: Path) -> None:
    assert unlocked.ask(home) is None
    unlocked.start(home, KEY, 60)
    assert unlocked.ask(home) == KEY == unlocked.ask(home)
    unlocked.ask(home, "lock")
    until(gone(home), "the end of the keeper")
    assert unlocked.ask(home) is None


def test_it_ends_by_itself(home: Path) -> None:
    unlocked.start(home, KEY, 1)
    until(gone(home), "the end of the keeper")
    assert unlocked.ask(home) is None


def test_it_ends_with_its_folder(home: Path) -> None:
    unlocked.start(home, KEY, 60)
    unlocked.socket_path(home).unlink()
    assert unlocked.ask(home) is None


def test_unlocking_again_replaces_what_was_kept(home: Path) -> None:
    unlocked.start(home, KEY, 60)
    unlocked.start(home, {**KEY, "sign": "C" * 43}, 60)
    assert unlocked.ask(home) == {**KEY, "sign": "C" * 43}


def test_another_home_gets_nothing(home: Path, tmp_path: Path) -> None:
    unlocked.start(home, KEY, 60)
    assert unlocked.ask(tmp_path / "other") is None


def test_nobody_else_can_reach_the_socket_and_no_file_holds_the_key(
    home: Path, tmp_path: Path
) -> None:
    unlocked.start(home, KEY, 60)
    path = unlocked.socket_path(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert all(KEY["kem"].encode() not in file.read_bytes() for file in files)


def test_a_folder_that_others_can_enter_is_refused_and_not_asked(home: Path) -> None:
    folder = unlocked.socket_path(home).parent
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(NotPossible, match="open to others"):
        unlocked.start(home, KEY, 60)
    with socket.socket(socket.AF_UNIX) as planted:  # by whoever could enter it
        planted.bind(str(unlocked.socket_path(home)))
        planted.listen()
        assert unlocked.ask(home) is None


def test_a_link_in_place_of_the_folder_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    unlocked.socket_path(home).parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotPossible):
        unlocked.start(home, KEY, 60)


def test_a_socket_that_was_left_behind_holds_nobody_up(home: Path) -> None:
    path = unlocked.socket_path(home)
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert unlocked.ask(home) is None
    unlocked.start(home, KEY, 60)
    assert unlocked.ask(home) == KEY


def test_commands_ask_for_no_passphrase_until_it_is_locked(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "anna").mkdir()
    keys = new_device()
    value = {"sign": b64(keys.sign), "kem": b64(keys.kem)}
    write_key_file(tmp_path / "anna" / "device.key", "device", value, "right")
    with World(tmp_path / "server") as world:
        world.ceremony.list_person(1, ["consultation_worker"], keys)
        world.publish(keys)
        office = Office(world, tmp_path)
        own = {"XDG_RUNTIME_DIR": str(tmp_path), "ZEGEL_PASSPHRASE": "wrong"}
        assert office.run("anna", "unlock", **own).returncode == 1
        right = {**own, "ZEGEL_PASSPHRASE": "right"}
        assert office.run("anna", "unlock", "--minutes", "1", **right).returncode == 0
        assert office.run("anna", "inbox", **own).returncode == 0
        assert office.run("anna", "lock", **own).returncode == 0
        assert "passphrase" in office.run("anna", "inbox", **own).stderr
