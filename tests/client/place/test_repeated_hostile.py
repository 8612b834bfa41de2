"""What a lying server makes of trying again: an entry that it shows and never stored is not told as
stored, and a second file of the same name and size does not vanish.

Holds client/place/repeated.py.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.wrappers import Request

from client.cases import consultation
from client.cases.consultation import message
from client.errors import Distrust
from client.files.enclosures import Enclosure
from client.place.chain import Item
from client.session import Session
from tests.support.hostile.server import Answer, HostileServer
from tests.support.world import World, read

SAID = "he has a knife"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, HostileServer) as made:
        made.staff("consultation_worker")
        yield made


def retrying(session: Session) -> tuple[Session, list[Item]]:
    """A session that is told what was written last, and does not write it once more."""
    told: list[Item] = []

    def again(item: Item) -> bool:
        told.append(item)
        return False

    session.again = again
    return session, told


def turned(world: World, deceit: object) -> None:
    assert isinstance(world.server, HostileServer)
    world.server.deceive = deceit  # type: ignore[assignment]


def receipts_withheld(request: Request, answer: Answer) -> Answer:
    """Whoever posts is shown no word that is signed for just that."""
    if request.method != "POST" or "receipt" not in answer:
        return answer
    return {**answer, "signature": "A" * 86}


def test_what_is_shown_and_not_signed_for_is_not_told_as_stored(world: World) -> None:
    mother, chain, code = world.mother()
    consultation.say(mother, chain, SAID)
    world.settle()
    turned(world, receipts_withheld)
    after, told = retrying(world.session(code.keys))
    with pytest.raises(Distrust, match="bad-receipt"):
        consultation.say(after, read(world, after, chain), SAID)
    assert not told


def test_what_is_told_as_stored_leaves_the_receipt_and_stores_nothing_twice(world: World) -> None:
    mother, chain, code = world.mother()
    consultation.say(mother, chain, SAID)
    after, told = retrying(world.session(code.keys))
    before = world.opened.store.position()
    consultation.say(after, read(world, after, chain), SAID)
    (item,) = told
    assert after.pins.holds_receipt(item.entry.hash)
    assert world.opened.store.position() == before


def test_a_conflict_that_shows_what_was_never_stored_is_not_believed(world: World) -> None:
    mother, chain, code = world.mother()
    late, _told = retrying(world.session(code.keys))
    behind = read(world, late, chain)
    consultation.say(mother, chain, SAID)
    turned(world, receipts_withheld)
    with pytest.raises(Distrust, match="bad-receipt"):
        consultation.say(late, behind, SAID)


def test_another_file_of_the_same_name_and_size_is_another_message(world: World) -> None:
    mother, chain, code = world.mother()

    def sent(held: bytes) -> list[Item]:
        file = Enclosure("report.txt", "text/plain", len(held), lambda: io.BytesIO(held))
        after, told = retrying(world.session(code.keys))
        here = read(world, after, chain)
        after.write(here, "MessageSent", {}, message("see the file"), [file])
        return told

    assert sent(b"seen on the 12th") == []
    assert sent(b"seen on the 21st") == []
    assert len(sent(b"seen on the 21st")) == 1
    assert len(read(world, mother, chain).items) == 4
