"""Stored entries at their positions, and the entries of other cases that they name."""

from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.sqlite import SQLiteCursor

from domain.entry import Header
from domain.guard import Linked
from domain.refusal import Refused
from domain.services.registry import link_of
from store.events import EntryStored, event
from store.folds import Folds
from store.sqlite import EntryRecorder
from wire.header import entry_hash, parse_header
from wire.pipeline import as_linked


class Placed(NamedTuple):
    """A stored entry at its position."""

    position: int
    entry: EntryStored


def placed(row: tuple[int, Any]) -> Placed:
    position, stored = row[0], event(row[1])
    assert isinstance(stored, EntryStored)  # only entries stand in a case's stream
    return Placed(position, stored)


def select_linked(entries: EntryRecorder, cursor: SQLiteCursor, header: Header) -> Placed | None:
    """The entry of another case that a header names, if that case holds it."""
    link = link_of(header.kind, header.body)
    row = entries.select_entry(cursor, UUID(link.case), link.id) if link else None
    found = placed(row) if row else None
    if found is None or link is None or entry_hash(found.entry.header) != link.hash:
        return None
    return found


def linked_to(
    entries: EntryRecorder, folds: Folds, cursor: SQLiteCursor, header: Header
) -> Linked | None:
    """The same, as the rules look at it."""
    found = select_linked(entries, cursor, header)
    if found is None:
        return None
    there = parse_header(found.entry.header)
    trust = folds.trust_of_roster(cursor, there.roster)
    return as_linked(there, found.entry.stored, trust)


def linked_in(entries: EntryRecorder, header: bytes) -> Placed | None:
    """What a stored header names; nothing where it was changed since and is no header."""
    try:
        parsed = parse_header(header)
    except Refused:
        return None
    if link_of(parsed.kind, parsed.body) is None:
        return None
    with entries.reading() as cursor:
        return select_linked(entries, cursor, parsed)
