"""Whatever a server answers, a client ends with a named error or with what it was asked for.

Holds client/server/transport.py.
"""

import copy
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from werkzeug.wrappers import Request

import client.server.transport
from cli.office.inbox import _cells
from client.cases import consultation, consulting
from client.cases.casework import open_casework
from client.errors import ClientError, Distrust
from client.server.pins import Pins
from client.server.transport import Transport
from tests.support.hostile.server import (
    Answer,
    HostileServer,
    Scene,
    asked,
    auditor_replays,
    mother_reads,
    mother_writes,
    someone_asks,
)
from wire.schemas import Health

ODD = [None, True, -1, 2**70, 1.5, "", "x", "\ud800", "é", "A" * 43, [], {}, [None], [[]], [{}]]


def worker_looks(scene: Scene) -> None:
    session = scene.world.session(scene.worker.keys, Pins())
    rows = [_cells(row, time.time()) for row in session.work()]
    assert all(isinstance(cell, str) for row in rows for cell in row)
    dialogue = open_casework(session, scene.chain.case).first
    assert dialogue is not None
    consultation.conversation(session, dialogue)


ACTS: dict[str, Callable[[Scene], None]] = {
    "a code is returned with": mother_reads,
    "a message is written": mother_writes,
    "a question is asked": someone_asks,
    "a worker looks": worker_looks,
    "an auditor replays": auditor_replays,
}


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value; of a list the first two items."""
    yield here
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value[:2]) if isinstance(value, list) else inner
    for key, one in inner:
        yield from places(one, (*here, key))


def replaced(value: Any, place: tuple[Any, ...], odd: Any) -> Any:
    if not place:
        return odd
    changed = copy.copy(value)
    changed[place[0]] = replaced(value[place[0]], place[1:], odd)
    return changed


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with asked(tmp_path_factory.mktemp("odd")) as scene:
        found = scene.worker.read(scene.chain.case, scene.chain.name)
        assert found is not None
        consulting.take(scene.worker, found)
        scene.world.settle()
        yield scene


@pytest.mark.parametrize("act", ACTS)
def test_an_answer_with_something_odd_in_it_ends_by_name(
    scene: Scene, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.server.transport, "PAUSE_SECONDS", ())
    server = scene.world.server
    assert isinstance(server, HostileServer)
    seen: dict[tuple[str, str], Answer] = {}

    def note(request: Request, answer: Answer) -> Answer:
        seen.setdefault((request.method, request.path.rsplit("/", 1)[-1]), answer)
        return answer

    server.deceive = note
    ACTS[act](scene)
    for (method, last), answer in seen.items():
        for number, place in enumerate(places(answer)):
            # Every place, each with a few of the odd values in turn.
            for odd in ODD[number % 5 :: 5]:
                server.deceive = _odd_at(method, last, place, odd)
                try:
                    ACTS[act](scene)
                except ClientError:
                    pass
    server.deceive = None
    ACTS[act](scene)


def _odd_at(method: str, last: str, place: tuple[Any, ...], odd: Any) -> Any:
    def deceive(request: Request, answer: Answer) -> Any:
        if (request.method, request.path.rsplit("/", 1)[-1]) != (method, last):
            return answer
        try:
            return replaced(answer, place, odd)
        except (KeyError, IndexError, TypeError):
            return answer

    return deceive


def test_pages_without_end_end(scene: Scene) -> None:
    server = scene.world.server
    assert isinstance(server, HostileServer)
    server.deceive = lambda _, answer: {**answer, "next": 1} if "next" in answer else answer
    with pytest.raises(Distrust, match="end"):
        mother_reads(scene)
    server.deceive = None


def test_a_place_that_the_server_made_up_keeps_nobody_from_reading(scene: Scene) -> None:
    pins = Pins(position=10**9)
    session = scene.world.session(scene.code.keys, pins)
    assert session.read(scene.chain.case, scene.chain.name) is not None


def test_an_entry_shown_elsewhere_than_its_receipt_says_is_refused(scene: Scene) -> None:
    server = scene.world.server
    assert isinstance(server, HostileServer)
    session, chain, _ = scene.world.mother()

    def later(_: Request, answer: Answer) -> Answer:
        if "entries" not in answer:
            return answer
        moved = [{**one, "stored": one["stored"] + 60} for one in answer["entries"]]
        return {**answer, "entries": moved}

    server.deceive = later
    with pytest.raises(Distrust, match="forked"):
        session.read(chain.case, chain.name)
    server.deceive = None


def test_an_answer_that_drips_meets_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends a byte now and then holds nobody for longer than the deadline."""
    monkeypatch.setattr(client.server.transport, "ANSWER_SECONDS", 0.3)
    dripped = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not dripped.wait(0.02):
                connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(Distrust, match="end"):
            Transport(url).get(Health, "/health")
        dripped.set()
        thread.join()


class Steering(BaseHTTPRequestHandler):
    """A server whose every answer is a problem that would like to write on the screen."""

    def do_GET(self) -> None:
        text = "\x1b[2J\x1b]0;owned\x07Call another number"
        body = json.dumps(
            {"type": "urn:zegel:problem:x", "title": text, "detail": text, "status": 400}
        )
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None: ...


def test_what_a_server_says_does_not_steer_the_terminal() -> None:
    with HTTPServer(("127.0.0.1", 0), Steering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "cli.main", "ask", "--danger", "no", "-m", "text"),
                *("--server", f"http://127.0.0.1:{server.server_port}", "--pin", "A" * 43),
            ],
            capture_output=True,
            timeout=60,
            check=False,
        )
        server.shutdown()
    assert done.returncode == 1 and b"Call another number" not in done.stderr + done.stdout
    assert b"\x1b" not in done.stderr + done.stdout and b"\x07" not in done.stderr
