"""A whole `zegel serve` that is stopped by signals, and what is left of it."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.processes import ROOT, environment, free_port, until


class Stopped(NamedTuple):
    """seconds: from the first signal to its end. left: processes of it that still run."""

    seconds: float
    code: int
    left: list[int]


class Serving:
    def __init__(self, data: Path) -> None:
        self._data = data
        bind = f"127.0.0.1:{free_port()}"
        self.url = f"http://{bind}"
        settings = {"DATA": str(data / "data"), "BIND": bind, "AUTHORITY": bind}
        with (data / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "serve"],
                cwd=ROOT,
                env=environment(settings),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self._data / "serve.log").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def until_it_answers(self) -> None:
        until(self._answers, "the server", 60)

    def processes(self) -> list[int]:
        """All that run on this store, by the environment that they were started with."""
        marked = f"ZEGEL_DATA={self._data / 'data'}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and marked in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue  # it ended meanwhile
        return found

    def stop(self, signals: Sequence[int], pause: float = 0.0) -> Stopped:
        began = time.monotonic()
        for number in signals:
            if self._process.poll() is None:
                os.kill(self._process.pid, number)
            time.sleep(pause)
        code = self._process.wait(30)
        seconds = time.monotonic() - began - pause * len(signals)
        return Stopped(seconds, code, self.processes())
