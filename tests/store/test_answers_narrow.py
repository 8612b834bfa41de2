"""What the store says to whom: receipts with their place, what was missed, keys, and nothing of a
case to those who do not stand in it.

Holds store/application.py.
"""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import PersistenceError

from client.cases.consultation import message
from client.place.compose import draft_opening
from crypto.encoding import b64
from crypto.secret.seeds import new_device
from domain.entry import Attachment, Line
from domain.refusal import Refusal, Refused
from domain.services.registry import SERVICES
from store.application import MAX_MISSED, CaseStore, Conflict, NoSuchCase, Post
from store.blobs import FolderBlobs
from store.events import TRUST_STREAM
from store.uploads import Place
from tests.support.desk import SALT, Desk, Talk
from tests.support.steps import Steps, counting_steps
from wire.header import entry_hash, parse_header
from wire.trust_documents import ROSTER_LABEL


def test_a_store_that_is_not_there_is_not_made_by_opening_it(desk: Desk, tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "mistyped.sqlite")
    with pytest.raises(PersistenceError):
        store = CaseStore(elsewhere, desk.pin, desk._signer, SERVICES, desk.clock)
        store.trust()


def test_files_lie_beside_the_store_or_where_they_are_said_to(desk: Desk, tmp_path: Path) -> None:
    desk.store.uploads.blobs.put("a" * 32, 0, b"beside")
    assert list(FolderBlobs(tmp_path / "blobs").names()) == ["a" * 32]
    elsewhere = FolderBlobs(tmp_path / "elsewhere")
    store = CaseStore(desk.path, desk.pin, desk._signer, SERVICES, desk.clock, blobs=elsewhere)
    store.uploads.blobs.put("b" * 32, 0, b"there")
    assert list(elsewhere.names()) == ["b" * 32]
    store.close()


def with_file(talk: Talk) -> Post:
    """A message with a file that was uploaded."""
    held = bytes(16_472)
    draft = talk.draft(talk.keys, "MessageSent", {}, message("see"))
    assert draft.header.payload is not None
    file = Attachment(b64(hashlib.sha256(held).digest()), len(held))
    payload = draft.header.payload._replace(attachments=(file,))
    talk.desk.store.uploads.put(
        Place(talk.case, talk.name, talk.device, file.hash), len(held), 0, held
    )
    return talk.post(replace(draft, header=replace(draft.header, payload=payload)), talk.keys)


def test_a_file_is_kept_with_the_entry_that_names_it(desk: Desk) -> None:
    talk = Talk(desk).asked()
    post = with_file(talk)
    desk.store.post(post)
    found = desk.store.attachment_for(talk.case, parse_header(post.header).id, talk.device, 1)
    assert found is not None
    with desk.shell() as shell:
        assert shell.execute("SELECT COUNT(*) FROM uploads").fetchone() == (0,)


def test_a_file_that_went_while_its_entry_waited_for_its_turn_is_missing(desk: Desk) -> None:
    """Swept, for one: it is said by name, and nothing is stored."""
    talk = Talk(desk).asked()
    post, before = with_file(talk), desk.store.position()

    def it_is_swept() -> None:
        with desk.shell() as shell:
            shell.execute("DELETE FROM uploads")

    desk.meanwhile(it_is_swept)
    with pytest.raises(Refused) as caught:
        desk.store.post(post)
    assert caught.value.refusal is Refusal.MISSING_PAYLOAD
    assert desk.store.position() == before


def test_a_name_that_is_taken_by_a_place_of_others_is_to_be_drawn_again(desk: Desk) -> None:
    """Who does not stand in it is told no more than that."""
    talk = Talk(desk).asked()
    for keys, wanted in zip(desk.workers, (None, Refusal.OUT_OF_ORDER), strict=True):
        device = keys.card().device
        lines = (Line(device, "consultation_worker", None),)
        body = {"service": "consultation", "ground": "consent", "purpose": "consultation"}
        name = "worknotes-774424101"
        draft = draft_opening(
            *(talk.case, name, SALT, lines, talk.cards, body, device, desk.roster, desk.now())
        )
        try:
            desk.store.post(talk.post(draft, keys))
        except Refused as refused:
            assert refused.refusal is wanted
        else:
            assert wanted is None


def test_a_receipt_names_the_position_the_number_and_the_time_of_its_entry(desk: Desk) -> None:
    talk = Talk(desk).asked()
    last = desk.store.position()
    draft = talk.draft(talk.keys, "MessageSent", {}, message("a word"))
    receipt = talk.send(draft, talk.keys)
    assert receipt.position == desk.store.position() == last + 1
    (stored,) = desk.store.structure(talk.case, 2, 9)
    header = draft.header
    fields: list[Any] = [talk.case, talk.name, header.seq, header.id]
    fields += [entry_hash(stored.entry.header), receipt.position, stored.entry.stored]
    assert stored.position == receipt.position
    assert (receipt.stated, receipt.signature) == desk._signer.receipt(fields)


def test_who_missed_much_is_told_the_first_hundred_of_it(desk: Desk) -> None:
    talk = Talk(desk).asked()
    late = talk.say("too late")
    talk.go_on(MAX_MISSED + 1)
    with pytest.raises(Conflict) as caught:
        desk.store.post(late)
    assert len(caught.value.missed) == MAX_MISSED == 100
    assert caught.value.refused.refusal is Refusal.OUT_OF_ORDER
    assert str(caught.value) == str(caught.value.refused)


def test_who_stands_in_no_place_is_told_nothing_of_what_he_missed(desk: Desk) -> None:
    """Also an office that may write there from outside: it is refused and no more."""
    talk = Talk(desk).asked()
    supervisor = new_device()
    desk.ceremony.list_person(9, ["supervisor"], supervisor)
    desk.workers.append(supervisor)
    desk.publish_roster()
    body = {"entries": None, "ground": "data_subject"}
    early = talk.post(talk.draft(supervisor, "ErasureProposed", body), supervisor)
    talk.go_on(1)
    with pytest.raises(Refused) as caught:
        desk.store.post(early)
    assert caught.value.refusal is Refusal.OUT_OF_ORDER


def test_a_member_who_breaks_another_rule_is_told_that_rule(desk: Desk) -> None:
    talk = Talk(desk).asked()
    draft = talk.draft(talk.keys, "MessageSent", {}, message("a word"))
    wrong = replace(draft, header=replace(draft.header, epoch=7))
    with pytest.raises(Refused) as caught:
        desk.store.post(talk.post(wrong, talk.keys))
    assert caught.value.refusal is Refusal.WRONG_EPOCH


def test_a_document_comes_again_to_the_same_answer(desk: Desk) -> None:
    first = desk.store.position()
    desk.publish_roster()
    document = desk.ceremony.rosters[-1]
    signed = [desk.ceremony.registrar.sign_document(0, ROSTER_LABEL, document)]
    again = desk.store.publish("roster", document, signed)
    assert again[0] == desk.store.position() == first + 1
    with desk.shell() as shell:
        versions = shell.execute(
            "SELECT originator_version FROM stored_events WHERE originator_id=? ORDER BY 1",
            (TRUST_STREAM.hex,),
        ).fetchall()
    assert versions == [(number,) for number in range(1, len(versions) + 1)]


def test_the_answer_to_a_document_names_its_position(desk: Desk) -> None:
    document = desk.ceremony.roster(desk.now())
    signed = [desk.ceremony.registrar.sign_document(0, ROSTER_LABEL, document)]
    position, stored = desk.store.publish("roster", document, signed)
    assert position == desk.store.position()
    assert desk.store.publish("roster", document, signed) == (position, stored)


def test_a_document_that_nobody_known_signed_is_not_read(desk: Desk) -> None:
    """Anyone can send one: it is refused before it is parsed, whatever it holds."""
    with pytest.raises(Refused) as caught:
        desk.store.publish("roster", b"no roster at all", [])
    assert caught.value.refusal is Refusal.BAD_SIGNATURE


def test_a_roster_is_judged_by_what_is_certified_when_its_turn_comes(desk: Desk) -> None:
    """Another process stored the same number meanwhile: this one no longer follows."""
    document = desk.ceremony.roster(desk.now())
    signed = [desk.ceremony.registrar.sign_document(0, ROSTER_LABEL, document)]
    other = desk.another()
    rival = desk.ceremony.roster(desk.now() - 60)
    vouched = [desk.ceremony.registrar.sign_document(0, ROSTER_LABEL, rival)]
    desk.meanwhile(lambda: other.publish("roster", rival, vouched))
    with pytest.raises(Refused):
        desk.store.publish("roster", document, signed)
    other.close()


def test_the_key_of_a_revoked_device_is_given_to_those_alone_who_ask_for_it(desk: Desk) -> None:
    talk = Talk(desk).asked()
    worker = desk.workers[0].card()
    assert desk.store.device_key(worker.device) == worker.sign
    assert desk.store.device_key(talk.device) == talk.keys.card().sign
    assert desk.store.device_key("f" * 32) is None
    desk.ceremony.people[0]["devices"][0]["revoked"] = "2026-01-01T00:00Z"
    desk.publish_roster()
    assert desk.store.device_key(worker.device) is None
    assert desk.store.device_key(worker.device, also_revoked=True) == worker.sign


def test_a_case_is_held_from_its_first_entry_on_and_documents_are_none(desk: Desk) -> None:
    talk = Talk(desk)
    assert not desk.store.holds_case(talk.case)
    talk.send(talk.opening(), talk.keys)
    assert desk.store.holds_case(talk.case)
    assert not desk.store.holds_case(TRUST_STREAM.hex)


def test_a_card_that_the_entry_does_not_name_is_not_kept(desk: Desk) -> None:
    talk = Talk(desk).asked()
    stranger = new_device().card()
    desk.store.post(replace(talk.say("with another's card"), card=stranger))
    assert desk.store.cards([stranger.device, talk.device]) == {talk.device: talk.keys.card()}


def test_a_stranger_learns_nothing_of_a_case(desk: Desk) -> None:
    talk = Talk(desk).asked()
    stranger = new_device()
    post = talk.post(talk.draft(stranger, "MessageSent", {}, message("knock")), stranger)
    with pytest.raises(NoSuchCase):
        desk.store.post(replace(post, card=stranger.card()))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return counting_steps(monkeypatch)


def test_what_was_posted_here_is_not_read_again(steps: Steps, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    talk = Talk(desk).asked().go_on(2)
    first, again = (steps(lambda: desk.store.case(talk.case)) for _ in range(2))
    assert 0 < first == again
    desk.store.close()


def test_whether_there_is_a_case_takes_as_long_for_a_long_one(steps: Steps, tmp_path: Path) -> None:
    """Who asks for one that is not his learns nothing from the time it took."""
    desk = Desk(tmp_path)
    new, long = Talk(desk), Talk(desk).asked().go_on(9)
    new.send(new.opening(), new.keys)
    short, longer = (
        steps(lambda case=one.case: desk.store.holds_case(case)) for one in (new, long)
    )
    assert 0 < short == longer
    desk.store.close()
