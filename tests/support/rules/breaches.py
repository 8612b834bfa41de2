"""Entries that break one rule of the protocol each, made of such as are accepted: what no row
speaks of, in the order of PROTOCOL.md section 4."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from domain.entry import Attachment, Entry, Line, Parts, Payload
from domain.guard import Linked
from domain.membership import OUTSIDE_ROLES
from domain.refusal import Refused
from domain.trust import NO_HASH
from tests.support.rules.cast import START
from tests.support.rules.entries import SIZE, hash_number, members
from tests.support.rules.explorer import Explorer
from tests.support.rules.features import Feature
from tests.support.rules.judging import Node, Tried
from tests.support.rules.writing import ANOTHER_CASE, EXAMPLES, UNKNOWN
from wire.header import header_bytes, parse_header

Breach = Callable[[Entry], Entry | None]
A_NUMBER = 999_999


def _header(**changes: Any) -> Breach:
    return lambda entry: replace(entry, header=replace(entry.header, **changes))


def _facts(**changes: Any) -> Breach:
    return lambda entry: replace(entry, **changes)


def _body(only: Callable[[Entry], bool], change: Callable[[dict[str, Any]], Any]) -> Breach:
    def breach(entry: Entry) -> Entry | None:
        body = dict(entry.header.body)
        if not only(entry):
            return None
        change(body)
        return replace(entry, header=replace(entry.header, body=body))

    return breach


def _opens(entry: Entry) -> bool:
    return entry.header.opens


def _opens_the_case(entry: Entry) -> bool:
    return entry.header.opens and entry.fits_case


def _later(seconds: int) -> Breach:
    def breach(entry: Entry) -> Entry:
        return replace(entry, header=replace(entry.header, at=entry.header.at + seconds))

    return breach


def _number(name: str, more: int) -> Breach:
    def breach(entry: Entry) -> Entry | None:
        body = dict(entry.header.body)
        if name == "epoch" and name in body:
            body[name] += more
        changed = {name: getattr(entry.header, name) + more, "body": body}
        return replace(entry, header=replace(entry.header, **changed))

    return breach


def _opened_again(entry: Entry) -> Entry | None:
    if not entry.header.opens or entry.fits_case:
        return None
    name = entry.header.compartment.replace("-10000000", "-90000000")
    header = replace(entry.header, compartment=name, kind="MemberLeft", body={})
    return replace(entry, header=header)


def _payload(entry: Entry) -> Entry:
    number = int(entry.header.id, 16)
    other = None
    if entry.header.payload is None:
        other = Payload(hash_number("p", number), SIZE, hash_number("k", number), ())
    return replace(entry, header=replace(entry.header, payload=other))


def _files(*hashes: str) -> Breach:
    def breach(entry: Entry) -> Entry | None:
        payload = entry.header.payload
        if payload is None:
            return None
        files = tuple(Attachment(one or payload.hash, 16_472) for one in hashes)
        return replace(
            entry, header=replace(entry.header, payload=payload._replace(attachments=files))
        )

    return breach


BREACHES: dict[str, Breach] = {
    "another case": _header(case=ANOTHER_CASE),
    "an opener and salt of another case": _facts(fits_case=False),
    "a place in the chain too far": _number("seq", 1),
    "another entry before it": _header(prev=EXAMPLES[1]),
    "a place that is not open": _opened_again,
    "a place opened at number one": lambda entry: (
        replace(entry, header=replace(entry.header, seq=1)) if entry.header.opens else None
    ),
    "a chain that begins again": _header(seq=0, prev=NO_HASH),
    "nobody's signature": _facts(signature_good=False),
    "an author nobody knows": _header(author="0b" * 16),
    "an old roster": _number("roster", 1),
    "an expired roster": _facts(stored=START * 2),
    "a view of a log": _header(seen_size=1),
    "another root of the log": _header(seen_root=EXAMPLES[1]),
    "a clock ten minutes late": _later(-600),
    "a clock eleven minutes late": _later(-660),
    "a clock eleven minutes early": _later(660),
    "another epoch": _number("epoch", 1),
    "no cards": lambda entry: (
        replace(entry, carded=frozenset({entry.header.author}))
        if entry.header.changes_members
        else None
    ),
    "parts that are not there": _facts(parts=Parts.MISSING),
    "other parts than it names": _facts(parts=Parts.MISMATCHED),
    "parts that were not looked at": _facts(parts=Parts.NOT_LOOKED_AT),
    "a payload where none goes, or none where one does": _payload,
    "a file": _files(hash_number("a", A_NUMBER)),
    "two files that are one": _files(hash_number("a", A_NUMBER), hash_number("a", A_NUMBER)),
    "a file that is the text": _files(""),
    "a service nobody knows": _body(_opens, lambda body: body.update(service="a_service")),
    "a ground of no service": _body(_opens, lambda body: body.update(ground="a_ground")),
    "a purpose of no service": _body(_opens, lambda body: body.update(purpose="a_purpose")),
    "rules nobody knows": _body(_opens_the_case, lambda body: body.update(rules=A_NUMBER)),
}


def _judge(
    explorer: Explorer, node: Node, entry: Entry, linked: Linked | None, shows: Feature
) -> None:
    """As the explorer does, but for what has not even the shape of a header."""
    try:
        parse_header(header_bytes(entry.header))
    except Refused as refused:
        explorer.note(node, entry, linked, refused, shows)
    else:
        explorer.judge(node, entry, linked, shows)


def breaches(explorer: Explorer) -> None:
    """Try each with one accepted entry of each sort, and who stands where nobody should."""
    for tried in _samples(explorer):
        sort = _sort(tried.entry)
        for name, breach in BREACHES.items():
            entry = breach(tried.entry)
            if entry is not None:
                _judge(explorer, tried.before, entry, tried.linked, ("breach", name, sort))
        for name, entry in _of_the_case(explorer, tried):
            _judge(explorer, tried.before, entry, tried.linked, ("breach", name, sort))
        _by_other_rosters(explorer, tried, sort)
    for tried in _openings(explorer):
        for name in explorer.service.opening:
            body = {one: kept for one, kept in tried.entry.header.body.items() if one != name}
            entry = replace(tried.entry, header=replace(tried.entry.header, body=body))
            _judge(explorer, tried.before, entry, None, ("breach", "no field", name))
    _owed(explorer)
    _joined(explorer)


def _sort(entry: Entry) -> str:
    header = entry.header
    if header.changes_members:
        return "opens the case" if _opens_the_case(entry) else header.body["reason"]
    return "with a payload" if header.payload else "without a payload"


def _samples(explorer: Explorer) -> list[Tried]:
    """The last accepted entry of each sort, by someone of a roster and by someone of none."""
    found: dict[tuple[str, bool], Tried] = {}
    for tried in explorer.vectors:
        if not tried.refused:
            listed = explorer.trust(tried.before).device(tried.entry.header.author) is not None
            found[_sort(tried.entry), listed] = tried
    return list(found.values())


def _openings(explorer: Explorer) -> list[Tried]:
    return [one for one in explorer.vectors if not one.refused and _opens_the_case(one.entry)][:1]


def _of_the_case(explorer: Explorer, tried: Tried) -> Iterator[tuple[str, Entry]]:
    """What is a breach because of what is there already."""
    case, header = tried.before.case, tried.entry.header
    if case is None:
        return
    again = replace(header, id=next(one for one, _ in case.entries.items()))
    yield "an id that is there", replace(tried.entry, header=again)
    parts = [one for one, _ in case.parts.items()]
    if parts and header.payload:
        payload = header.payload._replace(hash=parts[0])
        yield "a part that is there", replace(tried.entry, header=replace(header, payload=payload))
    for name, author in (
        ("someone who stands elsewhere", explorer.cast.third(explorer.cast.listed[0])),
        ("someone of no roster", explorer.cast.guest(explorer.cast.unlisted_role)),
    ):
        other = replace(header, author=author)
        yield name, replace(tried.entry, header=other, carded=tried.entry.carded | {author})


def _by_other_rosters(explorer: Explorer, tried: Tried, sort: str) -> None:
    """The same where its author is revoked, and where somebody else who stands there is."""
    trust, case, header = explorer.trust(tried.before), tried.before.case, tried.entry.header
    place = case.compartments.get(header.compartment) if case else None
    lines = place.lines if place else tried.entry.header.lines
    for name, who in (
        ("a revoked author", header.author),
        ("another revoked", next((one.device for one in lines if one.device != header.author), "")),
    ):
        if trust.device(who) is not None:
            node = replace(tried.before, trust=explorer.cast.without(tried.before.trust, who))
            _judge(explorer, node, tried.entry, tried.linked, ("breach", name, sort))


def _owed(explorer: Explorer) -> None:
    """Whatever may be written, right after somebody left or was replaced."""
    after: dict[str, Node] = {}
    for tried in explorer.vectors:
        kind = tried.entry.header.kind
        if not tried.refused and kind in ("MemberLeft", "RequesterKeyReplaced", "PayloadErased"):
            node = explorer.judge(tried.before, tried.entry, tried.linked)
            if node:
                after.setdefault(kind, node)
    for kind, node in after.items():
        assert node.entry is not None and node.case is not None
        where = node.entry.header.compartment
        if not node.case.compartments[where].owed:
            continue
        for number, step in explorer.rows:
            for found in explorer.steps(node, number, step, only=where):
                assert found.entry is not None
                sort = ("breach", "owed", kind, found.entry.header.kind)
                _judge(explorer, node, found.entry, None, sort)
        list(explorer.changes(node))


def _joined(explorer: Explorer) -> None:
    """Who may not be listed: of another role, of no roster, who left, by another's invitation."""
    sorts = {"joined", "rotated", "removed"}
    for tried in [one for one in explorer.vectors if not one.refused]:
        header = tried.entry.header
        if header.kind != "MembersChanged" or header.body["reason"] not in sorts:
            continue
        sorts.discard(header.body["reason"])
        assert tried.before.case is not None
        place = tried.before.case.compartments[header.compartment]
        cast = explorer.cast
        office = OUTSIDE_ROLES["PayloadErased"]
        guests = {
            "of another role": Line(cast.first(office), cast.roles[0], None),
            "of no roster": Line("0b" * 16, cast.roles[0], None),
            "by an invitation nobody wrote": Line("0b" * 16, cast.unlisted_role, UNKNOWN),
            "of a roster, by an invitation": Line(cast.first(office), office, UNKNOWN),
            "who stands nowhere": Line(cast.first(office), office, None),
            **{f"who is gone {one}": Line(one, cast.roles[0], None) for one in sorted(place.gone)},
            **{
                f"by a used invitation {name}": Line("0b" * 16, one.role, name)
                for name, one in place.invitations.items()
            },
        }
        for name, line in guests.items():
            if any(line.device == other.device for other in header.lines):
                continue
            body = {**header.body, "members": members([*header.lines, line])}
            entry = replace(tried.entry, header=replace(header, body=body))
            entry = replace(entry, carded=entry.carded | {line.device})
            _judge(explorer, tried.before, entry, None, ("breach", name, header.body["reason"]))
        for reason in ("joined", "left", "removed", "rotated"):
            body = {**header.body, "reason": reason}
            entry = replace(tried.entry, header=replace(header, body=body))
            key = ("breach", "another reason", header.body["reason"], reason)
            _judge(explorer, tried.before, entry, None, key)
