"""The tables of the store on SQLite, and the triggers that make them append-only.

`INSERT OR REPLACE` fires no DELETE trigger, so a BEFORE INSERT trigger looks every key up.
"""

from collections.abc import Sequence


def never(table: str, what: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{what} BEFORE {what} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def once(table: str, *keys: Sequence[str]) -> str:
    """INSERT OR REPLACE fires no DELETE trigger: refuse it where the key is looked up."""
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE "
        + " AND ".join(f"{column} = NEW.{column}" for column in key)
        + ")"
        for key in keys
    )
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: there is such a row'); END"
    )


def create_statements(events: str) -> list[str]:
    return [
        f"CREATE TABLE IF NOT EXISTS {events} ("
        "rowid INTEGER PRIMARY KEY AUTOINCREMENT, "
        "originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
        "topic TEXT NOT NULL, state BLOB NOT NULL, "
        "compartment TEXT, seq INTEGER, entry_id TEXT, "
        "UNIQUE (originator_id, originator_version), "
        "UNIQUE (originator_id, compartment, seq), "
        "UNIQUE (originator_id, entry_id))",
        never(events, "UPDATE"),
        never(events, "DELETE"),
        once(
            events,
            ("rowid",),
            ("originator_id", "originator_version"),
            ("originator_id", "compartment", "seq"),
            ("originator_id", "entry_id"),
        ),
        "CREATE TABLE IF NOT EXISTS vault ("
        "originator_id TEXT NOT NULL, entry_id TEXT NOT NULL, part TEXT NOT NULL, "
        "device TEXT NOT NULL, bytes BLOB NOT NULL, "
        "PRIMARY KEY (originator_id, entry_id, part, device))",
        never("vault", "UPDATE"),
        once("vault", ("originator_id", "entry_id", "part", "device")),
        # Attachments that no entry names yet: their blobs by the name that the server drew.
        "CREATE TABLE IF NOT EXISTS uploads (name TEXT PRIMARY KEY, originator_id TEXT NOT NULL, "
        "compartment TEXT NOT NULL, device TEXT NOT NULL, hash TEXT NOT NULL, "
        "size INTEGER NOT NULL, begun INTEGER NOT NULL, complete INTEGER NOT NULL, "
        "UNIQUE (originator_id, compartment, device, hash))",
        "CREATE TABLE IF NOT EXISTS invitations (invitation TEXT PRIMARY KEY, "
        "case_id TEXT NOT NULL, compartment TEXT NOT NULL, expires INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS acceptances (invitation TEXT NOT NULL, device TEXT NOT NULL, "
        "card BLOB NOT NULL, tag TEXT NOT NULL, UNIQUE (invitation, device, tag))",
        # Without a rowid: it would be one more key to replace a card by.
        "CREATE TABLE IF NOT EXISTS cards (device TEXT PRIMARY KEY, card BLOB NOT NULL) "
        "WITHOUT ROWID",
        never("cards", "UPDATE"),
        never("cards", "DELETE"),
        once("cards", ("device",)),
    ]
