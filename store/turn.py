"""One writer at a time, in order: a lock that threads and processes share.

SQLite lets writers of two processes busy-poll for each other, with long tails; queueing before the
transaction does not.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turns:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()

    @contextmanager
    def take(self) -> Iterator[None]:
        with self._threads:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Whether this process alone holds the lock now; held until the end of the block."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)
