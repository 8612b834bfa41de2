"""One source opens cases as fast as it can, on a server with the limits that hold by default, while
someone else asks and is answered.

    .venv/bin/python -m bench.flood [--count 5000] [--limit-seconds 2]

It ends with an assertion if the other one waits longer than that, or more of the flood is stored
than its limit lets through.
"""

import statistics
import tempfile
import time
from pathlib import Path

import click

from api.config import LIMITS
from tests.support.kills.flood import FLOODED, Flood, ask_and_be_answered, openings, stored_openings
from tests.support.kills.kills import site_in
from tests.support.processes import until


@click.command()
@click.option("--count", default=5000, show_default=True, help="Openings of the one source.")
@click.option("--limit-seconds", default=2.0, show_default=True, help="For asking and an answer.")
def main(count: int, limit_seconds: float) -> None:
    """Flood a server of two workers; another source must be served as if nothing were."""
    began = time.monotonic()
    bodies = openings(count, roster=1)
    click.echo(f"{count} openings signed and sealed in {time.monotonic() - began:.1f} s")
    with tempfile.TemporaryDirectory() as folder, site_in(Path(folder), FLOODED) as site:
        worker = site.worker()
        quiet = ask_and_be_answered(site, worker)
        began = time.monotonic()
        with Flood(site.url, bodies) as flood:
            until(lambda: flood.sent > count // 10, "the flood runs", 60)
            flooded = ask_and_be_answered(site, worker)
        seconds = time.monotonic() - began
        opened = stored_openings(site) - 2  # the two that were asked by the other source
    click.echo(f"asked and answered: {quiet:.2f} s before, {flooded:.2f} s in the flood")
    click.echo(f"flood: {flood.sent} posts in {seconds:.1f} s, {opened} cases opened")
    median, worst = statistics.median(flood.seconds) * 1000, max(flood.seconds) * 1000
    click.echo(f"its answers: {dict(flood.answers)}, median {median:.1f} ms, worst {worst:.0f} ms")
    given_back = seconds * LIMITS.openings.per_second
    assert opened <= LIMITS.openings.burst + given_back + 1, "more was stored than the limit says"
    assert flooded <= limit_seconds, "the other one was kept waiting"


if __name__ == "__main__":
    main()
