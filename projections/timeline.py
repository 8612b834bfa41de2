"""The timeline of each compartment: its entries by seq, as those behind its wall read it."""

from dataclasses import dataclass

from eventsourcing.sqlite import SQLiteCursor

from projections.projection import Change, Projection
from store.events import EntryStored


@dataclass(frozen=True, slots=True)
class TimelineRow:
    seq: int
    position: int
    stored: int
    signature: bytes
    header: bytes


class TimelineProjection(Projection):
    name = "timeline"
    rows = ("timeline",)
    create = (
        "CREATE TABLE IF NOT EXISTS timeline (case_id TEXT NOT NULL, compartment TEXT NOT NULL, "
        "seq INTEGER NOT NULL, position INTEGER NOT NULL, stored INTEGER NOT NULL, "
        "signature BLOB NOT NULL, header BLOB NOT NULL, "
        "PRIMARY KEY (case_id, compartment, seq))",
    )

    def apply(self, cursor: SQLiteCursor, change: Change) -> None:
        header, event = change.header, change.event
        if header is None or not isinstance(event, EntryStored):
            return
        cursor.execute(
            "INSERT INTO timeline VALUES (?,?,?,?,?,?,?)",
            (
                header.case,
                header.compartment,
                header.seq,
                change.position,
                event.stored,
                event.signature,
                event.header,
            ),
        )


def read_timeline(
    cursor: SQLiteCursor, case: str, compartment: str, after: int, limit: int
) -> list[TimelineRow]:
    """Entries of a compartment after a seq, at most limit of them."""
    cursor.execute(
        "SELECT seq, position, stored, signature, header FROM timeline "
        "WHERE case_id=? AND compartment=? AND seq>? ORDER BY seq LIMIT ?",
        (case, compartment, after, limit),
    )
    return [TimelineRow(*row) for row in cursor.fetchall()]
