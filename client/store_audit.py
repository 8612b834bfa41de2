"""The audit of a whole store: every case judged, on all cores, and every position accounted for."""

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

from client.audit_notes import Judged, Notes
from client.errors import Distrust
from client.inspection import Inspection, inspect
from client.pins import Pins
from client.read_log import fetch_reads
from client.session import Session
from client.transport import MAX_POSITION, Transport, next_page
from client.verdicts import Verdict
from crypto.secret.seeds import DeviceKeys
from wire.calendar import Calendar, read_calendar
from wire.paths import CASES, MAX_PAGE, path
from wire.reads import NOWHERE
from wire.schemas import CaseList

ACCOUNTED = "every position of the store is an entry of a case that was shown, or a trust document"
ELSEWHERE = "the read log about cases that are not there is one chain up to the line that is signed"

Told = Callable[[int, int], None]  # entries judged so far, and how many there are


@dataclass
class StoreAudit:
    """A whole store. position: of its newest entry or document when the audit began. store: the
    verdicts on the store as a whole. taken_up: how many cases an earlier run had judged."""

    position: int
    cases: list[Judged] = field(default_factory=list)
    store: list[Verdict] = field(default_factory=list)
    taken_up: int = 0

    @property
    def holds(self) -> bool:
        return all(one.holds for one in (*self.cases, *self.store))

    @property
    def entries(self) -> int:
        return sum(one.entries for one in self.cases)


def audit_store(
    session: Session, terms: Path | None, file: Path, told: Told, jobs: int | None = None
) -> StoreAudit:
    """Judge every case of a store. terms: the file of office hours and terms, as
    `wire.calendar.read_calendar` reads it. file: where it is noted what was judged; one that was
    not finished is gone on with. told: is called after each case. jobs: processes, None for one a
    core.

    Raises ServerRefused, Unreachable, NotPossible, and Distrust for trust documents that do not
    hold: what was judged until then stays in the file.
    """
    counts, position = _list(session)
    session.directory.refresh()
    notes = Notes(file, session.directory.newest.pin, session.now())
    _pin(session.pins, notes.judged)
    known = {one.case: one for one in notes.judged if counts.get(one.case) == one.entries}
    found = StoreAudit(position, list(known.values()), taken_up=len(known))
    total = sum(counts.values())
    told(found.entries, total)
    for one in _judge(session, terms, [case for case in counts if case not in known], jobs):
        notes.add(one)
        found.cases.append(one)
        told(found.entries, max(found.entries, total))
    _pin(session.pins, found.cases)
    found.store = [_accounted(session, found, counts), _elsewhere(session)]
    session.pins.save()
    notes.finish(session.now())
    return found


def _list(session: Session) -> tuple[dict[str, int], int]:
    """Every case with the number of its entries, and the position of the store before they were
    asked for: whatever stands up to it must be in them."""
    counts: dict[str, int] = {}
    position, after = None, -1
    while after is not None:
        query = {"after": after, "limit": MAX_PAGE}
        page = session.transport.get(CaseList, path(CASES), query, session.keys)
        counts |= {one["case"]: one["entries"] for one in page["cases"]}
        position = page["position"] if position is None else position
        after = next_page(after, page["next"], MAX_POSITION)
    assert position is not None  # at least one page was fetched
    return counts, position


# --- many processes -------------------------------------------------------------------------------

_session: Session | None = None  # of a worker process
_calendar: Calendar | None = None


def _begin(server: str, pin: str, keys: DeviceKeys, pins: Pins, terms: Path | None) -> None:
    """In a worker process: a session of its own, which keeps no pins on disk."""
    global _session, _calendar
    spare_searching()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    Thread(target=_end_with_parent, daemon=True).start()
    _session = Session(Transport(server), pin, keys, pins)
    _calendar = read_calendar(terms)


def spare_searching() -> None:
    """A case is freed as it is let go; to search for what is not would cost a tenth of an audit."""
    gc.set_threshold(1_000_000)


def _end_with_parent() -> None:
    """A process whose starter was killed would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge_one(case: str, heads: dict[str, dict[str, Any]]) -> Judged:
    assert _session is not None and _calendar is not None  # made when the process began
    _session.pins.heads = heads
    return judged(inspect(_session, case, _calendar), _session.pins.heads)


def judged(found: Inspection, heads: dict[str, dict[str, Any]]) -> Judged:
    """What is kept of what was found of a case."""
    return Judged(
        found.case,
        len(found.evidence),
        found.holds,
        {one.name: len(one.faults) for one in found.verdicts},
        [f"{one.name} {fault}" for one in found.verdicts for fault in one.faults],
        runs(item.position for item in found.evidence),
        len(found.lines),
        heads,
    )


def runs(positions: Iterable[int]) -> list[list[int]]:
    """Ascending numbers as first and last of each unbroken run."""
    found: list[list[int]] = []
    for position in positions:
        if found and found[-1][1] == position - 1:
            found[-1][1] = position
        else:
            found.append([position, position])
    return found


def _judge(
    session: Session, terms: Path | None, cases: Sequence[str], jobs: int | None
) -> Iterator[Judged]:
    """Each case, in the order in which they are done."""
    if not cases:
        return
    pins = session.pins
    given = Pins(None, pins.roster, pins.root, position=pins.position)
    pool = ProcessPoolExecutor(
        min(jobs or os.cpu_count() or 1, len(cases)),
        get_context("spawn"),
        _begin,
        (session.transport.url, session.directory.newest.pin, session.keys, given, terms),
    )
    try:
        waiting: list[Future[Judged]] = [
            pool.submit(_judge_one, case, _heads(pins, case)) for case in cases
        ]
        for one in as_completed(waiting):
            yield one.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _heads(pins: Pins, case: str) -> dict[str, dict[str, Any]]:
    """What is pinned of a case and of its read log."""
    names = [f"{case}/{one}" for one in pins.compartments(case)]
    return {name: pins.heads[name] for name in (*names, f"reads of {case}/") if name in pins.heads}


def _pin(pins: Pins, judged: Iterable[Judged]) -> None:
    """Pin what was seen; never less than was seen before."""
    for name, head in (item for one in judged for item in one.heads.items()):
        if name not in pins.heads or pins.heads[name]["seq"] < head["seq"]:
            pins.heads[name] = head


# --- the store as a whole -------------------------------------------------------------------------


def _accounted(session: Session, found: StoreAudit, counts: dict[str, int]) -> Verdict:
    """Whether the store has no hole: an entry or a case that is not shown leaves one."""
    held = [[one, one] for one in session.directory.positions]
    held += [run for one in found.cases for run in one.positions]
    faults, next_ = [], 0
    if found.position < session.pins.position:
        faults.append(f"the store has gone back: position {session.pins.position} was seen before")
    for first, last in sorted(held):
        if first < next_:
            faults.append(f"position {first} is shown twice")
        elif first > next_ and next_ <= found.position:
            faults.append(f"nothing is shown at {_span(next_, min(first - 1, found.position))}")
        next_ = max(next_, last + 1)
    if next_ <= found.position:
        faults.append(f"nothing is shown at {_span(next_, found.position)}")
    faults += [f"case {one} was seen before and is not listed" for one in _gone(session, counts)]
    shown = f"{found.entries} entries of {len(found.cases)} cases"
    evidence = f"{shown} up to position {found.position}"
    return Verdict("A1", ACCOUNTED, not faults, evidence, tuple(faults))


def _span(first: int, last: int) -> str:
    return f"position {first}" if first == last else f"positions {first} to {last}"


def _gone(session: Session, counts: dict[str, int]) -> list[str]:
    seen = {place.partition("/")[0] for place in session.pins.heads if place[32:33] == "/"}
    return sorted(seen - counts.keys())


def _elsewhere(session: Session) -> Verdict:
    lines, faults = 0, tuple[str, ...]()
    try:
        lines = len(fetch_reads(session, NOWHERE))
    except Distrust as error:
        faults = (str(error),)
    return Verdict("A11", ELSEWHERE, not faults, f"{lines} lines", faults)
