"""A disk that is full: a clear answer, nothing half-written, and on when there is room.

Holds store/sqlite.py, store/application.py.
"""

from contextlib import ExitStack
from pathlib import Path

import pytest
from eventsourcing.persistence import PersistenceError

from tests.support.desk import Desk, Talk
from tests.support.signing import envelope
from tests.support.world import World
from wire.paths import ENTRIES, path

POOL = 8


def allow_pages(desk: Desk, more: int) -> None:
    """Let the database grow by so many pages, and no further: SQLite's own full disk."""
    with desk.store.entries.datastore.get_connection(commit=False) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count={cursor.fetchone()[0] + more}")


@pytest.mark.parametrize("more", range(6))
def test_a_post_that_finds_no_room_leaves_nothing_and_succeeds_later(
    tmp_path: Path, more: int
) -> None:
    desk = Desk(tmp_path)
    talk = Talk(desk).asked()
    allow_pages(desk, more)
    stored = 0
    while True:
        before, post = desk.rows(), talk.say("x" * 3_000)
        try:
            desk.store.post(post)
        except PersistenceError:
            break
        stored += 1
        assert stored < 50
    assert desk.rows() == before  # not one row of the entry, its parts or a card
    case = desk.store.case(talk.case)
    assert case is not None and case.compartments[talk.name].seq == 1 + stored
    allow_pages(desk, 1_000)
    receipt = desk.store.post(post)
    assert desk.store.post(post) == receipt
    assert len(desk.rows()["stored_events"]) == len(before["stored_events"]) + 1


def test_who_posts_is_told_to_post_again(world: World) -> None:
    world.staff("consultation_worker")
    mother, asked, _ = world.mother()
    opened = world.app.extensions["zegel"]
    with ExitStack() as taken:
        for _ in range(POOL):  # every connection that a thread of the server may get
            connection = taken.enter_context(
                opened.store.entries.datastore.get_connection(commit=False)
            )
            connection.cursor().execute("PRAGMA max_page_count=1")
    body = envelope(world, mother, asked.case, asked.name, "x" * 60_000)
    answer = world.app.test_client().post(path(ENTRIES), json=body)
    assert (answer.status_code, answer.get_json()["type"]) == (503, "urn:zegel:problem:busy")
