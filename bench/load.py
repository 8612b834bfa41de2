"""Load over HTTP from processes of their own: clients that each ask one thing after another.

Everything that is sent was made before; what is measured is the time until an answer is there.
"""

import http.client
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from types import TracebackType
from typing import NamedTuple, Self

PROCESSES = 2
LEAD_SECONDS = 0.3
TIMEOUT_SECONDS = 60


class Call(NamedTuple):
    """A request, ready to be sent. wanted: the only status that is not a failure."""

    method: str
    target: str
    headers: dict[str, str] = {}
    body: bytes | None = None
    wanted: int = 200


class Answer(NamedTuple):
    """When a request began and when its answer was there, in seconds of the machine's clock."""

    began: float
    ended: float

    @property
    def milliseconds(self) -> float:
        return (self.ended - self.began) * 1000


class Failed(RuntimeError):
    """An answer that was not wanted: then nothing that was measured counts."""


def post(target: str, body: bytes) -> Call:
    return Call("POST", target, {"Content-Type": "application/json"}, body, 201)


def ask(bind: str, calls: Sequence[Call], start: float = 0.0) -> list[Answer]:
    """One client on one connection that is kept. start: when to begin. Raises Failed."""
    connection = http.client.HTTPConnection(bind, timeout=TIMEOUT_SECONDS)
    connection.connect()
    answers = []
    time.sleep(max(0.0, start - time.monotonic()))
    for call in calls:
        began = time.monotonic()
        connection.request(call.method, call.target, call.body, call.headers)
        response = connection.getresponse()
        received = response.read()
        answers.append(Answer(began, time.monotonic()))
        if response.status != call.wanted:
            raise Failed(f"{call.method} {call.target}: {response.status} {received[:500]!r}")
    connection.close()
    return answers


def _ask_together(bind: str, clients: Sequence[Sequence[Call]], start: float) -> list[list[Answer]]:
    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(lambda calls: ask(bind, calls, start), clients))


class Load:
    """The processes that ask. Use as a context."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"))

    def __enter__(self) -> Self:
        for started in [self._pool.submit(time.sleep, 0.5) for _ in range(PROCESSES)]:
            started.result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def run(self, bind: str, clients: Sequence[Sequence[Call]]) -> list[list[Answer]]:
        """Answers of all clients, who begin together. Raises Failed."""
        start = time.monotonic() + LEAD_SECONDS
        shares = [share for n in range(PROCESSES) if (share := clients[n::PROCESSES])]
        running = [self._pool.submit(_ask_together, bind, share, start) for share in shares]
        return [answers for share in running for answers in share.result()]


def per_second(clients: Sequence[Sequence[Answer]]) -> float:
    """Answers a second for as long as all clients were asking: the tail of the slowest, with the
    others gone, is another load."""
    began = min(answers[0].began for answers in clients)
    until = min(answers[-1].ended for answers in clients)
    done = sum(answer.ended <= until for answers in clients for answer in answers)
    return done / (until - began)
