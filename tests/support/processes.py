"""Real server processes on a store in a folder: started, killed without warning, started again."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROJECTOR = ("-m", "cli.main", "projector", "run")
WEB = ("-m", "gunicorn", "--config", "python:api.gunicorn_config", "api.app:create_app()")
DEADLINE_SECONDS = 20


class Process:
    """A process with its children, in a group of its own so that all of it can be killed."""

    def __init__(self, arguments: tuple[str, ...], settings: dict[str, str], log: Path) -> None:
        self._arguments = arguments
        self._environment = environment(settings)
        self._log = log
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9 of the whole group; returns when it is gone."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()

    def runs(self) -> bool:
        return self._process.poll() is None


def environment(settings: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **{f"ZEGEL_{name}": value for name, value in settings.items()}}


def run(arguments: tuple[str, ...], settings: dict[str, str]) -> None:
    """Run a command to its end."""
    command = [sys.executable, *arguments]
    subprocess.run(
        command, cwd=ROOT, env=environment(settings), check=True, capture_output=True, timeout=60
    )


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(holds: Callable[[], bool], what: str, seconds: float = DEADLINE_SECONDS) -> None:
    """Wait for something that comes; fails with its name if it does not."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.005)


def drawn_seed() -> int:
    """The seed of a test that draws lots: from ZEGEL_TEST_SEED, to replay a failure."""
    return int(os.environ.get("ZEGEL_TEST_SEED") or random.SystemRandom().randrange(2**32))
