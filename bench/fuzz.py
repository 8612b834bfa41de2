"""Wrong input in large numbers: whatever comes in, a named refusal and never another exception.

    .venv/bin/python -m bench.fuzz [--inputs 1000000] [--seed N] [--only TARGET]

One in twenty inputs goes through the rules, signed; the others through the parsers. The first that
is answered by anything else than a name ends the run, with what it takes to try it again.
"""

import multiprocessing
import os
import random
import sys
import time
import traceback
from collections import Counter
from typing import NamedTuple

import click
from rich.console import Console
from rich.table import Table

from tests.support.kills.fuzz import Pipeline, parsers

BATCH = 2_000
RULES = "rules"
SHARE_OF_RULES = 20


class Work(NamedTuple):
    target: str
    seed: int
    count: int


class Done(NamedTuple):
    work: Work
    found: Counter[str]
    seconds: float
    fault: str = ""


PARSERS = parsers()
PIPELINES: list[Pipeline] = []


def do(work: Work) -> Done:
    """One batch, in a process of its own."""
    started = time.monotonic()
    lots, found = random.Random(work.seed), Counter[str]()
    try:
        if work.target == RULES and not PIPELINES:
            PIPELINES.append(Pipeline())
        for _ in range(work.count):
            if work.target == RULES:
                found[PIPELINES[0].one(lots)] += 1
            else:
                target = PARSERS[work.target]
                found[target.take(target.one(lots))] += 1
    except Exception:
        return Done(work, found, time.monotonic() - started, traceback.format_exc())
    return Done(work, found, time.monotonic() - started)


def shared_out(inputs: int, seed: int, only: str | None) -> list[Work]:
    """Batches with seeds of their own, drawn from the one seed."""
    lots = random.Random(seed)
    names = [only] if only else [RULES, *PARSERS]
    found = []
    for name in names:
        share = 1.0 if only else 1 / SHARE_OF_RULES
        if name != RULES and not only:
            share = (1 - 1 / SHARE_OF_RULES) / len(PARSERS)
        for _ in range(-(-round(inputs * share) // BATCH)):
            found.append(Work(name, lots.getrandbits(64), BATCH))
    lots.shuffle(found)
    return found


@click.command()
@click.option("--inputs", default=1_000_000, show_default=True)
@click.option("--seed", type=int, help="To replay a run.")
@click.option("--only", type=click.Choice([RULES, *PARSERS]), help="One target.")
def main(inputs: int, seed: int | None, only: str | None) -> None:
    """Feed wrong input to every parser and to the rules."""
    seed = random.randrange(2**32) if seed is None else seed
    click.echo(f"seed {seed}")
    totals: dict[str, Counter[str]] = {}
    seconds: Counter[str] = Counter()
    batches = shared_out(inputs, seed, only)
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for done in pool.imap_unordered(do, batches):
            if done.fault:
                click.echo(f"{done.work}, after {done.found.total()} inputs:\n{done.fault}")
                sys.exit(1)
            totals.setdefault(done.work.target, Counter()).update(done.found)
            seconds[done.work.target] += done.seconds  # type: ignore[assignment]
    table = Table(title="Wrong input")
    for column in ("target", "inputs", "accepted", "refused, by name", "seconds"):
        table.add_column(column)
    for name, found in totals.items():
        named = ", ".join(f"{why} {n}" for why, n in found.most_common() if why != "accepted")
        counts = (str(found.total()), str(found["accepted"]), named)
        table.add_row(name, *counts, f"{seconds[name]:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
