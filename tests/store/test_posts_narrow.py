"""What the store must not take for the same, or for still so.

Holds store/application.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.cases.consultation import message
from domain.refusal import Refusal, Refused
from store.application import NoSuchCase
from tests.support.desk import Desk, Talk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def test_a_roster_that_came_while_an_entry_waited_for_its_turn_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Talk(desk).asked()
    post = talk.post(talk.draft(talk.keys, "MessageSent", {}, message("late")), talk.keys)
    other, taken = desk.another(), desk.store.entries.turn

    @contextmanager
    def turn() -> Iterator[Any]:
        monkeypatch.setattr(desk.store.entries, "turn", taken)
        kept, desk.store = desk.store, other
        desk.publish_roster()
        desk.store = kept
        with taken() as cursor:
            yield cursor

    monkeypatch.setattr(desk.store.entries, "turn", turn)
    with pytest.raises(Refused) as caught:
        desk.store.post(post)
    assert caught.value.refusal is Refusal.STALE_ROSTER
    other.close()


def test_the_same_header_under_another_signature_is_no_repetition(desk: Desk) -> None:
    talk = Talk(desk).asked()
    post = talk.post(talk.draft(talk.keys, "MessageSent", {}, message("once")), talk.keys)
    desk.store.post(post)
    with pytest.raises(NoSuchCase):  # as anybody is told who cannot sign for her
        desk.store.post(replace(post, signature=bytes(64)))
