"""The read log: every release of ciphertext with its key, and every refusal.

Written before the bytes leave, in a store of its own, apart from the entries. Lines of a case form
a hash chain, so that one that is missing or changed shows; the newest hash is signed by the log key
when an auditor asks, and auditors keep it. The fields are those of NEN 7513 (LAW.md 4.3); a device
that no roster lists appears as "public".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from eventsourcing.sqlite import SQLiteCursor

from crypto.encoding import b64, canonical
from store.schema import never, once
from store.sqlite import open_datastore, writing
from store.turn import Turns
from wire.reads import FIRST, line_hash

CREATE = (
    "CREATE TABLE IF NOT EXISTS reads (rowid INTEGER PRIMARY KEY AUTOINCREMENT, "
    "case_id TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL, "
    "UNIQUE (case_id, number))",
    never("reads", "UPDATE"),
    never("reads", "DELETE"),
    once("reads", ("rowid",), ("case_id", "number")),
)


class ReadLine(NamedTuple):
    """A line as it is stored. number: within the case, from 0. body: canonical JSON."""

    number: int
    body: bytes
    hash: bytes


class ReadLog:
    def __init__(self, path: str, *, create: bool = False) -> None:
        self.datastore = open_datastore(path)
        self._turns = Turns(Path(path + ".turn"))
        if create:
            with self._writing() as cursor:
                for statement in CREATE:
                    cursor.execute(statement)

    @contextmanager
    def _writing(self) -> Iterator[SQLiteCursor]:
        with self._turns.take(), writing(self.datastore) as cursor:
            yield cursor

    def append(self, case: str, *lines: dict[str, Any]) -> None:
        """Write lines, durably and together. Raises PersistenceError: then nothing may be given
        out."""
        with self._writing() as cursor:
            number, last = self._head(cursor, case)
            for fields in lines:
                body, number = canonical(fields), number + 1
                last = line_hash(last, case, number, body)
                cursor.execute(
                    "INSERT INTO reads (case_id, number, body, hash) VALUES (?,?,?,?)",
                    (case, number, body, last),
                )

    def _head(self, cursor: SQLiteCursor, case: str) -> tuple[int, bytes]:
        cursor.execute(
            "SELECT number, hash FROM reads WHERE case_id=? ORDER BY number DESC LIMIT 1", (case,)
        )
        row = cursor.fetchone()
        return (-1, FIRST) if row is None else (row["number"], row["hash"])

    def page(self, case: str, after: int, limit: int) -> tuple[list[ReadLine], int, str]:
        """Lines of a case after a number, in order; with number and hash, in base64url, of the
        newest one as it was at the same moment, -1 if there is none."""
        with self.datastore.transaction(commit=False) as cursor:
            number, last = self._head(cursor, case)
            cursor.execute(
                "SELECT number, body, hash FROM reads WHERE case_id=? AND number>? "
                "ORDER BY number LIMIT ?",
                (case, after, limit),
            )
            return [ReadLine(*row) for row in cursor.fetchall()], number, b64(last)

    def close(self) -> None:
        self.datastore.close()
