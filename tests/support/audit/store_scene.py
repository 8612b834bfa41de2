"""A store of a few consultations at a server that does as it is told, and an auditor of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request

from client.audit.store import StoreAudit, audit_store
from client.cases import consultation, consulting
from client.place.chain import Chain
from client.session import Session
from crypto.encoding import b64
from crypto.secret.keyfile import write_key_file
from tests.support.hostile.server import Answer, HostileServer
from tests.support.world import World, read

PASSPHRASE = "a passphrase of this test"
CASES = 4


@dataclass
class Scene:
    """A few consultations at a server that does as it is told."""

    world: World
    auditor: Session
    worker: Session
    mothers: list[tuple[Session, Chain]]
    folder: Path

    def audit(self, notes: str = "notes", jobs: int = 2, **told: Any) -> StoreAudit:
        """A first look, by an auditor who has seen nothing before."""
        session = self.world.session(self.auditor.keys, told.pop("pins", None))
        done = told.pop("told", lambda _done, _all: None)
        return audit_store(session, None, self.folder / notes, done, jobs)

    def say(self, number: int, text: str) -> None:
        session, chain = self.mothers[number]
        consultation.say(session, read(self.world, session, chain), text)

    def deceive(self, deceit: Callable[[Request, Answer], Answer] | None) -> None:
        server = self.world.server
        assert isinstance(server, HostileServer)
        server.deceive = deceit


def playing(folder: Path) -> Iterator[Scene]:
    with World(folder, HostileServer) as world:
        worker, auditor = world.staff("consultation_worker", "auditor")
        mothers = [world.mother(f"question {number}")[:2] for number in range(CASES)]
        made = Scene(world, auditor, worker, mothers, folder)
        consulting.take(worker, read(world, worker, mothers[0][1]))
        made.say(0, "and another thing")  # between the entries of others
        world.staff("supervisor")
        yield made


def at_home(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The auditor's home, from where the command is run."""
    home, keys = scene.folder / "home", scene.auditor.keys
    home.mkdir()
    value = {"sign": b64(keys.sign), "kem": b64(keys.kem)}
    write_key_file(home / "device.key", "device", value, PASSPHRASE)
    told = {"HOME": str(home), "SERVER": scene.world.url, "PIN": scene.world.pin}
    for name, setting in {**told, "PASSPHRASE": PASSPHRASE, "LANG": "en"}.items():
        monkeypatch.setenv(f"ZEGEL_{name}", setting)
    return home
