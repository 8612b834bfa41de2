"""A small world: a server with its projector, a ceremony, workers and people who ask.

Everything is real (keys, HTTP, SQLite); only Argon2id over passphrases is left out, because key
files are not what these tests are about.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from api.app import create_app
from api.config import Limits, Settings
from api.counters import Counters, Limit
from api.state import open_store
from client.cases import consultation
from client.errors import ServerRefused
from client.place.chain import Chain
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.encoding import b64, canonical, hash_of, sha256
from crypto.log_signer import make_log_key
from crypto.secret.long_lived import LongLivedKeys, new_long_lived
from crypto.secret.seeds import CodeKeys, DeviceKeys, expand, new_code, new_device
from domain.services.registry import SERVICES
from domain.trust import NO_HASH, SECONDS_A_DAY
from projections.projector import PROJECTIONS, Projector
from wire.header import minute_of
from wire.paths import TRUST, path
from wire.schemas import Published, TrustDocuments
from wire.trust_documents import ROOT_LABEL, ROSTER_LABEL

# One address does all that a test does: limits are held only where they are what is tested.
LIMITED = ("OPENINGS", "POSTS", "REQUESTS", "UPLOAD_MIB", "PUBLICATIONS", "REFUSALS")
UNHELD = {f"LIMIT_{what}": f"{10**12}/{10**12}" for what in LIMITED}
_UNHELD = Limits(*(Limit(10**12, 10**9) for _ in LIMITED))


class Server:
    """The honest server: the application over real HTTP, on a port of its own."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        response = Response.from_app(self._app, environ)
        if response.mimetype == "application/json" and response.status_code < 400:
            answer = self.answer(request, json.loads(response.get_data()))
            response.set_data(json.dumps(answer))
        return response(environ, start_response)

    def answer(self, request: Request, answer: dict[str, Any]) -> dict[str, Any]:
        """What goes out. A hostile server overrides this."""
        return answer


@dataclass
class Ceremony:
    """Root and registrar keys in memory, and the list of people."""

    roots: list[LongLivedKeys] = field(default_factory=lambda: [new_long_lived() for _ in "123"])
    registrar: LongLivedKeys = field(default_factory=new_long_lived)
    people: list[dict[str, Any]] = field(default_factory=list)
    rosters: list[bytes] = field(default_factory=list)

    def root(self, log: str) -> bytes:
        return canonical(
            {
                "type": "zegel/root",
                "v": 1,
                "version": 1,
                "expires": minute_of(int(time.time()) + 365 * SECONDS_A_DAY),
                "threshold": 2,
                "keys": [keys.public() for keys in self.roots],
                "registrars": [self.registrar.public()],
                "roster_days": 14,
                "logs": [log],
                "witnesses": {"threshold": 0, "keys": []},
                "invitable": ["requester", "relative", "local_party"],
                "previous_pins": [],
            }
        )

    def sign_root(self, document: bytes) -> dict[str, Any]:
        own = [self.roots[key].sign_document(key, ROOT_LABEL, document) for key in (0, 1)]
        return {"own": own, "previous": []}

    def roster(self, now: int) -> bytes:
        return canonical(
            {
                "type": "zegel/roster",
                "v": 1,
                "version": len(self.rosters) + 1,
                "prev": hash_of(self.rosters[-1]) if self.rosters else NO_HASH,
                "issued": minute_of(now),
                "expires": minute_of(now + 14 * SECONDS_A_DAY),
                "root": 1,
                "people": self.people,
            }
        )

    def list_person(self, number: int, roles: list[str], *devices: DeviceKeys) -> None:
        listed = [
            {
                "device": keys.card().device,
                "sign": b64(keys.card().sign),
                "from": "2026-01-01T00:00Z",
                "revoked": None,
            }
            for keys in devices
        ]
        self.people.append(
            {
                "person": f"{number:032x}",
                "roles": roles,
                "organisation": "lse",
                "disciplines": [],
                "devices": listed,
            }
        )


class World:
    """A server that runs, with root 1 pinned. Use as a context."""

    def __init__(
        self,
        folder: Path,
        server: type[Server] = Server,
        clock: Callable[[], float] = time.time,
        pin: Callable[[str], str] | None = None,
        counters: Counters | None = None,
        **settings: Any,
    ) -> None:
        """pin: makes a root elsewhere for a log's vkey and gives its pin; then none is published
        here. counters: of limits, its own if not given. settings: of `api.config.Settings`, beside
        what every world has."""
        self.folder = folder
        self.clock = clock
        self.ceremony = Ceremony()
        signer = make_log_key(folder / "log.key", "test.example/0")
        self.root = self.ceremony.root(signer.vkey)
        self._roots_itself = pin is None
        self.pin = pin(signer.vkey) if pin else hash_of(self.root)
        self._http = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
        authority = f"127.0.0.1:{self._http.server_port}"
        settings = {"limits": _UNHELD} | settings
        self.settings = Settings(
            folder, self.pin, "test.example/0", authority, authority, **settings
        )
        self.opened = open_store(self.settings, create=True, clock=clock)
        self.app = create_app(self.settings, clock, counters or Counters())
        self.server = server(self.app)
        self._http.app = self.server
        self.url = f"http://{authority}"
        self.projector = Projector(self.opened.store, self.opened.views, self.pin, SERVICES)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True),
            threading.Thread(
                target=self.projector.run,
                args=(self._stop, self.settings.projector_lock),
                daemon=True,
            ),
        ]

    def __enter__(self) -> "World":
        for thread in self._threads:
            thread.start()
        if self._roots_itself:
            self._publish("root", self.root, self.ceremony.sign_root(self.root), [])
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._http.shutdown()
        for thread in self._threads:
            thread.join()
        self._http.server_close()
        for opened in (self.opened, self.app.extensions["zegel"]):
            opened.close()

    def publish(self, *cards: DeviceKeys) -> None:
        """Sign the list of people as the next roster and send it with these cards."""
        document = self.ceremony.roster(int(self.clock()))
        signatures = [self.ceremony.registrar.sign_document(0, ROSTER_LABEL, document)]
        self._publish("roster", document, signatures, [keys.card().fields() for keys in cards])
        self.ceremony.rosters.append(document)

    def _publish(self, what: str, document: bytes, signatures: Any, cards: list[Any]) -> None:
        body = {"what": what, "bytes": b64(document), "signatures": signatures, "cards": cards}
        position = Transport(self.url).post(Published, path(TRUST), body)["position"]
        Transport(self.url).get(TrustDocuments, path(TRUST), {"wait": position})

    def stop_projector(self) -> None:
        """Nothing is projected any more."""
        self._stop.set()
        self._threads[1].join()

    def settle(self) -> None:
        """Wait until everything that is stored has been projected."""
        wanted = self.opened.store.position()
        deadline = time.monotonic() + 10
        while min(self.opened.views.position(one.name) for one in PROJECTIONS) < wanted:
            assert time.monotonic() < deadline, "the projector does not come along"
            self._stop.wait(0.002)

    def staff(self, *roles_of_each: str) -> list[Session]:
        """People with one device each, certified by the next roster for these roles."""
        keys = [new_device() for _ in roles_of_each]
        for role, one in zip(roles_of_each, keys, strict=True):
            self.ceremony.list_person(len(self.ceremony.people) + 1, [role], one)
        self.publish(*keys)
        return [self.session(one) for one in keys]

    def revoke(self, session: Session) -> None:
        for person in self.ceremony.people:
            for device in person["devices"]:
                if device["device"] == session.device:
                    device["revoked"] = "2026-01-01T00:00Z"
        self.publish()

    def session(self, keys: DeviceKeys, pins: Pins | None = None) -> Session:
        return Session(Transport(self.url), self.pin, keys, pins or Pins(), self.clock)

    def code(self) -> CodeKeys:
        return quick_code(new_code(), self.pin)

    def mother(self, text: str = "a question") -> tuple[Session, Chain, CodeKeys]:
        """Someone who asked: her session, her conversation and her code."""
        code = self.code()
        session = self.session(code.keys)
        chain = consultation.ask(session, code, 0, "anonymous", text)
        self.settle()
        return session, chain, code


class quick_code(CodeKeys):
    """The keys of a code without the slow part: tests of codes themselves do not use this."""

    def __init__(self, entropy: bytes, root_pin: str) -> None:

        self._master = sha256(entropy + root_pin.encode())
        self.keys = DeviceKeys(
            expand(self._master, "test-sign", 32), expand(self._master, "test-kem", 32)
        )


def read(world: World, session: Session, chain: Chain) -> Chain:
    """The same conversation as this session reads it now."""
    world.settle()
    found = session.read(chain.case, chain.name)
    assert found is not None
    return found


@contextmanager
def refused_for(reason: str) -> Iterator[None]:
    """The server refuses what is done here, for this reason."""
    with pytest.raises(ServerRefused) as refused:
        yield
    assert reason in refused.value.detail


def texts(session: Session, chain: Chain) -> list[str]:
    """The words of the messages that this session can open."""
    return [message.value["text"] for message in consultation.conversation(session, chain)]
