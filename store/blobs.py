"""Where sealed attachments lie: in pieces of one size, in a folder or in an S3-compatible store.

A blob has a name that the server drew, and pieces numbered from 0, all PIECE_BYTES long but the
last. Which entry a blob belongs to stands in the database; here are bytes alone.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from eventsourcing.persistence import OperationalError

PIECE_DIGITS = 6


class NoSuchPiece(Exception):
    """A piece of a blob is not there."""


class PieceExists(Exception):
    """A piece is there already: pieces never change."""


class Blobs(Protocol):
    def put(self, name: str, piece: int, held: bytes) -> None:
        """Keep a piece, durably and as a whole. Raises PieceExists, OperationalError."""

    def get(self, name: str, piece: int) -> bytes:
        """Raises NoSuchPiece."""

    def count(self, name: str) -> int:
        """How many pieces there are from the first on without a gap."""

    def delete(self, name: str) -> None:
        """Delete all pieces; nothing happens if there are none."""

    def names(self) -> Iterator[str]:
        """The blobs that have any piece."""


class FolderBlobs:
    """One folder a blob, one file a piece."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _file(self, name: str, piece: int) -> Path:
        return self._folder / name / f"{piece:0{PIECE_DIGITS}}"

    def put(self, name: str, piece: int, held: bytes) -> None:
        file = self._file(name, piece)
        beside = file.with_suffix(f".{os.urandom(8).hex()}")
        try:
            for folder in (self._folder, file.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as opened:
                opened.write(held)
                opened.flush()
                os.fsync(opened.fileno())
            try:
                os.link(beside, file)  # unlike a rename, it replaces nothing
            except FileExistsError as error:
                raise PieceExists from error
            _sync_folder(file.parent)
            _sync_folder(self._folder)
        except OSError as error:  # a full disk
            raise OperationalError(error) from error
        finally:
            with suppress(OSError):  # never made, or on a disk that takes nothing more
                beside.unlink()

    def get(self, name: str, piece: int) -> bytes:
        try:
            return self._file(name, piece).read_bytes()
        except FileNotFoundError as error:
            raise NoSuchPiece from error

    def count(self, name: str) -> int:
        piece = 0
        while self._file(name, piece).exists():
            piece += 1
        return piece

    def delete(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)
        if (self._folder / name).exists():
            raise OperationalError(f"{name} could not be deleted")

    def names(self) -> Iterator[str]:
        if self._folder.exists():
            yield from sorted(one.name for one in self._folder.iterdir() if one.is_dir())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class S3Blobs:
    """Objects called <blob>/<piece> in a bucket. The bucket's address and credentials come from
    the environment variables of obstore (AWS_ENDPOINT_URL and so on)."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def _key(self, name: str, piece: int) -> str:
        return f"{name}/{piece:0{PIECE_DIGITS}}"

    def put(self, name: str, piece: int, held: bytes) -> None:
        with _reaching():
            self._store.put(self._key(name, piece), held, mode="create")

    def get(self, name: str, piece: int) -> bytes:
        with _reaching():
            return bytes(self._store.get(self._key(name, piece)).bytes())

    def _keys(self, prefix: str | None) -> list[str]:
        with _reaching():
            return [str(one["path"]) for page in self._store.list(prefix) for one in page]

    def count(self, name: str) -> int:
        there = set(self._keys(name))
        piece = 0
        while self._key(name, piece) in there:
            piece += 1
        return piece

    def delete(self, name: str) -> None:
        for key in self._keys(name):
            with _reaching():
                self._store.delete(key)

    def names(self) -> Iterator[str]:
        yield from sorted({key.split("/")[0] for key in self._keys(None)})


@contextmanager
def _reaching() -> Iterator[None]:
    """What goes wrong at the other end, as the store names it."""
    from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError

    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise NoSuchPiece from error
    except (AlreadyExistsError, FileExistsError) as error:
        raise PieceExists from error
    except BaseError as error:
        raise OperationalError(error) from error


def open_blobs(where: str) -> Blobs:
    """Blobs in a folder, or at an address such as s3://bucket/prefix (needs the extra `s3`)."""
    if "://" not in where:
        return FolderBlobs(Path(where))
    from obstore.store import from_url

    return S3Blobs(from_url(where))
