"""What the rules cost in a case that has grown: no guard reads the whole of it.

    .venv/bin/python -m bench.guards [--entries 8000] [--rounds 2000]

Two support cases are played before the rules alone, without bytes and keys: one with a few entries,
one with many. An excerpt, which looks at what was shared and noted before, is judged and folded in
each, in turn. The floor is the new case; exit code 1 if the long one costs more than 1.2 times it.
"""

import statistics
import sys
import time

import click
from rich.console import Console
from rich.table import Table

from domain.check import check
from domain.entry import Entry
from domain.evolve import evolve
from tests.support.cases.support_history import LEAD
from tests.support.cases.support_rules import Support, taken_case

LIMIT = 1.2


def grown(entries: int) -> Support:
    """A case with a place of experts, and so many entries of excerpts that were told there."""
    case = taken_case()
    case.place("expert")
    case.one = case.write(LEAD, "MessageSent", "worknotes")
    for _ in range(entries // 2):
        note(case, case.write(LEAD, "ExcerptShared", "expert"))
    return case


def note(case: Support, excerpt: str) -> None:
    """Where an excerpt came from: before that no other is shared."""
    case.write(LEAD, "ExcerptNoted", "worknotes", excerpt=excerpt, origin=case.one)


def seconds(case: Support, made: Entry) -> float:
    """Processor time of judging one entry and of folding it in; the case stays as it was."""
    before = case.case
    started = time.process_time()
    check(before, made, case.trust, case.rules)
    after = evolve(before, made, case.trust, case.rules.services)
    spent = time.process_time() - started
    assert after is not before
    return spent


@click.command()
@click.option("--entries", default=8_000, show_default=True)
@click.option("--rounds", default=2_000, show_default=True)
def main(entries: int, rounds: int) -> None:
    cases = {"a new case": grown(4), f"a case of {entries} entries": grown(entries)}
    spent: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            made = case.made(LEAD, "ExcerptShared", "expert")
            spent[name].append(seconds(case, made))
            case.add(made)
            note(case, made.header.id)
    floor, long = (statistics.median(times) for times in spent.values())
    table = Table("case", "median of judging and folding, µs")
    for name, times in spent.items():
        table.add_row(name, f"{statistics.median(times) * 1e6:.0f}")
    Console().print(table)
    print(f"{long / floor:.2f} times the new case (at most {LIMIT})")
    sys.exit(long / floor > LIMIT)


if __name__ == "__main__":
    main()
