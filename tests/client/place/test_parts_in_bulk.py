"""A conversation of any length opens under the limits that are shipped: many messages come by one
request, each a line of the read log, and a client that is told to wait waits.

Holds client/place/reading_ahead.py, wire/seqs.py, wire/part_schemas.py.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from api.app import create_app
from api.config import LIMITS
from api.counters import Counters, Limit
from client.cases import consultation, consulting
from client.people.erasure import withdraw
from client.place.chain import Chain
from client.place.reader import take
from client.server.transport import PATIENCE_SECONDS, Transport
from client.session import Session
from crypto.encoding import parse_canonical, unb64
from store.application import Post
from tests.support.asking import asker
from tests.support.world import World, read, refused_for, texts
from wire.paths import MANY_PARTS, MAX_PAGE, MAX_PARTS_BYTES, path
from wire.reads import RELEASED
from wire.seqs import MAX_SEQS_CHARACTERS, read_seqs, show_seqs

MESSAGES = 800


@pytest.mark.parametrize(
    ("shown", "runs"),
    [
        ("0", [(0, 0)]),
        ("3-400,402", [(3, 400), (402, 402)]),
        ("402,3-400", [(3, 400), (402, 402)]),
        ("1,2,2,3", [(1, 3)]),
        ("1-9,4-12", [(1, 12)]),
        ("9-1", []),
    ],
)
def test_numbers_are_read_in_order_and_each_once(shown: str, runs: list[tuple[int, int]]) -> None:
    assert read_seqs(shown) == runs


@pytest.mark.parametrize("seqs", [[5], [1, 2, 3, 7], [*range(0, 90_000, 2)], [*range(10**6)]])
def test_numbers_are_shown_so_that_the_first_of_them_are_read_back(seqs: list[int]) -> None:
    shown = show_seqs(seqs)
    assert len(shown) <= MAX_SEQS_CHARACTERS
    found = [seq for first, last in read_seqs(shown) for seq in range(first, last + 1)]
    assert found == seqs[: len(found)] != []


class Long:
    """A conversation of 800 messages, and the same store behind the limits that are shipped."""

    def __init__(self, world: World) -> None:
        (self.worker,) = world.staff("consultation_worker")
        self.mother, asked, self.code = world.mother("message 0")
        consulting.take(self.worker, read(world, self.worker, asked))
        chain = read(world, self.mother, asked)
        for number in range(1, MESSAGES):
            self.say(world, chain, f"message {number}")
        world.settle()
        self.world, self.chain = world, chain

    def say(self, world: World, chain: Chain, text: str) -> None:
        """What the mother writes, put into the store without a request for each."""
        session, key = self.mother, chain.epoch_keys[chain.compartment.epoch]
        draft = session.draft(chain, "MessageSent", {}, consultation.message(text), key)
        header, signature = draft.signed(session.keys)
        receipt = world.opened.store.post(Post(header, signature, draft.parts))
        stored = parse_canonical(receipt.stated, 4096)[7]
        take(chain, chain.reading, header, signature, stored, receipt.position)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Long]:
    with World(tmp_path_factory.mktemp("long")) as world:
        yield Long(world)


@pytest.fixture
def shipped(long: Long) -> Iterator[str]:
    """The address of a second server of the same store, with limits as they are shipped."""
    http = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    authority = f"127.0.0.1:{http.server_port}"
    settings = replace(long.world.settings, limits=LIMITS, authority=authority)
    # No time passes for the limits: what opens does so by what is allowed at once.
    http.app = create_app(settings, counters=Counters(monotonic=lambda: 1024.0))
    serving = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    serving.start()
    yield f"http://{authority}"
    http.shutdown()
    serving.join()
    http.server_close()
    http.app.extensions["zegel"].close()


def test_eight_hundred_messages_open_six_times_in_a_row(long: Long, shipped: str) -> None:
    said = [f"message {number}" for number in range(MESSAGES)]
    for keys in (long.mother.keys, *[long.worker.keys] * 6):
        session = Session(Transport(shipped), long.world.pin, keys, long.mother.pins)
        session.transport.patience_seconds = 0
        chain = session.read(long.chain.case, long.chain.name)
        assert chain is not None and texts(session, chain) == said


def released(world: World, case: str) -> list[str]:
    """The entries of which the read log says that content was given out, in its order."""
    lines, _number, _head = world.opened.reads.page(case, -1, 100_000)
    said = [parse_canonical(one.body, 10_000) for one in lines]
    return [one["entry"] for one in said if one["outcome"] == RELEASED]


def test_each_message_that_is_given_out_is_a_line_and_no_other_is_given(world: World) -> None:
    (worker,) = world.staff("consultation_worker")
    mother, asked, _ = world.mother("message 0")
    consulting.take(worker, read(world, worker, asked))
    chain = read(world, mother, asked)
    for number in range(1, 5):
        mother.write(chain, "MessageSent", {}, consultation.message(f"message {number}"))
    numbers = [one.entry.header.seq for one in chain.items if one.entry.header.payload]
    withdraw(mother, chain, [numbers[2]])
    theirs = read(world, worker, asked)
    before = released(world, asked.case)
    said = consultation.conversation(worker, theirs)
    assert [one.value.get("text") for one in said] == [
        *("message 0", "message 1", None, "message 3", "message 4")
    ]
    taken_back = said[2].item.entry.header.id
    given = released(world, asked.case)[len(before) :]
    wanted = [one.item.entry.header.id for one in said]
    assert given == [one for one in wanted if one != taken_back]


def test_a_page_ends_in_time_and_says_where_to_go_on(world: World) -> None:
    (worker,) = world.staff("consultation_worker")
    mother, asked, _ = world.mother("x")
    consulting.take(worker, read(world, worker, asked))
    chain = read(world, mother, asked)
    large = "x" * 65_000
    for _ in range(MAX_PARTS_BYTES // 65_536 + 3):
        mother.write(chain, "MessageSent", {}, consultation.message(large))
    ask = asker(world.app, world.settings.authority)
    target = path(MANY_PARTS, case=chain.case, compartment=chain.name)
    got: list[str] = []
    first: int | None = 0
    pages = 0
    while first is not None:
        answer = ask(target, f"seqs={first}-9999", mother.keys).get_json()
        size = sum(len(unb64(one["payload"])) for one in answer["parts"])
        assert 0 < size <= MAX_PARTS_BYTES
        got += [one["entry"] for one in answer["parts"]]
        first, pages = answer["next"], pages + 1
    wanted = [one.entry.header.id for one in chain.items if one.entry.header.payload]
    assert got == wanted and pages == 2
    assert len(texts(mother, read(world, mother, asked))) == len(wanted)


def test_a_page_looks_at_no_more_entries_than_it_may(long: Long) -> None:
    ask = asker(long.world.app, long.world.settings.authority)
    target = path(MANY_PARTS, case=long.chain.case, compartment=long.chain.name)
    answer = ask(target, "seqs=0-999", long.mother.keys).get_json()
    assert answer["next"] == MAX_PAGE and len(answer["parts"]) < MAX_PAGE
    (one,) = ask(target, "seqs=700", long.mother.keys).get_json()["parts"]
    assert one["entry"] == long.chain.items[700].entry.header.id


def test_who_came_later_is_given_nothing_of_before_and_it_is_written_down(world: World) -> None:
    first, second = world.staff("consultation_worker", "consultation_worker")
    mother, asked, _ = world.mother("before")
    consulting.take(first, read(world, first, asked))
    chain = read(world, mother, asked)
    mother.write(chain, "MessageSent", {}, consultation.message("after"))
    ask = asker(world.app, world.settings.authority)
    target = path(MANY_PARTS, case=chain.case, compartment=chain.name)
    assert ask(target, "seqs=0-99", second.keys).status_code == 404
    third = world.session(world.code().keys)
    assert ask(target, "seqs=0-99", third.keys).status_code == 404
    assert ask(target, "seqs=0-99").status_code == 404


# --- waiting --------------------------------------------------------------------------------------


def test_a_client_that_is_told_to_wait_waits_and_says_so(tmp_path: Path) -> None:
    three = replace(LIMITS, requests=Limit(8, 10), posts=Limit(3, 1))
    told: list[int] = []
    with World(tmp_path, limits=three, counters=Counters()) as world:
        world.staff("consultation_worker")
        mother, chain, _ = world.mother("message 0")
        mother.transport = Transport(world.url, tell=told.append)
        for number in range(1, 6):
            mother.write(chain, "MessageSent", {}, consultation.message(f"message {number}"))
        found = read(world, mother, chain)
        assert texts(mother, found) == [f"message {number}" for number in range(6)]
    assert told and set(told) <= {1, 2}


def test_a_wait_that_is_too_long_is_an_answer(tmp_path: Path) -> None:
    slow = replace(LIMITS, openings=Limit(1, 1 / 3600))
    with World(tmp_path, limits=slow, counters=Counters()) as world:
        world.staff("consultation_worker")
        world.mother()
        began = time.monotonic()
        with refused_for("openings"):
            world.mother()
        assert time.monotonic() - began < PATIENCE_SECONDS  # the limit asks for an hour
