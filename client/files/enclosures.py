"""Files that go with an entry, sealed on this machine; `client.files.uploading` sends them up.

Sealed files are spooled on disk, never held in memory whole. Where an outbox folder is given, they
wait there under the entry's id until the entry is stored, with a record of their keys that only
this device opens; a command that was cut off goes on where it stood. Without a folder (someone who
comes with a code) nothing is left on the machine.

    outbox/<entry id>/record    HPKE to this device: keys, names and hashes, as canonical JSON
    outbox/<entry id>/1, 2, …   ciphertexts

A parcel is locked while a command sends it: another with the same files makes one of its own.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

from client.errors import ClientError, NotPossible, Unreachable
from client.own_files import locked, owned
from crypto.device import Card
from crypto.encoding import Malformed, b64, bind, canonical, parse_canonical, unb64
from crypto.padding import ATTACHMENT_FLOOR, padded_size, sealed_size
from crypto.secret.attachment import SourceChanged, seal_attachment
from crypto.secret.payload import KEY_BYTES, Place
from crypto.secret.seeds import DeviceKeys
from crypto.secret.wrap import CannotOpen, hpke_open, hpke_seal
from domain.entry import Attachment
from wire.parts import PIECE_BYTES

MAX_RECORD_BYTES = 64 * 1024
KEPT_SECONDS = 86_400  # as long as the server keeps what no entry names


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to be sent. size: bytes. open: gives its bytes anew each time."""

    name: str
    type: str
    size: int
    open: Callable[[], BinaryIO]

    def digest(self) -> str:
        digest = hashlib.sha256()
        with self.open() as source:
            while piece := source.read(PIECE_BYTES):
                digest.update(piece)
        return b64(digest.digest())


class Sealed(NamedTuple):
    """An enclosure as it travels. size, hash: of the ciphertext; source: hash of the file."""

    key: bytes
    name: str
    type: str
    true_size: int
    source: str
    hash: str

    @property
    def size(self) -> int:
        return sealed_size(padded_size(self.true_size, ATTACHMENT_FLOOR))

    @property
    def named(self) -> Attachment:
        """As the header names it."""
        return Attachment(self.hash, self.size)

    def fields(self) -> dict[str, Any]:
        """As the payload holds it."""
        return {
            "key": b64(self.key),
            "name": self.name,
            "type": self.type,
            "size": self.true_size,
        }


@dataclass
class Parcel:
    """The sealed files of one entry, with their ciphertexts. A context that closes those."""

    id: str
    sealed: list[Sealed]
    spools: list[BinaryIO] = field(repr=False)
    lock: int | None = field(default=None, repr=False)  # an open folder; None where there is none

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for spool in self.spools:
            try:
                spool.close()
            except OSError:  # what was to be written last found no room; that has been told
                pass
        if self.lock is not None:
            os.close(self.lock)


class Outbox:
    """folder: where parcels wait for their entry; None to leave nothing behind."""

    def __init__(self, keys: DeviceKeys, card: Card, folder: Path | None = None) -> None:
        self._keys = keys
        self._card = card
        self._folder = folder

    @contextmanager
    def parcel(self, place: Place, epoch: int, files: Sequence[Enclosure]) -> Iterator[Parcel]:
        """Files sealed for an entry of this place, whose id is taken unless a parcel of the same
        files waits there: then that one. It is gone once the entry is stored or refused; it stays
        where the server did not answer, or this program was broken off.

        Raises NotPossible for a file that changes while it is read, and where there is no room to
        keep the sealed files.
        """
        self._sweep()
        made = self._waiting(place, epoch, files)
        with made or Parcel(place.id, [], []) as parcel:
            try:
                if made is None:
                    self._seal_or_tell(parcel, place, epoch, files)
                yield parcel
                self._drop(parcel.id)  # while nobody else can take it up
            except ClientError as error:
                if not isinstance(error, Unreachable):
                    self._drop(parcel.id)
                raise

    def _seal_or_tell(
        self, made: Parcel, place: Place, epoch: int, files: Sequence[Enclosure]
    ) -> None:
        try:
            self._seal(made, place, epoch, files)
        except OSError as error:
            raise no_room(str(error.strerror)) from error

    def _seal(self, made: Parcel, place: Place, epoch: int, files: Sequence[Enclosure]) -> None:
        if self._folder is not None:
            folder = self._folder / place.id
            for one in (self._folder, folder):
                one.mkdir(mode=0o700, parents=True, exist_ok=True)
            made.lock = locked(folder)
        for number, file in enumerate(files, 1):
            spool = self._spool(place.id, number)
            made.spools.append(spool)
            made.sealed.append(_sealed_into(spool, place, number, file))
        if self._folder is not None:
            self._record(self._folder / place.id, place, epoch, made)

    def _spool(self, entry: str, number: int) -> BinaryIO:
        if self._folder is None:
            return tempfile.TemporaryFile()
        return open(self._folder / entry / str(number), "x+b", opener=owned)

    def _record(self, folder: Path, place: Place, epoch: int, made: Parcel) -> None:
        value = {
            "place": [*place],
            "epoch": epoch,
            "files": [
                {**one.fields(), "source": one.source, "hash": one.hash} for one in made.sealed
            ],
        }
        sealed = hpke_seal(self._card, _info(place.id), canonical(value))
        handle = os.open(folder / "record", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)

    def _waiting(self, place: Place, epoch: int, files: Sequence[Enclosure]) -> Parcel | None:
        """A parcel of the same files for the same compartment, author and epoch, that nobody is
        sending."""
        if self._folder is None or not self._folder.exists():
            return None
        wanted = [(one.name, one.type, one.size, one.digest()) for one in files]
        for folder in sorted(self._folder.iterdir()):
            found = self._read(folder)
            if found is None:
                continue
            fits = found["place"] == [*place._replace(id=folder.name)] and found["epoch"] == epoch
            sealed = [_read_sealed(one) for one in found["files"]]
            if fits and [(o.name, o.type, o.true_size, o.source) for o in sealed] == wanted:
                parcel = _taken_up(folder, sealed)
                if parcel is not None:
                    return parcel
        return None

    def _read(self, folder: Path) -> Any:
        """A parcel's record; None for one that was never finished or is not this device's."""
        try:
            opened = hpke_open(self._keys, _info(folder.name), (folder / "record").read_bytes())
            return parse_canonical(opened, MAX_RECORD_BYTES)
        except (OSError, CannotOpen, Malformed):
            return None

    def _drop(self, entry: str) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder / entry, ignore_errors=True)

    def _sweep(self) -> None:
        if self._folder is None or not self._folder.exists():
            return
        for folder in self._folder.iterdir():
            try:
                stale = folder.stat().st_mtime < time.time() - KEPT_SECONDS
            except FileNotFoundError:
                continue  # another command of this home has just sent it
            if stale:
                shutil.rmtree(folder, ignore_errors=True)


def _taken_up(folder: Path, sealed: list[Sealed]) -> Parcel | None:
    """A parcel that lies there whole and that nobody is sending."""
    parcel = Parcel(folder.name, sealed, [], locked(folder))
    if parcel.lock is None:
        return None
    try:
        for number in range(1, len(sealed) + 1):
            parcel.spools.append((folder / str(number)).open("rb"))
    except FileNotFoundError:
        parcel.__exit__()
        return None  # another command of this home has just sent it
    return parcel


def no_room(why: str) -> NotPossible:
    return NotPossible(f"there is no room to seal the files that go along: {why}")


def _info(entry: str) -> bytes:
    return bind("zegel/v1/outbox", [entry])


def _read_sealed(fields: dict[str, Any]) -> Sealed:
    return Sealed(
        unb64(fields["key"], KEY_BYTES),
        fields["name"],
        fields["type"],
        fields["size"],
        fields["source"],
        fields["hash"],
    )


def _sealed_into(spool: BinaryIO, place: Place, number: int, file: Enclosure) -> Sealed:
    key, digest = os.urandom(KEY_BYTES), hashlib.sha256()
    try:
        source = file.digest()
        with file.open() as opened:
            for step in seal_attachment(key, place, number, opened, file.size):
                digest.update(step)
                spool.write(step)
    except SourceChanged as error:
        raise NotPossible(f"{file.name} changed while it was read") from error
    spool.flush()
    return Sealed(key, file.name, file.type, file.size, source, b64(digest.digest()))
