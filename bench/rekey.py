"""What a member waits for when everyone in a place gets new keys: one who was put out, thirty who
stay.

    .venv/bin/python -m bench.rekey [--members 30] [--rounds 10]

The floor is one bare HPKE seal to each member, and nothing else. Times are the processor's, of the
client's own thread: drawing the key, sealing, judging, signing, posting and checking the receipt,
without the server. Exit code 1 if the median is over a second.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from client.place.chain import Chain
from client.session import Session
from crypto.device import Card
from crypto.secret.wrap import EPOCH_KEY_BYTES, hpke_seal
from domain.entry import Line
from tests.support.people.support_case import Cast
from tests.support.world import World

LIMIT_SECONDS = 1.0


def seconds(act: Callable[[], object]) -> float:
    """Processor time of this thread: the server's threads do not count."""
    started = time.thread_time()
    act()
    return time.thread_time() - started


def seals(cards: list[Card]) -> None:
    """The floor."""
    for card in cards:
        hpke_seal(card, b"", os.urandom(EPOCH_KEY_BYTES))


def place_of(world: World, members: int) -> tuple[Session, Chain]:
    """Worknotes in which so many casemanagers stand."""
    cast = Cast(world).opened()
    names = [str(number) for number in range(members - 1)]
    cast.hire(*names, role="casemanager")
    dirk = cast.at("dirk")
    chain = dirk.named("worknotes")
    dirk.session.settle(chain)
    coming = [Line(cast[name].device, "casemanager", None) for name in names]
    dirk.session.change_members(chain, "joined", tuple(sorted((*chain.lines, *coming))))
    return dirk.session, chain


@click.command()
@click.option("--members", default=30, show_default=True)
@click.option("--rounds", default=10, show_default=True)
def main(members: int, rounds: int) -> None:
    """Renew the keys of a place, in rounds that take turns with the floor."""
    with tempfile.TemporaryDirectory() as folder, World(Path(folder)) as world:
        session, chain = place_of(world, members)
        cards = list(session.directory.cards(line.device for line in chain.lines).values())
        whole, floor = [], []
        for _ in range(rounds):
            floor.append(seconds(lambda: seals(cards)))
            whole.append(seconds(lambda: session.change_members(chain, "rotated", chain.lines)))
    table = Table(title=f"New keys for {members} members, in milliseconds of client time")
    for column in ("what", "median", "worst", "for each member", "of the floor"):
        table.add_column(column)
    middle = statistics.median(floor)
    for what, taken in ((f"floor: {members} HPKE seals", floor), ("new keys", whole)):
        median = statistics.median(taken)
        each = f"{1000 * median / members:.2f}"
        row = (f"{1000 * median:.1f}", f"{1000 * max(taken):.1f}", each, f"{median / middle:.2f} ×")
        table.add_row(what, *row)
    Console().print(table)
    sys.exit(statistics.median(whole) > LIMIT_SECONDS)


if __name__ == "__main__":
    main()
