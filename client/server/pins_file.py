"""The file in which pins lie, shared by all commands of one home: one writes at a time, and what is
written is there whole, on the disk, or not at all.

pins.json            as `client.server.pins` says
pins.lock            held while it is read, merged and replaced
pins.forked-<hex>    two things of which the server can have shown one alone: evidence, never read
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else of this home writes it meanwhile. Raises OSError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    handle = os.open(path.with_suffix(".lock"), flags, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read(path: Path) -> bytes | None:
    """What is written there, None if there is no file. Raises OSError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def replace(path: Path, written: bytes) -> None:
    """Write it anew as a whole, durably. Raises OSError, and then the old one stands."""
    beside = path.with_suffix(f".{os.urandom(8).hex()}.new")
    try:
        _write(beside, written)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keep_evidence(path: Path, written: bytes, why: str = "forked") -> Path:
    """Keep something beside it that nothing will ever write over; where. Raises OSError."""
    file = path.with_suffix(f".{why}-{os.urandom(8).hex()}")
    _write(file, written)
    return file


def _write(file: Path, written: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(written)
        opened.flush()
        os.fsync(opened.fileno())
