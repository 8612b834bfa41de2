"""Attachments on their way in: uploaded in pieces by hash, until an entry names them.

An upload belongs to one device in one compartment, so that nobody disturbs another's or learns of
it. The entry that names it takes it over: from then on its blob is a part of the vault, and is
erased with the entry. What no entry names within UPLOAD_HOURS is swept.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from eventsourcing.sqlite import SQLiteCursor

from crypto.encoding import b64
from domain.entry import Header
from domain.refusal import Refusal, Refused, refuse_unless
from store.blobs import Blobs, PieceExists
from store.sqlite import EntryRecorder
from wire.header import MAX_ATTACHMENTS
from wire.parts import PIECE_BYTES

UPLOAD_HOURS = 24
ATTACHMENT = "attachment/"  # a vault row's part, with the attachment's number behind it


class WrongOffset(Exception):
    """A piece that does not go on where the upload stands, which is at `offset`, in bytes."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Place(NamedTuple):
    """Whose upload, where, and the hash of its bytes in base64url."""

    case: str
    compartment: str
    device: str
    hash: str


class _Row(NamedTuple):
    name: str
    size: int
    complete: bool


class Uploads:
    def __init__(self, entries: EntryRecorder, blobs: Blobs, clock: Callable[[], float]) -> None:
        self._entries = entries
        self.blobs = blobs
        self._clock = clock

    # --- by the device that uploads ------------------------------------------------------------

    def offset(self, place: Place) -> int:
        """How many bytes have come, 0 for an upload that was not begun."""
        with self._entries.reading() as cursor:
            row = _select(cursor, place)
        return 0 if row is None else self._came(row)

    def _came(self, row: _Row) -> int:
        if row.complete:
            return row.size
        # Not held against its hash yet (the server died): its last piece is to come once more.
        last = (row.size - 1) // PIECE_BYTES * PIECE_BYTES
        return min(self.blobs.count(row.name) * PIECE_BYTES, last)

    def put(self, place: Place, size: int, offset: int, piece: bytes) -> int:
        """Keep the next piece; how many bytes have come. All pieces but the last are PIECE_BYTES
        long. With the last one the whole is held against its hash.

        Raises WrongOffset, Refused (malformed, too-many, payload-mismatch), OperationalError.
        """
        row = self._begun(place, size)
        came = self._came(row)
        if row.size != size or offset != came or row.complete:
            raise WrongOffset(came)
        wanted = min(PIECE_BYTES, size - offset)
        refuse_unless(len(piece) == wanted, Refusal.MALFORMED, f"a piece of {wanted} bytes here")
        try:
            self.blobs.put(row.name, offset // PIECE_BYTES, piece)
        except PieceExists as error:  # the same device sent it twice at once, or once more
            if offset + len(piece) < size:
                raise WrongOffset(self._came(row)) from error
        if offset + len(piece) == size:
            self._finish(place, row)
        return offset + len(piece)

    def _begun(self, place: Place, size: int) -> _Row:
        with self._entries.reading() as cursor:
            row = _select(cursor, place)
        if row is not None:
            return row
        self.sweep()
        with self._entries.turn() as cursor:
            row = _select(cursor, place)
            if row is None:
                cursor.execute(
                    "SELECT COUNT(*) FROM uploads WHERE originator_id=? AND device=?",
                    (place.case, place.device),
                )
                refuse_unless(
                    cursor.fetchone()[0] < MAX_ATTACHMENTS,
                    Refusal.TOO_MANY,
                    f"{MAX_ATTACHMENTS} uploads that no entry names",
                )
                row = _Row(os.urandom(16).hex(), size, False)
                cursor.execute(
                    "INSERT INTO uploads VALUES (?,?,?,?,?,?,?,?)",
                    (row.name, *place, size, int(self._clock()), False),
                )
        return row

    def _finish(self, place: Place, row: _Row) -> None:
        digest = hashlib.sha256()
        for piece in range(-(-row.size // PIECE_BYTES)):
            digest.update(self.blobs.get(row.name, piece))
        fits = b64(digest.digest()) == place.hash
        with self._entries.turn() as cursor:
            if fits:
                cursor.execute("UPDATE uploads SET complete=1 WHERE name=?", (row.name,))
            else:
                cursor.execute("DELETE FROM uploads WHERE name=?", (row.name,))
        if not fits:
            self.blobs.delete(row.name)
            raise Refused(Refusal.PAYLOAD_MISMATCH, "the bytes that came have another hash")

    # --- by the entry that names them ----------------------------------------------------------

    def sizes(self, cursor: SQLiteCursor, header: Header) -> dict[str, int]:
        """Sizes of the whole uploads among those that an entry names, by hash."""
        found = {hash_: _select(cursor, place) for hash_, place in _places(header)}
        return {hash_: row.size for hash_, row in found.items() if row and row.complete}

    def take_over(self, cursor: SQLiteCursor, header: Header) -> None:
        """Make the uploads that an entry names parts of its vault, in its own transaction."""
        for number, (_, place) in enumerate(_places(header), 1):
            row = _select(cursor, place)
            assert row is not None  # the rules let nothing through whose file is not there
            cursor.execute(
                "INSERT INTO vault VALUES (?,?,?,?,?)",
                (header.case, header.id, f"{ATTACHMENT}{number}", "", bytes.fromhex(row.name)),
            )
            cursor.execute("DELETE FROM uploads WHERE name=?", (row.name,))

    # --- what nobody names ---------------------------------------------------------------------

    def sweep(self) -> None:
        """Delete uploads that no entry has named in time."""
        before = int(self._clock()) - UPLOAD_HOURS * 3600
        with self._entries.reading() as cursor:
            cursor.execute("SELECT COUNT(*) FROM uploads WHERE begun<?", (before,))
            if not cursor.fetchone()[0]:
                return
        with self._entries.turn() as cursor:
            cursor.execute("SELECT name FROM uploads WHERE begun<?", (before,))
            names = [row["name"] for row in cursor.fetchall()]
            cursor.execute("DELETE FROM uploads WHERE begun<?", (before,))
        self.delete(names)

    def sweep_unknown(self) -> None:
        """Delete blobs that no row knows: of an erasure or a sweep that was cut short."""
        there = list(self.blobs.names())
        # Read after the blobs were listed: an upload has its row before its first piece.
        with self._entries.reading() as cursor:
            cursor.execute("SELECT name FROM uploads")
            known = {row["name"] for row in cursor.fetchall()}
            cursor.execute(f"SELECT bytes FROM vault WHERE part LIKE '{ATTACHMENT}%'")
            known |= {row["bytes"].hex() for row in cursor.fetchall()}
        self.delete(name for name in there if name not in known)

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            self.blobs.delete(name)


def _places(header: Header) -> Iterator[tuple[str, Place]]:
    for one in header.payload.attachments if header.payload else ():
        yield one.hash, Place(header.case, header.compartment, header.author, one.hash)


def _select(cursor: SQLiteCursor, place: Place) -> _Row | None:
    cursor.execute(
        "SELECT name, size, complete FROM uploads "
        "WHERE originator_id=? AND compartment=? AND device=? AND hash=?",
        place,
    )
    row = cursor.fetchone()
    return None if row is None else _Row(row["name"], row["size"], bool(row["complete"]))


def select_blobs(cursor: SQLiteCursor, case: UUID, entries: Iterable[str]) -> Iterator[str]:
    """The blobs of the attachments of entries, as far as they are there."""
    for entry in entries:
        cursor.execute(
            "SELECT bytes FROM vault WHERE originator_id=? AND entry_id=? "
            f"AND part LIKE '{ATTACHMENT}%'",
            (case.hex, entry),
        )
        yield from (row["bytes"].hex() for row in cursor.fetchall())


def select_blob(cursor: SQLiteCursor, case: UUID, entry: str, number: int) -> str | None:
    """The blob of an entry's attachment, if it is there."""
    cursor.execute(
        "SELECT bytes FROM vault WHERE originator_id=? AND entry_id=? AND part=?",
        (case.hex, entry, f"{ATTACHMENT}{number}"),
    )
    row = cursor.fetchone()
    return None if row is None else row["bytes"].hex()
