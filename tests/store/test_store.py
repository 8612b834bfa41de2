"""The store keeps what it has answered for: whole, once, in order, and unchanged.

Holds store/application.py, store/folds.py, store/sqlite.py, store/turn.py, store/schema.py.
"""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import OperationalError, PersistenceError
from eventsourcing.sqlite import SQLiteConnection

import store.sqlite
from client.cases.consultation import message
from domain.refusal import Refusal, Refused
from store.application import CaseStore, Conflict, Post
from tests.support.desk import Desk, Talk
from tests.support.steps import STEPS_OF_A_ROW, Steps, counting_steps

THREADS = 8


EVENT = "originator_id, originator_version, topic, state, compartment, seq, entry_id"
OTHER = "'f', 7, 'zegel/entry/1', x'00', 'dialogue-1', 7, 'e'"  # collides with nothing
LAST = "FROM stored_events WHERE compartment IS NOT NULL ORDER BY rowid DESC LIMIT 1"
EVENT_KEYS = {
    "rowid": f"(rowid, {EVENT}) SELECT rowid, {OTHER} {LAST}",
    "rowid as text": f"(rowid, {EVENT}) SELECT CAST(rowid AS TEXT), {OTHER} {LAST}",
    "rowid as real": f"(rowid, {EVENT}) SELECT CAST(rowid AS REAL), {OTHER} {LAST}",
    "version": f"({EVENT}) SELECT originator_id, originator_version, 't', x'', 'c', 7, 'e' {LAST}",
    "seq": f"({EVENT}) SELECT originator_id, 700, 't', x'00', compartment, seq, 'e' {LAST}",
    "entry id": f"({EVENT}) SELECT originator_id, 700, 't', x'00', 'c', 7, entry_id {LAST}",
}
REPLACING = {
    **{f"stored_events by {key}": f"stored_events {values}" for key, values in EVENT_KEYS.items()},
    "cards by device": "cards (device, card) SELECT device, x'00' FROM cards LIMIT 1",
    "vault by key": "vault (originator_id, entry_id, part, device, bytes) "
    "SELECT originator_id, entry_id, part, device, x'00' FROM vault LIMIT 1",
}
PLAIN = [
    "UPDATE stored_events SET state=x'00'",
    "UPDATE stored_events SET rowid=rowid+100",
    "UPDATE OR REPLACE stored_events SET rowid=1, originator_version=1",
    "UPDATE OR IGNORE stored_events SET entry_id=NULL",
    "DELETE FROM stored_events",
    "DELETE FROM stored_events WHERE rowid=1",
    "UPDATE cards SET card=x'00'",
    "UPDATE OR REPLACE cards SET device='f'",
    "DELETE FROM cards",
    "UPDATE vault SET bytes=x'00'",
    "UPDATE OR REPLACE vault SET part='wrap', device=''",
]


def refused(desk: Desk, statement: str) -> None:
    """Runs the statement in a shell; rows and bytes are the same afterwards."""
    before = desk.rows()
    assert all(before.values())
    with desk.shell() as shell, pytest.raises(sqlite3.IntegrityError):
        shell.execute(statement)
    assert desk.rows() == before


@pytest.mark.parametrize("statement", PLAIN)
def test_a_shell_cannot_change_or_remove_a_stored_row(desk: Desk, statement: str) -> None:
    Talk(desk).asked()
    refused(desk, statement)


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE INTO", "REPLACE INTO"])
@pytest.mark.parametrize("rows", REPLACING.values(), ids=REPLACING.keys())
def test_a_shell_cannot_put_a_row_in_the_place_of_another(desk: Desk, verb: str, rows: str) -> None:
    Talk(desk).asked()
    refused(desk, f"{verb} {rows}")


@pytest.mark.parametrize("rows", REPLACING.values(), ids=REPLACING.keys())
def test_a_shell_cannot_insert_and_update_on_conflict(desk: Desk, rows: str) -> None:
    Talk(desk).asked()
    table = rows.partition(" ")[0]
    column = {"stored_events": "state", "cards": "card", "vault": "bytes"}[table]
    if "LIMIT" in rows and "WHERE" not in rows:
        rows = rows.replace("LIMIT", "WHERE true LIMIT")  # the grammar wants one before ON
    refused(desk, f"INSERT INTO {rows} ON CONFLICT DO UPDATE SET {column}=x'00'")


def test_a_card_has_no_second_key_to_be_replaced_by(desk: Desk) -> None:
    before = desk.rows()
    with desk.shell() as shell, suppress(sqlite3.Error):
        shell.execute("REPLACE INTO cards (rowid, device, card) VALUES (1, 'f', x'00')")
    assert set(before["cards"]) <= set(desk.rows()["cards"])


def test_sealed_parts_can_be_erased_and_the_entry_stays(desk: Desk) -> None:
    Talk(desk).asked()
    before = desk.rows()
    with desk.shell() as shell:
        shell.execute("DELETE FROM vault")
    assert desk.rows() == {**before, "vault": []}


@pytest.mark.parametrize("part", ["payload", "keybox"])
def test_an_entry_whose_sealed_parts_cannot_be_stored_is_not_stored(desk: Desk, part: str) -> None:
    """Entry, sealed parts and card are stored together or not at all; afterwards posting works."""
    talk = Talk(desk).asked()
    draft = talk.draft(talk.keys, "MessageSent", {}, message("whole"))
    post = talk.post(draft, talk.keys)
    planted = (talk.case, draft.header.id, part, "", b"planted")
    with desk.shell() as shell:
        shell.execute("INSERT INTO vault VALUES (?,?,?,?,?)", planted)
        before = desk.rows()
        with pytest.raises(PersistenceError):
            desk.store.post(post)
        assert desk.rows() == before
        shell.execute("DELETE FROM vault WHERE bytes=?", (b"planted",))
    position = desk.store.position()
    assert desk.store.post(post).position == position + 1
    assert desk.store.parts_for(talk.case, draft.header.id, talk.device) == draft.parts


def test_a_first_entry_that_fails_leaves_no_case_no_wrap_and_no_card(desk: Desk) -> None:
    talk = Talk(desk)
    draft = talk.opening()
    last = list(draft.parts.wraps)[-1]
    with desk.shell() as shell:
        planted = (talk.case, draft.header.id, "wrap", last, b"planted")
        shell.execute("INSERT INTO vault VALUES (?,?,?,?,?)", planted)
        before = desk.rows()
        with pytest.raises(PersistenceError):
            talk.send(draft, talk.keys)
        assert desk.rows() == before
        assert desk.store.case(talk.case) is None
        shell.execute("DELETE FROM vault")
    talk.send(draft, talk.keys)
    assert desk.store.case(talk.case) is not None


def test_a_store_that_another_program_locks_says_so_and_recovers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A post that cannot be written in time fails as a fault of storage, and works later."""
    monkeypatch.setattr(store.sqlite, "LOCK_TIMEOUT_SECONDS", 0.05)
    desk = Desk(tmp_path)
    talk = Talk(desk).asked()
    post = talk.say("later")
    with desk.shell() as shell:
        shell.execute("BEGIN IMMEDIATE")
        with pytest.raises(PersistenceError):
            desk.store.post(post)
        shell.execute("ROLLBACK")
    assert desk.store.post(post).position == desk.store.position()
    desk.store.close()


def test_the_same_post_again_gives_the_same_receipt_and_no_second_row(desk: Desk) -> None:
    talk = Talk(desk).asked()
    post = talk.say("once")
    first = desk.store.post(post)
    talk.go_on(2)
    before = desk.rows()
    other = desk.another()
    assert [desk.store.post(post), other.post(post)] == [first, first]
    assert desk.rows() == before
    other.close()


def test_other_bytes_under_a_known_id_are_refused(desk: Desk) -> None:
    talk = Talk(desk).asked()
    draft = talk.draft(talk.keys, "MessageSent", {}, message("first"))
    talk.send(draft, talk.keys)
    again = talk.draft(talk.keys, "MessageSent", {}, message("second"))
    again = replace(again, header=replace(again.header, id=draft.header.id))
    before = desk.rows()
    with pytest.raises(Refused) as caught:
        talk.send(again, talk.keys)
    assert caught.value.refusal is Refusal.DUPLICATE_ENTRY
    assert desk.rows() == before


def at_once(stores: list[CaseStore], posts: list[Post]) -> list[Any]:
    """Post them all at the same time, over the stores in turn: receipts or refusals."""
    start = threading.Barrier(len(posts))

    def one(number: int) -> Any:
        start.wait()
        try:
            return stores[number % len(stores)].post(posts[number])
        except (Conflict, Refused) as refused:
            return refused

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(one, range(len(posts))))


def test_the_same_post_from_many_at_once_is_stored_once(desk: Desk) -> None:
    talk = Talk(desk).asked()
    stores = [desk.store, desk.another()]
    count = len(desk.rows()["stored_events"])
    for number in range(1, 6):
        receipts = at_once(stores, [talk.say("together")] * THREADS)
        assert receipts == [desk.store.post(talk_last(desk))] * THREADS
        assert len(desk.rows()["stored_events"]) == count + number
    stores[1].close()


def talk_last(desk: Desk) -> Post:
    """The entry stored last, as it was posted."""
    with desk.shell() as shell:
        ((state,),) = shell.execute("SELECT state FROM stored_events ORDER BY rowid DESC LIMIT 1")
    return Post(state[72:], state[8:72], Talk(desk).opening().parts)


def test_of_many_at_the_same_place_one_wins_and_the_others_learn_what_they_missed(
    desk: Desk,
) -> None:
    talk = Talk(desk).asked()
    stores = [desk.store, desk.another()]
    for _ in range(5):
        posts = [talk.say(f"thread {number}") for number in range(THREADS)]
        outcomes = at_once(stores, posts)
        (winner,) = [n for n, outcome in enumerate(outcomes) if not isinstance(outcome, Exception)]
        for outcome in outcomes[:winner] + outcomes[winner + 1 :]:
            assert isinstance(outcome, Conflict)
            assert outcome.refused.refusal is Refusal.OUT_OF_ORDER
            (missed,) = outcome.missed
            assert missed.entry.header == posts[winner].header
            assert missed.position == outcomes[winner].position
    stores[1].close()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return counting_steps(monkeypatch)


@pytest.mark.parametrize("missed", [0, 5])
def test_a_post_into_a_long_case_reads_no_more_than_one_into_a_new_case(
    steps: Steps, tmp_path: Path, missed: int
) -> None:
    """Also when another process wrote the last entries: those are read, and nothing before them."""
    desk = Desk(tmp_path)
    here = desk.another()
    long, new = Talk(desk).asked().go_on(300), Talk(desk).asked()
    here.post(Talk(desk).asked().say("so that the roster has been read"))
    taken: list[int] = []
    for talk in (new, long):
        assert here.case(talk.case) is not None
        talk.go_on(missed)
        post = talk.say("next")
        taken.append(steps(lambda post=post: here.post(post)))
    assert 0 < taken[1] < taken[0] + STEPS_OF_A_ROW
    here.close()
    desk.store.close()


def test_a_commit_that_fails_stores_nothing_and_keeps_nobody_from_posting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as on a disk that is full at that very moment."""
    talk = Talk(desk).asked()
    said = talk.say("will fail once")
    commit = SQLiteConnection.commit
    monkeypatch.setattr(SQLiteConnection, "commit", _fails)
    with pytest.raises(OperationalError):
        desk.store.post(said)
    monkeypatch.setattr(SQLiteConnection, "commit", commit)
    entries = len(desk.store.structure(talk.case, 0, 100))
    assert desk.store.post(said).position > 0
    assert len(desk.store.structure(talk.case, 0, 100)) == entries + 1


def _fails(connection: SQLiteConnection) -> None:
    raise sqlite3.OperationalError("disk I/O error")
