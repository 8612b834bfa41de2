"""What a match costs in a pool far larger than any that there is.

    .venv/bin/python -m bench.matching [--profiles 5000] [--rounds 10]

Briefs of every kind are matched in one pool; times are the processor's, on one core. The floor is
reading each profile once, asking whether it names the first tag and drawing its lot. Exit code 1 if
the slowest match takes a second.
"""

import statistics
import sys
import time
from collections.abc import Callable
from random import Random

import click
from rich.console import Console
from rich.table import Table

from client.pool.experts import Brief, Expert
from client.pool.match import match
from client.pool.scoring import lot
from tests.support.cases.matching import SEED, random_brief, random_expert

LIMIT_SECONDS = 1.0
ORGANISATIONS = 40


def seconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def floor(brief: Brief, experts: list[Expert]) -> list[tuple[bool, int]]:
    return [(one.has(brief.tags[0]), lot(SEED, one.person)) for one in experts]


@click.command()
@click.option("--profiles", default=5_000, show_default=True)
@click.option("--rounds", default=10, show_default=True)
def main(profiles: int, rounds: int) -> None:
    random = Random(0)
    experts = [random_expert(random, f"p{n}", ORGANISATIONS) for n in range(profiles)]
    spent: dict[str, list[float]] = {"the floor": [], "a match": []}
    teams = 0
    for _ in range(rounds):
        brief = random_brief(random, most=6)
        teams += bool(match(brief, experts, SEED).team)
        spent["the floor"].append(seconds(lambda brief=brief: floor(brief, experts)))
        spent["a match"].append(seconds(lambda brief=brief: match(brief, experts, SEED)))
    table = Table("what", "median, ms", "slowest, ms")
    for name, times in spent.items():
        table.add_row(name, *(f"{one * 1e3:.0f}" for one in (statistics.median(times), max(times))))
    Console().print(table)
    ratio = statistics.median(spent["a match"]) / statistics.median(spent["the floor"])
    slowest = max(spent["a match"])
    print(f"{teams} of {rounds} briefs had a team; {ratio:.1f} times the floor")
    print(f"slowest {slowest:.3f} s of {profiles} profiles (at most {LIMIT_SECONDS:.0f})")
    sys.exit(slowest > LIMIT_SECONDS)


if __name__ == "__main__":
    main()
