"""Homes of people who work here, and the commands run in them in this process, at a world's server.
Their devices are unlocked: what a passphrase costs is not what these tests are about."""

import json
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.home.keeper import _answer, socket_path
from cli.main import cli
from client.session import Session
from crypto.encoding import b64
from tests.support.world import World


class AtWork:
    """people: their sessions by name. Columns are those of a terminal that tells 80."""

    def __init__(
        self, world: World, folder: Path, patch: pytest.MonkeyPatch, people: dict[str, Session]
    ) -> None:
        self.world, self.folder, self.people = world, folder, people
        self._patch = patch

    def home(self, person: str) -> Path:
        return self.folder / person

    def environment(self, person: str) -> dict[str, str]:
        told = {"HOME": str(self.home(person)), "SERVER": self.world.url, "PIN": self.world.pin}
        shown = {"COLUMNS": "80", "XDG_RUNTIME_DIR": os.environ["XDG_RUNTIME_DIR"]}
        return shown | {f"ZEGEL_{name}": setting for name, setting in told.items()}

    def run(
        self, person: str, *arguments: str, typed: str = "", fails: bool = False, **environment: str
    ) -> Result:
        """Run a command as someone."""
        self.world.settle()
        for name, setting in (self.environment(person) | environment).items():
            self._patch.setenv(name, setting)
        done = CliRunner().invoke(cli, arguments, input=typed)
        assert (done.exit_code != 0) == fails, (done.output, done.exception)
        return done

    def shows(self, person: str, *arguments: str, **environment: str) -> str:
        """What a command prints."""
        return self.run(person, *arguments, **environment).stdout


@contextmanager
def at_work(world: World, folder: Path, **people: Session) -> Iterator[AtWork]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as runtime:
        patch.setenv("XDG_RUNTIME_DIR", runtime)  # a socket's path is short
        listening = []
        for person, session in people.items():
            (folder / person).mkdir(parents=True)
            listening.append(_unlocked(folder / person, session))
        yield AtWork(world, folder, patch, people)
        for one in listening:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _unlocked(home: Path, session: Session) -> socket.socket:
    """Answer with a device's key as the keeper does, in a thread."""
    path = socket_path(home)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    value = {"sign": b64(session.keys.sign), "kem": b64(session.keys.kem)}
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()

    def answer() -> None:
        with suppress(OSError):  # closed at the end
            while True:
                calling, _address = listening.accept()
                with calling:
                    _answer(calling, json.dumps(value).encode())

    threading.Thread(target=answer, daemon=True).start()
    return listening
