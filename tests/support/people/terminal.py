"""A command in a terminal of its own, as a person sits at it: 80 columns, keys and signals."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[3]
DEADLINE_SECONDS = 60


class Terminal:
    """A process whose input, output and errors are one terminal. Use as a context; shown: all that
    came on screen, with its line ends as \\n."""

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        folder: Path = ROOT,
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=kept | {"TERM": "xterm", "PYTHONUTF8": "1"} | environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self.shown = ""
        self._seen = 0

    @classmethod
    def zegel(cls, *arguments: str, **environment: str) -> Self:
        """`zegel` with these arguments."""
        return cls([sys.executable, "-m", "cli.main", *arguments], environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._master)

    def _read(self, seconds: float) -> bool:
        """Take in what comes within some seconds; False at the end or if nothing comes."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            came = os.read(self._master, 65536)
        except OSError:  # EIO: the other side is closed
            return False
        self.shown += came.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(came)

    def expect(self, text: str, seconds: float = DEADLINE_SECONDS) -> None:
        """Wait until a text is shown after the one expected before, however its lines are broken
        between words. Fails with the whole screen."""
        deadline = time.monotonic() + seconds
        sought = re.compile(r"\s+".join(map(re.escape, text.split())))
        while not sought.search(self.shown, self._seen):
            came = self._read(max(0.0, deadline - time.monotonic()))
            if not came and (time.monotonic() >= deadline or self._process.poll() is not None):
                # What was written right before the end may still be on its way.
                while self._read(0.1):
                    pass
                if not sought.search(self.shown, self._seen):
                    raise AssertionError(f"{text!r} was not shown:\n{self.shown}")
        found = sought.search(self.shown, self._seen)
        self._seen = found.end() if found else self._seen

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for something that comes of it, taking in meanwhile what is shown."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"waited in vain: {what}:\n{self.shown}"
            self._read(0.02)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def line(self, text: str) -> None:
        self.type(f"{text}\n")

    def signal(self, number: int, *, all_of_it: bool = False) -> None:
        """Send a signal to the command, or to its whole group as the terminal's driver does."""
        (os.killpg if all_of_it else os.kill)(self._process.pid, number)

    def ended(self, seconds: float) -> bool:
        """Whether the command ends within some seconds."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None and time.monotonic() < deadline:
            self._read(0.02)
        return self._process.poll() is not None

    def end(self, seconds: float = DEADLINE_SECONDS) -> int:
        """Wait for the end; the exit code, negative for a signal."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None:
            assert time.monotonic() < deadline, f"does not end:\n{self.shown}"
            self._read(0.05)
        while self._read(0.1):
            pass
        return self._process.wait()
