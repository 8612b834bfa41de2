"""Which cases there are, for those who audit the whole store."""

from typing import NamedTuple
from uuid import UUID

from eventsourcing.sqlite import SQLiteCursor

from store.events import TRUST_STREAM
from store.sqlite import EntryRecorder


class CasesBegun(NamedTuple):
    """cases: with the number of their entries. position: of the newest event of the store. next:
    after which position there are more, None if there are none."""

    cases: tuple[tuple[str, int], ...]
    position: int
    next: int | None


def cases_begun(entries: EntryRecorder, cursor: SQLiteCursor, after: int, limit: int) -> CasesBegun:
    """Cases whose first entry stands after a position, in store order."""
    cursor.execute(
        f"SELECT rowid, originator_id FROM {entries.events_table_name} "
        "WHERE originator_version=1 AND originator_id<>? AND rowid>? ORDER BY rowid LIMIT ?",
        (TRUST_STREAM.hex, after + 1, limit + 1),
    )
    begun = [(row["rowid"] - 1, UUID(row["originator_id"])) for row in cursor.fetchall()]
    page = begun[:limit]
    return CasesBegun(
        tuple((case.hex, entries.select_version(cursor, case)) for _, case in page),
        entries.select_position(cursor),
        page[-1][0] if len(begun) > limit else None,
    )
