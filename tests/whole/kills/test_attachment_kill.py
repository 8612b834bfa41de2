"""25 MB up and down by the commands that people use, with client and server killed in the middle:
it goes on where it stood, matches, and takes little memory on either side.

Holds client/files/uploading.py, client/place/downloads.py, store/uploads.py.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cli.operator.stage import Stage
from tests.support.processes import until
from wire.parts import MAX_ATTACHMENT_BYTES, PIECE_BYTES

MIB = 2**20
ALLOWED_BYTES = 32 * MIB
EARLY, LATER = 4, 11  # pieces that have come when something is killed


class Theatre(Stage):
    """The demo's stage, with a server and people that can be killed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def start(self, person: str, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "cli.main", *arguments],
            env=self._environment(person),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill_server(self) -> None:
        assert self._server is not None
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        with (self._data / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "serve"],
                env=self._environment("operator"),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def pieces(self) -> int:
        return len([one for one in (self._data / "blobs").rglob("0*") if not one.suffix])

    def server_group(self) -> int:
        assert self._server is not None
        return self._server.pid


@contextmanager
def largest(group: Callable[[], int], found: list[int]) -> Iterator[None]:
    """While the block runs, the most memory that a process of a group took, in bytes."""
    over = threading.Event()

    def watch() -> None:
        most = resident(group())
        while not over.wait(0.02):
            most = max(most, resident(group()))
        found.append(most)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def resident(group: int) -> int:
    """Resident bytes of the largest process of a group now."""
    return max((held for one, held in _processes() if one == group), default=0)


def _processes() -> Iterator[tuple[int, int]]:
    """Group and resident bytes of each process."""
    if not Path("/proc/self/stat").exists():
        command = ["ps", "-A", "-o", "pgid=,rss="]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for line in shown.splitlines():
            group, kilobytes = map(int, line.split())
            yield group, kilobytes * 1024
        return
    page = os.sysconf("SC_PAGE_SIZE")
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            fields = file.read_text().rpartition(")")[2].split()
            yield int(fields[2]), int(fields[21]) * page


def ended(running: "subprocess.Popen[bytes]", typed: bytes = b"") -> int:
    """Let a command come to its end; how many bytes of memory it took at most."""
    assert running.stdin is not None and running.stdout is not None
    running.stdin.write(typed)
    running.stdin.close()
    most: list[int] = []
    with largest(lambda: running.pid, most), running.stdout as printed:
        shown = printed.read().decode()
    assert running.wait() == 0, shown
    return most[0]


def killed(
    running: "subprocess.Popen[bytes]", when: Callable[[], bool], typed: bytes = b""
) -> None:
    assert running.stdin is not None
    running.stdin.write(typed)
    running.stdin.close()
    until(when, "the moment to kill it", seconds=60)
    running.kill()
    assert running.wait() == -signal.SIGKILL, "it was over before it could be killed"
    assert running.stdout is not None
    running.stdout.close()


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[Theatre]:
    stage = Theatre(tmp_path)
    try:
        stage.open_server()
        stage.certify("anna", "consultation_worker")
        stage.publish()
        stage.run("anna", "unlock", "--minutes", "10")
        yield stage
    finally:
        stage.close()


def test_25_mb_up_and_down_through_kills(theatre: Theatre, tmp_path: Path) -> None:
    held = os.urandom(MAX_ATTACHMENT_BYTES)
    (tmp_path / "film.mp4").write_bytes(held)
    asked = theatre.run("mother", "ask", "--danger", "nee", "-m", "hoe nu?")
    code = theatre.find(r"^ +([0-9A-Z-]{27})$", asked).encode() + b"\n"
    case = theatre.find(r"([0-9a-f]{8}) ", theatre.run("anna", "inbox"))
    theatre.run("anna", "take", case, "--no-conflict")
    idle_server, server = resident(theatre.server_group()), list[int]()

    send = ("message", case, "-m", "zie de film", "--checked", "--attach")
    command = (*send, str(tmp_path / "film.mp4"))
    with largest(theatre.server_group, server):
        killed(theatre.start("anna", *command), lambda: theatre.pieces() >= EARLY)
        assert theatre.pieces() < MAX_ATTACHMENT_BYTES // PIECE_BYTES
        running = theatre.start("anna", *command)
        until(lambda: theatre.pieces() >= LATER, "more pieces", seconds=60)
        theatre.kill_server()
        sender = ended(running)
    assert len(list((theatre.folder / "server" / "blobs").iterdir())) == 1  # begun once, not anew
    assert not list((theatre.home("anna") / "outbox").iterdir())

    shown = theatre.run("mother", "return", "-", typed=code.decode())
    number = theatre.find(r"(\d+) · worker[^\n]*message", shown)
    assert "film.mp4" in shown
    folder = tmp_path / "saved"
    folder.mkdir()
    save = ("return", "-", "--save", number, "--to", str(folder))

    def fetched() -> int:
        return sum(one.stat().st_size for one in folder.glob("download-*.part"))

    with largest(theatre.server_group, server):
        running = theatre.start("mother", *save)
        killed(running, lambda: fetched() >= EARLY * PIECE_BYTES, code)
        assert 0 < fetched() < MAX_ATTACHMENT_BYTES
        running = theatre.start("mother", *save)
        assert running.stdin is not None
        running.stdin.write(code)
        running.stdin.flush()
        until(lambda: fetched() >= LATER * PIECE_BYTES, "more of it", seconds=60)
        theatre.kill_server()
        ended(running)
    assert [one.name for one in folder.iterdir()] == ["film.mp4"]
    assert (folder / "film.mp4").read_bytes() == held

    idle_sender = ended(theatre.start("anna", "message", case, "-m", "en?"))
    saver = ended(theatre.start("anna", "save", case, number, "--to", str(tmp_path / "server")))
    idle_saver = ended(theatre.start("anna", "show", case))
    used = [sender - idle_sender, saver - idle_saver, max(server) - idle_server]
    assert max(used) < ALLOWED_BYTES, [f"{one / MIB:.1f} MiB" for one in used]
