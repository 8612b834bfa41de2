"""Entries of the right shape, that follow on a case: the facts of their bytes are simply stated."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from domain.check import NO_LOG_ROOT
from domain.entry import Entry, Header, Line, Parts, Payload
from domain.service import Service
from domain.state import Case
from domain.trust import NO_HASH, Trust

CASE = "c" * 32
SIZE = 584  # of a sealed payload: the least that padding gives


def hash_number(mark: str, number: int) -> str:
    """Text of the shape of a hash, another for each mark and number."""
    return f"{mark}{number:041}A"


def members(lines: Iterable[Line]) -> list[dict[str, str]]:
    return [
        {"device": line.device, "role": line.role, "wrap": hash_number("w", 0)}
        | ({"invitation": line.invitation} if line.invitation else {})
        for line in sorted(lines)
    ]


def following(
    case: Case | None,
    where: str,
    kind: str,
    author: str,
    body: dict[str, Any],
    number: int,
    stored: int,
    trust: Trust,
    service: Service,
) -> Entry:
    """An entry that goes on in a compartment, or opens it."""
    place = case.compartments.get(where) if case else None
    assert trust.roster is not None
    header = Header(
        case=CASE,
        compartment=where,
        seq=place.seq + 1 if place else 0,
        prev=place.head if place else NO_HASH,
        kind=kind,
        epoch=body.get("epoch", place.epoch if place else 0),
        author=author,
        roster=trust.roster.version,
        seen_size=0,
        seen_root=NO_LOG_ROOT,
        id=f"{number:032x}",
        at=stored,
        body=body,
        payload=Payload(hash_number("p", number), SIZE, hash_number("k", number), ())
        if service.carries_payload(kind)
        else None,
    )
    named = {author, *(line["device"] for line in body.get("members", ()))}
    carded = frozenset(named | ({body["device"]} if "device" in body else set()))
    opens_case = case is None
    return Entry(header, hash_number("e", number), stored, opens_case, True, carded, Parts.COMPLETE)


def opening(
    case: Case | None,
    kind: str,
    author: str,
    lines: Iterable[Line],
    extra: dict[str, object],
    number: int,
    stored: int,
    trust: Trust,
    service: Service,
) -> Entry:
    """An entry that opens a compartment of a type."""
    there = [one for one in case.compartments if one.startswith(f"{kind}-")] if case else []
    wall = service.walls[kind]
    grounds, purposes = sorted(service.grounds), sorted(service.purposes)
    body = {
        "epoch": 0,
        "commit": hash_number("c", number),
        "reason": "opened",
        "members": members(lines),
        "service": service.name,
        "salt": f"{number:021}A",
        "ground": wall.ground if wall.ground in grounds else grounds[0],
        "purpose": wall.purpose if wall.purpose in purposes else purposes[0],
        **extra,
    }
    name = f"{kind}-{100_000_001 + len(there)}"
    return following(case, name, "CompartmentOpened", author, body, number, stored, trust, service)


def changing(
    case: Case,
    where: str,
    author: str,
    lines: Iterable[Line],
    reason: str,
    approvals: list[str] | None,
    number: int,
    stored: int,
    trust: Trust,
    service: Service,
) -> Entry:
    """A change of members, into the next epoch."""
    body: dict[str, Any] = {
        "epoch": case.compartments[where].epoch + 1,
        "commit": hash_number("c", number),
        "reason": reason,
        "members": members(lines),
    }
    if approvals:
        body["approvals"] = approvals
    return following(case, where, "MembersChanged", author, body, number, stored, trust, service)


def again(entry: Entry, case: Case) -> Entry:
    """The same entry, as it would follow on another case."""
    header = entry.header
    place = case.compartments.get(header.compartment)
    if place is None:
        return entry
    epoch = place.epoch + (1 if header.changes_members else 0)
    body = {**header.body, "epoch": epoch} if "epoch" in header.body else header.body
    after = replace(header, seq=place.seq + 1, prev=place.head, epoch=epoch, body=body)
    return replace(entry, header=after)
