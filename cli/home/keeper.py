"""The keeper: a process of one's own that holds the opened device key in memory for a while.

It listens on a socket that only this person can reach, hands the key to her own commands, and ends
when the time is over, at `zegel lock`, or with the machine. Nothing is written to disk. The
commands that start and end it stand in `cli.home.unlock`.
"""

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from cli.home.memory import keep_to_itself
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from client.own_files import is_own


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


def start(home: Path, value: dict[str, Any], seconds: int) -> None:
    """Keep an opened key for a while. Raises NotPossible if the process does not come up."""
    ask(home, "lock")
    folder = socket_path(home).parent
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_own(folder):
        raise CannotDo(_("{} belongs to somebody else, or is open to others").format(folder))
    keeper = subprocess.Popen(
        [sys.executable, "-m", "cli.home.keeper", str(socket_path(home)), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert keeper.stdin is not None and keeper.stdout is not None  # asked for above
    keeper.stdin.write(json.dumps(value).encode())
    keeper.stdin.close()
    if keeper.stdout.readline() != b"ready\n":
        raise CannotDo(_("the process that keeps the key did not come up"))


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


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
