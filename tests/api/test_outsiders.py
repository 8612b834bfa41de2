"""Whoever does not stand in a case cannot tell from any answer that there is one.

Holds api/cases.py, api/entries.py.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from client.cases import consultation, consulting
from client.place.chain import Chain
from client.place.compose import Draft, draft_entry, draft_opening
from client.session import Session
from crypto.encoding import b64
from crypto.secret.seeds import DeviceKeys, new_device
from domain.entry import Line
from tests.support.asking import Answer, answer_of, asker, proven
from tests.support.people import speaking
from tests.support.world import World, read
from wire.paths import (
    ACCEPTANCES,
    ATTACHMENT,
    CASES,
    ENTRIES,
    MANY_PARTS,
    PARTS,
    READS,
    STRUCTURE,
    TIMELINE,
    UPLOAD,
    WRAPS,
    path,
)
from wire.pipeline import case_id
from wire.schemas import show_parts

ABSENT = "0" * 32  # the hardest one: the stream of roots and rosters has this id


@dataclass
class Scene:
    """A case that was taken: who stands in it, who left it and who never was in it."""

    world: World
    chain: Chain
    worker: Session
    former: Session
    never: Session
    ask: Callable[..., Any]

    def look(self, target: str, keys: DeviceKeys | None = None) -> Answer:
        where, _, query = target.partition("?")
        return answer_of(self.ask(where, query, keys=keys))

    def post(self, header: bytes, signature: bytes, draft: Draft, **more: Any) -> Answer:
        body = {"header": b64(header), "signature": b64(signature), **show_parts(draft.parts)}
        return answer_of(self.ask(path(ENTRIES), method="POST", json=body | more))

    def message(self, author: str, case: str) -> Draft:
        """A message that would follow on the last entry, by this author."""
        compartment, value = self.chain.compartment, consultation.message("hello")
        trust = self.worker.directory.newest
        assert trust.roster is not None
        draft = draft_entry(
            compartment,
            case,
            "MessageSent",
            {},
            value,
            os.urandom(32),
            author,
            trust.roster.version,
            int(self.world.clock()),
        )
        return draft

    def opening(self, session: Session, case: str, compartment: str) -> Draft:
        """An opening of this case by someone whose device and salt give another id."""
        trust = self.worker.directory.newest
        assert trust.roster is not None
        body = consultation.opening("consent", "anonymous")
        return draft_opening(
            case,
            compartment,
            os.urandom(16),
            (Line(session.device, "requester", None),),
            {session.device: session.card},
            body,
            session.device,
            trust.roster.version,
            int(self.world.clock()),
        )


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with World(tmp_path_factory.mktemp("scene")) as world:
        worker, former = world.staff("consultation_worker", "consultation_worker")
        _, asked, _ = world.mother()
        chain = read(world, worker, asked)
        consulting.take(worker, chain)
        speaking.answer(worker, chain, "good that you write")
        (never,) = world.staff("consultation_worker")
        worker.directory.refresh()
        world.settle()
        ask = asker(world.app, world.settings.authority)
        yield Scene(world, chain, worker, former, never, ask)


@pytest.fixture
def no_such_case(scene: Scene) -> Answer:
    """What is answered about a case that is not there, to someone who proves nothing."""
    absent = scene.look(path(TIMELINE, case=ABSENT, compartment=scene.chain.name))
    assert absent.status == 404
    assert json.loads(absent.body)["type"] == "urn:zegel:problem:no-such-case"
    return absent


def targets(scene: Scene, case: str) -> list[str]:
    """Everything that can be asked of a case."""
    name, entry = scene.chain.name, scene.chain.items[-1].entry.header.id
    return [
        path(TIMELINE, case=case, compartment=name),
        path(PARTS, case=case, compartment=name, entry=entry),
        f"{path(MANY_PARTS, case=case, compartment=name)}?seqs=0-9",
        path(WRAPS, case=case, compartment=name),
        path(STRUCTURE, case=case),
        path(ATTACHMENT, case=case, compartment=name, entry=entry, number="1"),
        path(UPLOAD, case=case, compartment=name, hash="A" * 43),
        path(ACCEPTANCES, case=case, compartment=name),
        path(READS, case=case),
        path(CASES),
    ]


def outsiders(scene: Scene) -> dict[str, DeviceKeys | None]:
    return {
        "nobody": None,
        "a device that nobody knows": new_device(),
        "a former member": scene.former.keys,
        "a certified worker who never was in it": scene.never.keys,
    }


ASKED = ["timeline", "parts", "wraps", "structure", "attachment", "upload", "acceptances"]
ASKED += ["reads", "cases"]


@pytest.mark.parametrize("which", range(9), ids=ASKED)
def test_outsiders_are_told_the_same_of_a_case_that_is_there_and_one_that_is_not(
    scene: Scene, no_such_case: Answer, which: int
) -> None:
    for who, keys in outsiders(scene).items():
        for case in (scene.chain.case, ABSENT):
            assert scene.look(targets(scene, case)[which], keys) == no_such_case, who


def test_a_member_is_told_the_same_of_a_case_that_is_not_there(
    scene: Scene, no_such_case: Answer
) -> None:
    keys = scene.worker.keys
    assert scene.ask(targets(scene, scene.chain.case)[0], keys=keys).status_code == 200
    for target in targets(scene, ABSENT):
        assert scene.look(target, keys) == no_such_case


def test_a_wrong_proof_is_answered_as_none_at_all(scene: Scene, no_such_case: Answer) -> None:
    authority = scene.world.settings.authority
    for case in (scene.chain.case, ABSENT):
        for target in targets(scene, case):
            good = proven(scene.worker.keys, authority, target)
            other = proven(scene.worker.keys, authority, path(ENTRIES))
            swapped = good | {"Signature": other["Signature"]}
            for headers in (other, swapped, {"Signature": "junk"}, {"Signature-Input": "junk"}):
                answer = scene.ask(target, headers=headers)
                assert answer_of(answer) == no_such_case


def test_a_member_of_one_compartment_is_told_nothing_of_another(
    scene: Scene, no_such_case: Answer
) -> None:
    for template in (TIMELINE, WRAPS):
        target = path(template, case=scene.chain.case, compartment="dialogue-123456789")
        assert scene.look(target, scene.worker.keys) == no_such_case


def test_a_member_is_told_nothing_of_an_entry_that_is_not_there_or_opens_nothing_for_it(
    scene: Scene, no_such_case: Answer
) -> None:
    opening = scene.chain.items[0].entry.header.id
    for entry in (ABSENT, opening):
        target = path(PARTS, case=scene.chain.case, compartment=scene.chain.name, entry=entry)
        assert scene.look(target, scene.worker.keys) == no_such_case


def test_no_spelling_of_an_id_but_its_own_finds_a_case(scene: Scene, no_such_case: Answer) -> None:
    case = scene.chain.case
    dashed = "-".join((case[:8], case[8:12], case[12:16], case[16:20], case[20:]))
    for spelling in (case.upper(), dashed, f"{{{case}}}", f"urn:uuid:{case}", case + "%0A", "x"):
        for keys in (None, scene.worker.keys):
            for target in targets(scene, spelling):
                assert scene.look(target, keys) == no_such_case, spelling


def test_an_entry_by_an_outsider_is_answered_as_if_there_were_no_case(
    scene: Scene, no_such_case: Answer
) -> None:
    stranger = scene.world.session(new_device())
    for session in (scene.former, scene.never, stranger):
        for case in (scene.chain.case, ABSENT):
            draft = scene.message(session.device, case)
            signed = draft.signed(session.keys)
            card = {"card": session.card.fields()}
            assert scene.post(*signed, draft, **card) == no_such_case
            assert scene.post(*signed, draft) == no_such_case


def test_an_entry_in_the_name_of_a_member_tells_nothing_without_his_signature(
    scene: Scene, no_such_case: Answer
) -> None:
    for case in (scene.chain.case, ABSENT):
        draft = scene.message(scene.worker.device, case)
        header, signature = draft.signed(scene.former.keys)
        assert scene.post(header, signature, draft) == no_such_case
        assert scene.post(header, bytes(64), draft) == no_such_case


def test_stored_bytes_with_another_signature_tell_nothing(
    scene: Scene, no_such_case: Answer
) -> None:
    target = path(TIMELINE, case=scene.chain.case, compartment=scene.chain.name)
    stored = scene.ask(target, keys=scene.worker.keys).get_json()["entries"]
    assert len(stored) > 3
    for entry in stored:
        body = {"header": entry["header"], "signature": b64(os.urandom(64))}
        answer = scene.ask(path(ENTRIES), method="POST", json=body)
        assert answer_of(answer) == no_such_case


def test_an_id_that_is_taken_in_the_case_tells_an_outsider_nothing(
    scene: Scene, no_such_case: Answer
) -> None:
    draft = scene.message(scene.never.device, scene.chain.case)
    taken = replace(draft.header, id=scene.chain.items[-1].entry.header.id)
    draft = replace(draft, header=taken)
    assert scene.post(*draft.signed(scene.never.keys), draft) == no_such_case


def test_an_opening_that_does_not_fit_tells_nothing_of_the_case_it_names(
    scene: Scene, no_such_case: Answer
) -> None:
    for session in (scene.former, scene.world.session(new_device())):
        for case in (scene.chain.case, ABSENT):
            for compartment in (scene.chain.name, "dialogue-123456789"):
                draft = scene.opening(session, case, compartment)
                signed = draft.signed(session.keys)
                answer = scene.post(*signed, draft, card=session.card.fields())
                assert answer == no_such_case


def test_an_opening_that_fits_is_taken_so_the_others_failed_for_that_alone(scene: Scene) -> None:
    session = scene.world.session(new_device())
    draft = scene.opening(session, ABSENT, "dialogue-123456789")
    body = dict(draft.header.body)
    fitting = replace(draft.header, case=case_id(session.device, body["salt"]))
    draft = replace(draft, header=fitting)
    answer = scene.post(*draft.signed(session.keys), draft, card=session.card.fields())
    assert answer.status == 201
