"""What a reader of the rule book remembers of a case, and how an accepted entry changes it: read
from PROTOCOL.md and the book alone, with nothing of `domain`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.support.plain.entry import CHANGED, Entry, Line, Person, Trust
from tests.support.plain.shapes import seconds

Table = Mapping[str, Any]


class Note(NamedTuple):
    kind: str
    compartment: str
    epoch: int
    author: str
    person: str | None
    has_payload: bool
    entries: list[str] | None
    ground: str | None


class Approval(NamedTuple):
    persons: frozenset[str]
    last: int


@dataclass
class Place:
    name: str
    lines: list[Line]
    epoch_author: str
    head: str
    seq: int = 0
    epoch: int = 0
    owed: bool = False
    waits_for: str = ""
    waits_since: int = 0
    moments: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    refusers: set[str] = field(default_factory=set)
    refused_before: set[str] = field(default_factory=set)
    invitations: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return self.name.split("-")[0]

    def line(self, device: str) -> Line | None:
        return next((one for one in self.lines if one.device == device), None)

    def copied(self) -> "Place":
        return replace(
            self,
            lines=[*self.lines],
            moments={**self.moments},
            gone={*self.gone},
            dead={*self.dead},
            refusers={*self.refusers},
            refused_before={*self.refused_before},
            invitations={name: {**one} for name, one in self.invitations.items()},
        )

    def waits(self, role: str | None, since: int) -> None:
        if role is not None and role != self.waits_for:
            self.waits_for, self.waits_since = role, since


@dataclass
class Case:
    case: str
    service: str
    rules: int
    state: str
    openers: set[str]
    facts: dict[str, str]
    compartments: dict[str, Place] = field(default_factory=dict)
    sets: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    approvals: dict[str, Approval] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    entries: dict[str, Note] = field(default_factory=dict)

    def set(self, name: str) -> Mapping[str, list[str]]:
        return self.sets.get(name, {})

    def copied(self) -> "Case":
        """Another one, whose places are copied before they are changed."""
        plain = ("facts", "compartments", "sets", "open", "approvals", "entries")
        copies: dict[str, Any] = {name: {**getattr(self, name)} for name in plain}
        return replace(
            self, **copies, openers={*self.openers}, used={*self.used}, parts={*self.parts}
        )

    def place(self, name: str) -> Place:
        """A place that may be changed."""
        self.compartments[name] = self.compartments[name].copied()
        return self.compartments[name]


def begun(entry: Entry, table: Table, rules: int) -> Case:
    header = entry.header
    facts = {name: str(header.body[name]) for name in table["opening"] if name in header.body}
    begins = table["begins"]
    return Case(header.said["case"], header.body["service"], rules, begins, {header.author}, facts)


def folded(case: Case, entry: Entry, trust: Trust, table: Table, row: Table | None) -> Case:
    """The case after an accepted entry. case: a new one for the first. row: by which it was
    written, None for what no row speaks of."""
    before, after, header = case, case.copied(), entry.header
    person = trust.person(header.author)
    if header.opens:
        after.compartments[header.compartment] = Place(
            header.compartment, header.lines, header.author, entry.hash
        )
    else:
        place = after.place(header.compartment)
        place.seq, place.head = header.said["seq"], entry.hash
        _members(after, place, entry, trust)
    if row is not None:
        _remember(before, after, entry, trust, row)
    _proposals(after, entry, person, table, row)
    after.used |= {*header.body.get("approvals", ())}
    after.used |= {header.body["proposal"]} if header.body.get("proposal") else set()
    after.parts |= {*header.parts}
    after.entries[header.id] = Note(
        header.kind,
        header.compartment,
        header.epoch,
        header.author,
        person.person if person else None,
        header.has_payload,
        header.body.get("entries"),
        header.body.get("ground"),
    )
    return after


def _members(case: Case, place: Place, entry: Entry, trust: Trust) -> None:
    """What the protocol's own kinds change in a place."""
    header, body = entry.header, entry.header.body
    author = header.author
    if header.kind == CHANGED:
        for line in header.lines:
            bound = place.invitations.get(line.invitation or "")
            if bound and bound["device"] is None and trust.device(line.device) is None:
                bound["device"] = line.device
        place.epoch, place.lines, place.epoch_author = header.epoch, header.lines, author
        place.owed, place.gone = False, set()
        place.refusers, place.refused_before = set(), place.refusers
    elif header.kind == "MemberLeft":
        place.owed = True
        place.lines = [one for one in place.lines if one.device != author]
        place.gone.add(author)
    elif header.kind == "PayloadErased":
        place.owed = place.owed or body["entries"] is None
    elif header.kind == "WrapRefused":
        nobody_else = author == place.epoch_author or len(place.lines) == 1
        place.owed = place.owed or not (nobody_else or author in place.refused_before)
        place.refusers.add(author)
    elif header.kind == "RequesterKeyReplaced":
        new = body["device"]
        moved = [one._replace(device=new) if one.device == author else one for one in place.lines]
        place.lines, place.owed = sorted(moved, key=lambda one: one.device), True
        place.gone.add(author)
        place.dead.add(author)
        for one in place.invitations.values():
            one["device"] = new if one["device"] == author else one["device"]
        case.openers |= {new} if author in case.openers else set()
    elif header.kind == "ParticipantInvited":
        invitation = {"role": body["role"], "expires": seconds(body["expires"]), "device": None}
        place.invitations[body["invitation"]] = invitation


def _remember(before: Case, case: Case, entry: Entry, trust: Trust, row: Table) -> None:
    header = entry.header
    case.state = row["to"] or case.state
    for name in row["clears"]:
        case.facts.pop(name, None)
    for fact, expression in row["facts"].items():
        for value in [*_taken(expression, before, entry, trust)][:1]:
            case.facts[fact] = value
    case.facts |= row["marks"]
    case.facts |= dict.fromkeys(row["stamps"], str(entry.stored))
    place = case.place(header.compartment)
    place.moments |= dict.fromkeys(row["stamps"], entry.stored)
    for name in row["first_stamps"]:
        case.facts.setdefault(name, str(entry.stored))
        place.moments.setdefault(name, entry.stored)
    for name, said in row["times"].items():
        place.moments[name] = seconds(header.body[said])
    for name in row["forgets"]:
        place.moments.pop(name, None)
    stands = place.line(header.author)
    others = {one.role for one in place.lines} - {stands.role if stands else None}
    waits = min(others, default="") if row["waits"] == "other" else row["waits"]
    place.waits(waits, entry.stored)
    proposal = before.entries.get(header.body.get("proposal", ""))
    if proposal is not None and proposal.compartment != header.compartment:
        case.place(proposal.compartment).waits("", entry.stored)
    for where in [*case.compartments] if row["clears"] else []:
        other = case.place(where)
        other.moments = {
            name: at for name, at in other.moments.items() if name not in row["clears"]
        }
    for name, key in row["drops"].items():
        gone = {*_keys(key, before, entry, trust)}
        case.sets[name] = {one: kept for one, kept in case.set(name).items() if one not in gone}
    for name, (key, *values) in row["adds"].items():
        kept = [next(_taken(one, before, entry, trust), "") for one in values]
        new = dict.fromkeys(_keys(key, before, entry, trust), kept)
        case.sets[name] = {**case.set(name), **new}
    for one in row["yearly"]:
        place.moments[one["moment"]] = _falls_short(one, case, place.moments, entry.stored)


def _falls_short(one: Table, case: Case, moments: Mapping[str, int], stored: int) -> int:
    """The end of the first calendar year that has too few of a kind."""
    began = datetime.fromtimestamp(moments[one["formed"]], UTC)
    year = began.year if began < datetime(began.year, 9, 1, tzinfo=UTC) else began.year + 1
    year = max(year, datetime.fromtimestamp(stored, UTC).year)
    kept = [[*each] for name in one["sets"] for each in case.set(name).values()]
    while kept.count([one["kind"], str(year)]) >= one["needed"]:
        year += 1
    return int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp())


def _keys(expression: str, case: Case, entry: Entry, trust: Trust) -> list[str]:
    keys = [""]
    for part in expression.split("/"):
        values = [*_taken(part, case, entry, trust)]
        keys = [f"{one}/{value}" if one else value for one in keys for value in values]
    return keys


def _taken(expression: str, case: Case, entry: Entry, trust: Trust) -> Iterator[str]:
    header, person = entry.header, trust.person(entry.header.author)
    what, _, name = expression.partition(".")
    if expression.startswith("'"):
        yield expression.strip("'")
    elif name:
        value = header.body.get(name)
        for one in [] if value is None else value if isinstance(value, list) else [value]:
            found = trust.person(one) if what == "person" else None
            note = case.entries.get(one) if what == "places" else None
            if what == "body":
                yield one["id"] if isinstance(one, dict) else str(one)
            elif found or note:
                yield found.person if found else note.compartment if note else ""
    elif what in ("person", "organisation"):
        yield from [getattr(person, what)] if person else []
    elif what == "disciplines":
        yield from sorted(person.disciplines) if person else []
    else:
        said = {"author": header.author, "here": header.compartment, "id": header.id}
        counted = {"epoch": header.epoch, "stored": entry.stored, "order": len(case.entries)}
        yield str({**said, **counted, "hash": entry.hash}[what])


def _proposals(
    case: Case, entry: Entry, person: Person | None, table: Table, row: Table | None
) -> None:
    header = entry.header
    answered = header.body.get("of", "")
    if header.kind == "ApprovalGiven" and answered in case.open and person:
        before = case.approvals.get(answered, Approval(frozenset(), 0)).persons
        case.approvals[answered] = Approval(before | {person.person}, entry.stored)
    lapsed = {one["kind"] for one in table["rows"] if header.kind in one["lapses_on"]}
    gone = {one for one, kind in case.open.items() if kind in lapsed}
    gone |= {header.body.get("proposal", "")}
    gone |= {answered} if header.kind == "ApprovalRefused" else set()
    for one in gone & case.open.keys():
        del case.open[one]
        case.approvals.pop(one, None)
    if row is not None and row["proposes"]:
        case.open[header.id] = header.kind
