"""The database of read models: a file of its own, so that its one writer is the projector.

Each projection has its own row of tracking, written in the same transaction as its rows: after a
kill it goes on exactly where it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eventsourcing.persistence import Tracking
from eventsourcing.sqlite import SQLiteCursor, SQLiteTrackingRecorder

from store.sqlite import open_datastore, writing
from store.turn import Turns

_ASIDE = "CREATE TABLE IF NOT EXISTS set_aside (name TEXT PRIMARY KEY, position INTEGER NOT NULL)"


class Views(SQLiteTrackingRecorder):
    def __init__(self, path: str, tables: tuple[str, ...] = ()) -> None:
        self._tables = tables
        self._turns = Turns(Path(path + ".turn"))
        super().__init__(open_datastore(path))

    def construct_create_table_statements(self) -> list[str]:
        return [*super().construct_create_table_statements(), _ASIDE, *self._tables]

    @contextmanager
    def reading(self) -> Iterator[SQLiteCursor]:
        with self.datastore.transaction(commit=False) as cursor:
            yield cursor

    @contextmanager
    def writing(self) -> Iterator[SQLiteCursor]:
        """The write transaction of the projector or of a rebuild, never of both."""
        with self._turns.take(), writing(self.datastore) as cursor:
            yield cursor

    def tracked(self, cursor: SQLiteCursor, name: str) -> int:
        """The notification up to which a projection was made, 0 at its start."""
        return self._max_tracking_id(name, cursor) or 0

    def track(self, cursor: SQLiteCursor, name: str, notification: int) -> None:
        """Raises IntegrityError unless this goes forward."""
        self._insert_tracking(cursor, Tracking(name, notification))

    def forget(self, cursor: SQLiteCursor, name: str) -> None:
        cursor.execute("DELETE FROM tracking WHERE application_name=?", (name,))

    def set_aside(self, cursor: SQLiteCursor, name: str, position: int) -> None:
        """Note that a projection failed at a position."""
        cursor.execute("INSERT OR REPLACE INTO set_aside VALUES (?,?)", (name, position))

    def take_back(self, cursor: SQLiteCursor, name: str) -> None:
        cursor.execute("DELETE FROM set_aside WHERE name=?", (name,))

    def aside(self, cursor: SQLiteCursor) -> dict[str, int]:
        """The projections that failed, with the position of the event that each could not take."""
        cursor.execute("SELECT name, position FROM set_aside")
        return {row["name"]: row["position"] for row in cursor.fetchall()}

    def position(self, name: str) -> int:
        """The position up to which a projection was made, -1 at its start."""
        return (self.max_tracking_id(name) or 0) - 1

    def close(self) -> None:
        self.datastore.close()
