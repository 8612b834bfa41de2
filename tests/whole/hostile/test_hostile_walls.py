"""At the walls of a support case a server that cheats is refused by name, alone or with a member's
help, and each check is what refuses it.

Holds client/place/chain.py, client/place/reader.py, client/session.py,
client/people/invitations.py.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request

from client.cases import consultation
from client.cases.casework import open_casework
from client.cases.consultation import message, payload
from client.cases.support import Support
from client.errors import Distrust, EpochMoved, NotPossible
from client.files.enclosures import Enclosure
from client.files.names import safe_name
from client.people import membership
from client.place.downloads import save
from client.server.pins import Pins
from crypto.secret.grant import Granted
from domain.entry import Parts
from tests.support.hostile import wall_deeds as deeds
from tests.support.hostile import wall_keys as keys
from tests.support.hostile.attacks import Deed
from tests.support.hostile.hostile_walls import (
    Scene,
    WatchingServer,
    gives_wrap,
    played,
    random_key,
)
from tests.support.hostile.server import Answer, id_without_kem
from tests.support.hostile.wall_deeds import Act, dirk_admits, reads, zoe_writes
from tests.support.world import World
from wire.parts import PIECE_BYTES
from wire.paths import WORK_LIST, path


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with World(tmp_path_factory.mktemp("walls"), WatchingServer) as world:
        yield played(world)


@pytest.fixture
def scene(stage: Scene) -> Iterator[Scene]:
    yield Scene(stage.world, stage.cast, stage.names)
    stage.turn(None)


class _Any:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


PLACE = {"domain.check._check_place": lambda *_: None}
HEAD = {"client.server.pins.Pins.check_head": lambda *_: None}
LISTED = {"domain.membership._uncertified": lambda *_: None}
TAG = {"crypto.secret.invitation.Invitation.fits": lambda *_: True}
COMMITTED = {"client.place.chain.commitment": lambda *_: _Any()}
NAMED_WRAP = {"client.place.chain.hash_of": lambda _: _Any()}
ROSTER = {"domain.trust._refuse_changed_past": lambda *_: None}
SAME_READERS = {"client.session.goes_to_the_same": lambda *_: True}


NOBODY = "nobody is let in"
MEMBERS = {
    "lists its own device": Deed(
        deeds.lists_itself,
        reads("zoe"),
        "not-a-member",
        {"domain.check.acting_role": lambda *_: "casemanager"},
    ),
    "has a member list its device": Deed(
        deeds.is_listed, reads("zoe"), "uncertified-member", LISTED
    ),
    "has a supervisor invited": Deed(
        deeds.invites_a_supervisor,
        reads("ella"),
        "uncertified-member",
        {"domain.check._refuse_newcomer": lambda *_: None},
    ),
    "has someone listed in another role than invited": Deed(
        deeds.lists_invited("supervisor", 14), reads("ella"), "uncertified-member", LISTED
    ),
    "has someone listed whose invitation expired": Deed(
        deeds.lists_invited("local_party", days=1, after=1),
        reads("ella"),
        "uncertified-member",
        LISTED,
    ),
    "has an invitation used twice": Deed(
        deeds.lists_by_a_used_invitation, reads("ella"), "uncertified-member", LISTED
    ),
    "has a replaced device listed": Deed(
        deeds.lists_a_replaced_device, reads("ella"), "uncertified-member", LISTED
    ),
    "has who left listed again": Deed(
        deeds.lists_who_left, reads("zoe"), "uncertified-member", LISTED
    ),
    "has the old key used after someone left": Deed(
        deeds.goes_on_with_the_leaver,
        reads("zoe"),
        "rotation-owed",
        {"domain.check.rotation_owed": lambda *_: False},
    ),
    "hides that someone left": Deed(deeds.hides_a_leaving, reads("zoe"), "out-of-order", PLACE),
    "hides that someone left, from who saw it": Deed(
        deeds.hides_a_leaving_seen_before, reads("zoe"), "went-back", HEAD
    ),
    "asks for it again after a removal": Deed(
        deeds.someone_is_put_out, zoe_writes, "epoch-moved", SAME_READERS
    ),
    "asks for it again after someone left": Deed(
        deeds.someone_leaves, zoe_writes, "epoch-moved", SAME_READERS
    ),
    "shows an old work list": Deed(
        deeds.shows_an_old_work_list,
        deeds.xena_looks_for_it,
        "you stand in that case no longer",
        {},
    ),
}
INVITATIONS = {
    "accepts an invitation itself": Deed(deeds.accepts_itself, dirk_admits, NOBODY, TAG),
    "swaps the card in an acceptance": Deed(
        deeds.swaps_the_accepting_card, dirk_admits, NOBODY, TAG
    ),
    "replays another invitation's acceptance": Deed(
        deeds.replays_an_acceptance, dirk_admits, NOBODY, TAG
    ),
    "brings a tag for another role": Deed(
        deeds.accepts_for_another(role="requester"), dirk_admits, NOBODY, TAG
    ),
    "brings a tag for another place": Deed(
        deeds.accepts_for_another(compartment="governance-123456789"), dirk_admits, NOBODY, TAG
    ),
    "brings a tag for another case": Deed(
        deeds.accepts_for_another(case="0" * 32), dirk_admits, NOBODY, TAG
    ),
    "shows an acceptance in another place": Deed(
        deeds.accepts_in_another_place,
        dirk_admits,
        NOBODY,
        {"client.people.invitations.Invitations._checked": deeds.unchecked},
    ),
}
CERTIFIED = {
    "has a device un-revoked": Deed(
        deeds.with_roster(deeds.unrevokes, signed=True), reads("zoe"), "malformed", ROSTER
    ),
    "has a device dropped": Deed(
        deeds.with_roster(deeds.drops, signed=True), reads("zoe"), "malformed", ROSTER
    ),
    "has a device made another person's": Deed(
        deeds.with_roster(deeds.moves, signed=True), reads("zoe"), "malformed", ROSTER
    ),
    "un-revokes a device": Deed(
        deeds.with_roster(deeds.unrevokes, signed=False),
        reads("zoe"),
        "bad-signature",
        {"wire.pipeline.check_roster": lambda *_: None},
    ),
    "swaps a newcomer's card": Deed(
        keys.swaps_cards,
        deeds.dirk_lets_ivo_in,
        "uncertified-member",
        {"crypto.device._device_id": id_without_kem},
    ),
}
KEYS = {
    "has two members given different keys": Deed(
        keys.two_keys, zoe_writes, "WrapRefused", COMMITTED
    ),
    "has the key of before given again": Deed(
        keys.the_key_of_before,
        zoe_writes,
        "WrapRefused",
        {"client.place.chain.Chain._opened": keys.held_or_not},
    ),
    "replays a wrap to another person": Deed(
        keys.a_wrap_of("xena", 1), reads("zoe"), "bad-wrap", NAMED_WRAP
    ),
    "replays a wrap of another epoch": Deed(
        keys.a_wrap_of("zoe", 0), reads("zoe"), "bad-wrap", NAMED_WRAP
    ),
    "has something else granted than named": Deed(
        keys.grants_something_else,
        reads("ella"),
        "bad-grant",
        {"client.place.chain.open_grant": keys.whatever_it_holds},
    ),
    "has a key granted that is no epoch's": Deed(
        keys.grants(lambda _: Granted({0: random_key()}, {})),
        reads("ella"),
        "bad-grant",
        COMMITTED,
    ),
    "has a key granted that opens nothing": Deed(
        keys.grants(lambda chain: Granted({}, {keys.said(chain)[0]: random_key()})),
        reads("ella"),
        "bad-grant",
        {"client.place.chain.open_payload": lambda *_: payload("message/1", text="anything")},
    ),
    "gives a grant for another device": Deed(
        keys.in_place_of_a_grant(nothing=False), reads("ella"), "bad-wrap", NAMED_WRAP
    ),
    "keeps a grant where none is held back": Deed(
        keys.in_place_of_a_grant(nothing=True),
        reads("ella"),
        "bad-wrap",
        {"client.place.chain.Chain._grant_went": lambda *_: True},
    ),
}
PLACES = {
    "answers with another compartment": Deed(
        keys.answers_with_the_fathers,
        reads("mother"),
        "wrong-case",
        {"client.place.reader.refuse_unasked": lambda *_: None},
    ),
    "puts in an entry of another compartment": Deed(
        keys.puts_in_the_fathers, reads("mother"), "out-of-order", PLACE
    ),
    "opens a place again": Deed(
        keys.opens_again(alone=False), reads("dirk"), "out-of-order", PLACE
    ),
    "opens a place anew under its name": Deed(
        keys.opens_again(alone=True), reads("dirk"), "forked", HEAD
    ),
    "gives the content of another entry": Deed(
        keys.swaps_contents,
        reads("ella"),
        "payload-mismatch",
        {"client.place.chain.find_parts": lambda *_: Parts.COMPLETE},
    ),
    "hides an announcement": Deed(keys.hides_an_announcement, reads("zoe"), "out-of-order", PLACE),
    "hides announcements that were seen": Deed(
        keys.hides_announcements_seen_before, reads("zoe"), "went-back", HEAD
    ),
}
DEEDS = MEMBERS | INVITATIONS | CERTIFIED | KEYS | PLACES


def outcome(scene: Scene, deed: Deed) -> str:
    """The name by which the deed was refused, or how it went otherwise."""
    scene.turn(deed.deceit(scene))
    try:
        return deed.act(scene) or "accepted"
    except EpochMoved:
        return "epoch-moved"
    except Distrust as refused:
        return refused.name
    except NotPossible as refused:
        return str(refused).partition(":")[0]
    except Exception as fault:
        return f"unnamed: {fault!r}"


@pytest.mark.parametrize("name", DEEDS)
def test_the_client_refuses_by_name(scene: Scene, name: str) -> None:
    assert outcome(scene, DEEDS[name]) == DEEDS[name].refusal


@pytest.mark.parametrize("name", [name for name in DEEDS if DEEDS[name].check])
def test_with_its_check_switched_off_the_deed_is_not_refused_so(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for target, replacement in DEEDS[name].check.items():
        monkeypatch.setattr(target, replacement)
    assert outcome(scene, DEEDS[name]) != DEEDS[name].refusal


def test_an_honest_server_is_not_accused(scene: Scene) -> None:
    def partners(scene: Scene) -> None:
        scene.invited(scene.open("partners", "ella"))

    def granted(scene: Scene) -> None:
        chain = keys.notes(scene)
        membership.grant(scene.dirk, chain, scene.cast["ella"].device, "handover", [0])

    def session(scene: Scene) -> None:
        scene.open("session")

    acts: list[tuple[Callable[[Scene], object], Act]] = [
        (Scene.experts, reads("zoe")),
        (Scene.experts, zoe_writes),
        (partners, dirk_admits),
        (granted, reads("ella")),
        (session, deeds.dirk_lets_ivo_in),
    ]
    for prepare, act in acts:
        prepare(scene)
        assert act(scene) is None


def test_it_is_the_time_of_an_invitation_that_is_refused(scene: Scene) -> None:
    """A day before it is over the very same is good."""
    deed = Deed(deeds.lists_invited("local_party", days=2, after=1), reads("ella"), "", {})
    assert outcome(scene, deed) == "accepted"


def test_a_grant_that_opens_nothing_hides_nothing(scene: Scene) -> None:
    """Neither what another grant opens, nor what she can read without one."""
    chain = keys.notes(scene)
    scene.dirk.write(chain, "MessageSent", {}, message("the third, with ella"))
    junk = {entry: random_key() for entry in keys.said(chain)}
    scene.post(scene.granting(chain, Granted({}, junk)))
    bad = scene.read(scene.dirk).items[-1].entry.header.id
    chain = scene.read(scene.dirk)
    membership.grant(scene.dirk, chain, scene.cast["ella"].device, "again", items=chain.items[1:2])
    ella = scene.session("ella")
    hers = scene.read(ella)
    shown = consultation.conversation(ella, hers)
    assert [one.value.get("text", one.unreadable.partition(":")[2]) for one in shown] == [
        "the first note",
        " no key that was given opens it",
        "the third, with ella",
    ]
    assert hers.bad_grants == {bad}


def test_a_grant_that_is_held_back_for_ever_is_said_and_no_alarm(scene: Scene) -> None:
    scene.place = scene.names["analysis of xena"]
    zoe = scene.session("zoe")
    read = scene.read(zoe)
    said = [one.value.get("findings") for one in consultation.conversation(zoe, read)]
    assert (said, read.held_back()) == (["of xena"], [])
    kinds = [item.entry.header for item in read.items]
    (grant,) = (
        one for one in kinds if one.kind == "HistoryGranted" and one.body["to"] == zoe.device
    )
    scene.turn(gives_wrap(scene, grant.id, None))
    zoe = scene.session("zoe")
    read = scene.read(zoe)
    assert consultation.conversation(zoe, read) == []
    assert [item.entry.header.id for item in read.held_back()] == [grant.id]


def test_a_hidden_dialogue_does_not_lead_to_that_of_another(scene: Scene) -> None:
    """What is meant for the father does not go to the mother for want of his."""
    dirk = scene.session("dirk", Pins())
    scene.turn(None)
    for chain in Support(open_casework(dirk, scene.case)).chains():
        assert chain.items  # seen, and remembered

    def hides(request: Request, answer: Answer) -> Answer:
        if request.path != path(WORK_LIST):
            return answer
        father = scene.names["father"]
        return {**answer, "work": [row for row in answer["work"] if row["compartment"] != father]}

    scene.turn(hides)
    support = Support(open_casework(dirk, scene.case))
    assert scene.names["father"] not in {row["compartment"] for row in support.work.rows}
    with pytest.raises(NotPossible, match="2 places of yours are called dialogue"):
        support.work.named("dialogue")
    with pytest.raises(NotPossible, match="no place of yours in this case is called choir"):
        support.work.named("choir")


def test_what_no_key_was_given_to_is_no_loss(scene: Scene) -> None:
    """That the server gives out nothing of it is what it should do."""
    keys.notes(scene)
    ella = scene.session("ella")
    hers = scene.read(ella)
    with pytest.raises(NotPossible, match="no key"):
        ella.open(hers, hers.items[1])


def test_a_file_that_comes_a_byte_at_a_time_is_given_up(scene: Scene, tmp_path: Path) -> None:
    chain = scene.open("worknotes")
    held = bytes(PIECE_BYTES)
    file = Enclosure("a.bin", "text/plain", len(held), lambda: io.BytesIO(held))
    scene.dirk.write(chain, "MessageSent", {}, message("see"), [file])
    get, asked = scene.dirk.transport.get_range, []

    def dripping(where: str, begin: int, end: int, device: Any) -> bytes:
        asked.append(begin)
        return get(where, begin, begin + 1, device)

    scene.dirk.transport.get_range = dripping  # type: ignore[method-assign]
    with pytest.raises(Distrust, match="not-answering"):
        save(scene.dirk, chain, chain.items[-1], 1, tmp_path)
    assert len(asked) < 20 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "kept"), [("-rf", "_rf"), ("~", "_"), ("a-b~c", "a-b~c")])
def test_a_members_file_name_is_no_option_and_no_home(name: str, kept: str) -> None:
    assert safe_name(name) == kept
