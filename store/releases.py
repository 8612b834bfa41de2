"""What a device may be given of the vault: its own wraps, and the sealed parts of those entries
that it was given a key to by one of them. Membership is looked at before, and elsewhere.

Grants of an analysis that was unsealed with others are given out once each of those was granted too
(`domain.services.support.analyses`): nobody reads the other's and keeps her own.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteCursor

from domain.entry import Header
from domain.services.support.analyses import held_back
from domain.state import Case
from store.events import EntryStored, event
from store.sqlite import EntryRecorder
from store.uploads import select_blob
from wire.header import parse_header
from wire.parts import SealedParts
from wire.paths import MAX_PAGE, MAX_PARTS_BYTES


class Attached(NamedTuple):
    """A sealed attachment that is there: its blob, and its size in bytes."""

    blob: str
    size: int


def wraps_for(
    entries: EntryRecorder, cursor: SQLiteCursor, case: Case | None, compartment: str, device: str
) -> list[tuple[str, bytes]]:
    """The wraps that a device was given in a compartment, with the entries that gave them."""
    if case is None:
        return []
    found = entries.select_wraps(cursor, UUID(case.case), compartment, device)
    if not compartment.startswith("analysis-") or not held_back(case, compartment):
        return found
    return [(entry, wrap) for entry, wrap in found if not _is_grant(case, entry)]


def _is_grant(case: Case, entry_id: str) -> bool:
    note = case.entries.get(entry_id)
    return note is not None and note.kind == "HistoryGranted"


def parts_for(
    entries: EntryRecorder, cursor: SQLiteCursor, case: Case | None, entry_id: str, device: str
) -> SealedParts | None:
    """Payload and key box of an entry; None for a device without a key to it, and for an entry
    that is not there."""
    if case is None or _given(entries, cursor, case, entry_id, device) is None:
        return None
    return entries.select_parts(cursor, UUID(case.case), entry_id)


class Released(NamedTuple):
    """parts: of one entry after another, None where the device has no key to it or they are gone.
    next: the seq to go on from, None at the end."""

    parts: list[tuple[Header, SealedParts | None]]
    next: int | None


def many_parts_for(
    entries: EntryRecorder,
    cursor: SQLiteCursor,
    case: Case | None,
    compartment: str,
    device: str,
    runs: Iterable[tuple[int, int]],
) -> Released:
    """Payload and key box of those entries of a compartment, first and last seq of each run, that
    have any; as many as go into one answer (MAX_PAGE, MAX_PARTS_BYTES), one at least."""
    found: list[tuple[Header, SealedParts | None]] = []
    if case is None:
        return Released(found, None)
    giving = _headers_giving(entries, cursor, case, compartment, device)
    room, looked_at = MAX_PARTS_BYTES, 0
    for first, last in runs:
        limit = MAX_PAGE - looked_at + 1
        for _, stored in entries.select_chain(cursor, UUID(case.case), compartment, first, limit):
            header = _parsed(stored)
            if header is None or header.seq > last:
                break
            if looked_at == MAX_PAGE:
                return Released(found, header.seq)
            looked_at += 1
            if header.payload is None:
                continue
            given = any(_gives(one, header) for one in giving)
            parts = entries.select_parts(cursor, UUID(case.case), header.id) if given else None
            if parts is None or parts.payload is None or parts.keybox is None:
                found.append((header, None))
                continue
            room -= len(parts.payload) + len(parts.keybox)
            if room < 0 and any(one for _, one in found):
                return Released(found, header.seq)
            found.append((header, parts))
    return Released(found, None)


def _headers_giving(
    entries: EntryRecorder, cursor: SQLiteCursor, case: Case, compartment: str, device: str
) -> list[Header]:
    """Of the entries that gave a device keys in a compartment."""
    found = (
        _header(entries, cursor, case, entry)
        for entry, _ in wraps_for(entries, cursor, case, compartment, device)
    )
    return [one for one in found if one is not None]


def attachment_for(
    entries: EntryRecorder,
    cursor: SQLiteCursor,
    case: Case | None,
    entry_id: str,
    device: str,
    number: int,
) -> Attached | None:
    """An attachment of an entry, from 1; None as for `parts_for`, and where it is not there."""
    if case is None:
        return None
    header = _given(entries, cursor, case, entry_id, device)
    blob = select_blob(cursor, UUID(case.case), entry_id, number)
    if header is None or header.payload is None or blob is None:
        return None
    return Attached(blob, header.payload.attachments[number - 1].size)


def _given(
    entries: EntryRecorder, cursor: SQLiteCursor, case: Case, entry_id: str, device: str
) -> Header | None:
    """The header of an entry to which a device was given a key."""
    header = _header(entries, cursor, case, entry_id)
    if header is None:
        return None
    giving = _headers_giving(entries, cursor, case, header.compartment, device)
    return header if any(_gives(one, header) for one in giving) else None


def _header(
    entries: EntryRecorder, cursor: SQLiteCursor, case: Case, entry_id: str
) -> Header | None:
    found = entries.select_entry(cursor, UUID(case.case), entry_id)
    return _parsed(found[1]) if found else None


def _parsed(row: StoredEvent) -> Header | None:
    stored = event(row)
    return parse_header(stored.header) if isinstance(stored, EntryStored) else None


def _gives(giving: Header, entry: Header) -> bool:
    """Whether the entry that carries a wrap gives a key to another entry."""
    if giving.changes_members:
        return giving.epoch == entry.epoch
    body = giving.body
    return entry.epoch in (body["epochs"] or ()) or entry.id in (body["entries"] or ())
