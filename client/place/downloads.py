"""Fetching a file that goes with an entry: its ciphertext first, whole and as it was signed, then
the file itself.

What was fetched of a ciphertext waits beside the file to be, so that a download that was cut off
goes on; what has not been opened to its end never stands under the file's name.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from client.errors import Distrust, NotPossible, ServerRefused, Unreadable
from client.files.names import safe_name, same_on_some_machine
from client.own_files import owned
from client.place.chain import Chain, Item
from client.place.reader import Reader
from client.server.transport import patiently
from crypto.encoding import b64, unb64
from crypto.secret.attachment import STEP_BYTES, open_attachment
from crypto.secret.payload import KEY_BYTES, Place
from crypto.secret.wrap import CannotOpen
from domain.entry import Attachment
from wire.parts import PIECE_BYTES
from wire.paths import ATTACHMENT, path
from wire.problems import NO_SUCH_CASE

MAX_SAME_NAMES = 1_000


class _File(NamedTuple):
    """One file of an entry: what its header and its payload say of it."""

    item: Item
    number: int
    named: Attachment
    inside: dict[str, Any]


def save(reader: Reader, chain: Chain, item: Item, number: int, folder: Path) -> Path:
    """Fetch a file of an entry, from 1, into a folder; where it lies now. It replaces nothing.

    Raises NotPossible, ServerRefused, Unreachable, Unreadable, and Distrust (missing-payload,
    payload-mismatch, not-answering).
    """
    file = _named(reader, chain, item, number)
    part = folder / f"download-{hashlib.sha256(file.named.hash.encode()).hexdigest()[:16]}.part"
    try:
        with open(part, "a+b", opener=owned) as held:
            _fetch(reader, chain, file, held)
            _refuse_other_bytes(held, file)
            target = _open_into(folder, chain, file, held)
    except OSError as error:
        raise NotPossible(f"{folder}: {error.strerror}") from error
    except (Distrust, Unreadable):
        part.unlink(missing_ok=True)
        raise
    part.unlink(missing_ok=True)
    return target


def digest_of(reader: Reader, chain: Chain, item: Item, number: int) -> str:
    """SHA-256 of a file of an entry, from 1; nothing of it is kept. Raises as `save`."""
    file = _named(reader, chain, item, number)
    digest = hashlib.sha256()
    try:
        with tempfile.TemporaryFile() as held:  # of the ciphertext alone
            _fetch(reader, chain, file, held)
            _refuse_other_bytes(held, file)
            for step in _opened(chain, file, held):
                digest.update(step)
    except OSError as error:
        raise NotPossible(f"{tempfile.gettempdir()}: {error.strerror}") from error
    except CannotOpen as error:
        raise _unreadable(file, error) from error
    return b64(digest.digest())


def waiting(folder: Path) -> bool:
    """Whether a folder holds what came of a download that was cut off."""
    return any(one.stat().st_size for one in folder.glob("download-*.part"))


def _named(reader: Reader, chain: Chain, item: Item, number: int) -> _File:
    payload = item.entry.header.payload
    inside = reader.open(chain, item)["attachments"]
    if payload is None or not 1 <= number <= len(inside):
        raise NotPossible(f"message {item.entry.header.seq} has no file {number}")
    return _File(item, number, payload.attachments[number - 1], inside[number - 1])


def _fetch(reader: Reader, chain: Chain, file: _File, held: BinaryIO) -> None:
    header, total = file.item.entry.header, file.named.size
    where = path(
        ATTACHMENT,
        case=chain.case,
        compartment=chain.name,
        entry=header.id,
        number=str(file.number),
    )
    came = held.seek(0, os.SEEK_END)
    if came > total:
        came = held.truncate(0)
    for _ in range(2 * total // PIECE_BYTES + 10):  # as often as it can take, and no more
        reader.progress(file.inside["name"], came, total)
        if came == total:
            return
        end = min(came + PIECE_BYTES, total)
        try:
            piece = patiently(partial(reader.transport.get_range, where, came, end, reader.keys))
        except ServerRefused as refused:
            if refused.name == NO_SUCH_CASE:
                reader.refuse_lost(chain, header, refused)
            raise
        held.write(piece)
        held.flush()
        came += len(piece)
    raise Distrust("not-answering", "a file does not come to its end")


def _steps(held: BinaryIO) -> Iterator[bytes]:
    held.seek(0)
    while step := held.read(STEP_BYTES):
        yield step


def _refuse_other_bytes(held: BinaryIO, file: _File) -> None:
    digest = hashlib.sha256()
    for step in _steps(held):
        digest.update(step)
    if b64(digest.digest()) != file.named.hash:
        seq = file.item.entry.header.seq
        raise Distrust("payload-mismatch", f"file {file.number} of entry {seq} is another one")


def _opened(chain: Chain, file: _File, held: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file, which hold once they have come to their end. Raises CannotOpen."""
    header = file.item.entry.header
    place = Place(chain.case, chain.name, header.id, header.author)
    key, size = unb64(file.inside["key"], KEY_BYTES), file.inside["size"]
    return open_attachment(key, place, file.number, size, _steps(held))


def _unreadable(file: _File, error: CannotOpen) -> Unreadable:
    seq = file.item.entry.header.seq
    return Unreadable(f"file {file.number} of entry {seq} cannot be read: {error}")


def _open_into(folder: Path, chain: Chain, file: _File, held: BinaryIO) -> Path:
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as beside:
        try:
            for step in _opened(chain, file, held):
                beside.write(step)
            beside.flush()
            os.fsync(beside.fileno())
            target = _taken(folder, safe_name(file.inside["name"]))
        except BaseException as error:
            Path(beside.name).unlink()
            if isinstance(error, CannotOpen):
                raise _unreadable(file, error) from error
            raise
    os.replace(beside.name, target)
    return target


def _taken(folder: Path, name: str) -> Path:
    """A new file of this name, or of one like it where there is such a file. The folder may be
    copied to a machine for which "A.pdf" and "a.pdf" are one."""
    stem, suffix = Path(name).stem, Path(name).suffix
    there = {same_on_some_machine(one) for one in os.listdir(folder)}
    for again in range(1, MAX_SAME_NAMES):
        target = folder / (name if again == 1 else f"{stem} ({again}){suffix}")
        if same_on_some_machine(target.name) in there:
            continue
        try:
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            return target
        except FileExistsError:
            continue
    raise NotPossible(f"{folder} holds too many files called {name}")
