"""What a source did is counted, by all processes together, and nothing tells who the source was.

Holds api/counters.py.
"""

import os
import signal
import threading
import time
from collections.abc import Callable

from api.counters import SECONDS_A_DAY, Counters, Limit
from api.limits import source_of
from tests.support.kills.flood import FLOODER

MOTHER = b"\x0a\x00\x00\x01"
FOUR = Limit(4, 0.5)


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_a_source_may_do_so_much_at_once_and_then_as_much_as_time_gives_back() -> None:
    clock = Clock(1024.0)
    counters = Counters(monotonic=clock)
    assert [counters.take("posts", MOTHER, FOUR) for _ in range(5)] == [0, 0, 0, 0, 2.0]
    clock.now += 2.0
    assert [counters.take("posts", MOTHER, FOUR) for _ in range(2)] == [0, 2.0]
    clock.now += 3600
    assert counters.take("posts", MOTHER, FOUR, 4) == 0
    assert counters.take("posts", MOTHER, FOUR, 3) == 6.0
    assert counters.take("posts", b"another", FOUR) == 0
    assert counters.take("openings", MOTHER, FOUR) == 0


def test_at_midnight_utc_all_is_forgotten_and_nothing_links_the_days() -> None:
    """Whoever copies the memory on one day and on the next has two copies with nothing in common,
    though the same sources came."""
    clock, still = Clock(20_000 * SECONDS_A_DAY + 86_399), Clock(1024.0)
    counters = Counters(clock, still)

    def copy() -> tuple[bytes, set[int]]:
        for source in range(200):
            assert counters.take("posts", bytes([source]), FOUR, 4) == 0
            assert counters.take("posts", bytes([source]), FOUR, 1) > 0
        held = bytes(counters._memory)
        return held[8:40], {at for at in range(40, len(held), 8) if any(held[at : at + 8])}

    secret, places = copy()
    clock.now += 1
    other, later = copy()
    assert len(places) > 700 and len(later) > 700
    assert secret != other and len(places & later) < 10


def test_no_address_is_in_the_memory_that_counts_it() -> None:
    counters = Counters()
    address = source_of({"REMOTE_ADDR": FLOODER}, 0)
    counters.take("posts", address, FOUR)
    held = bytes(counters._memory)
    assert address not in held and FLOODER.encode() not in held


def test_twenty_thousand_sources_that_flood_shut_no_other_one_out() -> None:
    counters, once = Counters(), Limit(1, 1e-6)
    for source in range(20_000):
        counters.take("posts", source.to_bytes(4, "big"), once)
    others = (source.to_bytes(4, "big") for source in range(10**6, 10**6 + 1_000))
    assert sum(counters.take("posts", one, once) > 0 for one in others) < 3


def in_child(run: Callable[[], int]) -> tuple[int, int]:
    """Run in a process forked from this one; its number, and where its answer can be read."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, run().to_bytes(4, "big"))
        finally:
            os._exit(0)
    os.close(writing)
    return child, reading


def test_processes_that_share_the_memory_count_together() -> None:
    counters, limit = Counters(), Limit(2_000, 1e-6)

    def run() -> int:
        return sum(counters.take("posts", MOTHER, limit) == 0 for _ in range(1_000))

    children = [in_child(run) for _ in range(4)]
    taken = 0
    for child, reading in children:
        taken += int.from_bytes(os.read(reading, 4), "big")
        os.close(reading)
        os.waitpid(child, 0)
    assert taken == 2_000


def test_a_process_that_is_killed_while_it_counts_holds_nobody_up() -> None:
    here = os.getpid()

    def monotonic() -> float:
        if os.getpid() != here:  # read while the counters are held
            os.kill(os.getpid(), signal.SIGKILL)
        return time.monotonic()

    counters = Counters(monotonic=monotonic)
    child, reading = in_child(lambda: int(counters.take("posts", MOTHER, FOUR)))
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    os.close(reading)
    taking = threading.Thread(target=counters.take, args=("posts", MOTHER, FOUR), daemon=True)
    taking.start()
    taking.join(5)
    assert not taking.is_alive()
