"""The recorder for SQLite: an append-only table of events, the vault and the cards beside it.

Rows of the event table cannot be changed, replaced or deleted by ordinary statements, whoever
writes them. The vault's rows can be deleted, never changed. Dropping a trigger or editing the file
is not prevented here: clients and auditors notice what it did.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.persistence import (
    InterfaceError,
    OperationalError,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
    SQLiteTransaction,
)
from eventsourcing.utils import Environment, EnvType

from store.schema import create_statements
from store.turn import Turns
from wire.parts import SealedParts

LOCK_TIMEOUT_SECONDS = 30


class EntryKey(NamedTuple):
    """What must be unique in a case, beside its version."""

    compartment: str
    seq: int
    id: str


class Beside(NamedTuple):
    """What is stored in the same transaction as an event."""

    key: EntryKey | None = None
    parts: SealedParts = SealedParts()
    cards: Mapping[str, bytes] = {}


_NOTHING = Beside()


class _Pool(SQLiteConnectionPool):
    """Connections that keep their prepared statements: the library's keep one alone, and compile
    each statement again at every use."""

    def _create_connection(self) -> SQLiteConnection:
        try:
            connection = sqlite3.connect(
                self.db_name,
                isolation_level=None,
                check_same_thread=False,
                timeout=LOCK_TIMEOUT_SECONDS,
            )
            connection.execute("PRAGMA journal_mode=WAL")
            # An answer means: on the disk. WAL alone would allow losing the last commits.
            connection.execute("PRAGMA synchronous=FULL")
            # What is deleted is overwritten, not only forgotten: erasure must leave no byte.
            connection.execute("PRAGMA secure_delete=ON")
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        connection.row_factory = sqlite3.Row
        return SQLiteConnection(connection, self.max_age)


def open_datastore(path: str) -> SQLiteDatastore:
    datastore = SQLiteDatastore(path)
    datastore.pool = _Pool(db_name=path, pool_size=8, max_overflow=32)
    return datastore


class WriteFirst(SQLiteTransaction):
    """A transaction that takes the write lock at its start: one that reads first and then writes
    fails at once, whatever the timeout, when another has written meanwhile.

    A commit that fails is rolled back: left open, it would stay with its connection for ever.
    """

    def __init__(self, connection: SQLiteConnection) -> None:
        super().__init__(connection, commit=True)

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:  # locked by another program, or no file to write
            raise OperationalError(error) from error
        return cursor

    def __exit__(self, *raised: Any) -> None:
        try:
            super().__exit__(*raised)
        except PersistenceError:
            self.connection.rollback()
            raise


@contextmanager
def writing(datastore: SQLiteDatastore) -> Iterator[SQLiteCursor]:
    """A write transaction, committed at the end."""
    with (
        datastore.get_connection(commit=True) as connection,
        WriteFirst(connection) as cursor,
        cursor,
    ):
        yield cursor


class EntryRecorder(SQLiteApplicationRecorder):
    def __init__(self, datastore: SQLiteDatastore, events_table_name: str = "stored_events"):
        super().__init__(datastore, events_table_name)
        self._turns = Turns(Path(datastore.pool.db_name + ".turn"))
        self.insert_events_statement = (
            f"INSERT INTO {events_table_name} (originator_id, originator_version, topic, state, "
            "compartment, seq, entry_id) VALUES (?,?,?,?,?,?,?)"
        )

    def construct_create_table_statements(self) -> list[str]:
        return create_statements(self.events_table_name)

    @contextmanager
    def turn(self) -> Iterator[SQLiteCursor]:
        """The write transaction of whoever's turn it is. Committed, durably, at the end."""
        with self._turns.take(), writing(self.datastore) as cursor:
            yield cursor

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        cursor: SQLiteCursor | None = None,
        **kwargs: Any,
    ) -> Sequence[int] | None:
        """Append, in the transaction of `cursor` if one is given."""
        if cursor is not None:
            return self._insert_events(cursor, stored_events, **kwargs)
        with self.turn() as own:
            return self._insert_events(own, stored_events, **kwargs)

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        beside: Beside = _NOTHING,
        **_: Any,
    ) -> Sequence[int]:
        rowids = []
        for event in stored_events:
            originator = _text(event.originator_id)
            key = beside.key or (None, None, None)
            c.execute(
                self.insert_events_statement,
                (originator, event.originator_version, event.topic, event.state, *key),
            )
            rowids.append(c.lastrowid)
            if beside.key is not None:
                self._insert_parts(c, originator, beside.key.id, beside.parts)
        self._insert_cards(c, beside.cards)
        return rowids

    def _insert_parts(
        self, c: SQLiteCursor, originator: str, entry_id: str, parts: SealedParts
    ) -> None:
        rows = [("wrap", device, wrap) for device, wrap in parts.wraps.items()]
        rows += [
            (part, "", held)
            for part, held in (("payload", parts.payload), ("keybox", parts.keybox))
            if held is not None
        ]
        c.executemany(
            "INSERT INTO vault VALUES (?,?,?,?,?)",
            [(originator, entry_id, *row) for row in rows],
        )

    def _insert_cards(self, c: SQLiteCursor, cards: Mapping[str, bytes]) -> None:
        known = self.select_cards(c, cards)
        for device, card in cards.items():
            if device not in known:
                c.execute("INSERT INTO cards VALUES (?,?)", (device, card))

    # Reading. Each takes the cursor of a transaction, so that what is read together fits together.

    @contextmanager
    def reading(self) -> Iterator[SQLiteCursor]:
        with self.datastore.transaction(commit=False) as cursor:
            yield cursor

    def select_cards(self, c: SQLiteCursor, devices: Iterable[str]) -> dict[str, bytes]:
        found = {}
        for device in devices:
            c.execute("SELECT card FROM cards WHERE device=?", (device,))
            row = c.fetchone()
            if row is not None:
                found[device] = row["card"]
        return found

    def select_stream(
        self, c: SQLiteCursor, originator: UUID, after: int = 0, limit: int = -1
    ) -> list[tuple[int, StoredEvent]]:
        """Events of a stream with their positions, after a version."""
        c.execute(
            f"SELECT * FROM {self.events_table_name} WHERE originator_id=? "
            "AND originator_version>? ORDER BY originator_version LIMIT ?",
            (originator.hex, after, limit),
        )
        return [(row["rowid"] - 1, _event(row)) for row in c.fetchall()]

    def select_version(self, c: SQLiteCursor, originator: UUID) -> int:
        """The version of the last event of a stream, 0 when it has none."""
        c.execute(
            f"SELECT MAX(originator_version) FROM {self.events_table_name} WHERE originator_id=?",
            (originator.hex,),
        )
        return int(c.fetchone()[0] or 0)

    def select_position(self, c: SQLiteCursor) -> int:
        """The position of the last event of all, -1 when there is none."""
        return int(self._max_notification_id(c) or 0) - 1

    def select_document(
        self, c: SQLiteCursor, stream: UUID, topic: str, nth: int | None
    ) -> StoredEvent | None:
        """The nth event of a topic in a stream, from 1; the last one when nth is None."""
        order, skip = ("DESC", 0) if nth is None else ("ASC", nth - 1)
        c.execute(
            f"SELECT * FROM {self.events_table_name} WHERE originator_id=? AND topic=? "
            f"ORDER BY originator_version {order} LIMIT 1 OFFSET ?",
            (stream.hex, topic, skip),
        )
        row = c.fetchone()
        return None if row is None else _event(row)

    def select_entry(
        self, c: SQLiteCursor, case: UUID, entry_id: str
    ) -> tuple[int, StoredEvent] | None:
        """An entry by its id, with its position."""
        c.execute(
            f"SELECT * FROM {self.events_table_name} WHERE originator_id=? AND entry_id=?",
            (case.hex, entry_id),
        )
        row = c.fetchone()
        return None if row is None else (row["rowid"] - 1, _event(row))

    def select_chain(
        self, c: SQLiteCursor, case: UUID, compartment: str, from_seq: int, limit: int
    ) -> list[tuple[int, StoredEvent]]:
        """Entries of one compartment from a seq on, with their positions."""
        c.execute(
            f"SELECT * FROM {self.events_table_name} WHERE originator_id=? AND compartment=? "
            "AND seq>=? ORDER BY seq LIMIT ?",
            (case.hex, compartment, from_seq, limit),
        )
        return [(row["rowid"] - 1, _event(row)) for row in c.fetchall()]

    def select_parts(self, c: SQLiteCursor, case: UUID, entry_id: str) -> SealedParts:
        """Payload and key box of an entry, as far as they are there. Wraps are given one by one."""
        c.execute(
            "SELECT part, bytes FROM vault WHERE originator_id=? AND entry_id=? AND part!='wrap'",
            (case.hex, entry_id),
        )
        held = {row["part"]: row["bytes"] for row in c.fetchall()}
        return SealedParts(held.get("payload"), held.get("keybox"))

    def select_wraps(
        self, c: SQLiteCursor, case: UUID, compartment: str, device: str
    ) -> list[tuple[str, bytes]]:
        """Wraps for a device in a compartment, with the entries that gave them, in order."""
        c.execute(
            f"SELECT v.entry_id, v.bytes FROM vault v JOIN {self.events_table_name} e "
            "ON e.originator_id=v.originator_id AND e.entry_id=v.entry_id "
            "WHERE v.originator_id=? AND e.compartment=? AND v.part='wrap' AND v.device=? "
            "ORDER BY e.seq",
            (case.hex, compartment, device),
        )
        return [(row["entry_id"], row["bytes"]) for row in c.fetchall()]


def _text(originator_id: UUID | str) -> str:
    return originator_id.hex if isinstance(originator_id, UUID) else originator_id


def _event(row: sqlite3.Row) -> StoredEvent:
    return StoredEvent(
        originator_id=UUID(row["originator_id"]),
        originator_version=row["originator_version"],
        topic=row["topic"],
        state=row["state"],
    )


class Factory(SQLiteFactory):
    application_recorder_class = EntryRecorder

    def __init__(self, env: Environment | EnvType | None):
        super().__init__(env)
        name = self.datastore.pool.db_name
        self.datastore.close()
        self.datastore = open_datastore(name)
