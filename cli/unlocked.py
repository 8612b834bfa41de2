"""Unlocking once for a while: a process of one's own that keeps the opened device key in memory.

Opening a key file costs a second on purpose (Argon2id). `zegel unlock` pays it once: a small
process listens on a socket that only this person can reach, hands the key to her own commands, and
ends when the time is over, at `zegel lock`, or with the machine. Nothing is written to disk.
"""

import json
import os
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from cli.language import _
from cli.memory import keep_to_itself
from cli.screen import notify
from cli.spoken import command
from client.errors import NotPossible

MAX_MINUTES = 480


def socket_path(home: Path) -> Path:
    """Outside the home folder, whose path may be longer than a socket's may be."""
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    tag = sha256(str(home.absolute()).encode()).hexdigest()[:16]
    return base / f"zegel-{os.getuid()}" / f"{tag}.sock"


def ask(home: Path, what: str = "key") -> dict[str, Any] | None:
    """The opened key file, if it is unlocked now; None if it is not."""
    path = socket_path(home)
    try:
        if not is_own(path.parent):
            return None
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(2)
            asking.connect(str(path))
            asking.sendall(what.encode() + b"\n")
            with asking.makefile("rb") as answer:
                return dict(json.loads(answer.read()))
    except (OSError, ValueError):
        return None


def is_own(folder: Path) -> bool:
    """A folder of this person's that nobody else can enter."""
    found = folder.lstat()
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return own and not found.st_mode & 0o077


def start(home: Path, value: dict[str, Any], seconds: int) -> None:
    """Keep an opened key for a while. Raises NotPossible if the process does not come up."""
    ask(home, "lock")
    folder = socket_path(home).parent
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_own(folder):
        raise NotPossible(f"{folder} belongs to somebody else, or is open to others")
    keeper = subprocess.Popen(
        [sys.executable, "-m", "cli.unlocked", str(socket_path(home)), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert keeper.stdin is not None and keeper.stdout is not None  # asked for above
    keeper.stdin.write(json.dumps(value).encode())
    keeper.stdin.close()
    if keeper.stdout.readline() != b"ready\n":
        raise NotPossible("the process that keeps the key did not come up")


def keep(path: Path, seconds: int) -> None:
    """The process itself: answers until its time is over, or its socket is gone. The clock of the
    wall counts too: time asleep is time."""
    keep_to_itself()
    held = sys.stdin.buffer.read()
    ends, ends_by_wall = time.monotonic() + seconds, time.time() + seconds
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        os.umask(0o177)
        listening.bind(str(path))
        mine = path.stat().st_ino
        listening.listen()
        listening.settimeout(1)
        print("ready", flush=True)
        try:
            while time.monotonic() < ends and time.time() < ends_by_wall and _is_there(path, mine):
                try:
                    calling, _address = listening.accept()
                except TimeoutError:
                    continue
                with calling:
                    if not _answer(calling, held):
                        return
        finally:
            if _is_there(path, mine):
                path.unlink(missing_ok=True)


def _is_there(path: Path, inode: int) -> bool:
    """Whether a socket is still the one that was made: not taken away, and not another one's."""
    try:
        return path.stat().st_ino == inode
    except OSError:
        return False


def _answer(calling: socket.socket, held: bytes) -> bool:
    """Answer one of this person's own processes; False when it said to lock."""
    calling.settimeout(2)
    try:
        if hasattr(socket, "SO_PEERCRED"):
            peer = calling.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            if struct.unpack("3i", peer)[1] != os.getuid():
                return True
        asked = calling.recv(16)
        if asked == b"lock\n":
            calling.sendall(b"{}")
            return False
        if asked == b"key\n":
            calling.sendall(held)
    except OSError:
        return True
    return True


@command()
@click.option(
    "--minutes",
    type=click.IntRange(1, MAX_MINUTES),
    default=30,
    show_default=True,
    help="For how long.",
)
def unlock(minutes: int) -> None:
    """Type your passphrase once: for a while commands do not ask for it.

    A process of yours keeps the opened key in memory, and only your own programs can ask it. Use
    `zegel lock` when you walk away.
    """
    from cli.home import home_folder, open_device_file

    start(home_folder(), open_device_file(), minutes * 60)
    until = time.strftime("%H:%M", time.localtime(time.time() + minutes * 60))
    notify(_("Unlocked until {}. When you walk away: `zegel lock`.").format(until), err=False)


@command()
def lock() -> None:
    """Forget the opened key at once."""
    from cli.home import home_folder

    ask(home_folder(), "lock")
    # A keeper that is held up ends when it finds its socket gone; nobody reaches it from here on.
    socket_path(home_folder()).unlink(missing_ok=True)
    click.echo(_("Locked."))


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
