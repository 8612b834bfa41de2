"""One case as an auditor finds it: fetched, replayed, judged, and told in one shape.

Terminal, JSON and page show `fields` and nothing besides, so that they cannot differ.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from typing import Any

from client.audit.moments import ends_at, position_at
from client.audit.read_log import Read, fetch_reads
from client.audit.replay import (
    LIMITS,
    Evidence,
    Finding,
    Report,
    access_of,
    check_pins,
    fetch,
    hold_to_pins,
    replay,
)
from client.audit.summary import approvals, summary
from client.audit.verdicts import Verdict, verdicts
from client.errors import Distrust, NotPossible
from client.place.decisions import decided
from client.server.directory import Directory
from client.server.pins import Pins
from client.session import Session
from client.why import Why
from crypto.device import Card
from domain.access import Access, Standing
from domain.trust import Trust
from wire.calendar import Calendar
from wire.reads import READERS


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was handed over of a case up to a moment, and what was found. made: unix time.
    reads: None for who may not see the read log, and why it does not hold if it does not."""

    case: str
    made: int
    evidence: Sequence[Evidence]
    report: Report
    access: Access
    reads: Sequence[Read] | Distrust | None
    verdicts: Sequence[Verdict]
    trust: Trust  # by which it was judged last

    @property
    def lines(self) -> Sequence[Read]:
        """The read log; nothing of one that does not hold."""
        return () if self.reads is None or isinstance(self.reads, Distrust) else self.reads

    @property
    def holds(self) -> bool:
        return self.report.holds and all(one.holds for one in self.verdicts)


def inspect(
    session: Session,
    case: str,
    calendar: Calendar,
    moment: str | None = None,
    number: int | None = None,
) -> Inspection:
    """Fetch and judge a case: as it is now, as it was at a moment (as
    `client.audit.moments.position_at` reads it), or right after its entry of that number, from 0.
    calendar: by which delays are told.

    What was seen of the case before counts too, and what is seen now is pinned. Raises
    ServerRefused, NotPossible, and Distrust for trust documents that do not hold.
    """
    known = session.directory.last
    evidence, cards = fetch(session.transport, session.keys, case)
    session.directory.refresh()
    if number is not None and number >= len(evidence):
        raise NotPossible(Why.NO_SUCH_ENTRY, count=len(evidence))
    if number is not None:
        moment = str(evidence[number].position)
    ends = None if moment is None else ends_at(evidence, moment)
    now = session.now() if ends is None else min(ends, session.now())
    reads, until = _reads(session, case, ends), None if moment is None else _until(evidence, moment)
    if until == 0 and evidence:
        raise NotPossible(Why.NOTHING_TO_JUDGE, position=evidence[0].position)
    given = (case, evidence, cards, session.directory, reads, calendar, now)
    found = examine(*given, session.pins, until)
    if found.report.holds and until is None:
        hold_to_pins(case, evidence, session.pins, known)
    return replace(found, made=session.now())


def replayed(session: Session, case: str) -> tuple[list[Evidence], Report]:
    """A whole case as it is now, for who asks something of it. Raises ServerRefused, and Distrust
    for one that does not hold or goes back behind what was seen of it."""
    known = session.directory.last
    evidence, cards = fetch(session.transport, session.keys, case)
    session.directory.refresh()
    report = replay(case, evidence, cards, session.directory)
    if report.finding is not None:
        raise Distrust(report.finding.rule, report.finding.detail)
    hold_to_pins(case, evidence, session.pins, known)
    return evidence, report


def examine(
    case: str,
    evidence: Sequence[Evidence],
    cards: dict[str, Card],
    directory: Directory,
    reads: Sequence[Read] | Distrust | None,
    calendar: Calendar,
    now: int,
    pins: Pins | None = None,
    until: int | None = None,
) -> Inspection:
    """Judge what was handed over, without asking for anything. now: the unix time for which it is
    judged. pins: what was seen before. until: how many of the entries count, None for all; what is
    shown after them is held to the pins too."""
    counting = evidence[:until]
    report = replay(case, counting, cards, directory)
    if report.holds and pins is not None:
        report = _held_to_pins(case, report, evidence, pins, keep=until is None)
    access = access_of(report, directory)
    checked = verdicts(counting, report, access, reads, directory, calendar, now)
    return Inspection(case, now, counting, report, access, reads, checked, directory.newest)


def _until(evidence: list[Evidence], moment: str) -> int:
    """How many entries count."""
    last = position_at(evidence, moment)
    return sum(item.position <= last for item in evidence)


def _held_to_pins(
    case: str, report: Report, evidence: Sequence[Evidence], pins: Pins, *, keep: bool
) -> Report:
    try:
        if keep:
            hold_to_pins(case, evidence, pins)
        else:
            check_pins(case, evidence, pins)
    except Distrust as error:
        finding = Finding(len(report.history), "", error.name, error.detail)
        return replace(report, finding=finding)
    return report


def _reads(session: Session, case: str, ends: int | None) -> list[Read] | Distrust | None:
    """The lines of the read log up to a time, None for all; or why they are no chain. None for who
    may not see them: others than auditors and privacy officers see the structure of a case alone.
    """
    trust = session.directory.newest
    if not any(trust.gives(session.device, role) for role in READERS):
        return None
    try:
        found = fetch_reads(session, case)
    except Distrust as error:
        return error
    return [one for one in found if ends is None or one.fields["at"] <= ends]


def fields(found: Inspection) -> dict[str, Any]:
    """Everything that was found, for scripts and for every way of showing it.

    Times are unix seconds. program, pin, root, roster: by which version of the program, and of the
    lists of certified people, it was judged. cause: what does not hold first of all, with how many
    faults stand beside it, which may be its consequences. places: the walls, with who stands behind
    each now. epochs: to whom each was sealed, by the signed entry that did so. people: by person,
    or by device for whom no roster knows. history: with the number of the entry that each decides
    or acts upon, None for none. entries: who could read each content, since when and through what.
    """
    report = found.report
    last = report.history[-1] if report.history else None
    return {
        "case": found.case,
        "made": found.made,
        "program": version("zegel"),
        "pin": found.trust.pin,
        "root": found.trust.root.version if found.trust.root else None,
        "roster": found.trust.roster.version if found.trust.roster else None,
        "until": None if last is None else {"position": last.position, "stored": last.stored},
        "holds": found.holds,
        "finding": asdict(report.finding) if report.finding else None,
        "cause": _cause(found),
        "verdicts": [asdict(one) for one in found.verdicts],
        "summary": summary(report),
        "approvals": approvals(report),
        "service": report.case.service if report.case else None,
        "state": last.after if last else None,
        "members": last.readers if last else [],
        "places": _places(found),
        "epochs": _epochs(found),
        "people": _people(found),
        "history": _history(found),
        "entries": [one.fields() for one in found.access.entries.values()],
        "standings": [asdict(one) for one in found.access.standings],
        "reads": None if found.reads is None else [one.fields for one in found.lines],
        "limits": LIMITS,
    }


def _cause(found: Inspection) -> dict[str, Any] | None:
    """A replay that stopped comes before all that it did not come to: its check is the first."""
    faults = [(one.name, fault) for one in found.verdicts for fault in one.faults]
    if not faults:
        return None
    check, fault = faults[0]
    return {"check": check, "fault": fault, "besides": len(faults) - 1}


def _history(found: Inspection) -> list[dict[str, Any]]:
    numbers = {line.id: number for number, line in enumerate(found.report.history)}
    lines = zip(found.report.headers, found.report.history, strict=True)
    return [line._asdict() | {"about": numbers.get(decided(header.body))} for header, line in lines]


def _places(found: Inspection) -> list[dict[str, Any]]:
    """The compartments in the order in which they were opened."""
    case = found.report.case
    opened = {
        header.compartment: line.stored
        for header, line in zip(found.report.headers, found.report.history, strict=True)
        if header.opens
    }
    standing = [one for one in found.access.standings if one.until is None]
    return [
        {
            "compartment": name,
            "type": place.type,
            "opened": opened[name],
            "epoch": place.epoch,
            "entries": place.seq + 1,
            "members": [
                {"device": one.device, "person": one.person, "role": one.role}
                for one in standing
                if one.compartment == name
            ],
        }
        for name, place in (case.compartments if case else {}).items()
    ]


def _epochs(found: Inspection) -> list[dict[str, Any]]:
    lines = zip(found.report.headers, found.report.history, strict=True)
    return [
        {
            "compartment": header.compartment,
            "epoch": header.epoch,
            "reason": header.body["reason"],
            "entry": header.id,
            "position": line.position,
            "stored": line.stored,
            "members": [{"device": one.device, "role": one.role} for one in header.lines],
        }
        for header, line in lines
        if header.changes_members
    ]


def _people(found: Inspection) -> list[dict[str, Any]]:
    """Everyone who ever stood in the case, in the order in which they came: as what, where, since
    when and until when, and how many contents they were given the key of."""
    people: dict[str, dict[str, Any]] = {}
    for one in found.access.standings:
        person = people.setdefault(
            one.person or one.device,
            {"person": one.person, "devices": [], "roles": [], "standings": [], "could_read": 0},
        )
        _add(person["devices"], one.device)
        _add(person["roles"], one.role)
        person["standings"].append(standing_fields(one))
    for entry in found.access.entries.values():
        for who in {reader.person or reader.device for reader in entry.readers}:
            if who in people:
                people[who]["could_read"] += 1
    return list(people.values())


def standing_fields(one: Standing) -> dict[str, Any]:
    """Where, as what, since when and until when, in unix time; None for until now."""
    return {
        "compartment": one.compartment,
        "role": one.role,
        "since": one.since.stored,
        "until": one.until.stored if one.until else None,
    }


def _add(known: list[str], one: str) -> None:
    if one not in known:
        known.append(one)
