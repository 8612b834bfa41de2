"""Posts while processes are killed, in larger numbers than the tests have time for.

    .venv/bin/python -m bench.kill [--posts 2000] [--kills 100] [--seed N]

It ends with an assertion if a receipt was lost, or anything is stored twice.
"""

import random
import tempfile
import time
from pathlib import Path

import click

from tests.support.kills.kills import CLIENTS, Plan, play, site_in


@click.command()
@click.option("--posts", default=2000, show_default=True, help="By all clients together.")
@click.option("--kills", default=100, show_default=True)
@click.option("--seed", type=int, help="To replay a run.")
def main(posts: int, kills: int, seed: int | None) -> None:
    """Write through kill -9 of web server and projector; every receipt must be stored once."""
    seed = random.randrange(2**32) if seed is None else seed
    click.echo(f"seed {seed}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, site_in(Path(folder)) as site:
        receipts = play(site, Plan(posts // CLIENTS, kills), seed)
    seconds = time.monotonic() - started
    click.echo(f"{receipts} receipts, {kills} kills, {seconds:.0f} s: none lost, nothing twice")


if __name__ == "__main__":
    main()
