"""The audit: the rule book applied to the evidence, without any content key.

It fetches the structure of a case (headers, signatures, cards, trust documents) and runs the
pipeline of the server over all of it. What it cannot show without the log stands in LIMITS.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from client.errors import Distrust
from client.server.directory import Directory
from client.server.pins import Pins
from client.server.transport import Transport, next_page
from crypto.device import Card, card_from
from crypto.encoding import Malformed, unb64
from crypto.secret.seeds import DeviceKeys
from crypto.signatures import verify
from domain.access import Access, Moment, access
from domain.check import Rules
from domain.entry import Header
from domain.entry import Line as Member
from domain.guard import Link, Linked
from domain.refusal import Refused
from domain.services.registry import SERVICES, link_of
from domain.state import Case
from domain.trust import Trust
from wire.header import ENTRY_SIGNATURE_LABEL, entry_hash, parse_header
from wire.paths import MAX_PAGE, STRUCTURE, path
from wire.pipeline import Reading, as_linked, author_key, has_card
from wire.schemas import Structure

LIMITS = (
    "No public log yet: that nothing was cut off after the last entry, and that positions were not "
    "numbered anew, is the server's word.",
    "Times are the server's word.",
    "Sealed parts were not looked at.",
    "That everything given out was written into the read log is the server's word.",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One entry as it was handed over, with the entry of another case that it names."""

    position: int
    stored: int
    header: bytes
    signature: bytes
    linked: "Evidence | None" = None


class Line(NamedTuple):
    """One step of the history: who by role, what, when, from which state to which."""

    position: int
    stored: int
    compartment: str
    seq: int
    id: str
    kind: str
    role: str
    person: str | None
    before: str
    after: str
    epoch: int
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something does not hold: at which entry of the evidence (from 0), and by which rule."""

    index: int
    entry: str
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """The history up to the first fault, the state it ends in, and the fault if there is one.
    headers: of the history, as they were read; cases: the case after each."""

    history: tuple[Line, ...]
    case: Case | None
    finding: Finding | None
    headers: tuple[Header, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def holds(self) -> bool:
        return self.finding is None


def fetch(
    transport: Transport, keys: DeviceKeys, case: str
) -> tuple[list[Evidence], dict[str, Card]]:
    """All entries of a case in store order, and the cards. Raises ServerRefused, Distrust."""
    evidence: list[Evidence] = []
    cards: dict[str, Card] = {}
    after: int | None = 0
    while after is not None:
        query = {"after": after, "limit": MAX_PAGE}
        page = transport.get(Structure, path(STRUCTURE, case=case), query, keys)
        evidence += [_evidence(fields) for fields in page["entries"]]
        for fields in page["cards"]:
            try:
                card = card_from(fields)
            except Malformed:
                continue  # as good as absent: whoever needs it is refused by name
            cards[card.device] = card
        after = next_page(after, page["next"], came=len(evidence))
        if evidence and _case_of(evidence[-1]) != case:
            break  # it is judged by name as it is: what would follow is nobody's
    return evidence, cards


def _case_of(item: Evidence) -> str:
    try:
        return parse_header(item.header).case
    except Refused:
        return ""


def _evidence(fields: dict[str, Any]) -> Evidence:
    header, signature = unb64(fields["header"]), unb64(fields["signature"])
    linked = fields.get("linked")
    return Evidence(
        fields["position"],
        fields["stored"],
        header,
        signature,
        _evidence(linked) if linked else None,
    )


def replay(
    case: str,
    evidence: Sequence[Evidence],
    cards: dict[str, Card],
    directory: Directory,
    until: int | None = None,
) -> Report:
    """Judge the evidence of a case entry by entry; until: how many entries, None for all."""
    if not evidence:
        return Report((), None, Finding(0, "", "out-of-order", "no entry was handed over"))
    history: list[Line] = []
    headers: list[Header] = []
    cases: list[Case] = []
    reading = Reading(directory.newest, Rules(SERVICES), _fitting(cards, directory.newest))
    last = -1
    for index, item in enumerate(evidence if until is None else evidence[:until]):
        try:
            trust = directory.at(item.position)
            if index == 0 and (found := parse_header(item.header).case) != case:
                raise Distrust("wrong-case", f"this is of case {found}")
            if item.position <= last:
                raise Distrust("out-of-order", "not in the order of the store")
            before = reading.case
            reading, entry = reading.with_trust(trust).receive(
                item.header,
                item.signature,
                item.stored,
                linked=_linked(item, directory, reading.cards),
            )
            assert reading.case is not None  # an accepted entry leaves a case
            headers.append(entry.header)
            cases.append(reading.case)
            history.append(_line(item, entry.header, before, reading.case, trust))
        except (Refused, Distrust) as error:
            rule = error.refusal if isinstance(error, Refused) else error.name
            finding = Finding(index, _id(item.header), rule, error.detail)
            return _report(history, finding, headers, cases)
        last = item.position
    return _report(history, None, headers, cases)


def _linked(item: Evidence, directory: Directory, cards: Mapping[str, Card]) -> Linked | None:
    """The entry of another case that an entry names: that very one, by its author, and stored
    before. Raises Refused, Distrust."""
    other = item.linked
    if other is None:
        return None
    header = parse_header(item.header)
    link = link_of(header.kind, header.body)
    there, trust = parse_header(other.header), directory.at(other.position)
    key = author_key(there.author, trust, cards)
    named = Link(there.case, there.id, entry_hash(other.header)) == link
    if not named or key is None or other.position >= item.position:
        return None
    signed = verify(key, ENTRY_SIGNATURE_LABEL, other.header, other.signature)
    return as_linked(there, other.stored, trust) if signed else None


def _report(
    history: list[Line], finding: Finding | None, headers: list[Header], cases: list[Case]
) -> Report:
    newest = cases[-1] if cases else None
    return Report(tuple(history), newest, finding, tuple(headers), tuple(cases))


def access_of(report: Report, directory: Directory, until: int | None = None) -> Access:
    """Who could read what, from the headers that were replayed. until: the last position that
    counts."""
    moments = (Moment(line.position, line.stored) for line in report.history)
    return access(zip(moments, report.headers, strict=True), directory.at, until)


def hold_to_pins(case: str, evidence: Sequence[Evidence], pins: Pins, known: int = -1) -> None:
    """Compare a whole case that holds with what was seen of it before, and pin it anew. known: a
    position of the store that was known when the case was asked for, whose answer includes it.

    Raises Distrust as `check_pins`.
    """
    chains = check_pins(case, evidence, pins)
    for name, hashes in chains.items():
        pins.pin_head(case, name, len(hashes) - 1, hashes[-1], evidence[-1].position)
        pins.pin_whole((case, name), max(known, evidence[-1].position))
    pins.save()


def check_pins(case: str, evidence: Sequence[Evidence], pins: Pins) -> dict[str, list[str]]:
    """Compare all that is shown of a case with what was seen of it before; the entry hashes of each
    compartment. Raises Distrust: went-back, forked, and malformed for what is no entry."""
    chains: dict[str, list[str]] = {}
    try:
        for item in evidence:
            header = parse_header(item.header)
            name = header.compartment
            pins.check_position((case, name), header.seq, item.position)
            chains.setdefault(name, []).append(entry_hash(item.header))
    except Refused as error:
        raise Distrust(error.refusal, error.detail) from error
    for name in pins.compartments(case) - chains.keys():
        raise Distrust("went-back", f"{name} was seen before and is not shown now")
    for name, hashes in chains.items():
        pins.check_head(case, name, hashes)
    return chains


def _fitting(cards: dict[str, Card], trust: Trust) -> dict[str, Card]:
    return {device: card for device, card in cards.items() if has_card(device, trust, cards)}


def _line(item: Evidence, header: Header, before: Case | None, after: Case, trust: Trust) -> Line:
    compartment = after.compartments[header.compartment]
    standing = compartment.line(header.author)
    if standing is None and before is not None and header.compartment in before.compartments:
        standing = before.compartments[header.compartment].line(header.author)
    return Line(
        item.position,
        item.stored,
        header.compartment,
        header.seq,
        header.id,
        header.kind,
        standing.role if standing else "from outside",
        trust.person_of(header.author),
        before.state if before else "",
        after.state,
        compartment.epoch,
        _readers(compartment.lines),
    )


@lru_cache(maxsize=64)  # they are the same until members change
def _readers(lines: tuple[Member, ...]) -> tuple[str, ...]:
    return tuple(f"{line.role} {line.device[:8]}" for line in lines)


def _id(header: bytes) -> str:
    try:
        return parse_header(header).id
    except Refused:
        return "(unreadable)"
