"""A position of the store is given once and to one thing: who was put off the list writes nowhere
that was whole before, least of all where the list itself stands. And what a server shows out of
order, or no more, is refused by name.

Holds client/server/directory.py, client/server/pins.py, client/audit/replay.py.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.wrappers import Request

from client.audit.replay import fetch, hold_to_pins, replay
from client.cases import consultation, consulting
from client.cases.charge import own_lines
from client.errors import Distrust
from client.server.pins import Pins
from client.session import Session
from crypto.encoding import b64, unb64
from tests.support.hostile.attacks import Deed
from tests.support.hostile.server import Answer, HostileServer, Scene
from tests.support.people import speaking
from tests.support.world import World

SERVER = "client.server.directory.Directory"


class Turned(Scene):
    """The worker's device is off the list. notes: her place in the case; before: the last position
    of the case; roster: that of the list that put it off, with one place of somebody else between
    them."""

    notes: str
    before: int
    roster: int
    seen: Pins
    audited: Pins

    def shows(self, position: int, *, stored: int = 0) -> None:
        """An answer that she signs now for then, at a position of the server's choice."""
        found = self.chain
        key = found.epoch_keys[found.compartment.epoch]
        drafted = self.worker.draft(
            found, "AnswerGiven", {}, consultation.message("not hers to say any more"), key
        )
        header, signature = drafted.signed(self.worker.keys)
        forged = {
            "header": b64(header),
            "signature": b64(signature),
            "stored": stored or found.items[-1].entry.stored,
            "position": position,
        }

        def deceit(_: Scene, request: Request, answer: Answer) -> Answer:
            if request.path.endswith(("/entries", "/structure")) and found.case in request.path:
                return {**answer, "entries": [*answer["entries"], forged]}
            return answer

        self.turn(deceit)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turned]:
    with World(tmp_path_factory.mktemp("positions"), HostileServer) as world:
        (worker,) = world.staff("consultation_worker")
        (auditor,) = world.staff("auditor")
        mother, chain, code = world.mother("the first question")
        found = worker.read(chain.case, chain.name)
        assert found is not None
        consulting.take(worker, found)
        own = own_lines(worker.directory.newest, worker.device, "consultation_worker")
        opening = {"service": "consultation", "ground": "public_task", "purpose": "consultation"}
        notes = worker.open_beside(chain.case, "worknotes", own, opening)
        speaking.answer(worker, found, "the answer")
        _, other, _ = world.mother("of someone else")
        scene = Turned(world, worker, auditor, mother, found, code, other)
        scene.notes = notes.name
        scene.before = found.items[-1].position
        world.revoke(worker)
        world.settle()
        scene.roster = world.opened.store.position()
        scene.seen, scene.audited = Pins(), Pins()
        mother_reads(scene)
        auditor_comes_again(scene)
        yield scene


@pytest.fixture
def scene(stage: Turned) -> Iterator[Turned]:
    yield stage
    stage.world.server.deceive = None  # type: ignore[attr-defined]


def mother_reads(scene: Turned, pins: Pins | None = None) -> None:
    session = scene.mother_again(scene.seen if pins is None else pins)
    session.directory.refresh()
    assert session.read(scene.chain.case, scene.chain.name) is not None


def mother_comes_with_her_code(scene: Turned) -> None:
    """With the code alone: she keeps nothing."""
    mother_reads(scene, Pins())


def auditor_replays_it(scene: Turned, pins: Pins | None = None) -> None:
    auditor = scene.world.session(scene.auditor.keys, pins or Pins())
    auditor.directory.refresh()
    known = auditor.directory.last
    evidence, cards = fetch(auditor.transport, auditor.keys, scene.chain.case)
    auditor.directory.refresh()
    found = replay(scene.chain.case, evidence, cards, auditor.directory).finding
    if found is not None:
        raise Distrust(found.rule, found.detail)
    hold_to_pins(scene.chain.case, evidence, auditor.pins, known)


def auditor_comes_again(scene: Turned) -> None:
    auditor_replays_it(scene, scene.audited)


def at_the_roster(scene: Turned) -> None:
    scene.shows(scene.roster)


def before_the_roster(scene: Turned) -> None:
    scene.shows(scene.before + 1)


def outcome(scene: Turned, act: Callable[[Turned], None]) -> str:
    try:
        act(scene)
    except Distrust as refused:
        return refused.name
    return "accepted"


DOCUMENT = {f"{SERVER}.at": lambda self, at: self._trusts[sum(p < at for p in self._positions)]}
WHOLE = {"client.server.pins.Pins.check_position": lambda *_: None}
DEEDS = {
    "writes at the position of the list that put it off": Deed(
        at_the_roster, mother_comes_with_her_code, "out-of-order", DOCUMENT
    ),
    "shows an auditor an entry at the position of a list": Deed(
        at_the_roster, auditor_replays_it, "out-of-order", DOCUMENT
    ),
    "writes before the list, to who read the place whole": Deed(
        before_the_roster, mother_reads, "forked", WHOLE
    ),
    "writes before the list, to an auditor who saw it whole": Deed(
        before_the_roster, auditor_comes_again, "forked", WHOLE
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_who_is_off_the_list_writes_nowhere_that_was_before(
    scene: Turned, deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    does, act = DEEDS[deed].deceit, DEEDS[deed].act
    whole = (dict(scene.seen.whole), dict(scene.audited.whole))
    does(scene)
    assert outcome(scene, act) == DEEDS[deed].refusal
    assert (scene.seen.whole, scene.audited.whole) == whole
    kept = (dict(scene.seen.heads), dict(scene.audited.heads))
    for target, replacement in DEEDS[deed].check.items():
        monkeypatch.setattr(target, replacement)
    assert outcome(scene, act) == "accepted"
    (scene.seen.heads, scene.audited.heads), (scene.seen.whole, scene.audited.whole) = kept, whole


# --- what is shown out of order, or no more ------------------------------------------------------


def newest_first(scene: Turned) -> None:
    """The newest two stand at each other's positions, in an order that their authors signed."""

    def deceit(_: Scene, request: Request, answer: Answer) -> Answer:
        if not request.path.endswith(("/entries", "/structure")):
            return answer
        *older, last, newest = answer["entries"]
        last, newest = (
            {**last, "position": newest["position"]},
            {**newest, "position": last["position"]},
        )
        return {**answer, "entries": [*older, last, newest]}

    scene.turn(deceit)


def without_the_notes(scene: Turned) -> None:
    def deceit(_: Scene, request: Request, answer: Answer) -> Answer:
        if not request.path.endswith("/structure"):
            return answer
        shown = [
            one for one in answer["entries"] if scene.notes.encode() not in unb64(one["header"])
        ]
        assert len(shown) < len(answer["entries"])
        return {**answer, "entries": shown}

    scene.turn(deceit)


def the_last_list_first(scene: Turned) -> None:
    def deceit(_: Scene, request: Request, answer: Answer) -> Answer:
        if not request.path.endswith("/trust"):
            return answer
        *older, last = answer["documents"]
        return {**answer, "documents": [*older, {**last, "position": older[-1]["position"] - 1}]}

    scene.turn(deceit)


def mother_learns_who_is_certified(scene: Turned) -> None:
    scene.mother_again(Pins()).directory.refresh()


ORDER = {
    "shows the newest entry before the last": Deed(
        newest_first, mother_comes_with_her_code, "out-of-order: entries out of store order", {}
    ),
    "shows an auditor the newest entry before the last": Deed(
        newest_first, auditor_replays_it, "out-of-order: not in the order of the store", {}
    ),
    "shows an auditor a place of the case no more": Deed(
        without_the_notes,
        auditor_comes_again,
        "went-back: a place was seen before",
        {},
    ),
    "shows the last list before the one before": Deed(
        the_last_list_first,
        mother_learns_who_is_certified,
        "out-of-order: trust documents are not in the order of the store",
        {},
    ),
}


@pytest.mark.parametrize("deed", ORDER)
def test_what_is_shown_out_of_order_or_no_more_is_refused(scene: Turned, deed: str) -> None:
    played = ORDER[deed]
    played.act(scene)
    played.deceit(scene)
    with pytest.raises(Distrust) as caught:
        played.act(scene)
    assert str(caught.value).replace(scene.notes, "a place").startswith(played.refusal)


def test_two_entries_of_two_places_do_not_stand_at_one_position(
    scene: Turned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reads_both(scene: Turned) -> None:
        session = Session(
            scene.mother.transport, scene.world.pin, scene.mother.keys, Pins(), scene.world.clock
        )
        session.directory.refresh()
        session.directory.take_position(scene.before, "of another place")
        assert session.read(scene.chain.case, scene.chain.name)

    assert outcome(scene, reads_both) == "out-of-order"
    monkeypatch.setattr(f"{SERVER}.take_position", lambda *_: None)
    assert outcome(scene, reads_both) == "accepted"


def test_a_document_does_not_stand_where_an_entry_was_shown(scene: Turned) -> None:
    session = scene.mother_again()
    session.directory._entries[scene.roster] = "an entry that was shown there"
    with pytest.raises(Distrust, match="out-of-order"):
        session.directory.refresh()


def test_what_was_pinned_without_its_position_is_still_read(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "pins.json")
    pins.pin_head("c" * 32, "dialogue-100000000", 2, "two", 7)
    pins.save()
    kept = (tmp_path / "pins.json").read_bytes()
    (tmp_path / "pins.json").write_bytes(kept.replace(b',"whole":{}', b""))
    older, newer = Pins.load(tmp_path / "pins.json"), Pins.load(tmp_path / "pins.json")
    newer.pin_whole(("c" * 32, "dialogue-100000000"), 9)
    newer.save()
    older.pin_whole(("c" * 32, "dialogue-100000000"), 8)
    older.save()
    assert Pins.load(tmp_path / "pins.json").whole == {f"{'c' * 32}/dialogue-100000000": 9}
