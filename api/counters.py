"""How much each source did lately, kept so that no address can be found in it.

A source is counted under an HMAC of its address. The key is 32 random bytes of the day (UTC) that
stand in memory alone, as the counts do; the next day begins with another key and no counts, so that
nothing of one day can be linked to another. The memory is anonymous and shared: processes that are
forked after it was made count together, and no file holds anything of it.
"""

import fcntl
import hmac
import mmap
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

SECONDS_A_DAY = 86_400
DAY_BYTES, SECRET_BYTES, BUCKET_BYTES = 8, 32, 8
HEAD_BYTES = DAY_BYTES + SECRET_BYTES
# A source has a bucket in each row. It is shut out by others only if all four of its buckets are
# empty through them: when a whole IPv6 /48 (65,536 sources) floods, for one source in 400.
ROWS, COLUMNS = 4, 2**18  # 8 MiB


class Limit(NamedTuple):
    """At most `burst` at once, and `per_second` in the long run."""

    burst: float
    per_second: float


class Counters:
    """Token buckets of all sources. Make it before processes are forked; they share it.

    clock: unix time in seconds, for the day. monotonic: seconds of a clock that all processes of
    the machine share, as the one that is the default here is.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._memory = mmap.mmap(-1, HEAD_BYTES + ROWS * COLUMNS * BUCKET_BYTES)
        if hasattr(mmap, "MADV_DONTDUMP"):  # Linux: a core dump would put it on a disk
            self._memory.madvise(mmap.MADV_DONTDUMP)
        view = memoryview(self._memory)
        self._day = view[:DAY_BYTES].cast("q")
        self._secret = view[DAY_BYTES:HEAD_BYTES]
        # A bucket is one number, the moment at which it will be full again: whoever is killed while
        # writing leaves none half-written, and fresh memory is full buckets.
        self._full_at = view[HEAD_BYTES:].cast("d")
        self._begin(self._today())
        self._threads = threading.Lock()
        # A record lock belongs to a process, not to the open file that a fork passes on: it keeps
        # workers apart, not threads, and ends with its process, however that ends. It would also
        # end with any other descriptor of the file; of a file without a name there is none.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as there are counters
        weakref.finalize(self, self._file.close)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def take(self, what: str, source: bytes, limit: Limit, amount: float = 1) -> float:
        """Take an amount, at most the burst, from a source's buckets for one thing that is limited.

        0 if there was enough; else nothing is taken, and it is the seconds until there is. One
        bucket that has enough lets through: an honest source shares no more than some with a flood.
        """
        with self._alone():
            if self._day[0] != (today := self._today()):
                self._forget()
                self._begin(today)
            now = self._monotonic()
            slack = (limit.burst - amount) / limit.per_second
            waits = {
                place: self._full_at[place] - now - slack for place in self._places(what, source)
            }
            enough = [place for place, wait in waits.items() if wait <= 0]
            for place in enough:
                full_at = max(self._full_at[place], now)
                self._full_at[place] = full_at + amount / limit.per_second
            return 0.0 if enough else min(waits.values())

    def _places(self, what: str, source: bytes) -> list[int]:
        digest = hmac.digest(self._secret, what.encode() + b"\0" + source, "sha256")
        columns = (int.from_bytes(digest[4 * row : 4 * row + 4], "big") for row in range(ROWS))
        return [row * COLUMNS + column % COLUMNS for row, column in enumerate(columns)]

    def _today(self) -> int:
        return int(self._clock() // SECONDS_A_DAY)

    def _forget(self) -> None:
        self._memory[DAY_BYTES:] = bytes(len(self._memory) - DAY_BYTES)

    def _begin(self, day: int) -> None:
        self._secret[:] = os.urandom(SECRET_BYTES)
        self._day[0] = day  # last: if one is killed before, the next one begins the day


@cache
def shared() -> Counters:
    """Those of this process and of all that are forked from it. gunicorn's master makes them."""
    return Counters()
