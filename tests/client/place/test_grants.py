"""History is given by an entry that says so: exactly what it names is read, and nothing else; a
grant that holds something else is told to whoever should have had it.

Holds client/place/chain.py, client/people/membership.py, crypto/secret/grant.py.
"""

import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request

from cli.case.view import show_case
from client.cases import consultation
from client.errors import Distrust, NotPossible
from client.files.enclosures import Enclosure
from client.people import erasure
from client.people.membership import grant, remove, turn_over
from client.place.chain import Chain
from client.place.compose import Draft, draft_grant
from client.place.downloads import save
from crypto.secret.grant import Granted
from tests.support.hostile.server import HostileServer
from tests.support.people.support_case import Cast, post, said
from tests.support.world import World, refused_for

EVERYTHING = ["the first", "the second", "the third", "the last"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with World(tmp_path_factory.mktemp("grants")) as world:
        cast = Cast(world)
        cast.hire("nils", role="casemanager")
        yield cast


class Notes:
    """Worknotes of three epochs, into the last of which ella was let in."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast.opened()
        dirk = cast.at("dirk")
        chain = dirk.work.named("worknotes")
        for text in EVERYTHING[:2]:
            dirk.say(chain, text)
        turn_over(dirk.session, chain)
        dirk.say(chain, EVERYTHING[2])
        dirk.let_in("worknotes", cast.person("ella"))
        dirk.say(chain, EVERYTHING[3])
        assert chain.compartment.epoch == 2
        self.chain = chain

    def reads(self, name: str = "ella") -> list[str]:
        return self.cast.texts(name, "worknotes")

    def gives(self, *, epochs: tuple[int, ...] = (), messages: tuple[int, ...] = ()) -> None:
        """dirk grants ella epochs, or messages by their place from 0."""
        items = [said(self.chain)[place] for place in messages]
        to = self.cast["ella"].device
        grant(self.cast["dirk"], self.chain, to, "handover", epochs, items)

    def draft(self, granted: Granted, named: Mapping[str, Any] | None = None) -> Draft:
        """A grant of dirk's to ella, whose entry speaks of what it holds, or of something else."""
        dirk, ella = self.cast["dirk"], self.cast["ella"]
        here, version = self.chain.compartment, dirk.roster_version()
        made = draft_grant(
            here, self.chain.case, ella.card, granted, "x", dirk.device, version, dirk.now()
        )
        body = {**made.header.body, **(named or {})}
        return replace(made, header=replace(made.header, body=body))

    def cheats(self, granted: Granted, named: Mapping[str, Any] | None = None) -> str:
        """Such a grant is written; its id."""
        return self.cast["dirk"].send(self.chain, self.draft(granted, named)).entry.header.id

    def seen(self, name: str = "ella") -> Chain:
        return self.cast.at(name).work.named("worknotes")


@pytest.fixture
def notes(stage: Cast) -> Notes:
    return Notes(stage.another())


# --- what is read --------------------------------------------------------------------------------


def test_who_comes_reads_nothing_of_before(notes: Notes) -> None:
    assert notes.reads() == EVERYTHING[3:]


def test_single_messages_are_given_and_nothing_beside_them(notes: Notes) -> None:
    notes.gives(messages=(1,))
    assert notes.reads() == [EVERYTHING[1], EVERYTHING[3]]
    chain = notes.seen()
    assert chain.epoch_keys.keys() == {2}
    other = said(chain)[0].entry.header.id
    store = notes.cast.world.opened.store
    assert store.parts_for(chain.case, other, notes.cast["ella"].device) is None


def test_an_epoch_is_given_and_no_other(notes: Notes) -> None:
    notes.gives(epochs=(1,))
    assert notes.reads() == EVERYTHING[2:]


def test_both_go_into_one_grant_and_the_rest_can_follow(notes: Notes) -> None:
    notes.gives(epochs=(1,), messages=(0,))
    assert notes.reads() == [EVERYTHING[0], *EVERYTHING[2:]]
    notes.gives(epochs=(0, 1))
    assert notes.reads() == EVERYTHING


def test_what_was_granted_can_be_granted_on(notes: Notes) -> None:
    notes.gives(epochs=(1,), messages=(0,))
    cast = notes.cast
    dirk = cast.at("dirk")
    dirk.name_substitute(cast.person("ella"))
    dirk.let_in("worknotes", cast.person("nils"))
    hers = notes.seen()
    grant(cast["ella"], hers, cast["nils"].device, "handover", (1, 2), [said(hers)[0]])
    assert notes.reads("nils") == [EVERYTHING[0], *EVERYTHING[2:]]


def test_files_of_what_was_granted_can_be_saved(notes: Notes, tmp_path: Path) -> None:
    dirk, held = notes.cast.at("dirk"), os.urandom(3_000)
    cast, chain = notes.cast, dirk.work.named("worknotes")
    remove(cast["dirk"], chain, cast["ella"].device)
    file = Enclosure("plan.pdf", "application/pdf", len(held), lambda: io.BytesIO(held))
    dirk.say(chain, "see the plan", [file])
    dirk.let_in("worknotes", cast.person("ella"))
    with pytest.raises(NotPossible):
        save_last(notes, tmp_path)
    grant(cast["dirk"], chain, cast["ella"].device, "handover", items=[said(chain)[-1]])
    assert save_last(notes, tmp_path).read_bytes() == held


def save_last(notes: Notes, folder: Path) -> Path:
    chain = notes.seen()
    return save(notes.cast["ella"], chain, said(chain)[-1], 1, folder)


# --- who may give what ---------------------------------------------------------------------------


def test_nothing_is_granted_to_who_left(notes: Notes) -> None:
    cast = notes.cast
    remove(cast["dirk"], notes.chain, cast["ella"].device)
    with pytest.raises(NotPossible, match="history goes to another current member"):
        notes.gives(epochs=(0,))
    made = notes.draft(Granted({0: notes.chain.epoch_keys[0]}, {}))
    with refused_for("history goes to another current member"):
        post(cast["dirk"], made)


def test_who_has_not_the_key_grants_nothing_and_accuses_nobody(notes: Notes) -> None:
    cast, hers = notes.cast, notes.seen()
    to, first = cast["dirk"].device, said(hers)[0]
    with pytest.raises(NotPossible, match="holds no key of epoch 0"):
        grant(cast["ella"], hers, to, "x", (0,))
    with pytest.raises(NotPossible, match=f"cannot open message {first.entry.header.seq}"):
        grant(cast["ella"], hers, to, "x", (), [first])
    with pytest.raises(NotPossible, match="there is no message 0"):
        grant(cast["dirk"], notes.chain, cast["ella"].device, "x", (), notes.chain.items[:1])
    # She has the key of this one, and it is not her case to grant from.
    with refused_for("the casemanager who took the case"):
        grant(cast["ella"], hers, to, "x", (), [said(hers)[-1]])


def test_only_epochs_before_this_one_are_granted(notes: Notes) -> None:
    with pytest.raises(NotPossible, match="only epochs before the current one"):
        notes.gives(epochs=(2,))


# --- what does not hold what it says -------------------------------------------------------------


def test_a_grant_of_something_else_is_refused_and_told(
    notes: Notes, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = notes.chain.epoch_keys
    first, second = (item.entry.header.id for item in said(notes.chain)[:2])
    wrong = {
        notes.cheats(Granted({0: os.urandom(32)}, {})),
        notes.cheats(Granted({0: keys[1], 1: keys[1]}, {})),
        notes.cheats(Granted({0: keys[0]}, {}), {"epochs": [1]}),
        notes.cheats(Granted({0: keys[0], 1: keys[1]}, {}), {"epochs": [0]}),
        notes.cheats(Granted({0: keys[0]}, {}), {"epochs": [0], "entries": [first]}),
        notes.cheats(Granted({0: keys[0]}, {second: os.urandom(32)}), {"entries": [first]}),
    }
    assert notes.reads() == EVERYTHING[3:]
    assert notes.seen().bad_grants == wrong
    capsys.readouterr()
    show_case(notes.cast.at("ella"), as_json=False)
    told = capsys.readouterr().out
    assert told.count("A grant does not hold the keys that it names") == len(wrong)
    notes.gives(epochs=(0, 1))
    assert notes.reads() == EVERYTHING


def test_a_wrong_key_of_one_message_is_told_and_hides_nothing(
    notes: Notes, capsys: pytest.CaptureFixture[str]
) -> None:
    first, last = (said(notes.chain)[place].entry.header.id for place in (0, -1))
    notes.cheats(Granted({}, {one: os.urandom(32) for one in (first, last)}))
    assert notes.reads()[1:] == EVERYTHING[3:]  # which she had the key of
    assert "cannot be read" in notes.reads()[0]
    capsys.readouterr()
    show_case(notes.cast.at("ella"), as_json=False)
    assert "A grant does not hold the keys that it names" in capsys.readouterr().out
    notes.gives(messages=(0,))
    assert notes.reads() == [EVERYTHING[0], EVERYTHING[3]]
    notes.cheats(Granted({}, {first: os.urandom(32)}))
    assert notes.reads() == [EVERYTHING[0], EVERYTHING[3]]


def test_a_server_that_keeps_a_grant_back_is_found_out(tmp_path: Path) -> None:
    with World(tmp_path, HostileServer) as world:
        cast = Cast(world)
        cast.hire("nils", role="casemanager")
        notes = Notes(cast)
        notes.gives(epochs=(0,))
        server = world.server
        assert isinstance(server, HostileServer)

        def keeps_it_back(request: Request, answer: dict[str, Any]) -> dict[str, Any]:
            return {"wraps": answer["wraps"][:1]} if request.path.endswith("/wraps") else answer

        server.deceive = keeps_it_back
        with pytest.raises(Distrust, match=r"bad-wrap: the grant of entry \d+ is missing"):
            notes.seen()


# --- what is erased ------------------------------------------------------------------------------


def erases(notes: Notes, place: int) -> None:
    """The message in this place is erased, with every grant of its own key."""
    cast, name = notes.cast, notes.chain.name
    seq = said(notes.chain)[place].entry.header.seq
    erasure.propose(cast["carla"], cast.case, name, [seq], "data_subject")
    (proposal,) = erasure.proposals(erasure.structure(cast["frits"], cast.case))
    erasure.erase(cast["frits"], cast.case, proposal)


def test_an_erasure_takes_no_grant_of_an_epoch_and_nothing_of_others_with_it(notes: Notes) -> None:
    notes.gives(epochs=(0,))
    erases(notes, 0)
    shown = notes.reads()
    assert "erased on" in shown[0] and shown[1:] == [EVERYTHING[1], EVERYTHING[3]]
    wraps = notes.cast.world.opened.store.wraps(
        notes.chain.case, notes.chain.name, notes.cast["ella"].device
    )
    assert len(wraps) == 2  # of her epoch, and the grant


def test_what_was_granted_with_an_erased_message_is_granted_again(notes: Notes) -> None:
    notes.gives(messages=(0, 1))
    notes.gives(messages=(2,))
    erases(notes, 0)
    shown = notes.reads()
    assert "erased on" in shown[0] and shown[1:] == EVERYTHING[2:]
    notes.chain = notes.seen("dirk")
    notes.gives(messages=(1,))
    assert notes.reads()[1:] == EVERYTHING[1:]


def test_who_was_reading_meanwhile_is_told_and_blames_no_server(notes: Notes) -> None:
    notes.gives(messages=(0, 1))
    support = notes.cast.at("ella")
    reading = support.work.named("worknotes")
    erases(notes, 0)
    told = consultation.conversation(support.session, reading)
    shown = [one.value.get("text") or one.unreadable for one in told]
    assert "erased on" in shown[0] and "ask for it anew" in shown[1]
    assert shown[2:] == EVERYTHING[3:]


def test_what_is_erased_is_not_granted(notes: Notes) -> None:
    erases(notes, 0)
    notes.chain = notes.seen("dirk")
    with pytest.raises(NotPossible, match="cannot open message"):
        notes.gives(messages=(0,))
