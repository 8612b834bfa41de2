"""One source that opens cases as fast as it can, while someone else asks and is answered. For the
test, and in larger numbers for `bench.flood`."""

import http.client
import json
import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

from client.cases import consultation, consulting
from client.place.compose import draft_opening
from client.session import Session
from crypto.encoding import b64
from crypto.secret.seeds import new_code, new_device
from domain.entry import Line
from tests.support.kills.kills import Site
from tests.support.people import speaking
from tests.support.world import quick_code, texts
from wire.paths import ENTRIES, path
from wire.pipeline import case_id
from wire.problems import TYPE_PREFIX
from wire.schemas import show_parts

CONNECTIONS = 4
# A network for examples (RFC 3849). Who it is stands in a header that a trusted proxy would set;
# everybody else in these tests comes without the header, from 127.0.0.1.
FLOODER = "2001:db8:77:1::9"
FLOODED = {"PROXIES": "1", "WORKERS": "2"}
OPENING = consultation.opening("consent", "anonymous")


def openings(count: int, roster: int) -> list[bytes]:
    """Bodies that each open a case, by a device of its own: each would be stored."""
    made = []
    for number in range(count):
        keys, salt = new_device(), os.urandom(16)
        card = keys.card()
        draft = draft_opening(
            case_id(card.device, b64(salt)),
            f"dialogue-{100_000_000 + number}",
            salt,
            (Line(card.device, "requester", None),),
            {card.device: card},
            OPENING,
            card.device,
            roster,
            int(time.time()),
        )
        header, signature = draft.signed(keys)
        fields = {"header": b64(header), "signature": b64(signature), "card": card.fields()}
        made.append(json.dumps(fields | show_parts(draft.parts)).encode())
    return made


class Flood:
    """Posts all bodies, and then again until it is told to stop. Use as a context: it runs
    meanwhile."""

    def __init__(self, url: str, bodies: Sequence[bytes], target: str = path(ENTRIES)) -> None:
        self._target = target
        self._authority = url.removeprefix("http://")
        self._bodies = bodies
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(CONNECTIONS)
        self._running: list[Future[None]] = []
        self._lock = threading.Lock()
        self.answers: Counter[str] = Counter()  # "201", or the name of a problem
        self.seconds: list[float] = []

    @property
    def sent(self) -> int:
        return len(self.seconds)

    def __enter__(self) -> "Flood":
        self._running = [self._pool.submit(self._run, own) for own in range(CONNECTIONS)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()
        for one in self._running:
            one.result()

    def _run(self, first: int) -> None:
        own = self._bodies[first::CONNECTIONS]
        sent = 0
        while sent < len(own) or not self._stop.is_set():
            began = time.monotonic()
            answer = self._post(own[sent % len(own)])
            sent += 1
            with self._lock:
                self.answers[answer] += 1
                self.seconds.append(time.monotonic() - began)

    def _post(self, body: bytes) -> str:
        """Over a connection of its own, so that all workers get some."""
        connection = http.client.HTTPConnection(self._authority, timeout=30)
        try:
            headers = {"Content-Type": "application/json", "X-Forwarded-For": FLOODER}
            connection.request("POST", self._target, body, headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status == 201:
            return "201"
        return str(said["type"].removeprefix(TYPE_PREFIX))


def stored_openings(site: Site) -> int:
    """How many cases were opened there."""
    with closing(sqlite3.connect(site.folder / "store.sqlite")) as shell:
        (count,) = shell.execute("SELECT COUNT(*) FROM stored_events WHERE seq=0").fetchone()
    return int(count)


def ask_and_be_answered(site: Site, worker: Session) -> float:
    """Seconds until someone who asks has read what a worker answered."""
    began = time.monotonic()
    code = quick_code(new_code(), site.pin)
    mother = site.session(code.keys)
    asked = consultation.ask(mother, code, 0, "anonymous", "a question")
    worker.pins.position = mother.pins.position
    chain = worker.read(asked.case, asked.name)
    assert chain is not None
    consulting.take(worker, chain)
    speaking.answer(worker, chain, "good that you write")
    mother.pins.position = worker.pins.position
    read = mother.read(asked.case, asked.name)
    assert read is not None
    assert texts(mother, read) == ["a question", "good that you write"]
    return time.monotonic() - began
