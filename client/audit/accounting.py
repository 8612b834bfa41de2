"""What is said of a store as a whole: that it has no hole, and that what was asked about cases that
are not there is a log like the others.

Until there is a public log, positions are the server's word: one that numbers everything anew shows
no hole. Whoever holds a receipt, or audited the case before, notices that.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from client.audit.notes import Judged
from client.audit.read_log import fetch_reads
from client.audit.replay import Evidence, Report
from client.audit.verdicts import Verdict
from client.errors import Distrust
from client.server.transport import MAX_POSITION, next_page, patiently
from client.session import Session
from domain.evolve import table_of
from domain.services.registry import SERVICES, link_of
from wire.paths import CASES, MAX_PAGE, path
from wire.reads import NOWHERE
from wire.schemas import CaseList

ACCOUNTED = "every position of the store is an entry of a case that was shown, or a trust document"
ELSEWHERE = (
    "the read log about cases that are not there is one chain up to the line that is signed, "
    "and nothing was given out in it"
)

SERVED = "what a case uses of another case is used once in the whole store"


class Listed(NamedTuple):
    """Every case with the number of its entries, as the server listed them at a unix time.
    position: of the newest entry or document before: whatever stands up to it must be in them."""

    entries: dict[str, int]
    position: int
    at: int


def list_cases(session: Session) -> Listed:
    """Raises ServerRefused for who is no auditor."""
    entries: dict[str, int] = {}
    position: int | None = None
    after: int | None = -1
    at = session.now()
    while after is not None:
        query = {"after": after, "limit": MAX_PAGE}
        page = patiently(
            partial(session.transport.get, CaseList, path(CASES), query, session.keys), "too-many"
        )
        entries |= {one["case"]: one["entries"] for one in page["cases"]}
        newest: int = page["position"] if position is None else position
        after = next_page(after, page["next"], min(newest, MAX_POSITION))
        position = newest
    assert position is not None  # at least one page was fetched
    return Listed(entries, position, at)


def runs(evidence: Iterable[Evidence]) -> list[list[int]]:
    """Positions as first and last of each unbroken run, with its earliest and latest time."""
    found: list[list[int]] = []
    for item in evidence:
        if found and found[-1][1] == item.position - 1:
            run = found[-1]
            run[1:] = [item.position, min(run[2], item.stored), max(run[3], item.stored)]
        else:
            found.append([item.position, item.position, item.stored, item.stored])
    return found


def accounted(session: Session, cases: Sequence[Judged], listed: Listed) -> Verdict:
    """Whether the store has no hole: an entry or a case that is not shown leaves one."""
    shown = sorted(run for one in cases for run in one.positions)
    held = sorted([*(run[:2] for run in shown), *([p, p] for p in session.directory.positions)])
    faults, next_, position = [], 0, listed.position
    if position < session.pins.position:
        faults.append(f"the store has gone back: position {session.pins.position} was seen before")
    for first, last in held:
        if first < next_:
            faults.append(f"position {first} is shown twice")
        elif first > next_ and next_ <= position:
            faults.append(f"nothing is shown at {_span(next_, min(first - 1, position))}")
        next_ = max(next_, last + 1)
    if next_ <= position:
        faults.append(f"nothing is shown at {_span(next_, position)}")
    seen = {place.partition("/")[0] for place in session.pins.heads if place[32:33] == "/"}
    gone = sorted(seen - listed.entries.keys())
    faults += [f"case {one} was seen before and is not listed" for one in gone]
    entries = sum(one.entries for one in cases)
    evidence = f"{entries} entries of {len(cases)} cases up to position {position}"
    back = _gone_back(shown)
    evidence += f", {back} runs of them dated before an earlier one" if back else ""
    return Verdict("A1", ACCOUNTED, not faults, evidence, len(cases), tuple(faults))


def _gone_back(shown: Sequence[Sequence[int]]) -> int:
    """How often a time is below that of an earlier position: told, and no fault (PROTOCOL.md 6)."""
    newest, count = 0, 0
    for _, _, earliest, latest in shown:
        count += earliest < newest
        newest = max(newest, latest)
    return count


def _span(first: int, last: int) -> str:
    return f"position {first}" if first == last else f"positions {first} to {last}"


def links_once(report: Report) -> dict[str, str]:
    """By entry, what it names in another case, as case and entry, where that serves once."""
    if report.case is None:
        return {}
    kinds = table_of(report.case, SERVICES).linking_once
    named = ((one.id, link_of(one.kind, one.body)) for one in report.headers if one.kind in kinds)
    return {entry: f"{link.case}/{link.id}" for entry, link in named if link}


def served_once(cases: Iterable[Judged]) -> list[Verdict]:
    """Whether nothing that serves once was used twice; nothing where nobody used such a thing."""
    used: dict[str, list[tuple[str, str]]] = {}
    for case in sorted(cases, key=lambda one: one.case):
        for entry, named in case.links.items():
            used.setdefault(named, []).append((case.case, entry))
    if not used:
        return []
    faults = [
        f"entry {other} of case {there} uses what entry {entry} of case {case} uses"
        for (case, entry), *others in used.values()
        for there, other in others
    ]
    evidence = f"{len(used)} entries of other cases are used"
    return [Verdict("A1", SERVED, not faults, evidence, len(used), tuple(faults))]


def elsewhere(session: Session) -> Verdict:
    """Of the lines about cases that are not there, and of those by whom nothing is known."""
    lines, faults = 0, []
    try:
        found = patiently(lambda: fetch_reads(session, NOWHERE), "too-many")
        lines = len(found)
        faults += [f"line {one.number}: something was given out" for one in found if one.released]
        faults += [f"line {one.number}: {', '.join(one.odd)}" for one in found if one.odd]
    except Distrust as error:
        faults = [str(error)]
    return Verdict("A11", ELSEWHERE, not faults, f"{lines} lines", lines, tuple(faults))
