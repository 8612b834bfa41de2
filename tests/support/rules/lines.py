"""The rule vectors as lines of JSON, as any program can replay them: what a line says, written and
read. How they are found stands in `vectors`.

A file is one object a line. First the trusts, by name:

    {"trust": "everyone", "root": {…}, "roster": {…}}

then entries, each judged after what was accepted on the way to it:

    {"id": 7, "after": 6, "service": "consultation", "rules": 1, "trust": "everyone",
     "entry": {"header": {…}, "hash": …, "stored": …, "fits_case": …, "signature_good": …,
               "carded": […], "parts": "complete"}, "linked": null,
     "whole": {"verdict": "", "state": …, "case": …},
     "parts": [{"places": […], "verdict": "wrong-state"}]}

id stands only where other lines come after this one; after is null where a case begins. verdict is
"" for an entry that is accepted; then `case` begins the hash of the case after it (`plain_case`,
`case_hash`). parts are readers who hold these compartments alone.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from crypto.encoding import canonical, hash_of
from domain.entry import Entry, Parts
from domain.guard import Linked
from domain.state import Case, Compartment
from domain.trust import Device, Person, Root, Roster, Trust
from wire.header import header_bytes, parse_header

FILE = Path(__file__).parents[2] / "vectors" / "rules-v1.jsonl.gz"


def packed(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """A file of lines: the same bytes for the same lines, whenever and wherever it is made."""
    text = b"".join(canonical(line) + b"\n" for line in lines)
    return gzip.compress(text, compresslevel=9, mtime=0)


def read(file: bytes) -> Iterator[dict[str, Any]]:
    for line in gzip.decompress(file).splitlines():
        yield json.loads(line)


# --- trust ---------------------------------------------------------------------------------------


def trust_line(name: str, trust: Trust) -> dict[str, Any]:
    root, roster = trust.root, trust.roster
    assert root is not None and roster is not None
    people = {
        one.person: {
            "roles": sorted(one.roles),
            "organisation": one.organisation,
            "disciplines": sorted(one.disciplines),
        }
        for one in roster.people.values()
    }
    devices = {
        one.device: {"person": one.person, "revoked": one.revoked}
        for one in roster.devices.values()
    }
    return {
        "trust": name,
        "root": {"invitable": sorted(root.invitable)},
        "roster": {
            "version": roster.version,
            "expires": roster.expires,
            "people": people,
            "devices": devices,
        },
    }


def trust_of(line: Mapping[str, Any]) -> Trust:
    said = line["roster"]
    people = {
        name: Person(
            name, frozenset(one["roles"]), one["organisation"], frozenset(one["disciplines"])
        )
        for name, one in said["people"].items()
    }
    devices = {
        name: Device(name, one["person"], "", one["revoked"])
        for name, one in said["devices"].items()
    }
    root = Root("", 1, said["expires"], 1, (), (), 14, (), frozenset(line["root"]["invitable"]))
    roster = Roster("", "", said["version"], said["expires"], 1, people, devices)
    return Trust("", root, roster)


# --- entries -------------------------------------------------------------------------------------


def entry_line(entry: Entry) -> dict[str, Any]:
    return {
        "header": json.loads(header_bytes(entry.header)),
        "hash": entry.hash,
        "stored": entry.stored,
        "fits_case": entry.fits_case,
        "signature_good": entry.signature_good,
        "carded": sorted(entry.carded),
        "parts": entry.parts.name.lower(),
    }


def entry_of(line: Mapping[str, Any]) -> Entry:
    """Raises Refused: malformed, for a header that has not the shape that it should have."""
    return Entry(
        parse_header(canonical(line["header"])),
        line["hash"],
        line["stored"],
        line["fits_case"],
        line["signature_good"],
        frozenset(line["carded"]),
        Parts[line["parts"].upper()],
    )


def linked_line(linked: Linked | None) -> dict[str, Any] | None:
    return None if linked is None else {**linked._asdict(), "body": dict(linked.body)}


def linked_of(line: Mapping[str, Any] | None) -> Linked | None:
    return None if line is None else Linked(**line)


# --- cases ---------------------------------------------------------------------------------------


def plain_case(case: Case) -> dict[str, Any]:
    """All of a case that later rules look at."""
    return {
        "case": case.case,
        "service": case.service,
        "rules": case.rules,
        "state": case.state,
        "openers": sorted(case.openers),
        "facts": dict(case.facts),
        "sets": {
            name: {key: list(value) for key, value in kept.items()}
            for name, kept in case.sets.items()
            if kept
        },
        "open": dict(case.open),
        "approvals": {
            one: {"persons": sorted(given.persons), "last": given.last}
            for one, given in case.approvals.items()
        },
        "used": sorted(case.used),
        "parts": sorted(part for part, _ in case.parts.items()),
        "entries": [one for one, _ in case.entries.items()],
        "places": {name: _plain_place(place) for name, place in case.compartments.items()},
    }


def _plain_place(place: Compartment) -> dict[str, Any]:
    return {
        "seq": place.seq,
        "head": place.head,
        "epoch": place.epoch,
        "members": [list(line) for line in place.lines],
        "epoch_author": place.epoch_author,
        "owed": place.owed,
        "waits_for": place.waits_for,
        "waits_since": place.waits_since,
        "moments": dict(place.moments),
        "gone": sorted(place.gone),
        "dead": sorted(place.dead),
        "refusers": sorted(place.refusers),
        "refused_before": sorted(place.refused_before),
        "invitations": {
            name: {"role": one.role, "expires": one.expires, "device": one.device}
            for name, one in place.invitations.items()
        },
    }


def case_hash(plain: Mapping[str, Any]) -> str:
    """The first 16 characters of H of its canonical JSON (what stands in it is ASCII, so that this
    is that): a whole hash compresses to nothing less, and nobody forges a vector."""
    return hash_of(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode())[:16]
