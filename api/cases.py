"""Reading a case: timelines for those behind a wall, structure for auditors."""

import time
from typing import Any

from api.blueprint import Blueprint
from api.problems import ProblemError, documented
from api.proof import holder_in, holder_of, member_of
from api.reads import recorded
from api.rendering import structure_entry, timeline_entry
from api.state import opened
from crypto.encoding import b64
from domain.charge import ASSIGNEE
from domain.refusal import Refused
from domain.services.registry import SERVICES
from domain.state import Case
from projections.timeline import read_timeline
from store.application import NoSuchCase
from wire.header import parse_header
from wire.part_schemas import ManyParts, ManyPartsQuery, PartsSchema
from wire.paths import CASES, MANY_PARTS, MAX_WAIT_SECONDS, PARTS, STRUCTURE, TIMELINE, WRAPS
from wire.pipeline import named_devices
from wire.reads import STRUCTURE_ROLES, UNREADABLE
from wire.schemas import (
    CaseList,
    NoQuery,
    Structure,
    StructureQuery,
    Timeline,
    TimelineQuery,
    Wraps,
    show_parts,
)
from wire.seqs import read_seqs

blueprint = Blueprint("cases", __name__, description="Reading cases")
POLL_SECONDS = 0.005  # SQLite tells no other process that something was written


def wait_for(projection: str, position: int) -> int:
    """Wait until a projection has come to a position; where it is now.

    Raises ProblemError, also for one that was set aside: what it holds is old.
    Nobody is kept waiting for a position that the store has not given yet: it would hold a thread.
    """
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while True:
        with opened().views.reading() as cursor:
            if projection in opened().views.aside(cursor):
                raise ProblemError("set-aside")
        if (seen := opened().views.position(projection)) >= position:
            return seen
        if time.monotonic() > deadline or opened().store.position() < position:
            raise ProblemError("not-yet")
        time.sleep(POLL_SECONDS)


@blueprint.route(TIMELINE)
@blueprint.arguments(TimelineQuery, location="query")
@blueprint.response(200, Timeline)
@documented(400, 404, 409, 429, 503)
def timeline(query: dict[str, Any], case: str, compartment: str) -> dict[str, Any]:
    """Entries of a compartment, for its present members

    Signed by a device that stands in the compartment. `wait` holds the answer until the timeline
    includes that position.
    """
    device, known = member_of(case, compartment)
    newest = opened().store.position()
    seen = wait_for("timeline", query["wait"])
    with opened().views.reading() as cursor:
        rows = read_timeline(cursor, case, compartment, query["after"], query["limit"] + 1)
    page = rows[: query["limit"]]
    return {
        "entries": [timeline_entry(row) for row in page],
        "next": page[-1].seq if len(rows) > len(page) else None,
        "seen": seen,
        "newest": newest,
        "charge": _charge(known, compartment, device),
    }


def _charge(known: Case, compartment: str, device: str) -> list[str]:
    """Whose case it is: told to those who ask alone, where they are the ones to let that person in
    (a consultation that was given to another). To anybody else it may be of another place."""
    place = known.compartments[compartment]
    line, service = place.line(device), SERVICES[known.service]
    if line is None or line.role not in service.askers:
        return []
    if not service.walls[place.type].adds.get(line.role):
        return []
    return [known.facts[ASSIGNEE]] if known.facts.get(ASSIGNEE) else []


@blueprint.route(PARTS)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, PartsSchema)
@documented(400, 404, 409, 429, 503)
def parts(_: dict[str, Any], case: str, compartment: str, entry: str) -> dict[str, Any]:
    """Ciphertext and key box of an entry, for a device that was given a key to it"""
    with recorded("PayloadFetched", case, compartment=compartment, entry=entry) as reading:
        device, known = member_of(case, compartment)
        reading.by(device, known)
        note = known.entries.get(entry)
        if note is None or note.compartment != compartment:
            raise NoSuchCase
        held = opened().store.parts_for(case, entry, device)
        shown = show_parts(held) if held else {}
        if "payload" not in shown:
            raise NoSuchCase
    return shown


@blueprint.route(MANY_PARTS)
@blueprint.arguments(ManyPartsQuery, location="query")
@blueprint.response(200, ManyParts)
@documented(400, 404, 409, 429, 503)
def many_parts(query: dict[str, Any], case: str, compartment: str) -> dict[str, Any]:
    """Ciphertext and key box of many entries at once, for a device that was given keys to them

    Whether each was given or refused is a line of the read log of its own.
    """
    with recorded("PayloadFetched", case, compartment=compartment, entry=UNREADABLE) as reading:
        device, known = member_of(case, compartment)
        reading.by(device, known)
        runs = read_seqs(query["seqs"])
        found = opened().store.many_parts_for(case, compartment, device, runs)
        reading.entries = {header.id: parts is not None for header, parts in found.parts}
    given = [(header.id, parts) for header, parts in found.parts if parts is not None]
    return {
        "parts": [{"entry": entry, **show_parts(parts)} for entry, parts in given],
        "next": found.next,
    }


@blueprint.route(WRAPS)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, Wraps)
@documented(400, 404, 409, 429, 503)
def wraps(_: dict[str, Any], case: str, compartment: str) -> dict[str, Any]:
    """The wraps that the asking device was given in a compartment, in order"""
    device = member_of(case, compartment)[0]
    given = opened().store.wraps(case, compartment, device)
    return {"wraps": [{"entry": entry, "wrap": b64(wrap)} for entry, wrap in given]}


@blueprint.route(CASES)
@blueprint.arguments(StructureQuery, location="query")
@blueprint.response(200, CaseList)
@documented(400, 404, 409, 429, 503)
def cases(query: dict[str, Any]) -> dict[str, Any]:
    """Every case of the store with the number of its entries, for auditors

    `after` is a position of the store: cases whose first entry stands behind it follow, oldest
    first.
    """
    holder_of("auditor")
    found = opened().store.cases(query["after"], query["limit"])
    return {
        "cases": [{"case": case, "entries": entries} for case, entries in found.cases],
        "position": found.position,
        "next": found.next,
    }


@blueprint.route(STRUCTURE)
@blueprint.arguments(StructureQuery, location="query")
@blueprint.response(200, Structure)
@documented(400, 404, 409, 429, 503)
def structure(query: dict[str, Any], case: str) -> dict[str, Any]:
    """Headers of all compartments of a case, for auditors, supervisors and privacy officers

    `after` counts entries of the case. Sealed parts are not given. An entry of another case that a
    rule looks at stands beside the one that names it.
    """
    with recorded("StructureFetched", case) as reading:
        reading.by(holder_in(case, *STRUCTURE_ROLES), None)
    start = max(query["after"], 0)
    placed = opened().store.structure(case, start, query["limit"] + 1)
    page = placed[: query["limit"]]
    linked = [opened().store.linked(one.entry.header) for one in page]
    shown = [*page, *filter(None, linked)]
    devices = set().union(*(_named(one.entry.header) for one in shown))
    cards = opened().store.cards(sorted(devices))
    return {
        "entries": [structure_entry(*one) for one in zip(page, linked, strict=True)],
        "cards": [card.fields() for card in cards.values()],
        "next": start + len(page) if len(placed) > len(page) else None,
    }


def _named(header: bytes) -> set[str]:
    """The devices that a stored header names; none where it was changed since and is no header, for
    auditors are to see it as it is."""
    try:
        return named_devices(parse_header(header))
    except Refused:
        return set()
