"""The directory: roots, rosters and cards, as anyone may ask for them."""

from dataclasses import dataclass

from eventsourcing.sqlite import SQLiteCursor

from crypto.device import Card, parse_card
from crypto.encoding import canonical
from projections.projection import Change, Projection
from store.events import DocumentStored


@dataclass(frozen=True, slots=True)
class DocumentRow:
    position: int
    what: str
    document: bytes
    signatures: bytes
    stored: int


class DirectoryProjection(Projection):
    name = "directory"
    rows = ("trust_document", "card")
    create = (
        "CREATE TABLE IF NOT EXISTS trust_document (position INTEGER PRIMARY KEY, "
        "what TEXT NOT NULL, document BLOB NOT NULL, signatures BLOB NOT NULL, "
        "stored INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS card (device TEXT PRIMARY KEY, card BLOB NOT NULL)",
    )

    def apply(self, cursor: SQLiteCursor, change: Change) -> None:
        event = change.event
        if isinstance(event, DocumentStored):
            cursor.execute(
                "INSERT INTO trust_document VALUES (?,?,?,?,?)",
                (change.position, event.what, event.document, event.signatures, event.stored),
            )
        for device, card in change.cards.items():
            cursor.execute(
                "INSERT INTO card VALUES (?,?) ON CONFLICT (device) DO NOTHING",
                (device, canonical(card.fields())),
            )


def read_documents(cursor: SQLiteCursor, after: int) -> list[DocumentRow]:
    """Roots and rosters after a position, in order."""
    cursor.execute(
        "SELECT position, what, document, signatures, stored FROM trust_document "
        "WHERE position>? ORDER BY position",
        (after,),
    )
    return [DocumentRow(*row) for row in cursor.fetchall()]


def read_cards(cursor: SQLiteCursor, devices: list[str]) -> list[Card]:
    marks = ",".join("?" * len(devices))
    cursor.execute(f"SELECT card FROM card WHERE device IN ({marks}) ORDER BY device", devices)
    return [parse_card(row["card"]) for row in cursor.fetchall()]
