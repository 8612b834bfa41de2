"""What the store must not take for the same, or for still so.

Holds store/application.py.
"""

from dataclasses import replace

import pytest

from client.cases.consultation import message
from domain.refusal import Refusal, Refused
from store.application import NoSuchCase
from tests.support.desk import Desk, Talk


def test_a_roster_that_came_while_an_entry_waited_for_its_turn_counts(desk: Desk) -> None:
    talk = Talk(desk).asked()
    post = talk.post(talk.draft(talk.keys, "MessageSent", {}, message("late")), talk.keys)
    other = desk.another()

    def a_roster_comes() -> None:
        kept, desk.store = desk.store, other
        desk.publish_roster()
        desk.store = kept

    desk.meanwhile(a_roster_comes)
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
