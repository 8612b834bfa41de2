"""How long an honest client waits beside hundreds that send or read one byte a second.

    .venv/bin/python -m bench.slow [--clients 400] [--seconds 20]

It ends with an assertion if it ever waited for more than two seconds.
"""

import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click
import requests

from tests.support.kills.kills import site_in
from wire.paths import HEALTH, TRUST, path

LONGEST_SECONDS = 2.0
PAUSE_SECONDS = 0.05  # of the honest client, who stays under the limit for one source
GAP_SECONDS = 0.005  # between those who come: what they ask for is work, and that is not measured

HEADS = b"GET /health HTTP/1.1\r\nHost: slow\r\nX-Slow: "
BODIES = (
    b"POST /v1/entries HTTP/1.1\r\nHost: slow\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
)
READ_AT_ONCE = 100  # of 46 KiB each: more than the kernel ever keeps for one who does not read
READERS = b"GET /openapi.json HTTP/1.1\r\nHost: slow\r\n\r\n" * READ_AT_ONCE
KINDS = {"heads": HEADS, "bodies": BODIES, "readers": READERS}


def connect(url: str, number: int = 0) -> socket.socket:
    """A connection from an address of its own, in 127.1.0.0/16, so that no limit for one source is
    met, with room for 4 KiB of answers."""
    where = urlsplit(url)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(20)
    sock.bind((f"127.1.{number // 250}.{number % 250 + 1}", 0))
    sock.connect((where.hostname, where.port))
    return sock


class SlowClient:
    """One that asks for something and then sends or reads a byte each time it moves, and comes back
    when it is thrown out."""

    def __init__(self, url: str, number: int, kind: str) -> None:
        self._url, self._number, self._kind = url, number, kind
        self._sock = self._begin()

    def _begin(self) -> socket.socket:
        sock = connect(self._url, self._number)
        sock.sendall(KINDS[self._kind])
        return sock

    def move(self) -> None:
        try:
            if self._kind == "readers":
                there = self._sock.recv(1) != b""
            else:
                there = self._sock.send(b"1") == 1
        except OSError:
            there = False
        if not there:
            self._sock.close()
            self._sock = self._begin()

    def close(self) -> None:
        self._sock.close()


@contextmanager
def slow_clients(url: str, *kinds: str, clients: int) -> Iterator[None]:
    """So many of these kinds, in turn, all of which move once a second."""
    crowd, stop = [], threading.Event()
    for n in range(clients):
        crowd.append(SlowClient(url, n, kinds[n % len(kinds)]))
        time.sleep(GAP_SECONDS)

    def move() -> None:
        while not stop.is_set():
            for one in crowd:
                one.move()
            stop.wait(1.0)

    moving = threading.Thread(target=move)
    moving.start()
    try:
        yield
    finally:
        stop.set()
        moving.join()
        for one in crowd:
            one.close()


def waits(url: str, seconds: float) -> list[float]:
    """How long an honest client waited for each answer, in seconds: on a connection that is kept,
    and on a new one, in turn."""
    found: list[float] = []
    deadline = time.monotonic() + seconds
    with requests.Session() as session:
        session.trust_env = False
        while time.monotonic() < deadline:
            for headers in ({}, {"Connection": "close"}):
                for target in (HEALTH, path(TRUST)):
                    began = time.monotonic()
                    answer = session.get(url + target, headers=headers, timeout=60)
                    found.append(time.monotonic() - began)
                    assert answer.status_code == 200
                    time.sleep(PAUSE_SECONDS)
    return found


@click.command()
@click.option("--clients", default=400, show_default=True, help="Slow ones, of all kinds together.")
@click.option("--seconds", default=20.0, show_default=True)
def main(clients: int, seconds: float) -> None:
    """Ask as an honest client while others send and read a byte a second."""
    with tempfile.TemporaryDirectory() as folder, site_in(Path(folder)) as site:
        alone = waits(site.url, seconds / 4)
        with slow_clients(site.url, *KINDS, clients=clients):
            beside = waits(site.url, seconds)
    for name, found in (("alone", alone), (f"beside {clients} slow ones", beside)):
        median, longest = statistics.median(found) * 1000, max(found) * 1000
        click.echo(
            f"{name}: {len(found)} answers, median {median:.1f} ms, longest {longest:.0f} ms"
        )
    assert max(beside) < LONGEST_SECONDS


if __name__ == "__main__":
    main()
