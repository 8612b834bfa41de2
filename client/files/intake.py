"""A file that a person gives, made ready to go along: a picture bare, a pipe read once, a name that
can be read anywhere. What is not a picture goes as it is, and only as it was looked at."""

import errno
import mimetypes
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple

from client.errors import NotPossible
from client.files.enclosures import Enclosure, no_room
from client.files.names import kind_suffix, readable, safe_name
from client.files.picture_kinds import HEAD_BYTES, kind_of
from client.files.traces import traces
from client.why import Why
from crypto.padding import ATTACHMENT_FLOOR, padded_size, sealed_size
from wire.header import MAX_ATTACHMENTS
from wire.parts import MAX_ATTACHMENT_BYTES

STEP_BYTES = 2**20


class Limits(NamedTuple):
    """How many files go with a message, and how many bytes each has at most."""

    files: int = MAX_ATTACHMENTS
    bytes: int = MAX_ATTACHMENT_BYTES


SHIPPED = Limits()


class Taken(NamedTuple):
    """A file that can go. given: its name here. tells: which of `client.files.traces.TRACES` stand
    in it. smaller: a picture that goes with fewer dots."""

    enclosure: Enclosure
    given: str
    tells: tuple[str, ...] = ()
    smaller: bool = False


def refuse_too_much(paths: Sequence[Path], limits: Limits) -> None:
    """What can be known before anything is read. Raises NotPossible."""
    if len(paths) > limits.files:
        raise NotPossible(Why.TOO_MANY_FILES, most=limits.files)
    for path in paths:
        with _told(path):
            size = path.stat().st_size
        _refuse_large(path, size, limits)


def refuse_without_room(files: Sequence[Enclosure], folder: Path) -> None:
    """Before anything is opened or typed. folder: where they are to be sealed, or is to be made.

    Raises NotPossible."""
    there = next(one for one in (folder, *folder.resolve().parents) if one.exists())
    needed = sum(sealed_size(padded_size(one.size, ATTACHMENT_FLOOR)) for one in files)
    if needed > shutil.disk_usage(there).free:
        raise no_room(os.strerror(errno.ENOSPC))


def take(path: Path, number: int, limits: Limits, *, neutral: bool) -> Taken:
    """number: of the file among those that go along, from 1; neutral: only that is its name.

    Raises NotPossible for a file that cannot be read, is too large, or is a picture that cannot be
    written anew.
    """
    with _told(path):
        seen = path.stat()
        regular = stat.S_ISREG(seen.st_mode)
        opens = _file(path, seen) if regular else _pipe(path, limits)
        with opens() as opened:
            picture = kind_of(opened.read(HEAD_BYTES), path.name) is not None
            opened.seek(0)
            raw = opened.read(limits.bytes + 1) if picture else b""
            tells = () if picture else traces(opened)
            size = opened.seek(0, os.SEEK_END)
    _refuse_large(path, size, limits)
    given = name = safe_name(readable(path))
    stem = PurePath(name).stem if regular and not neutral else f"file-{number}"
    if not picture:
        name = name if regular and not neutral else stem + kind_suffix(name)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Taken(Enclosure(name, kind, size, opens), given, tells)
    from client.files.pictures import cleaned  # the library of pictures is slow to load

    bare = cleaned(raw, given)
    _refuse_large(path, len(bare.held), limits)
    made = Enclosure(stem + bare.suffix, bare.type, len(bare.held), lambda: BytesIO(bare.held))
    return Taken(made, given, smaller=bare.smaller)


def _refuse_large(path: Path, size: int, limits: Limits) -> None:
    if size > limits.bytes:
        most = f"{limits.bytes / 1e6:.1f} MB"
        raise NotPossible(Why.FILE_TOO_LARGE, file=safe_name(readable(path)), most=most)


def _file(path: Path, seen: os.stat_result) -> Callable[[], BinaryIO]:
    """Opens it anew each time, as long as it is what was looked at."""

    def opens() -> BinaryIO:
        with _told(path):
            opened = path.open("rb")
            now = os.fstat(opened.fileno())
        if (now.st_ino, now.st_size, now.st_mtime_ns) != (
            seen.st_ino,
            seen.st_size,
            seen.st_mtime_ns,
        ):
            opened.close()
            raise NotPossible(Why.FILE_CHANGED, file=safe_name(readable(path)))
        return opened

    return opens


def _pipe(path: Path, limits: Limits) -> Callable[[], BinaryIO]:
    """What comes through a pipe comes once: it is held until it has gone."""
    with path.open("rb", buffering=0) as opened:
        held = bytearray()
        while len(held) <= limits.bytes and (step := opened.read(STEP_BYTES)):
            held += step
    return lambda: BytesIO(bytes(held))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        shown = safe_name(readable(path))
        raise NotPossible(Why.UNREADABLE, file=shown, reason=str(error.strerror)) from error
