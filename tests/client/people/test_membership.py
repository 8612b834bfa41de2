"""Who stands in a place, changed in every way that there is: whoever goes holds no key of what
follows, and whoever comes none of what was before.

Holds client/people/membership.py, cli/case/people.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.home import keeper
from cli.main import cli
from cli.sentences.advice import explain
from client.cases import consultation
from client.cases.support import Support
from client.errors import Distrust, NotPossible, ServerRefused
from client.people.membership import (
    approve_recovery,
    grant,
    leave,
    recover,
    remove,
    replace_key,
    turn_over,
)
from client.place.chain import Chain
from client.session import Session
from crypto.encoding import b64
from crypto.secret.seeds import new_device
from tests.support.people.support_case import Cast, kinds, post, said
from tests.support.world import World, refused_for


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with World(tmp_path_factory.mktemp("membership")) as world:
        yield Cast(world)


@pytest.fixture
def cast(stage: Cast) -> Cast:
    """A case of people whose roster nobody changes."""
    return stage.another().opened()


@pytest.fixture
def own(world: World) -> Cast:
    """A case in a world of its own."""
    return Cast(world).opened()


def in_notes(cast: Cast, *names: str) -> tuple[Support, Chain]:
    """dirk's notes, with others let in after "before" was said."""
    dirk = cast.at("dirk")
    chain = dirk.work.named("worknotes")
    dirk.say(chain, "before")
    for name in names:
        dirk.let_in("worknotes", cast.person(name))
    return dirk, chain


def by_epoch(chain: Chain) -> dict[int, set[str]]:
    """Who was given the key of each epoch."""
    return {epoch: chain.members_of(epoch) for epoch in range(chain.compartment.epoch + 1)}


# --- leaving and being put out -------------------------------------------------------------------


def test_after_someone_left_nothing_is_written_before_the_keys_are_renewed(cast: Cast) -> None:
    dirk, _ = in_notes(cast, "ella")
    hers = cast.at("ella").work.named("worknotes")
    leave(cast["ella"], hers)
    assert cast.places("ella") == []
    chain = cast.at("dirk").work.named("worknotes")
    draft = dirk.session.draft(
        chain, "MessageSent", {}, consultation.message("too soon"), chain.epoch_keys[1]
    )
    with pytest.raises(ServerRefused) as refused:
        post(dirk.session, draft)
    assert refused.value.name == "rotation-owed"
    dirk.say(chain, "after")
    assert kinds(chain)[-2:] == ["MembersChanged", "MessageSent"]
    assert cast["ella"].device not in by_epoch(chain)[2]
    assert cast["ella"].read(chain.case, chain.name) is None
    parts = cast.world.opened.store.parts_for
    assert parts(chain.case, said(chain)[-1].entry.header.id, cast["ella"].device) is None


def test_the_casemanager_who_took_the_case_does_not_leave_it(cast: Cast) -> None:
    dirk, chain = in_notes(cast, "ella")
    with refused_for("a case is never without one"):
        leave(dirk.session, chain)


def test_a_number_that_fits_two_people_puts_out_neither(cast: Cast) -> None:
    cast.hire("nils", "nora", role="casemanager", numbers=["feedfeed1", "feedfeed2"])
    dirk, chain = in_notes(cast, "ella", "nils", "nora")
    with pytest.raises(NotPossible, match="2 members have a number that begins"):
        remove(dirk.session, chain, "feedfeed")
    remove(dirk.session, chain, "feedfeed2")
    places = [cast.places(name) for name in ("ella", "nils", "nora")]
    assert places == [["worknotes"], ["worknotes"], []]


# --- devices of certified people -----------------------------------------------------------------


def test_a_second_device_reads_on_from_when_the_keys_were_turned_over(own: Cast) -> None:
    dirk, chain = in_notes(own)
    first = own["dirk"]
    own.another_device("dirk")
    assert own.places("dirk") == []
    turn_over(first, chain)
    dirk.say(chain, "after")
    assert own.texts("dirk", "worknotes") == ["after"]


def test_who_may_let_nobody_in_turns_keys_over_all_the_same(own: Cast) -> None:
    own.deploy("dirk", "xena")
    own.another_device("dirk")
    chain = own.at("xena").only("expert")
    turn_over(own["xena"], chain)
    assert kinds(chain)[-1] == "MembersChanged"
    assert own["dirk"].device not in {line.device for line in chain.lines}


def test_a_revoked_device_is_put_out_before_the_next_word(own: Cast) -> None:
    dirk, chain = in_notes(own, "ella")
    own.world.revoke(own["ella"])
    dirk.say(chain, "after")
    assert own["ella"].device not in by_epoch(chain)[2]
    assert own["ella"].read(chain.case, chain.name) is None


def test_a_device_that_was_replaced_in_the_roster_gives_its_place_to_the_new_one(
    own: Cast,
) -> None:
    dirk, chain = in_notes(own, "ella")
    old = own["ella"]
    new = own.another_device("ella", instead=True)
    dirk.say(chain, "after")
    assert kinds(chain)[-2:] == ["MembersChanged", "MessageSent"]
    assert by_epoch(chain)[2] == {dirk.session.device, new.device}
    assert own.texts("ella", "worknotes") == ["after"]
    assert old.read(chain.case, chain.name) is None


# --- a key of someone whom no roster knows -------------------------------------------------------


def test_a_replaced_key_reads_on_in_each_place_and_nothing_of_before_until_it_is_granted(
    cast: Cast,
) -> None:
    old = cast.outsider("municipality")
    dirk = cast.at("dirk")
    for kind in ("partners", "commission"):
        cast.invited("municipality", "local_party", kind)
        dirk = cast.at("dirk")
        dirk.say(dirk.work.named(kind), f"old {kind}")
    before, new = cast.at("municipality"), cast.world.session(new_device())
    replace_key(old, new, list(before.chains()))
    assert cast.places("municipality") == []
    cast.people["municipality"] = new
    assert cast.places("municipality") == ["commission", "partners"]
    now = cast.at("municipality")
    for chain in now.chains():
        assert kinds(chain)[-2:] == ["RequesterKeyReplaced", "MembersChanged"]
        assert chain.items[-1].entry.header.author == new.device
        now.say(chain, f"new {chain.compartment.type}")
        assert old.device not in chain.members_of(chain.compartment.epoch)
    for kind in ("partners", "commission"):
        assert cast.texts("municipality", kind) == [f"new {kind}"]
        assert cast.texts("dirk", kind) == [f"old {kind}", f"new {kind}"]
        dirk = cast.at("dirk")
        chain = dirk.work.named(kind)
        grant(dirk.session, chain, cast["municipality"].device, "new_key", (1,))
        assert cast.texts("municipality", kind) == [f"old {kind}", f"new {kind}"]
        with pytest.raises(Distrust, match="gone"):  # to her the place is
            old.read(cast.case, chain.name)


def test_nobody_puts_another_device_in_the_place_of_staff(cast: Cast) -> None:
    dirk, chain = in_notes(cast)
    with pytest.raises(NotPossible, match="not-allowed"):
        replace_key(dirk.session, cast.world.session(new_device()), [chain])
    cast.invited("mother", "requester")
    hers = cast.at("mother").only("dialogue")
    with pytest.raises(NotPossible, match="cannot take this place"):
        replace_key(cast["mother"], cast["ella"], [hers])


# --- recovery ------------------------------------------------------------------------------------


def custodians(cast: Cast) -> list[Session]:
    return [cast[f"custodian {number}"] for number in (1, 2, 3)]


def test_three_custodians_give_new_keys_where_nobody_is_left_and_no_old_one(own: Cast) -> None:
    one, two, three = custodians(own)
    _, chain = in_notes(own)
    own.another_device("dirk", instead=True)
    assert own.places("dirk") == []
    where = (own.case, chain.name)
    approve_recovery(one, *where)
    with pytest.raises(NotPossible, match="two custodians approve"):
        recover(three, *where)
    approve_recovery(one, *where)
    with refused_for("no unused approval by another custodian"):
        recover(three, *where)
    approve_recovery(two, *where)
    with refused_for("no unused approval by another custodian"):
        recover(two, *where)
    recover(three, *where)
    dirk = own.at("dirk")
    notes = dirk.work.named("worknotes")
    dirk.say(notes, "after")
    assert own.texts("dirk", "worknotes") == ["after"]
    # No old key; and the new one, which a custodian's machine made, is turned over at once.
    assert notes.epoch_keys.keys() == {1, 2}
    assert notes.compartment.epoch_author == own["dirk"].device
    with pytest.raises(NotPossible, match="two custodians approve"):
        recover(three, *where)


def test_a_familys_own_keys_are_not_recovered(cast: Cast) -> None:
    cast.invited("mother", "requester")
    chain = cast.at("mother").only("dialogue")
    with refused_for("key_custodian may not write RecoveryApproved"):
        approve_recovery(custodians(cast)[0], cast.case, chain.name)


# --- who comes for a while -----------------------------------------------------------------------


def test_a_substitute_is_let_in_and_takes_over(own: Cast) -> None:
    own.invited("mother", "requester")
    own.invited("father", "relative")
    dirk = own.at("dirk")
    with pytest.raises((NotPossible, ServerRefused)):
        own.at("ella").take()
    dirk.name_substitute(own.person("ella"))
    own.at("dirk").let_in("governance", own.person("ella"))
    dialogues = [chain.name for chain in own.at("dirk").work.chains("dialogue")]
    assert len(dialogues) == 2
    for name in ("worknotes", *dialogues):
        own.at("dirk").let_in(name, own.person("ella"))
    assert own.places("ella") == ["dialogue", "dialogue", "governance", "worknotes"]
    own.world.revoke(own["dirk"])
    ella = own.at("ella")
    ella.take()
    for name in dialogues:
        chain = own.at("ella").work.named(name)
        own.at("ella").say(chain, "I go on for him")
        assert own["dirk"].device not in {line.device for line in chain.lines}
    assert own.texts("mother", "dialogue") == own.texts("father", "dialogue") == ["I go on for him"]


def test_an_interpreter_stands_in_one_session_and_is_out_when_it_ends(cast: Cast) -> None:
    dirk = cast.at("dirk")
    with pytest.raises(NotPossible, match="you stand in no session"):
        dirk.end_session()
    with pytest.raises(NotPossible):
        dirk.let_in("dialogue", cast.person("ivo"))
    first = dirk.let_in("session", cast.person("ivo"))
    ivo = cast.at("ivo")
    ivo.say(ivo.only("session"), "she says that she is tired")
    assert cast.places("ivo") == ["session"]
    cast.at("dirk").end_session()
    assert cast.places("ivo") == []
    assert cast["ivo"].read(cast.case, first.name) is None
    dirk = cast.at("dirk")
    with pytest.raises(NotPossible, match="the session has not ended"):
        dirk.say(dirk.work.named(first.name), "one more thing")
    dirk.end_session()
    second = cast.at("dirk").let_in("session", cast.person("ivo"))
    assert second.name != first.name
    assert cast.texts("ivo", "session") == []


def test_a_session_whose_ending_was_cut_off_is_ended_the_next_time(cast: Cast) -> None:
    chain = cast.at("dirk").let_in("session", cast.person("ivo"))
    cast["dirk"].write(chain, "SessionEnded", {})
    assert cast.places("ivo") == ["session"]
    cast.at("dirk").end_session()
    assert cast.places("ivo") == []


def test_the_commands_name_a_substitute_and_end_a_session(
    own: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.at("dirk").let_in("session", own.person("ivo"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("ZEGEL_HOME", str(tmp_path))
    monkeypatch.setenv("ZEGEL_SERVER", own.world.url)
    monkeypatch.setenv("ZEGEL_PIN", own.world.pin)
    keys = own["dirk"].keys
    keeper.start(tmp_path, {"sign": b64(keys.sign), "kem": b64(keys.kem)}, 60)
    try:
        case, ella = own.case[:12], own.person("ella")
        commands = [["end-session", case], ["substitute", case, ella]]
        commands.append(["let-in", case, "governance", ella])
        done = [CliRunner().invoke(cli, ["case", *command]) for command in commands]
    finally:
        keeper.ask(tmp_path, "lock")
    assert [one.exit_code for one in done] == [0, 0, 0], [repr(one.exception) for one in done]
    assert "the interpreter is out" in done[0].output
    assert own.places("ivo") == []
    assert own.places("ella") == ["governance"]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_who_was_put_out_is_told_what_is_known_and_no_alarm(
    cast: Cast, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """She cannot know whether she was put out or the server hides it; both are said."""
    cast.invited("mother", "requester")
    dirk, name = cast.at("dirk"), cast.at("mother").only("dialogue").name
    chain = dirk.work.named(name)
    remove(dirk.session, chain, cast["mother"].device)
    monkeypatch.setenv("ZEGEL_LANG", language)
    with pytest.raises(Distrust) as gone:
        cast["mother"].read(cast.case, name)
    told = explain(gone.value)
    both = {
        "en": ("no longer, or the server", "Were you taken off it?"),
        "nl": ("niet meer deel aan dit gesprek, of de server", "Bent u eruit gehaald?"),
    }
    what, following = both[language]
    assert what in told["what"] and following in told["next"]
    assert all(one not in str(told) for one in ("went-back", "Do not go on", "Ga hier niet verder"))
