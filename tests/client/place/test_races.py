"""Whoever writes while others come and go loses no word, and nothing is sealed again to someone who
left.

Holds client/session.py, client/place/conflicts.py, client/people/membership.py.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import pytest

from client.cases.support import Support
from client.errors import EpochMoved, NotPossible
from client.people.membership import leave, remove
from client.place.chain import Chain
from client.session import Session
from crypto.encoding import unb64
from domain.entry import Header, Line
from tests.support.people.support_case import Cast, kinds, said
from tests.support.world import World
from wire.header import parse_header

T = TypeVar("T")
MESSAGES = 6
MAX_TRIES = 30
EXPERTS = ("xena", "zoe", "yusuf")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with World(tmp_path_factory.mktemp("rekeying")) as world:
        yield Cast(world)


@pytest.fixture
def cast(stage: Cast) -> Cast:
    """A case with three experts in one place."""
    cast = stage.another().opened()
    for name in EXPERTS:
        cast.deploy("dirk", name)
    return cast


def here(cast: Cast, name: str) -> tuple[Support, Chain]:
    """The place as someone sees it now, and later as she saw it then."""
    support = cast.at(name)
    return support, support.only("expert")


class Posted(NamedTuple):
    """An entry as it left a machine, whatever became of it."""

    header: Header
    payload: str | None
    keybox: str | None


def recorded(session: Session) -> list[Posted]:
    """Everything that this session posts from here on."""
    posted: list[Posted] = []
    real = session.transport.post

    def recording(schema: type, where: str, body: dict[str, Any]) -> dict[str, Any]:
        header = parse_header(unb64(body["header"]))
        posted.append(Posted(header, body.get("payload"), body.get("keybox")))
        return real(schema, where, body)

    session.transport.post = recording  # type: ignore[method-assign,assignment]
    return posted


def insisting(act: Callable[[], T]) -> T:
    """Do it as a person does who says yes each time that she is asked again."""
    for _ in range(MAX_TRIES):
        try:
            return act()
        except EpochMoved:
            continue
        except NotPossible as error:
            if "others keep writing" not in str(error):
                raise
    raise AssertionError(f"not done in {MAX_TRIES} tries")


def refuse_resealed(posted: list[Posted]) -> None:
    """What was posted in one epoch is not posted in another: neither id nor ciphertext."""
    for part in (lambda one: one.header.id, lambda one: one.payload, lambda one: one.keybox):
        epochs: dict[str, set[int]] = {}
        for one in posted:
            if part(one) is not None:
                epochs.setdefault(part(one), set()).add(one.header.epoch)
        assert all(len(found) == 1 for found in epochs.values())


def together(*acts: Callable[[], None]) -> None:
    """Start all of them at once, each in a thread of its own; raises what one of them raised."""
    start, raised = threading.Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        try:
            start.wait()
            act()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not raised, raised


# --- one overtakes the other ---------------------------------------------------------------------


def test_who_writes_while_someone_leaves_is_asked_and_seals_anew(cast: Cast) -> None:
    xena, stale = here(cast, "xena")
    yusuf, his = here(cast, "yusuf")
    leave(yusuf.session, his)
    posted = recorded(xena.session)
    with pytest.raises(EpochMoved) as moved:
        xena.say(stale, "is yusuf still there?")
    assert (moved.value.came, moved.value.left) == ((), (yusuf.session.device,))
    xena.say(stale, "he is not")
    assert cast.texts("zoe", "expert") == ["he is not"]
    assert said(stale)[-1].entry.header.id not in {
        one.header.id for one in posted if one.header.epoch < stale.compartment.epoch
    }
    refuse_resealed(posted)


def test_who_writes_while_a_roster_revokes_a_reader_is_asked(stage: Cast) -> None:
    cast = stage.another()
    cast.hire("iris", role="zorgexpert")
    cast.opened()
    for name in ("xena", "iris"):
        cast.deploy("dirk", name)
    xena, chain = here(cast, "xena")
    refresh, revoked = xena.session.directory.refresh, []

    def late(wait: int = -1) -> Any:
        trust = refresh(wait)
        if not revoked:
            revoked.append(cast.world.revoke(cast["iris"]))
        return trust

    xena.session.directory.refresh = late  # type: ignore[method-assign]
    posted = recorded(xena.session)
    with pytest.raises(EpochMoved) as moved:
        xena.say(chain, "one")
    assert moved.value.left == (cast["iris"].device,)
    xena.say(chain, "two")
    assert kinds(chain)[-2:] == ["MembersChanged", "MessageSent"]
    assert cast["iris"].device not in chain.members_of(chain.compartment.epoch)
    refuse_resealed(posted)


def test_a_message_that_came_first_does_not_stop_someone_from_being_put_out(cast: Cast) -> None:
    dirk, stale = here(cast, "dirk")
    zoe, hers = here(cast, "zoe")
    zoe.say(hers, "came first")
    posted = recorded(dirk.session)
    remove(dirk.session, stale, cast.person("yusuf"))
    assert [one.header.kind for one in posted] == ["MembersChanged"] * 2
    assert len({one.header.id for one in posted}) == 1
    assert cast.places("yusuf") == ["conflict"]
    assert cast.texts("zoe", "expert") == ["came first"]


def test_of_two_changes_at_once_the_second_is_asked_about(cast: Cast) -> None:
    dirk, stale = here(cast, "dirk")
    other, now = here(cast, "dirk")
    remove(other.session, now, cast.person("yusuf"))
    with pytest.raises(EpochMoved) as moved:
        dirk.session.change_members(
            stale, "removed", tuple(one for one in stale.lines if one.device != cast["zoe"].device)
        )
    assert moved.value.left == (cast["yusuf"].device,)
    assert cast.places("zoe") == ["conflict", "expert"]


def test_who_changes_members_while_another_leaves_is_asked_about(cast: Cast) -> None:
    dirk, stale = here(cast, "dirk")
    leave(cast["yusuf"], here(cast, "yusuf")[1])
    with pytest.raises(EpochMoved) as moved:
        remove(dirk.session, stale, cast.person("zoe"))
    assert moved.value.left == (cast["yusuf"].device,)
    remove(dirk.session, stale, cast.person("zoe"))
    assert {line.device for line in stale.lines} == {dirk.session.device, cast["xena"].device}


def test_two_who_renew_the_same_keys_at_once_both_go_on(cast: Cast) -> None:
    leave(cast["yusuf"], here(cast, "yusuf")[1])
    xena, of_xena = here(cast, "xena")
    zoe, of_zoe = here(cast, "zoe")
    xena.say(of_xena, "renewed by xena")
    zoe.say(of_zoe, "and used by zoe")
    assert of_zoe.compartment.epoch == of_xena.compartment.epoch == 4
    assert cast.texts("dirk", "expert") == ["renewed by xena", "and used by zoe"]


# --- all at once ---------------------------------------------------------------------------------


def test_nobodys_word_is_lost_while_a_third_is_put_out(cast: Cast) -> None:
    under_way = threading.Event()
    people = {name: here(cast, name) for name in ("xena", "zoe", "yusuf", "dirk")}
    posted = [recorded(people[name][0].session) for name in ("xena", "zoe", "dirk")]
    before = dict(people["yusuf"][1].epoch_keys)

    def writes(name: str) -> Callable[[], None]:
        support, chain = people[name]

        def act() -> None:
            for number in range(MESSAGES):
                insisting(lambda text=f"{name} {number}": support.say(chain, text))
                under_way.set()

        return act

    def puts_out() -> None:
        support, chain = people["dirk"]
        assert under_way.wait(timeout=30)
        insisting(lambda: remove(support.session, chain, cast.person("yusuf")))
        support.say(chain, "dirk")

    together(writes("xena"), writes("zoe"), puts_out)
    wanted = sorted(
        [f"{name} {number}" for name in ("xena", "zoe") for number in range(MESSAGES)] + ["dirk"]
    )
    assert sorted(cast.texts("zoe", "expert")) == wanted
    assert sorted(cast.texts("dirk", "expert")) == wanted
    refuse_resealed([one for session in posted for one in session])
    _, chain = here(cast, "dirk")
    last = chain.compartment.epoch
    assert cast["yusuf"].device not in chain.members_of(last) and last not in before
    after = {item.entry.header.id for item in said(chain) if item.entry.header.epoch == last}
    readable = {
        one.header.id for session in posted for one in session if one.header.epoch in before
    }
    assert after and not after & readable


def test_two_who_let_people_in_at_once_both_do(stage: Cast) -> None:
    cast = stage.another().opened()
    cast.hire("sanne", role="supervisor")
    dirk, carla = cast.at("dirk"), cast.at("carla")
    hers = carla.only("governance")
    dirk.only("governance")
    posted = [recorded(one.session) for one in (dirk, carla)]

    def lets_sanne_in() -> None:
        carla.session.settle(hers)
        line = Line(cast["sanne"].device, "supervisor", None)
        carla.session.change_members(hers, "joined", tuple(sorted((*hers.lines, line))))

    together(
        lambda: insisting(lambda: dirk.let_in("governance", cast.person("ella"))) and None,
        lambda: insisting(lets_sanne_in),
    )
    for name in ("ella", "sanne"):
        assert cast.places(name) == ["governance"]
    chain = cast.at("sanne").only("governance")
    epochs = [item.entry.header.epoch for item in chain.items if item.entry.header.changes_members]
    assert epochs == list(range(len(epochs)))
    cast.at("ella").say(cast.at("ella").only("governance"), "we are all here")
    assert cast.texts("sanne", "governance")[-1] == "we are all here"
    refuse_resealed([one for session in posted for one in session])
