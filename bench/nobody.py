"""What somebody who proves nothing can make the server do with one request of junk, and how long an
honest writer waits while he goes on.

    .venv/bin/python -m bench.nobody [--asks 8] [--limit-ratio 3]

The table is that of docs/operations.md. It ends with an assertion if an honest question and answer
takes more than that many times as long under four connections of junk at `POST /v1/trust`, with the
limits that hold by default, as while it is quiet, in the same run.
"""

import json
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click

from crypto.encoding import b64
from crypto.secret.seeds import new_device
from tests.support.asking import asker, proven
from tests.support.kills.flood import FLOODED, Flood, ask_and_be_answered, openings
from tests.support.kills.kills import site_in
from tests.support.processes import until
from tests.support.world import World
from wire.paths import CARDS, ENTRIES, HEALTH, INVITATIONS, TIMELINE, TRUST, path

MIB = 2**20
SETTINGS = FLOODED | {"LIMIT_OPENINGS": "1000/3600"}  # who asks comes from one address as well
TRIES = 3
TURN_SECONDS = 1.0  # an answer that has not come by then waits for the write turn


class Junk(NamedTuple):
    """A request: a name for the table, its target, its body (None: GET) and whether it is proven by
    a device that nobody knows."""

    name: str
    target: str
    body: bytes | None = None
    proven: bool = False


def junk(case: str, roster: int) -> list[Junk]:
    keys = json.dumps({f"{number}": 1 for number in range(300_000)}).encode()
    deep = b"[" * (4 * MIB)
    publication = {"what": "roster", "signatures": [], "cards": []}
    trust = json.dumps({**publication, "bytes": b64(b"x" * 3 * MIB)}).encode()
    signed = {"key": 0, "sign": b64(bytes(64)), "mldsa": b64(bytes(3309))}
    many = json.dumps({**publication, "bytes": b64(b"x"), "signatures": [signed] * 700}).encode()
    card = new_device().card().fields()
    tag = {"invitation": "0" * 32, "card": card, "tag": b64(bytes(32))}
    timeline = path(TIMELINE, case=case, compartment="dialogue-123456789")
    cards = "&".join(f"device={number:032x}" for number in range(100))
    return [
        Junk("`GET /health`", HEALTH),
        Junk("`GET /v1/trust`", path(TRUST)),
        Junk("`GET /v1/cards`, 100 devices", f"{path(CARDS)}?{cards}"),
        Junk("`GET /openapi.json`", "/openapi.json"),
        Junk("a timeline, unproven", timeline),
        Junk("a timeline, proven by a stranger", timeline, proven=True),
        Junk("`POST /v1/trust`, 4 MiB of junk", path(TRUST), trust),
        Junk("`POST /v1/trust`, 700 signatures", path(TRUST), many),
        Junk("`POST /v1/trust`, 300,000 keys", path(TRUST), keys),
        Junk("`POST /v1/invitations`", path(INVITATIONS), json.dumps(tag).encode()),
        Junk("`POST /v1/entries`, an opening by a stranger", path(ENTRIES), openings(1, roster)[0]),
        Junk("`POST /v1/entries`, 300,000 keys", path(ENTRIES), keys),
        Junk("`POST /v1/entries`, 4 MiB nested", path(ENTRIES), deep),
    ]


def measure(world: World, one: Junk) -> str:
    """A row: bytes sent and answered, seconds of processor time, and whether it waits its turn."""
    ask = asker(world.app, world.settings.authority)

    def send() -> Any:
        options: dict[str, Any] = {}
        if one.body is not None:
            options = {"method": "POST", "data": one.body, "content_type": "application/json"}
        if one.proven:
            options["headers"] = proven(new_device(), world.settings.authority, one.target)
        return ask(one.target, **options)

    seconds = []
    for _ in range(TRIES):
        began, at = time.thread_time(), time.monotonic()
        answer = send()
        seconds.append(time.thread_time() - began)
        wall = time.monotonic() - at
    sending = threading.Thread(target=send)
    with world.opened.store.entries.turn():
        sending.start()
        sending.join(max(TURN_SECONDS, 4 * wall))
        waits = sending.is_alive()
    sending.join()
    size = len(one.body or b"")
    turn = "yes" if waits else "no"
    spent = f"{statistics.median(seconds) * 1000:.1f}"
    row = one.name, f"{size:,}", answer.status_code, f"{len(answer.data):,}", spent, turn
    return f"| {' | '.join(map(str, row))} |"


def _flood(url: str, count: Any, stop: Any, answers: Any) -> None:
    bodies = [one.body for one in junk("0" * 32, 1) if one.target == path(TRUST) and one.body] * 4
    with Flood(url, bodies, path(TRUST)) as flood:
        while not stop.wait(0.05):
            count.value = flood.sent
    answers.update(flood.answers)


@contextmanager
def flooding(url: str) -> Iterator[dict[str, int]]:
    """Junk by four connections of another process; its answers, at the end."""
    told: dict[str, int] = {}
    spawning = multiprocessing.get_context("spawn")
    with spawning.Manager() as manager:
        count, stop, answers = manager.Value("i", 0), manager.Event(), manager.dict()
        process = spawning.Process(target=_flood, args=(url, count, stop, answers))
        process.start()
        try:
            until(lambda: count.value > 8, "the flood runs", 60)
            yield told
        finally:
            stop.set()
            process.join()
        told |= dict(answers)


@click.command()
@click.option("--asks", default=8, show_default=True, help="Honest questions, each answered.")
@click.option("--limit-ratio", default=3.0, show_default=True)
def main(asks: int, limit_ratio: float) -> None:
    """Print the table, then the ratio under the flood."""
    click.echo("| what is sent | bytes | status | bytes answered | ms of processor | write turn |")
    click.echo("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, World(Path(folder)) as world:
        world.staff("consultation_worker")
        for one in junk("0" * 31 + "1", 1):
            click.echo(measure(world, one))
    with tempfile.TemporaryDirectory() as folder, site_in(Path(folder), SETTINGS) as site:
        worker = site.worker()
        quiet = [ask_and_be_answered(site, worker) for _ in range(asks)]
        with flooding(site.url) as answers:
            flooded = [ask_and_be_answered(site, worker) for _ in range(asks)]
    ratio = statistics.median(flooded) / statistics.median(quiet)
    told = f"{statistics.median(quiet):.2f} s quiet, {statistics.median(flooded):.2f} s flooded"
    click.echo(f"asked and answered: {told}: {ratio:.1f} times; flood: {answers}")
    assert ratio <= limit_ratio, "the honest one was kept waiting"


if __name__ == "__main__":
    main()
