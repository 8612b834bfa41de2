"""What a running server leaves in its logs: which route and how it ended, never who or what.

The server is the real one: gunicorn with the settings of the Procfile, asked over sockets from an
address of its own so that the address can be looked for.

Holds api/gunicorn_config.py, api/answering.py.
"""

import http.client
import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from client.cases import consulting
from client.place.chain import Chain
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.encoding import b64
from tests.support.asking import proven
from tests.support.processes import WEB, Process, free_port, until
from tests.support.world import World, read
from wire.paths import ENTRIES, PARTS, STRUCTURE, TIMELINE, WRAPS, path

CLIENT_ADDRESS = "127.0.0.77"


@dataclass
class Scene:
    """A worker at a real server, a case in which she stands, and what that server wrote."""

    worker: Session
    chain: Chain
    port: int
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]

    def ask(
        self, target: str, method: str = "GET", body: dict[str, Any] | None = None
    ) -> http.client.HTTPResponse:
        """Ask as the worker."""
        authority = f"127.0.0.1:{self.port}"
        headers = proven(self.worker.keys, authority, target, method=method) if not body else {}
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=20, source_address=(CLIENT_ADDRESS, 0)
        )
        with closing(connection):
            sent = json.dumps(body) if body else None
            more = {"Content-Type": "application/json"} if body else {}
            connection.request(method, target, sent, headers | more)
            answer = connection.getresponse()
            answer.read()
            return answer

    def send(self, raw: bytes) -> bytes:
        """Send bytes that are no request and read what comes back."""
        with socket.create_connection(
            ("127.0.0.1", self.port), timeout=20, source_address=(CLIENT_ADDRESS, 0)
        ) as connection:
            connection.sendall(raw)
            return connection.recv(4096)

    def targets(self) -> list[str]:
        names = {"case": self.chain.case, "compartment": self.chain.name}
        entry = self.chain.items[1].entry.header.id
        return [
            path(TIMELINE, **names),
            path(WRAPS, **names),
            path(PARTS, **names, entry=entry),
            path(STRUCTURE, case=self.chain.case),
            path(TIMELINE, case="ab" * 16, compartment=self.chain.name),
        ]

    def secrets(self) -> set[str]:
        """What must not be found in a log."""
        header = self.chain.items[1].entry.header
        assert header.payload is not None
        return {
            CLIENT_ADDRESS,
            self.chain.case,
            self.chain.name,
            self.worker.device,
            b64(self.worker.card.sign),
            header.id,
            header.author,
            header.payload.hash,
        }

    def assert_nothing_is_told(self) -> None:
        log = self.log
        for secret in self.secrets():
            assert secret not in log


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("scene")
    with World(folder) as world:
        (worker,) = world.staff("consultation_worker")
        _, asked, _ = world.mother()
        chain = read(world, worker, asked)
        port = free_port()
        settings = {
            "DATA": str(folder),
            "PIN": world.pin,
            "AUTHORITY": f"127.0.0.1:{port}",
            "BIND": f"127.0.0.1:{port}",
            "WORKERS": "1",
        }
        server = Process(WEB, settings, folder / "server.log")
        there = Session(Transport(f"http://127.0.0.1:{port}"), world.pin, worker.keys, Pins())
        found = Scene(there, chain, port, folder)
        try:
            until(lambda: listens(port), "the server listens")
            yield found
        finally:
            server.kill()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_request_leaves_its_route_and_status_and_nothing_of_who_asked_for_what(
    scene: Scene,
) -> None:
    before = len(scene.lines())
    statuses = [scene.ask(target).status for target in scene.targets()]
    assert statuses == [200, 200, 200, 404, 404]
    chain = scene.worker.read(scene.chain.case, scene.chain.name)
    assert chain is not None
    consulting.take(scene.worker, chain)
    assert scene.ask(path(ENTRIES), "POST", {"header": "AA"}).status == 400

    until(lambda: len(scene.lines()) >= before + 6, "the requests are logged")
    requests = [line for line in scene.lines() if line["event"] == "request"]
    assert requests[0]["status"] == 200
    timeline = "/v1/cases/<string:case>/compartments/<string:compartment>/entries"
    assert requests[0]["route"] == timeline
    known = {"event", "level", "timestamp", "method", "route", "status", "milliseconds"}
    assert all(set(line) == known for line in requests)
    assert any(line["status"] == 201 for line in requests)
    scene.assert_nothing_is_told()


def test_bytes_that_are_no_request_leave_no_address_and_no_path(scene: Scene) -> None:
    target = scene.targets()[0].encode()
    for raw in (
        b"GET " + target + b" HTTP/9.9\r\n\r\n",
        b"GET " + target + b"\r\n\r\n",
        b"G@T " + target + b" HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nBad " + target + b": 1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nX: " + target * 200 + b"\r\n\r\n",
        b"POST " + target + b" HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ):
        assert scene.send(raw).startswith(b"HTTP/1.1 4")
    assert scene.ask("/health").status == 200  # it goes on
    scene.assert_nothing_is_told()


def test_a_fault_of_the_server_leaves_where_it_happened_but_no_values(scene: Scene) -> None:
    """A row of the timeline that went bad on the disk stands for any fault."""
    with closing(sqlite3.connect(scene.folder / "views.sqlite")) as views:
        kept = views.execute("SELECT header FROM timeline WHERE seq=0").fetchone()[0]
        views.execute("UPDATE timeline SET header=1 WHERE seq=0")
        views.commit()
        try:
            assert scene.ask(scene.targets()[0]).status == 500
        finally:
            views.execute("UPDATE timeline SET header=? WHERE seq=0", (kept,))
            views.commit()
    until(lambda: any(line["event"] == "fault" for line in scene.lines()), "the fault is logged")
    (fault,) = [line for line in scene.lines() if line["event"] == "fault"]
    assert fault["fault"] == "TypeError"
    assert any(frame.startswith("cases.py:") for frame in fault["where"])
    scene.assert_nothing_is_told()


def test_no_answer_names_the_version_of_the_software_that_made_it(scene: Scene) -> None:
    for target in (*scene.targets(), "/docs", "/nothing"):
        headers = scene.ask(target).headers
        assert set(headers.get_all("Server", [])) <= {"gunicorn"}
        assert not {"X-Powered-By", "Via"} & set(headers)
