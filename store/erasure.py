"""Erasing: what an accepted `PayloadErased` takes out of the vault, for good (PROTOCOL.md 3).

Entries and chain stay. What is deleted is overwritten in the database (`secure_delete`), and the
write-ahead log, which holds pages as they were, is emptied.
"""

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from eventsourcing.persistence import OperationalError
from eventsourcing.sqlite import SQLiteCursor

from domain.entry import Header
from store.events import EntryStored, event
from store.sqlite import LOCK_TIMEOUT_SECONDS, EntryRecorder
from store.uploads import Uploads, select_blobs
from wire.header import parse_header

ERASED = "PayloadErased"
GRANTED = "HistoryGranted"
PAUSE_SECONDS = 0.01


class Erased(NamedTuple):
    """Entries by id: those whose payload and key box go, and those whose wraps go."""

    contents: frozenset[str]
    wraps: frozenset[str]


def erased_by(chain: Sequence[Header], erasure: Header) -> Erased:
    """What an erasure takes, given the entries of its compartment: the contents it names, or all
    before the proposal, and each wrap that carries a named one's own key: that of an epoch opens
    nothing whose key box is gone, and others' messages with it."""
    body = erasure.body
    seq = next(header.seq for header in chain if header.id == body["proposal"])
    before = [header for header in chain if header.seq < seq]
    if body["entries"] is None:
        return Erased(
            frozenset(header.id for header in before if header.payload),
            frozenset(h.id for h in before if h.changes_members or h.kind == GRANTED),
        )
    named = frozenset(body["entries"])
    grants = (
        header.id
        for header in chain
        if header.kind == GRANTED
        and header.seq < erasure.seq
        and named & {*(header.body["entries"] or ())}
    )
    return Erased(named, frozenset(grants))


class Deleted(NamedTuple):
    """How many parts were deleted, and the blobs that belonged to them."""

    parts: int
    blobs: tuple[str, ...]


def erase(entries: EntryRecorder, cursor: SQLiteCursor, erasure: Header) -> Deleted:
    """Delete what an erasure names, in the transaction of the cursor. The blobs are to be deleted
    once it is committed."""
    case = UUID(erasure.case)
    # By what is signed, not by the columns beside it: nothing may be passed over.
    stored = [event(row) for _, row in entries.select_stream(cursor, case)]
    headers = [parse_header(one.header) for one in stored if isinstance(one, EntryStored)]
    chain = [header for header in headers if header.compartment == erasure.compartment]
    found = erased_by(chain, erasure)
    blobs = tuple(select_blobs(cursor, case, found.contents))
    contents = _delete(cursor, case, found.contents, "!=")
    return Deleted(contents + _delete(cursor, case, found.wraps, "="), blobs)


def _delete(cursor: SQLiteCursor, case: UUID, ids: Iterable[str], which: str) -> int:
    total = 0
    for entry_id in ids:
        cursor.execute(
            f"DELETE FROM vault WHERE originator_id=? AND entry_id=? AND part{which}'wrap'",
            (case.hex, entry_id),
        )
        cursor.execute("SELECT changes()")
        total += cursor.fetchone()[0]
    return total


def erase_again(entries: EntryRecorder, uploads: Uploads) -> int:
    """Apply every erasure once more; how many parts were there again. Blobs that no part speaks of
    any more go too."""
    with entries.turn() as cursor:
        # An entry's state ends with its header as canonical JSON: the kind stands in it as bytes.
        cursor.execute(
            f"SELECT state FROM {entries.events_table_name} WHERE entry_id IS NOT NULL "
            f'AND instr(state, CAST(\'"kind":"{ERASED}"\' AS BLOB))'
        )
        headers = [parse_header(row["state"][72:]) for row in cursor.fetchall()]
        total = sum(erase(entries, cursor, header).parts for header in headers)
    if headers:
        wipe_log(entries)
    uploads.sweep_unknown()
    return total


def wipe_log(entries: EntryRecorder) -> None:
    """Bring the write-ahead log into the database and empty it. Waits for those who read.

    Raises OperationalError when some of them stay too long.
    """
    deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
    with entries.datastore.get_connection(commit=False) as connection:
        while True:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if not cursor.fetchone()[0]:
                return
            if time.monotonic() > deadline:
                raise OperationalError("someone keeps reading: the write-ahead log is not empty")
            time.sleep(PAUSE_SECONDS)
