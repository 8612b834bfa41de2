"""The audit of a whole store, against verifying its signatures alone, on one core and on two.

    .venv/bin/python -m bench.audit [--cases 400] [--entries 250] [--rounds 3]

The evidence is fetched first: what is measured is judging, all checks of `zegel audit`, as its
processes do it. Last, the command's own work over HTTP, with the server on the same cores.
"""

import gc
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

import click
from nacl.signing import VerifyKey

from bench.people import People
from bench.servers import Servers, make_log
from client.audit.inspection import examine
from client.audit.replay import Evidence, fetch
from client.audit.store import audit_store, spare_searching
from client.session import Session
from crypto.device import Card
from crypto.encoding import hash_of, labelled
from tests.support.world import Ceremony
from wire.calendar import read_calendar
from wire.header import ENTRY_SIGNATURE_LABEL, parse_header

CORES = 2


class Fetched(NamedTuple):
    """signers: the signing key of the author of each entry."""

    case: str
    evidence: list[Evidence]
    cards: dict[str, Card]
    signers: list[VerifyKey]


Work = Callable[[Sequence[Fetched]], None]


class Spent(NamedTuple):
    """Seconds on the wall, and of processor time in all processes."""

    wall: float
    cpu: float


def fetched(people: People, case: str) -> Fetched:
    evidence, cards = fetch(people.transport, people.auditor.keys, case)
    keys = {device: VerifyKey(card.sign) for device, card in cards.items()}
    return Fetched(
        case, evidence, cards, [keys[parse_header(item.header).author] for item in evidence]
    )


def verify(cases: Sequence[Fetched]) -> None:
    for case in cases:
        for item, key in zip(case.evidence, case.signers, strict=True):
            key.verify(labelled(ENTRY_SIGNATURE_LABEL, item.header), item.signature)


def judge_for(auditor: Session) -> Work:
    calendar, now = read_calendar(None), auditor.now()

    def judge(cases: Sequence[Fetched]) -> None:
        for one in cases:
            found = examine(one.case, one.evidence, one.cards, auditor.directory, [], calendar, now)
            if not found.holds:
                raise RuntimeError(f"the audit found {found.verdicts}")

    return judge


def spent(work: Work, cases: Sequence[Fetched], processes: int) -> Spent:
    """What it takes, shared by so many processes that were there before."""
    context = get_context("fork")  # the evidence is not copied to them
    barrier, figures = context.Barrier(processes + 1), context.Queue()

    def run(share: Sequence[Fetched]) -> None:
        spare_searching()  # as the processes of an audit do
        barrier.wait()
        began = time.process_time()
        work(share)
        figures.put(time.process_time() - began)

    started = [context.Process(target=run, args=(cases[n::processes],)) for n in range(processes)]
    for one in started:
        one.start()
    barrier.wait()
    began = time.perf_counter()
    cpu = sum(figures.get() for _ in started)
    wall = time.perf_counter() - began
    for one in started:
        one.join()
    return Spent(wall, cpu)


def shown(values: Sequence[float], digits: int = 2) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


@click.command()
@click.option("--cases", default=400, show_default=True)
@click.option("--entries", default=250, show_default=True, help="Of each case.")
@click.option("--rounds", default=3, show_default=True)
def main(cases: int, entries: int, rounds: int) -> None:
    """Measure judging against verifying, in rounds that take turns."""
    with tempfile.TemporaryDirectory() as folder:
        ceremony = Ceremony()
        root = ceremony.root(make_log(Path(folder)))
        with Servers(Path(folder), hash_of(root)) as servers:
            people = People(ceremony, root, servers.settings)
            click.echo(f"{cases} cases of {entries} entries are written ...", err=True)
            names = [one.case for one in people.cases(cases, entries)]
            click.echo("and fetched ...", err=True)
            people.auditor.directory.refresh()
            held = [fetched(people, one) for one in names]
            gc.freeze()  # a process of an audit does not hold the evidence of all others
            measure(held, judge_for(people.auditor), rounds)
            began = time.perf_counter()
            notes = Path(folder) / "notes"
            found = audit_store(people.auditor, None, notes, lambda *_: None)
            took = time.perf_counter() - began
            if not found.holds:
                raise RuntimeError("the audit of the store does not hold")
            click.echo(
                f"zegel audit --all, server on the same {os.cpu_count()} cores: {found.entries:,} "
                f"entries in {took:.1f} s, {found.entries / took:,.0f}/s"
            )


def measure(held: Sequence[Fetched], judge: Work, rounds: int) -> None:
    total = sum(len(one.evidence) for one in held)
    per_core, scaling, raw_scaling, raw_us, our_us = [], [], [], [], []
    for _ in range(rounds):
        raw, ours = spent(verify, held, 1), spent(judge, held, 1)
        raw_both, both = spent(verify, held, CORES), spent(judge, held, CORES)
        per_core.append(raw.cpu / ours.cpu)
        scaling.append(ours.wall / both.wall)
        raw_scaling.append(raw.wall / raw_both.wall)
        raw_us.append(raw.cpu / total * 1e6)
        our_us.append(ours.cpu / total * 1e6)
    click.echo(f"entries: {total:,}")
    click.echo(f"PyNaCl verification alone, µs an entry: {shown(raw_us, 1)}")
    click.echo(f"judging, µs an entry: {shown(our_us, 1)}")
    click.echo(f"ratio per core: {shown(per_core)}")
    click.echo(f"two cores against one: {shown(scaling)}; verification alone: {shown(raw_scaling)}")


if __name__ == "__main__":
    main()
