"""Unlocking once for a while: only this person's own programs get the key, and only until then.

Holds cli/home/keeper.py, cli/home/unlock.py.
"""

import os
import signal
import socket
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.home import keeper
from cli.home.unlock import lock
from client.errors import NotPossible
from crypto.encoding import b64
from crypto.secret.keyfile import write_key_file
from crypto.secret.seeds import new_device
from tests.cli.office.test_commands import Office
from tests.support.processes import until
from tests.support.world import World

KEY = {"sign": "A" * 43, "kem": "B" * 43}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = tmp_path / "home"
    folder.mkdir()
    yield folder
    keeper.ask(folder, "lock")
    keeper.socket_path(folder).unlink(missing_ok=True)  # ends one that did not listen


def calling(home: Path) -> socket.socket:
    """One of this person's programs, which says nothing yet."""
    found = socket.socket(socket.AF_UNIX)
    found.connect(str(keeper.socket_path(home)))
    return found


def pid_of_keeper(home: Path) -> int:
    """The process that keeps the key, a child of this one, as the kernel tells."""
    with calling(home) as asking:
        size = struct.calcsize("3i")
        peer = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return int(struct.unpack("3i", peer)[0])


def ended(child: int) -> Callable[[], bool]:
    def found() -> bool:
        try:
            return os.waitpid(child, os.WNOHANG)[0] == child
        except ChildProcessError:
            return True  # waited for already

    return found


def gone(home: Path) -> Callable[[], bool]:
    return lambda: not keeper.socket_path(home).exists()


def test_a_key_is_kept_and_given_until_it_is_locked(home: Path) -> None:
    assert keeper.ask(home) is None
    keeper.start(home, KEY, 60)
    child = pid_of_keeper(home)
    assert keeper.ask(home) == KEY == keeper.ask(home)
    keeper.ask(home, "lock")
    until(ended(child), "the end of the keeper")
    assert keeper.ask(home) is None and gone(home)()


def test_it_ends_by_itself(home: Path) -> None:
    keeper.start(home, KEY, 2)
    child = pid_of_keeper(home)
    assert keeper.ask(home) == KEY
    until(ended(child), "the end of the keeper")
    assert keeper.ask(home) is None and gone(home)()


def test_it_ends_with_its_folder(home: Path) -> None:
    keeper.start(home, KEY, 60)
    child = pid_of_keeper(home)
    keeper.socket_path(home).unlink()
    assert keeper.ask(home) is None
    until(ended(child), "the end of the keeper")


def test_unlocking_again_replaces_what_was_kept(home: Path) -> None:
    keeper.start(home, KEY, 60)
    first = pid_of_keeper(home)
    keeper.start(home, {**KEY, "sign": "C" * 43}, 60)
    assert keeper.ask(home) == {**KEY, "sign": "C" * 43}
    until(ended(first), "the end of the first keeper")


def test_a_keeper_that_was_killed_holds_nobody_up(home: Path) -> None:
    keeper.start(home, KEY, 60)
    child = pid_of_keeper(home)
    os.kill(child, signal.SIGKILL)
    until(ended(child), "the end of the keeper")
    assert keeper.socket_path(home).exists()
    assert keeper.ask(home) is None
    keeper.start(home, {**KEY, "sign": "C" * 43}, 60)
    assert keeper.ask(home) == {**KEY, "sign": "C" * 43}


def test_who_is_told_that_it_is_locked_has_locked_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even while other programs of hers hold the keeper up."""
    monkeypatch.setenv("ZEGEL_HOME", str(home))
    keeper.start(home, KEY, 60)
    child, silent = pid_of_keeper(home), [calling(home) for _ in range(3)]
    done = CliRunner().invoke(lock)
    for one in silent:
        one.close()
    if done.exit_code == 0:
        until(ended(child), "the end of the keeper", 10)


def test_another_home_gets_nothing(home: Path, tmp_path: Path) -> None:
    keeper.start(home, KEY, 60)
    assert keeper.ask(tmp_path / "other") is None


def test_nobody_else_can_reach_the_socket_and_no_file_holds_the_key(
    home: Path, tmp_path: Path
) -> None:
    keeper.start(home, KEY, 60)
    path = keeper.socket_path(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert all(KEY["kem"].encode() not in file.read_bytes() for file in files)


def test_a_folder_that_others_can_enter_is_refused_and_not_asked(home: Path) -> None:
    folder = keeper.socket_path(home).parent
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(NotPossible, match="open to others"):
        keeper.start(home, KEY, 60)
    with socket.socket(socket.AF_UNIX) as planted:  # by whoever could enter it
        planted.bind(str(keeper.socket_path(home)))
        planted.listen()
        assert keeper.ask(home) is None


def test_a_link_in_place_of_the_folder_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    keeper.socket_path(home).parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotPossible):
        keeper.start(home, KEY, 60)


def test_a_socket_that_was_left_behind_holds_nobody_up(home: Path) -> None:
    path = keeper.socket_path(home)
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert keeper.ask(home) is None
    keeper.start(home, KEY, 60)
    assert keeper.ask(home) == KEY


def without_passphrase(office: Office, person: str, *arguments: str) -> int:
    """Run a command with no passphrase anywhere, and nobody to type one; its exit code."""
    told = {"ZEGEL_HOME": str(office.folder / person), "ZEGEL_SERVER": office.world.url}
    told |= {"ZEGEL_PIN": office.world.pin, "XDG_RUNTIME_DIR": str(office.folder)}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"} | told,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        timeout=60,
        check=False,
    )
    return done.returncode


def test_commands_ask_for_no_passphrase_until_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
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
        try:
            assert office.run("anna", "unlock", "--minutes", "1", **right).returncode == 0
            assert office.run("anna", "inbox", **own).returncode == 0
            assert without_passphrase(office, "anna", "inbox") == 0
            assert "zegel enrol" in office.run("bram", "inbox", **own).stderr
            held = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
            for seed in (keys.sign, keys.kem):
                assert not any(
                    one in held for one in (seed, b64(seed).encode(), seed.hex().encode())
                )
        finally:
            assert office.run("anna", "lock", **own).returncode == 0
        assert "passphrase" in office.run("anna", "inbox", **own).stderr
        assert without_passphrase(office, "anna", "inbox") != 0
