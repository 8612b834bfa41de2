"""Clients that send or read a byte a second hold up nobody, and whoever sends what is no request is
told so in a problem document. Real processes, asked over sockets.

Holds api/gathering.py, api/patient_worker.py, api/limits.py, api/connection.py.
"""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from email.message import Message
from http.client import parse_headers
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from gunicorn.config import Config

from api.gathering import MAX_BODY_BYTES, MAX_HEAD_BYTES, MAX_TRUST_BODY_BYTES, Gathering
from api.limits import PUBLISHED_BYTES
from api.patient_worker import MAX_HELD_BYTES, PatientWorker
from bench.slow import READ_AT_ONCE, READERS, connect, slow_clients, waits
from client.cases import consultation
from crypto.secret.seeds import new_code
from tests.support.kills.kills import Site, site_in
from tests.support.processes import WEB, Process, free_port, until
from tests.support.world import quick_code
from wire.paths import ENTRIES, HEALTH, TRUST, path
from wire.problems import TYPE_PREFIX

SLOW_CLIENTS = 40  # five for each thread of the site
PATIENCE_SECONDS = 1.0
ASK = b"GET /health HTTP/1.1\r\nHost: x\r\n"
JSON = b"Host: x\r\nContent-Type: application/json\r\n"
POST, PUBLISH = (f"POST {path(at)} HTTP/1.1\r\n".encode() + JSON for at in (ENTRIES, TRUST))


def sized(size: int) -> bytes:
    return b"Content-Length: %d\r\n" % size


class Hasty(PatientWorker):
    """The worker with less patience, so that a test need not wait, and an application of which one
    part breaks and one takes as long as a file is not there."""

    first_seconds = PATIENCE_SECONDS

    def load_wsgi(self) -> None:
        super().load_wsgi()
        sound: Callable[..., Any] = self.wsgi

        def application(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
            if environ["PATH_INFO"] == "/held":
                until(Path(environ["QUERY_STRING"]).exists, "the test lets it go")
            elif environ["PATH_INFO"] == "/broken":
                start("200 OK", [])
                return ([b"half an answer"][number] for number in range(2))
            return sound(environ, start)

        self.wsgi = application


class Server(NamedTuple):
    """A web server of one process on the store of a site, and what it wrote."""

    process: Process
    url: str
    log: Path
    pid: Path

    def answers(self) -> bool:
        try:
            return requests.get(self.url + HEALTH, timeout=20).ok
        except requests.ConnectionError:
            return False


@contextmanager
def serving(site: Site, name: str, *more: str) -> Iterator[Server]:
    authority = f"127.0.0.1:{free_port()}"
    settings = {"DATA": str(site.folder), "PIN": site.pin, "AUTHORITY": authority}
    settings |= {"BIND": authority, "WORKERS": "1", "THREADS": "2"}
    log, pid = site.folder / f"{name}.log", site.folder / f"{name}.pid"
    process = Process((*WEB[:-1], "--pid", str(pid), *more, WEB[-1]), settings, log)
    server = Server(process, f"http://{authority}", log, pid)
    try:
        until(server.answers, name)
        yield server
    finally:
        process.kill()


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes

    @property
    def name(self) -> str:
        """Of the problem, which is a problem document in every point."""
        assert self.headers["Content-Type"] == "application/problem+json"
        document = json.loads(self.body)
        assert document["status"] == self.status and document["title"]
        return str(document["type"].removeprefix(TYPE_PREFIX))


def next_answer(stream: Any) -> Answer:
    """The next answer on a connection."""
    line = stream.readline()
    assert line.startswith(b"HTTP/1.1 "), line
    headers = parse_headers(stream)
    body = stream.read(int(headers["Content-Length"]))
    assert len(body) == int(headers["Content-Length"])
    return Answer(int(line.split()[1]), headers, body)


def asked(url: str, sent: bytes) -> Answer:
    """The answer after which the connection ends."""
    with closing(connect(url)) as sock, sock.makefile("rb") as stream:
        sock.sendall(sent)
        answer = next_answer(stream)
        assert answer.headers["Connection"] == "close" and stream.read() == b""
        return answer


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def hasty(site: Site) -> Iterator[Server]:
    with serving(site, "hasty", "--worker-class", f"{Hasty.__module__}.Hasty") as server:
        yield server


@pytest.fixture(scope="module")
def alone(site: Site) -> Iterator[Server]:
    with serving(site, "alone") as server:
        yield server


# --- slow ones -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["heads", "bodies", "readers"])
def test_nobody_waits_for_those_who_send_or_read_a_byte_a_second(site: Site, kind: str) -> None:
    with slow_clients(site.url, kind, clients=SLOW_CLIENTS):
        assert waits(site.url, seconds=1.5)  # each answered; how long it takes: bench.slow


def test_wherever_the_bytes_are_split_the_same_requests_come_out() -> None:
    def taken(*pieces: bytes) -> Iterator[tuple[str, str, bytes]]:
        gathering = Gathering(Config(), ("127.0.0.1", 1))
        for piece in pieces:
            gathering.add(piece)
            while request := gathering.take():
                yield request.method, request.path, request.body.read()

    sent = ASK + b"\r\n" + POST + sized(4) + b"\r\nnull\r\n" + ASK + b"\r\n"
    whole = [("GET", HEALTH, b""), ("POST", path(ENTRIES), b"null"), ("GET", HEALTH, b"")]
    assert [*taken(*(bytes([byte]) for byte in sent))] == whole
    for place in range(len(sent)):
        assert [*taken(sent[:place], sent[place:])] == whole


def stands_still(server: Server) -> bool:
    """Whether it has begun to answer READERS and stopped, for nobody reads."""
    answered = server.log.read_text().count("/openapi.json")
    return 0 < answered < READ_AT_ONCE and time.time() - server.log.stat().st_mtime > 0.3


def test_a_slow_reader_gets_every_byte_in_the_end(site: Site, alone: Server) -> None:
    document = requests.get(f"{site.url}/openapi.json", timeout=20).content
    with closing(connect(alone.url)) as sock, sock.makefile("rb") as stream:
        sock.sendall(READERS)
        until(lambda: stands_still(alone), "it waits for the reader")
        for _ in range(READ_AT_ONCE):
            assert next_answer(stream).body == document


def test_who_sends_half_a_request_is_told_in_time_and_who_sends_nothing_is_let_go(
    hasty: Server,
) -> None:
    began = time.monotonic()
    silent, head, body = (connect(hasty.url, number) for number in range(3))
    with silent, head, body, head.makefile("rb") as first, body.makefile("rb") as second:
        head.sendall(ASK)
        body.sendall(POST + sized(5) + b"\r\n{")
        assert next_answer(first).name == next_answer(second).name == "too-slow"
        assert first.read() == second.read() == silent.recv(1) == b""
    assert time.monotonic() - began > PATIENCE_SECONDS


def test_who_does_not_read_is_let_go(hasty: Server) -> None:
    with closing(connect(hasty.url)) as sock:
        sock.sendall(READERS)
        until(lambda: '"given up"' in hasty.log.read_text(), "it is let go")


# --- too many at once ----------------------------------------------------------------------------


def ended(sock: socket.socket) -> bool:
    """Whether the server has said something to this one, or has closed."""
    sock.settimeout(0)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def test_past_500_the_ones_that_send_for_longest_make_room(alone: Server) -> None:
    with ExitStack() as stack:
        crowd = [stack.enter_context(connect(alone.url, number)) for number in range(600)]
        for sock in crowd:
            sock.send(b"G")
        until(lambda: all(map(ended, crowd[:100])), "the first make room")
        assert alone.answers()
        assert not any(map(ended, crowd[-400:]))


def test_past_64_mib_the_ones_that_hold_much_for_long_make_room(alone: Server) -> None:
    nearly = POST + sized(MAX_BODY_BYTES) + b"\r\n" + b"[" * (MAX_BODY_BYTES - 1)
    clients = MAX_HELD_BYTES // MAX_BODY_BYTES + 1
    with ExitStack() as stack:
        crowd = [stack.enter_context(connect(alone.url, number)) for number in range(clients)]
        for sock in crowd:
            sock.sendall(nearly)
        honest = stack.enter_context(connect(alone.url, clients))
        honest.sendall(nearly + b"[")
        assert next_answer(stack.enter_context(honest.makefile("rb"))).name == "bad-request"
        until(lambda: any(map(ended, crowd)), "one makes room")


def test_past_500_that_wait_for_a_thread_the_next_is_told_to_come_back(hasty: Server) -> None:
    gate = hasty.log.with_name("gate")
    with ExitStack() as stack:
        crowd = []
        for number in range(500):
            crowd.append(stack.enter_context(connect(hasty.url, number)))
            held = f"GET /held?{gate} HTTP/1.1\r\n\r\n".encode()  # as many as there are threads
            crowd[-1].sendall(held if number < 2 else ASK + b"\r\n")
        assert asked(hasty.url, ASK + b"\r\n").name == "busy"
        gate.touch()
        answers = [next_answer(stack.enter_context(sock.makefile("rb"))) for sock in crowd]
        assert {answer.status for answer in answers} == {404, 200}


# --- what is no request --------------------------------------------------------------------------


NO_REQUESTS = [
    (b"GET /health HTTP/9.9\r\n\r\n", 400, "bad-request"),
    (b"nonsense\r\n\r\n", 400, "bad-request"),
    (b"\x16\x03\x01\r\n\r\n", 400, "bad-request"),
    (b"GET /health HTTP/1.1\n\n", 400, "bad-request"),
    (ASK + b" folded: 1\r\n\r\n", 400, "bad-request"),
    (ASK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "bad-request"),
    (ASK + b"Content-Length: -1\r\n\r\n", 400, "bad-request"),
    (POST + sized(2) + b"Transfer-Encoding: chunked\r\n\r\n", 400, "bad-request"),
    (POST + b"Transfer-Encoding: chunked\r\n\r\n", 411, "length-required"),
    (POST + b"Transfer-Encoding: something\r\n\r\n", 411, "length-required"),
    (POST + sized(MAX_BODY_BYTES + 1) + b"\r\n", 413, "too-large"),
    (PUBLISH + sized(MAX_TRUST_BODY_BYTES + 1) + b"\r\n", 413, "too-large"),
    (POST + sized(2**40) + b"Expect: 100-continue\r\n\r\n", 413, "too-large"),
    (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414, "target-too-long"),
    (ASK + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431, "head-too-large"),
    (ASK + b"X: 1\r\n" * 101 + b"\r\n", 431, "head-too-large"),
    (b"a" * (MAX_HEAD_BYTES + 1), 431, "head-too-large"),
]


@pytest.mark.parametrize(("sent", "status", "name"), NO_REQUESTS)
def test_what_is_no_request_is_refused_with_a_named_problem(
    site: Site, sent: bytes, status: int, name: str
) -> None:
    answer = asked(site.url, sent)
    assert (answer.status, answer.name) == (status, name)
    assert "Server" not in answer.headers


def test_a_fault_in_the_server_itself_is_answered_whole_and_tells_nothing(hasty: Server) -> None:
    assert asked(hasty.url, b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n").name == "internal"
    assert '"fault": "IndexError"' in hasty.log.read_text()
    assert "list index" not in hasty.log.read_text()


def test_a_log_of_all_this_has_an_object_a_line_and_no_address(site: Site, hasty: Server) -> None:
    asked(hasty.url, POST + b"\xff" + b"\r\n\r\n")
    lines = hasty.log.read_text().splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert events[0].startswith("Starting gunicorn") and {"request", "refused"} <= set(events)
    assert not any("127.1." in line for line in [*lines, (site.folder / "web.log").read_text()])


# --- what is one ---------------------------------------------------------------------------------


def test_requests_that_come_at_once_are_answered_in_their_order(site: Site) -> None:
    with closing(connect(site.url)) as sock, sock.makefile("rb") as stream:
        sock.sendall(POST + sized(4) + b"\r\nnull" + ASK + b"\r\n" + ASK + b"Connection: close")
        assert next_answer(stream).name == "bad-request"
        second = next_answer(stream)
        assert second.status == 200 and "Server" not in second.headers
        sock.sendall(b"\r\n\r\n")
        assert next_answer(stream).headers["Connection"] == "close" and stream.read() == b""


def test_a_session_asks_everything_on_one_connection(site: Site) -> None:
    with requests.Session() as session:
        for target in (HEALTH, path(TRUST), "/openapi.json", "/nothing") * 3:
            assert session.get(site.url + target, timeout=20).status_code in (200, 404)
        assert session.post(site.url + path(ENTRIES), json={}, timeout=20).status_code == 400
        assert session.head(site.url + HEALTH, timeout=20).content == b""
        pools = session.get_adapter(site.url).poolmanager.pools
        (pool,) = map(pools.get, pools.keys())
        assert (pool.num_connections, pool.num_requests) == (1, 14)


def test_a_client_that_asks_whether_to_go_on_is_told_to_once(site: Site) -> None:
    with closing(connect(site.url)) as sock, sock.makefile("rb") as stream:
        sock.sendall(POST + sized(2) + b"Expect: 100-continue\r\n\r\n")
        assert (stream.readline(), stream.readline()) == (b"HTTP/1.1 100 Continue\r\n", b"\r\n")
        sock.sendall(b"{")
        sock.sendall(b"}")
        assert next_answer(stream).name == "bad-request"


@pytest.mark.parametrize(
    ("head", "size", "status"),
    [
        (POST, MAX_BODY_BYTES, 400),
        (POST, MAX_BODY_BYTES + 1, 413),
        (PUBLISH, PUBLISHED_BYTES, 400),
        (PUBLISH, PUBLISHED_BYTES + 1, 413),
        (PUBLISH, MAX_TRUST_BODY_BYTES + 1, 413),
    ],
)
def test_a_large_body_is_taken_up_to_a_limit_and_who_sends_more_can_read_why_not(
    site: Site, head: bytes, size: int, status: int
) -> None:
    sent = head + sized(size) + b"Connection: close\r\n\r\n" + b"[" * size
    assert asked(site.url, sent).status == status


# --- the end -------------------------------------------------------------------------------------


def test_what_is_being_answered_at_sigterm_is_answered_and_the_server_ends(site: Site) -> None:
    """The projector stands still: whoever waits for what was just stored is kept waiting."""
    site.worker()
    site.projector.kill()
    code = quick_code(new_code(), site.pin)
    chain = consultation.ask(site.session(code.keys), code, 0, "anonymous", "a question")
    with serving(site, "stopping") as server:
        with ExitStack() as stack:
            waiting, reading, sending = (
                stack.enter_context(connect(server.url, number)) for number in range(3)
            )
            sending.sendall(ASK)
            target = f"{path(TRUST)}?wait={chain.items[-1].position}"
            waiting.sendall(f"GET {target} HTTP/1.1\r\n\r\n".encode())
            reading.sendall(READERS)
            until(lambda: stands_still(server), "it waits for the reader")
            os.kill(int(server.pid.read_text()), signal.SIGTERM)
            assert sending.recv(1) == b""
            site.projector.start()
            assert next_answer(stack.enter_context(waiting.makefile("rb"))).status == 200
            stream = stack.enter_context(reading.makefile("rb"))
            while stream.peek(1):
                assert next_answer(stream).status == 200
        until(lambda: not server.process.runs(), "the server ends")
