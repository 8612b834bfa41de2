"""A person at a command line in this process: her home, what she types, and what she is told."""

import gc
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.home.folder import Place, keep_device, keep_place
from cli.main import main
from client.session import Session
from tests.support.world import World


class Told(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class Person:
    """home: her folder; nothing is in it until she is settled."""

    def __init__(
        self, home: Path, patch: pytest.MonkeyPatch, screen: pytest.CaptureFixture[str]
    ) -> None:
        self.home, self._patch, self._screen = home, patch, screen
        patch.setenv("ZEGEL_HOME", str(home))
        patch.setenv("ZEGEL_PASSPHRASE", "a long passphrase")

    def settle(self, world: World, worker: Session) -> "Person":
        """Keep a device, a server and its pin, as `zegel enrol` does."""
        keep_device(worker.keys)
        keep_place(Place(world.url, world.pin))
        return self

    def types(self, *words: str, **environment: str) -> Told:
        """Run a command to its end, as the console script does. A fault that is no sentence is
        raised."""
        for name, value in environment.items():
            self._patch.setenv(name, value)
        self._patch.setattr(sys, "argv", ["zegel", *words])
        self._screen.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            gc.enable()
            for name in environment:
                self._patch.delenv(name)
        return Told(code, *self._screen.readouterr())
