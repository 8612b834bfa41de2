"""The audit of a whole store: every case judged, on all cores.

What is said of the store as a whole stands in `client.audit.accounting`.
"""

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

from client.audit.accounting import (
    Listed,
    accounted,
    elsewhere,
    links_once,
    list_cases,
    runs,
    served_once,
)
from client.audit.inspection import Inspection, inspect
from client.audit.notes import Judged, Notes
from client.audit.replay import Evidence
from client.audit.verdicts import Verdict
from client.errors import Distrust, ServerRefused
from client.server.pins import Pins
from client.server.transport import PatientTransport, Way, patiently
from client.session import Session
from crypto.encoding import hash_of
from crypto.secret.seeds import DeviceKeys
from wire.calendar import Calendar, read_calendar
from wire.problems import NO_SUCH_CASE

PINS_EVERY = 50  # cases: the file of pins is written as a whole
CLOCKS_SECONDS = 600  # so much may the server's clock and the auditor's differ (PROTOCOL.md 4)

Told = Callable[[int, int], None]  # entries judged so far, and how many there are


@dataclass
class StoreAudit:
    """A whole store. position: of its newest entry or document when the audit began. store: the
    verdicts on the store as a whole. taken_up: how many cases an earlier run had judged, which
    began at the unix time began."""

    position: int
    cases: list[Judged] = field(default_factory=list)
    store: list[Verdict] = field(default_factory=list)
    taken_up: int = 0
    began: int = 0

    @property
    def holds(self) -> bool:
        """A store in which nothing was to judge does not."""
        cases, store = (one.holds for one in self.cases), (one.holds for one in self.store)
        return bool(self.cases) and all(cases) and all(store)

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

    A case that cannot be judged is a fault, and the others are judged all the same. Raises
    Unreachable, NotPossible, ServerRefused for who is no auditor, and Distrust for trust documents
    that do not hold: what was judged until then stays in the file.
    """
    listed = list_cases(session)
    patiently(session.directory.refresh, "too-many")
    by_terms = hash_of(terms.read_bytes()) if terms else ""
    notes = Notes(file, session.directory.newest.pin, by_terms, session.now())
    try:
        known = [one for one in notes.judged if _still_so(one, listed, session.pins)]
        _pin(session.pins, known)
        found = StoreAudit(listed.position, known, taken_up=len(known), began=notes.began)
        _judge_rest(session, terms, listed, found, notes, told, jobs)
        session.pins.position = max(session.pins.position, listed.position)
        found.store = [
            accounted(session, found.cases, listed),
            elsewhere(session),
            *served_once(found.cases),
        ]
        notes.finish(session.now())
        return found
    finally:
        session.pins.save()
        notes.close()


def _still_so(judged: Judged, listed: Listed, pins: Pins) -> bool:
    """Whether what was noted of a case may be gone on with: it has no other entries since, and
    nothing else was seen of it meanwhile."""
    if listed.entries.get(judged.case) != judged.entries:
        return False
    seen = _heads(pins, judged.case)
    return all(
        name in judged.heads
        and (head["seq"] < judged.heads[name]["seq"] or head == judged.heads[name])
        for name, head in seen.items()
    )


def _judge_rest(
    session: Session,
    terms: Path | None,
    listed: Listed,
    found: StoreAudit,
    notes: Notes,
    told: Told,
    jobs: int | None,
) -> None:
    known, total = {one.case for one in found.cases}, sum(listed.entries.values())
    told(found.entries, total)
    cases = [case for case in listed.entries if case not in known]
    for number, one in enumerate(_judge(session, terms, listed, cases, jobs), 1):
        found.cases.append(one)
        if one.verdicts:
            notes.add(one)
        _pin(session.pins, [one])
        if number % PINS_EVERY == 0:
            session.pins.save()
        told(found.entries, max(found.entries, total))


def _heads(pins: Pins, case: str) -> dict[str, dict[str, Any]]:
    """What is pinned of a case and of its read log."""
    names = [f"{case}/{one}" for one in pins.compartments(case)]
    return {name: pins.heads[name] for name in (*names, f"reads of {case}/") if name in pins.heads}


def _pin(pins: Pins, judged: Iterable[Judged]) -> None:
    """Pin what was seen; never less than was seen before."""
    for name, head in (item for one in judged for item in one.heads.items()):
        if name not in pins.heads or pins.heads[name]["seq"] < head["seq"]:
            pins.heads[name] = head


# --- many processes -------------------------------------------------------------------------------


@dataclass
class _Work:
    """What a process holds for all cases. documents: where the one that began stands them."""

    session: Session
    calendar: Calendar
    listed: Listed
    documents: list[int]


_work: _Work | None = None  # of a worker process


def _begin(
    server: tuple[str, Way],
    pin: str,
    keys: DeviceKeys,
    pins: Pins,
    terms: Path | None,
    listed: Listed,
    documents: list[int],
) -> None:
    """In a worker process: a session of its own, which keeps no pins on disk."""
    global _work
    spare_searching()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    Thread(target=_end_with_parent, daemon=True).start()
    session = Session(PatientTransport(*server), pin, keys, pins)
    _work = _Work(session, read_calendar(terms), listed, documents)


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
    assert _work is not None  # made when the process began
    session, documents = _work.session, _work.documents
    session.pins.heads = dict(heads)
    try:
        found = inspect(session, case, _work.calendar)
    except Distrust as error:
        return _not_judged(case, error, heads)
    except ServerRefused as error:
        if error.name != NO_SUCH_CASE:
            raise
        return _not_judged(case, error, heads)
    if session.directory.positions[: len(documents)] != documents:
        other = Distrust("forked", "trust documents stand elsewhere than they did a moment ago")
        return _not_judged(case, other, heads)
    return judged(found, session.pins.heads, _work.listed)


def _not_judged(case: str, error: Exception, heads: dict[str, dict[str, Any]]) -> Judged:
    return Judged(case, 0, False, {}, [f"not judged: {error}"], [], 0, heads, {})


def judged(found: Inspection, heads: dict[str, dict[str, Any]], listed: Listed) -> Judged:
    """What is kept of what was found of a case."""
    faults = [f"{one.name} {fault}" for one in found.verdicts for fault in one.faults]
    counts = {one.name: len(one.faults) for one in found.verdicts}
    against = _against_list(found.case, found.evidence, listed)
    counts["A1"] += len(against)
    faults += against
    return Judged(
        found.case,
        len(found.evidence),
        found.holds and not faults,
        counts,
        faults,
        runs(found.evidence),
        len(found.lines),
        heads,
        links_once(found.report),
    )


def _against_list(case: str, evidence: Sequence[Evidence], listed: Listed) -> list[str]:
    """Where a case contradicts the list of cases: fewer entries than it said, or older ones behind
    the position to which it was said to be whole."""
    said, faults = listed.entries.get(case, 0), []
    if len(evidence) < said:
        faults.append(f"A1 {len(evidence)} entries are shown of {said} that were listed")
    for item in evidence:
        if item.position > listed.position and item.stored < listed.at - CLOCKS_SECONDS:
            faults.append(
                f"A1 position {item.position} was stored before the cases were listed, "
                f"and they were listed up to {listed.position}"
            )
            break
    return faults


def _judge(
    session: Session, terms: Path | None, listed: Listed, cases: Sequence[str], jobs: int | None
) -> Iterator[Judged]:
    """Each case, in the order in which they are done."""
    if not cases:
        return
    pins, directory = session.pins, session.directory
    server = (session.transport.url, session.transport.way)
    given = Pins(None, pins.roster, pins.root, position=pins.position)
    pool = ProcessPoolExecutor(
        min(jobs or os.cpu_count() or 1, len(cases)),
        get_context("spawn"),
        _begin,
        (
            *(server, directory.newest.pin, session.keys, given),
            *(terms, listed, directory.positions),
        ),
    )
    try:
        waiting: list[Future[Judged]] = [
            pool.submit(_judge_one, case, _heads(pins, case)) for case in cases
        ]
        for one in as_completed(waiting):
            yield one.result()
    finally:
        pool.shutdown(cancel_futures=True)
