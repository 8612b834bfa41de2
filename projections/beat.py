"""The sign that the projector goes on, for processes that cannot ask it: the time of its lock file.

Health looks at it. How far the projector has come would say as much, and would tell whoever asks
when somebody writes.
"""

import os
import time
from pathlib import Path

EVERY_SECONDS, LATE_SECONDS = 0.5, 5.0


class Beat:
    """The sign of the process that holds the lock. Give it in every turn of the work: a thread of
    its own would go on while the work stands still."""

    def __init__(self, lock: Path) -> None:
        self._lock = lock
        self._last = float("-inf")

    def give(self) -> None:
        """Raises OSError."""
        if time.monotonic() - self._last >= EVERY_SECONDS:
            os.utime(self._lock)
            self._last = time.monotonic()


def stands_still(lock: Path) -> bool:
    """Whether no projector gave a sign in the last seconds, or ever. Raises OSError."""
    try:
        given = lock.stat().st_mtime
    except FileNotFoundError:
        return True
    return time.time() - given > LATE_SECONDS
