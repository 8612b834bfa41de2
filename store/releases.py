"""What a device may be given of the vault: its own wraps, and the sealed parts of those entries
that it was given a key to by one of them. Membership is looked at before, and elsewhere.

Grants of an analysis that was unsealed with others are given out once each of those was granted too
(`domain.analyses`): nobody reads the other's and keeps her own.
"""

from typing import NamedTuple
from uuid import UUID

from eventsourcing.sqlite import SQLiteCursor

from domain.analyses import held_back
from domain.entry import Header
from domain.state import Case
from store.events import EntryStored, event
from store.sqlite import EntryRecorder
from store.uploads import select_blob
from wire.header import parse_header
from wire.parts import SealedParts


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
    for giving, _ in wraps_for(entries, cursor, case, header.compartment, device):
        given = _header(entries, cursor, case, giving)
        if given is not None and _gives(given, header):
            return header
    return None


def _header(
    entries: EntryRecorder, cursor: SQLiteCursor, case: Case, entry_id: str
) -> Header | None:
    found = entries.select_entry(cursor, UUID(case.case), entry_id)
    stored = event(found[1]) if found else None
    return parse_header(stored.header) if isinstance(stored, EntryStored) else None


def _gives(giving: Header, entry: Header) -> bool:
    """Whether the entry that carries a wrap gives a key to another entry."""
    if giving.changes_members:
        return giving.epoch == entry.epoch
    body = giving.body
    return entry.epoch in (body["epochs"] or ()) or entry.id in (body["entries"] or ())
