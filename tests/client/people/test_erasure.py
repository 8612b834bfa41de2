"""Erasing for good: gone from every file, said by an entry, noticed when no entry says so.

Holds client/people/erasure.py, client/people/outside.py, store/erasure.py, cli/office/erasure.py.
"""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from api.state import open_store
from client.cases import consultation, consulting
from client.cases.consultation import message
from client.errors import Distrust, NotPossible, ServerRefused
from client.people import erasure
from client.people.outside import Structure, write
from client.place.chain import Chain
from client.place.compose import Draft
from client.session import Session
from tests.support.people import speaking
from tests.support.world import World, read, texts

CW, TL, FG = "consultation_worker", "supervisor", "privacy_officer"


class Scene:
    """A consultation of three messages, with those who may erase."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.anna, self.carla, self.officer, self.auditor = world.staff(CW, TL, FG, "auditor")
        self.mother, asked, self.code = world.mother("the first")
        self.asked = asked
        consulting.take(self.anna, read(world, self.anna, asked))
        speaking.answer(self.anna, self.hers(self.anna), "the answer")
        consultation.say(self.mother, self.hers(self.mother), "the last")

    def hers(self, session: Session) -> Chain:
        return read(self.world, session, self.asked)

    def seq(self, nth: int) -> int:
        """The number of the nth message, from 0."""
        said = [one for one in self.hers(self.anna).items if one.entry.header.payload]
        return said[nth].entry.header.seq

    def propose(self, seqs: list[int] | None) -> None:
        erasure.propose(self.carla, self.asked.case, self.asked.name, seqs, "data_subject")

    def erase(self, session: Session | None = None) -> None:
        by = session or self.officer
        found = erasure.structure(self.officer, self.asked.case)
        (proposal,) = erasure.proposals(found)
        erasure.erase(by, self.asked.case, proposal)

    def shown(self, session: Session) -> list[str]:
        chain = self.hers(session)
        said = consultation.conversation(session, chain)
        return [one.value.get("text", one.unreadable.split(" ")[0]) for one in said]

    def parts(self) -> dict[tuple[str, str], bytes]:
        with closing(sqlite3.connect(self.world.folder / "store.sqlite")) as shell:
            rows = shell.execute("SELECT entry_id, part, bytes FROM vault").fetchall()
        return {(entry, part): held for entry, part, held in rows}

    def on_disk(self, bytes_: bytes) -> list[str]:
        """The files of the store in which a run of these bytes can be found."""
        run = bytes_[8:40]
        files = [file for file in self.world.folder.rglob("*") if file.is_file()]
        return [file.name for file in files if run in file.read_bytes()]


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def test_what_is_erased_is_in_no_file_any_more(scene: Scene) -> None:
    entry = scene.hers(scene.anna).items[scene.seq(0)].entry.header
    before = scene.parts()
    gone = [before[entry.id, part] for part in ("payload", "keybox")]
    assert all(scene.on_disk(part) for part in gone)
    scene.propose([scene.seq(0)])
    scene.erase()
    assert [scene.on_disk(part) for part in gone] == [[], []]
    assert before.items() - scene.parts().items() == {
        ((entry.id, part), before[entry.id, part]) for part in ("payload", "keybox")
    }


def test_everyone_is_told_that_it_was_erased_and_the_audit_still_holds(scene: Scene) -> None:
    before = erasure.structure(scene.auditor, scene.asked.case)
    scene.propose([scene.seq(0)])
    scene.erase()
    for session in (scene.mother, scene.anna):
        assert scene.shown(session) == ["erased", "the answer", "the last"]
    after = erasure.structure(scene.auditor, scene.asked.case)
    assert after.headers[: len(before.headers)] == before.headers
    assert [header.kind for header in after.headers[len(before.headers) :]] == [
        "ErasureProposed",
        "PayloadErased",
    ]
    assert after.case.state == before.case.state
    speaking.answer(scene.anna, scene.hers(scene.anna), "we go on")
    assert scene.shown(scene.mother)[-1] == "we go on"


def test_a_whole_conversation_is_erased_with_its_keys(scene: Scene) -> None:
    parts = scene.parts()
    scene.propose(None)
    scene.erase()
    assert scene.parts() == {}
    assert not any(scene.on_disk(part) for part in parts.values())
    (found,) = consultation.cases_of(scene.world.session(scene.code.keys), scene.code)
    assert consultation.is_erased(found)
    assert set(scene.shown(scene.mother)) == {"erased"}


@pytest.mark.parametrize("who", ["mother", "anna"])
def test_who_stands_in_a_place_that_was_erased_whole_writes_on(scene: Scene, who: str) -> None:
    """A crisis does not wait: whoever is first makes the new key, which the erasure owes."""
    scene.propose(None)
    scene.erase()
    session: Session = getattr(scene, who)
    epoch = scene.hers(session).compartment.epoch
    say = consultation.say if who == "mother" else speaking.answer
    say(session, scene.hers(session), "he has left with a bag")
    for one in (scene.mother, scene.anna):
        assert scene.shown(one)[-1] == "he has left with a bag"
        assert scene.hers(one).compartment.epoch == epoch + 1
    kinds = [item.entry.header.kind for item in scene.hers(scene.anna).items]
    assert kinds[-3:-1] == ["PayloadErased", "MembersChanged"]


def test_a_crisis_is_told_in_a_conversation_that_was_erased_whole(scene: Scene) -> None:
    scene.propose(None)
    scene.erase()
    value, chain = message("he has a knife"), scene.hers(scene.mother)
    consultation.write_to_office(scene.mother, chain, "CrisisFlagged", {}, value)
    assert scene.shown(scene.anna)[-1] == "he has a knife"
    assert scene.hers(scene.anna).state.facts["crisis"] == "raised"


def test_who_reads_while_something_is_erased_is_not_alarmed(scene: Scene) -> None:
    before = scene.hers(scene.mother)  # read before the erasure, and not since
    scene.propose([scene.seq(0)])
    scene.erase()
    said = consultation.conversation(scene.mother, before)
    assert said[0].unreadable.startswith("erased")


def test_a_message_is_taken_back_hidden_and_then_erased(scene: Scene) -> None:
    erasure.withdraw(scene.mother, scene.hers(scene.mother), [scene.seq(2)])
    assert scene.shown(scene.anna) == ["the first", "the answer", "taken"]
    scene.erase()
    assert scene.shown(scene.mother) == ["the first", "the answer", "erased"]


def test_a_correction_stands_beside_what_it_corrects(scene: Scene) -> None:
    seq = scene.seq(2)
    erasure.correct(scene.mother, scene.hers(scene.mother), seq, message("what I meant"))
    chain = scene.hers(scene.anna)
    assert texts(scene.anna, chain) == ["the first", "the answer", "the last", "what I meant"]
    ((of, correction),) = chain.corrected().items()
    assert (of, correction.entry.header.seq) == (chain.items[seq].entry.header.id, seq + 1)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (lambda s: erasure.withdraw(s.anna, s.hers(s.anna), [s.seq(0)]), "only who wrote"),
        (lambda s: erasure.withdraw(s.anna, s.hers(s.anna), [0]), "no message 0"),
        (
            lambda s: erasure.correct(s.anna, s.hers(s.anna), s.seq(0), message("not mine")),
            "author's own",
        ),
        (lambda s: s.propose([0]), "no such message"),
        (lambda s: s.propose([99]), "no such message"),
    ],
)
def test_only_ones_own_words_that_are_there(scene: Scene, what: Any, told: str) -> None:
    with pytest.raises(NotPossible, match=told):
        what(scene)


def test_nobody_erases_without_another_persons_proposal(scene: Scene) -> None:
    kept = scene.parts()
    invented = erasure.Proposal(
        "0" * 32, "ErasureProposed", scene.asked.name, None, "data_subject", scene.carla.device, ()
    )
    with pytest.raises(ServerRefused) as refused:
        erasure.erase(scene.officer, scene.asked.case, invented)
    assert refused.value.name == "wrong-state"
    scene.propose(None)
    for wrong in (scene.carla, scene.auditor):
        with pytest.raises(ServerRefused) as refused:
            scene.erase(wrong)
        assert refused.value.name in ("not-a-member", "no-such-case")
    assert scene.parts() == kept
    scene.erase()
    with pytest.raises(ValueError, match="unpack"):
        scene.erase()  # the proposal was used


def test_a_loss_that_no_entry_explains_is_an_alarm(scene: Scene) -> None:
    chain = scene.hers(scene.mother)
    lost = chain.items[scene.seq(0)].entry.header.id
    with closing(sqlite3.connect(scene.world.folder / "store.sqlite")) as shell:
        shell.execute("DELETE FROM vault WHERE entry_id=?", (lost,))
        shell.commit()
    with pytest.raises(Distrust, match="missing-payload"):
        scene.shown(scene.mother)


def test_after_a_restore_what_was_erased_is_erased_again(scene: Scene) -> None:
    entry = scene.hers(scene.anna).items[scene.seq(0)].entry.header
    held = {key: part for key, part in scene.parts().items() if key[0] == entry.id}
    scene.propose([scene.seq(0)])
    scene.erase()
    with closing(sqlite3.connect(scene.world.folder / "store.sqlite")) as shell:
        case = scene.asked.case
        rows = [(case, *key, "", part) for key, part in held.items()]
        shell.executemany("INSERT INTO vault VALUES (?,?,?,?,?)", rows)  # as a backup brings back
        shell.commit()
    assert scene.parts().items() >= held.items()
    opened = open_store(scene.world.settings)
    opened.store.close()
    opened.views.close()
    assert not scene.parts().keys() & held.keys()
    assert not any(scene.on_disk(part) for part in held.values())


def test_who_acts_from_outside_is_heard_however_often_others_come_first(scene: Scene) -> None:
    case, place = scene.asked.case, scene.asked.name
    body = {"entries": None, "ground": "data_subject"}
    others: list[str] = []

    def drafted(found: Structure) -> Draft:
        if len(others) < 8:
            others.append(f"once more {len(others)}")
            consultation.say(scene.mother, scene.hers(scene.mother), others[-1])
        return erasure.entry_of(scene.carla, found, place, "ErasureProposed", body)

    write(scene.carla, case, drafted)
    (proposed,) = erasure.proposals(erasure.structure(scene.officer, case))
    assert proposed.entries is None and len(proposed.contents) == 11
