"""The processes that are measured, as an operator runs them: web workers, projector, floor."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from api.config import Settings
from api.state import open_store
from bench.floor import CREATE, ROWS, VIEWS, connect
from crypto.log_signer import make_log_key
from tests.support.world import UNHELD

ORIGIN = "bench.example/0"
START_SECONDS = 20


def free_bind() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


class Servers:
    """Both servers with gunicorn's settings of the product, and its projector. Use as a context.

    folder: where store, read models, the floor's rows and the output of the processes go.
    """

    def __init__(self, folder: Path, pin: str) -> None:
        self.bind, self.floor_bind = free_bind(), free_bind()
        self.settings = Settings(folder, pin, ORIGIN, self.bind, self.bind)
        rows = folder / "floor.sqlite"
        connect(rows).execute(CREATE)
        self._environment = os.environ | {
            "ZEGEL_DATA": str(folder),
            "ZEGEL_PIN": pin,
            "ZEGEL_AUTHORITY": self.bind,
            ROWS: str(rows),
            VIEWS: self.settings.views,
            **{f"ZEGEL_{name}": limit for name, limit in UNHELD.items()},
        }
        self._web: subprocess.Popen[bytes] | None = None
        self._others: list[subprocess.Popen[bytes]] = []
        self._files = ExitStack()
        self._output = self._files.enter_context((folder / "output.txt").open("ab"))

    def __enter__(self) -> Self:
        opened = open_store(self.settings, create=True)
        opened.store.close()
        opened.views.close()
        self._others.append(self._start([sys.executable, "-m", "cli.main", "projector", "run"]))
        self._others.append(self._gunicorn("bench.floor:create_app()", self.floor_bind))
        self.start_web()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for child in (self._web, *self._others):
            if child is not None:
                child.terminate()
                child.wait()
        self._files.close()

    def start_web(self) -> None:
        """Start the web workers, after stopping those that run."""
        if self._web is not None:
            self._web.terminate()
            self._web.wait()
        self._web = self._gunicorn("api.app:create_app()", self.bind)
        _wait_for(self.bind, "/health")

    def _gunicorn(self, app: str, bind: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "gunicorn", "--config", "python:api.gunicorn_config", app]
        return self._start(command, ZEGEL_BIND=bind)

    def _start(self, command: list[str], **more: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, env=self._environment | more, stdout=self._output, stderr=self._output
        )


def make_log(folder: Path) -> str:
    """Make the log's key; gives its public name."""
    return make_log_key(folder / "log.key", ORIGIN).vkey


def _wait_for(bind: str, target: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = http.client.HTTPConnection(bind, timeout=5)
            connection.request("GET", target)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing answers on {bind}")
        time.sleep(0.05)
