"""What an audit says of a case, check by check, each with its evidence (LAW.md, A1 to A11).

A check judges headers and the read log alone; it holds no key to any content. Each is made of
everything that was handed over, also of what the replay did not come to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from client.audit.read_log import Read
from client.audit.replay import Evidence, Report
from client.errors import Distrust
from client.server.directory import Directory
from domain.access import LEAVES, Access, Readable, Reader, Standing
from domain.check import WHILE_OWED
from domain.delays import Ran, terms_that_ran
from domain.entry import Header, Line
from domain.membership import may_stay
from domain.refusal import Refused
from domain.services.registry import SERVICES
from wire.calendar import Calendar
from wire.header import minute_of, parse_header
from wire.reads import FETCHES, PUBLIC

# Who asks is looked at, and a moment later it is written down: so much may lie between the two.
GRACE_SECONDS = 60

CHECKS = {
    "A1": "every entry is signed, in its place, and was permitted when it was stored",
    "A2": "every content in the read log went to one who had its key by then, and stood there",
    "A3": "after everyone who left or was replaced, new keys came before the next word",
    "A6": "every term that had passed before the work was done was explained",
    "A9": "for every content it can be said who could read it, and since when",
    "A10": "headers and the read log have no field outside the list of what may be read",
    "A11": "the read log is one chain up to the line that the log key signed, and goes on from "
    "what was seen before",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """name: A1, A2, …. evidence: on what it rests. judged: how many things could have failed: of a
    check with none, nothing is said. faults: what does not hold, by entry or line."""

    name: str
    what: str
    holds: bool
    evidence: str
    judged: int
    faults: tuple[str, ...] = ()


class _Headers(NamedTuple):
    """Those that were handed over. unreadable: what is wrong with the others."""

    read: list[Header]
    unreadable: list[str]


def verdicts(
    evidence: Sequence[Evidence],
    report: Report,
    access: Access,
    reads: Sequence[Read] | Distrust | None,
    directory: Directory,
    calendar: Calendar,
    now: int,
) -> list[Verdict]:
    """The checks that can be made of one case without the public log. access: of the entries that
    were replayed; reads: as `client.audit.read_log` gives them or refuses to, None for who may not
    see them; directory: what was certified, and when; calendar: office hours and terms; now: the
    unix time for which the checks are made.
    """
    headers = _parsed(evidence, report)
    broken = [str(reads)] if isinstance(reads, Distrust) else []
    lines = [] if reads is None or isinstance(reads, Distrust) else reads
    of_reads = [] if reads is None else [_reads(access, lines, broken, directory)]
    return [
        _chain(evidence, report),
        *of_reads,
        _rekeyed(headers.read),
        *_explained(report, calendar, now),
        _replayed(headers.read, access),
        _plain(headers, lines),
        *([] if reads is None else [_verdict("A11", f"{len(lines)} lines", len(lines), broken)]),
    ]


def _parsed(evidence: Sequence[Evidence], report: Report) -> _Headers:
    found = _Headers(list(report.headers), [])
    for index, item in enumerate(evidence[len(found.read) :], len(found.read)):
        try:
            found.read.append(parse_header(item.header))
        except Refused as refused:
            found.unreadable.append(f"entry {index}: {refused}")
    return found


def _verdict(name: str, evidence: str, judged: int, faults: Iterable[str]) -> Verdict:
    found = tuple(faults)
    return Verdict(name, CHECKS[name], not found, evidence, judged or len(found), found)


def _chain(evidence: Sequence[Evidence], report: Report) -> Verdict:
    finding = report.finding
    told = (finding.entry, finding.rule, finding.detail) if finding else ()
    faults = (": ".join(filter(None, told)),) if finding else ()
    rests = f"{len(report.history)} of {len(evidence)} entries replayed by the server's own rules"
    back = _gone_back(evidence)
    rests += f", {back} dated before an earlier one" if back else ""
    return _verdict("A1", rests, len(evidence), faults)


def _gone_back(evidence: Sequence[Evidence]) -> int:
    """How many entries have a time below an earlier one's: told, and no fault (PROTOCOL.md 6)."""
    newest, count = 0, 0
    for item in evidence:
        count += item.stored < newest
        newest = max(newest, item.stored)
    return count


def _reads(
    access: Access, reads: Sequence[Read], broken: Sequence[str], directory: Directory
) -> Verdict:
    """broken: why nothing can be said of the reads."""
    released = [one for one in reads if one.released and one.fields["event_type"] in FETCHES]
    return _verdict(
        "A2",
        f"{len(released)} releases, {len(reads) - len(released)} other lines of the read log",
        len(released),
        [
            *broken,
            *(
                f"line {one.number}: {why}"
                for one in released
                if (why := _unfounded(access, one, directory))
            ),
        ],
    )


def _unfounded(access: Access, read: Read, directory: Directory) -> str:
    """Why a release had no ground; empty if it had one."""
    fields, at = read.fields, read.fields["at"]
    entry = access.entries.get(fields["entry"])
    if entry is None or entry.compartment != fields["compartment"]:
        return f"{fields['entry']} is no entry with content there, as far as was replayed"
    if entry.erased is not None and at > entry.erased.stored + GRACE_SECONDS:
        return f"{entry.id} had been erased"
    who = fields["network"]["id"]
    since = at + GRACE_SECONDS  # a clock may be put right between an entry and its reading
    given = {one.device for one in entry.readers if _is(one, read) and one.since.stored <= since}
    if not given:
        return f"{who} had not been given the key of {entry.id}"
    stood = _stood(access, entry, given, at)
    if not stood:
        return f"{who} did not stand there then"
    trust = directory.as_of(at - GRACE_SECONDS)
    lines = (Line(one.device, one.role, None) for one in stood)
    return "" if any(may_stay(trust, line) for line in lines) else f"{who} had been revoked"


def _is(reader: Reader, read: Read) -> bool:
    """Whether a line may speak of a reader: who is in no roster is nameless in it. A device that
    a roster listed later has a person there, and had none when it was given the key."""
    user = read.fields["user"]
    if user == PUBLIC:
        return reader.person is None
    return reader.device == read.fields["network"]["id"] and reader.person in (user, None)


def _stood(access: Access, entry: Readable, devices: set[str], at: int) -> list[Standing]:
    return [
        one
        for one in access.standings
        if one.device in devices
        and one.compartment == entry.compartment
        and one.since.stored <= at + GRACE_SECONDS
        and (one.until is None or at <= one.until.stored + GRACE_SECONDS)
    ]


def _rekeyed(headers: Sequence[Header]) -> Verdict:
    owed: dict[str, list[Header]] = {}
    faults, turned = [], 0
    for header in headers:
        left = owed.get(header.compartment, [])
        if header.changes_members:
            owed.pop(header.compartment, None)
            turned += len(left)
            listed = {line.device for line in header.lines}
            gone = [one.author for one in left if one.author in listed]
            faults += [f"{header.id}: new keys for {device}, who had left" for device in gone]
        elif left and header.kind not in WHILE_OWED:
            faults.append(f"{header.id}: written after {left[-1].id} and before new keys")
        if header.kind in LEAVES:
            owed.setdefault(header.compartment, []).append(header)
    return _verdict(
        "A3",
        f"{turned} leaves followed by new keys, {len(owed)} places where nothing was written since",
        turned + len(owed),
        faults,
    )


def _explained(report: Report, calendar: Calendar, now: int) -> list[Verdict]:
    """Whether delays have a reason; nothing where the service knows no terms. The reason itself is
    sealed: that one was given is seen."""
    every = calendar.terms[report.case.service] if report.case else ()
    terms = [term for term in every if term.owed]
    if not terms:
        return []
    stored = [line.stored for line in report.history]
    ran = terms_that_ran(zip(stored, report.cases, strict=True), terms)
    explaining = SERVICES[report.case.service].explaining if report.case else frozenset()
    given = [
        (header.body["term"], at)
        for header, at in zip(report.headers, stored, strict=True)
        if header.kind in explaining
    ]
    late = [(one, due) for one in ran if (due := _due(one, calendar)) < _ended(one, now)]
    faults = []
    for one, due in late:
        same = (other for other in ran if _place(other) == _place(one))
        later = [other.since for other in same if other.since > one.since]
        before = min(later, default=now + 1)  # what is explained then is the next delay
        if not any(
            term == one.term.name and one.term.is_told(one.since, at) and at < before
            for term, at in given
        ):
            what = f"{one.compartment}: {one.term.name}"
            faults.append(f"{what} was due by {minute_of(due)}, and no reason was given")
    evidence = f"{len(ran)} terms ran, {len(late)} had passed before the work was done"
    return [_verdict("A6", evidence, len(ran), faults)]


def _place(ran: Ran) -> tuple[str, str]:
    return ran.compartment, ran.term.name


def _due(ran: Ran, calendar: Calendar) -> int:
    return calendar.office.due(ran.since, ran.term.amount)


def _ended(ran: Ran, now: int) -> int:
    return now if ran.until is None else ran.until


def _replayed(headers: Sequence[Header], access: Access) -> Verdict:
    contents = [header for header in headers if header.payload is not None]
    readable = sum(len(entry.readers) for entry in access.entries.values())
    return _verdict(
        "A9",
        f"{len(contents)} contents, {readable} readers of them",
        len(contents),
        (f"{header.id}: {why}" for header in contents if (why := _untold(header, access))),
    )


def _untold(header: Header, access: Access) -> str:
    """Why the report on an entry cannot be true; empty if it can."""
    entry = access.entries.get(header.id)
    if entry is None:
        return "the replay did not come to it"
    wrote = any(one.device == header.author for one in entry.readers)
    return "" if wrote else "not even its author was given the key"


def _plain(headers: _Headers, reads: Sequence[Read]) -> Verdict:
    return _verdict(
        "A10",
        f"{len(headers.read)} headers, {len(reads)} lines",
        len(headers.read) + len(reads),
        [
            *headers.unreadable,
            *(f"line {one.number}: {', '.join(one.odd)}" for one in reads if one.odd),
        ],
    )
