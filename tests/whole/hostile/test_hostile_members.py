"""A member who cheats hides nothing of what others wrote, keeps nobody out and gets no one else's
words: what he did stands in his name.

Holds client/place/chain.py, client/place/reader.py.
"""

import os
import time
from dataclasses import replace

import pytest

from cli.screen.show import message_fields, show_conversation
from client.cases import consultation, consulting
from client.cases.casework import open_casework
from client.errors import NotPossible, ServerRefused
from client.place.chain import Chain
from client.place.compose import Draft, draft_change, draft_entry, draft_opening
from client.session import Session
from crypto.encoding import b64, hash_of
from crypto.secret.seeds import new_device
from domain.check import Rules
from domain.entry import Line, Parts
from domain.refusal import Refusal, Refused
from domain.service import View
from domain.services.registry import SERVICES
from tests.support.hostile.attacks import attack
from tests.support.people import speaking
from tests.support.world import World, read, texts
from wire.parts import SealedParts
from wire.paths import ENTRIES, path
from wire.pipeline import Reading
from wire.schemas import Receipt, show_parts


def post(world: World, session: Session, draft: Draft) -> None:
    header, signature = draft.signed(session.keys)
    body = {"header": b64(header), "signature": b64(signature), **show_parts(draft.parts)}
    session.transport.post(Receipt, path(ENTRIES), body)
    world.settle()


def rotate_with_junk(world: World, session: Session, chain: Chain, victim: str) -> None:
    """New keys for everybody, and junk for the victim."""
    cards = session.directory.cards(line.device for line in chain.lines) | {
        session.device: session.card
    }
    draft = draft_change(
        chain.compartment, chain.case, "rotated", chain.lines, cards, session.device, 1, _now()
    )
    wraps = {**draft.parts.wraps, victim: os.urandom(1168)}
    members = [
        {**line, "wrap": hash_of(wraps[line["device"]])} for line in draft.header.body["members"]
    ]
    header = replace(draft.header, body={**draft.header.body, "members": members})
    post(world, session, Draft(header, SealedParts(wraps=wraps), draft.epoch_key))


def _now() -> int:

    return int(time.time())


@attack("seals junk in place of a key", "a member", "anna reads", "WrapRefused, and new keys")
def test_who_gets_junk_for_a_key_reads_on_says_so_and_makes_the_next_one(world: World) -> None:
    anna, bram = world.staff("consultation_worker", "consultation_worker")
    mother, asked, _ = world.mother("the question")
    rotate_with_junk(world, bram, read(world, bram, asked), anna.device)
    mother_reads = read(world, mother, asked)
    mother.write(mother_reads, "MessageSent", {}, consultation.message("not for anna"))

    chain = read(world, anna, asked)
    assert texts(anna, chain) == ["the question"] and chain.refused == {1}
    consulting.take(anna, chain)
    kinds = [item.entry.header.kind for item in chain.items[-4:]]
    assert kinds == ["WrapRefused", "MembersChanged", "ConsultationAssigned", "MembersChanged"]
    speaking.answer(anna, chain, "the answer")
    assert texts(mother, read(world, mother, asked))[-1] == "the answer"
    assert bram.read(asked.case, asked.name) is None


@attack("seals junk in place of words", "who asks", "anna reads", "shown as not readable")
def test_a_requester_who_seals_junk_is_marked_and_the_rest_is_read(world: World) -> None:
    (anna,) = world.staff("consultation_worker")
    mother, asked, _ = world.mother("the question")
    for value in ({"schema": "message/1", "text": 5}, {"schema": "advice/1"}, [], "text"):
        key = asked.epoch_keys[0]
        draft = draft_entry(
            asked.compartment,
            asked.case,
            "MessageSent",
            {},
            value,  # type: ignore[arg-type]
            key,
            mother.device,
            1,
            _now(),
        )
        mother.send(asked, draft)
    mother.write(asked, "MessageSent", {}, consultation.message("the last word"))
    messages = consultation.conversation(anna, read(world, anna, asked))
    assert [bool(message.unreadable) for message in messages] == [False, *[True] * 4, False]
    assert messages[-1].value["text"] == "the last word"


def test_what_is_sealed_in_another_form_is_shown_with_a_warning_and_not_as_whole(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its author may use a program that is newer, or another one: what she says is hers."""
    (anna,) = world.staff("consultation_worker")
    mother, asked, _ = world.mother("the question")
    said = {"schema": "message/1", "text": "he\x1b[2J left", "mood": ["afraid", {"since": 2}]}
    place, key = (asked.compartment, asked.case), asked.epoch_keys[0]
    files = [{"key": "A" * 43, "name": "x", "size": 1, "type": "y"}]
    value = said | {"attachments": files}
    draft = draft_entry(*place, "MessageSent", {}, value, key, mother.device, 1, _now())
    mother.send(asked, draft)
    chain = read(world, anna, asked)
    *_, message = consultation.conversation(anna, chain)
    assert (message.value, message.sealed) == ({}, said)
    assert message_fields(message, anna.device)["content"] == {}
    show_conversation(chain, [message])
    shown = capsys.readouterr().out
    warning, text = shown.index("Something may be missing"), shown.index("  text: he[2J left")
    assert warning < text and "  mood 2 since: 2" in shown and "A" * 43 not in shown


@attack("opens a dialogue in the case of another", "anyone", "anna reads", "wrong-case")
def test_a_conversation_under_someone_elses_case_is_refused(world: World) -> None:
    """The server, or anyone, opens a dialogue of his own under the case of the mother."""
    (anna,) = world.staff("consultation_worker")
    _, asked, _ = world.mother("the question")
    trust, evil = anna.directory.refresh(), new_device()
    card = evil.card()
    workers = trust.holders("consultation_worker")
    cards = anna.directory.cards(workers) | {card.device: card}
    lines = (
        Line(card.device, "requester", None),
        *(Line(device, "consultation_worker", None) for device in workers),
    )
    draft = draft_opening(
        asked.case,
        "dialogue-999999999",
        os.urandom(16),
        lines,
        cards,
        consultation.opening("consent", "anonymous"),
        card.device,
        1,
        _now(),
    )
    header, signature = draft.signed(evil)
    reading = Reading(trust, Rules(SERVICES, View.PART), cards)
    with pytest.raises(Refused) as refused:
        reading.receive(header, signature, _now(), Parts.COMPLETE)
    assert refused.value.refusal is Refusal.WRONG_CASE


@attack("opens a second dialogue", "a member", "it is posted", "not-allowed")
@pytest.mark.parametrize("author", ["worker", "requester"])
def test_no_second_dialogue_stands_in_a_consultation(world: World, author: str) -> None:
    (anna,) = world.staff("consultation_worker")
    mother, asked, _ = world.mother("the question")
    session = anna if author == "worker" else mother
    role = "consultation_worker" if author == "worker" else "requester"
    draft = draft_opening(
        asked.case,
        "dialogue-999999999",
        os.urandom(16),
        (Line(session.device, role, None),),
        {session.device: session.card},
        {"service": "consultation", "ground": "consent", "purpose": "consultation"},
        session.device,
        1,
        _now(),
    )
    with pytest.raises(ServerRefused) as refused:
        post(world, session, draft)
    assert refused.value.name == Refusal.NOT_ALLOWED


def test_who_is_put_out_cannot_come_back_by_himself(world: World) -> None:
    anna, bram = world.staff("consultation_worker", "consultation_worker")
    _, asked, _ = world.mother()
    his = read(world, bram, asked)
    consulting.take(anna, read(world, anna, asked))
    for act in (consulting.take, lambda *them: speaking.answer(*them, "text")):
        with pytest.raises((ServerRefused, NotPossible)):
            act(bram, his)


def test_who_lost_the_role_sees_no_work_any_more(world: World) -> None:
    (anna,) = world.staff("consultation_worker")
    world.mother()
    assert len(anna.work()) == 1
    world.ceremony.people[0]["roles"] = []
    world.publish()
    assert anna.work() == []


def test_the_missed_entries_go_to_members_alone(world: World) -> None:
    """A supervisor may propose an erasure from outside; what is said in the case he is not told."""
    world.staff("consultation_worker")
    (supervisor,) = world.staff("supervisor")
    _, asked, _ = world.mother()
    body = {"entries": None, "ground": "request"}
    opened = asked.compartment._replace(seq=0)
    draft = draft_entry(
        opened, asked.case, "ErasureProposed", body, None, None, supervisor.device, 2, _now()
    )
    with pytest.raises(ServerRefused) as refused:
        post(world, supervisor, draft)
    assert refused.value.name == Refusal.OUT_OF_ORDER and refused.value.missed == []


def test_a_case_is_not_passed_off_as_another_that_begins_alike(world: World) -> None:
    (anna,) = world.staff("consultation_worker")
    _, asked, _ = world.mother()
    seen = asked.case[:8] + "0" * 24
    anna.pins.heads[f"{seen}/{asked.name}"] = {"seq": 0, "hash": "A" * 43}
    with pytest.raises(NotPossible, match="give more of the number"):
        open_casework(anna, asked.case[:8])
    assert open_casework(anna, asked.case).case == asked.case
