"""Experts write independently: nobody reads the other's before hers is out of her hands too.

Holds client/cases/analyses.py, client/cases/support.py.
"""

from collections.abc import Iterator

import pytest

from client.errors import NotPossible, ServerRefused
from client.people import erasure
from tests.support.people.support_case import Cast, contribution, kinds, said
from tests.support.world import World, refused_for

XENA, ZOE, YUSUF = "of xena", "of zoe", "of yusuf"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with World(tmp_path_factory.mktemp("analyses")) as world:
        yield Cast(world)


def deployed(cast: Cast, *names: str) -> Cast:
    cast.opened()
    for name in names:
        cast.deploy("dirk", name)
    return cast


@pytest.fixture
def cast(stage: Cast) -> Cast:
    return deployed(stage.another(), "xena", "zoe")


def contributes(cast: Cast, *names: str) -> None:
    for name in names:
        cast.at(name).contribute(contribution(f"of {name}"))


def reads(cast: Cast, name: str) -> list[str]:
    return sorted(cast.texts(name, "analysis"))


# --- until all are in ----------------------------------------------------------------------------


def test_three_read_each_other_once_all_three_have_shared(stage: Cast) -> None:
    names = ["xena", "zoe", "yusuf"]
    cast = deployed(stage.another(), *names)
    contributes(cast, *names)
    cast.at("dirk").unseal()
    for name in names[:2]:
        assert cast.at(name).share() == 3
        assert cast.at(name).share() == 0
    for name in names:
        assert reads(cast, name) == [f"of {name}"]
    assert reads(cast, "dirk") == []
    assert cast.at("yusuf").share() == 3
    for name in (*names, "dirk"):
        assert reads(cast, name) == sorted([XENA, ZOE, YUSUF])


def test_one_alone_is_not_unsealed_unless_the_other_is_given_up_with_a_reason(cast: Cast) -> None:
    contributes(cast, "xena")
    with pytest.raises(NotPossible, match="one alone only where others were given up"):
        cast.at("dirk").unseal()
    assert cast.at("xena").share() == 0
    own = cast.at("xena").only("analysis")
    early = tuple(sorted((*own.lines, *cast.at("zoe").only("expert").lines)))
    with refused_for("the analyses have been unsealed together"):
        cast["xena"].change_members(
            own, "joined", tuple({one.device: one for one in early}.values())
        )
    cast.at("dirk").unseal("ill")
    (unsealed,) = [
        item.entry.header.body
        for item in cast.at("zoe").only("expert").items
        if item.entry.header.kind == "AnalysesUnsealed"
    ]
    assert unsealed["given_up"] == "ill"
    assert cast.at("xena").share() == 1
    assert (reads(cast, "dirk"), reads(cast, "zoe")) == ([XENA], [])


def test_who_was_given_up_reads_the_other_once_hers_is_in(cast: Cast) -> None:
    """Or a casemanager would open an analysis to her with a word."""
    contributes(cast, "xena")
    cast.at("dirk").unseal("ill")
    cast.at("xena").share()
    contributes(cast, "zoe")
    assert cast.at("xena").share() == 0
    assert cast.places("zoe") == ["analysis", "conflict", "expert"]
    cast.at("dirk").unseal("later")
    assert cast.at("xena").share() == 1
    cast.at("zoe").share()
    for name in ("xena", "zoe", "dirk"):
        assert reads(cast, name) == [XENA, ZOE]


def test_nothing_that_is_not_in_is_unsealed(cast: Cast) -> None:
    with pytest.raises(NotPossible, match="no analysis is in"):
        cast.at("dirk").unseal("ill")


def test_while_one_does_not_share_the_others_stay_held_back(cast: Cast) -> None:
    contributes(cast, "xena", "zoe")
    cast.at("dirk").unseal()
    cast.at("xena").share()
    for name in ("zoe", "dirk"):
        assert XENA not in reads(cast, name)
    place = cast.at("xena").only("analysis").name
    store = cast.world.opened.store
    for name in ("zoe", "dirk"):
        given = [entry for entry, _ in store.wraps(cast.case, place, cast[name].device)]
        entries = {item.entry.header.id: item for item in cast.at(name).work.named(place).items}
        assert "HistoryGranted" not in {entries[one].entry.header.kind for one in given}
        (analysis,) = said(cast.at(name).work.named(place))
        assert store.parts_for(cast.case, analysis.entry.header.id, cast[name].device) is None
    with refused_for("not unsealed before"):
        dirk = cast.at("dirk")
        unsealed = {"analyses": [analysis.entry.header.id], "given_up": "ill"}
        dirk.session.write(dirk.only("expert"), "AnalysesUnsealed", unsealed)


# --- what may go wrong on the way ----------------------------------------------------------------


def test_who_contributed_twice_holds_nobody_up(cast: Cast) -> None:
    contributes(cast, "zoe", "xena")
    cast.at("xena").contribute(contribution("of xena, written anew"))
    cast.at("dirk").unseal()
    cast.at("xena").share()
    cast.at("zoe").share()
    assert reads(cast, "dirk") == ["of xena, written anew", ZOE]
    assert reads(cast, "zoe") == ["of xena, written anew", ZOE]


def test_sharing_that_was_cut_off_is_finished_the_next_time(cast: Cast) -> None:
    contributes(cast, "xena", "zoe")
    cast.at("dirk").unseal()
    cast.at("zoe").share()
    support = cast.at("xena")
    post, posted = support.session.transport.post, []

    def breaking(schema: type, where: str, body: dict[str, str]) -> dict[str, object]:
        posted.append(where)
        if len(posted) == 2:
            raise KeyboardInterrupt  # the others are let in, and nothing is granted yet
        return post(schema, where, body)

    support.session.transport.post = breaking  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        support.share()
    support.session.transport.post = post  # type: ignore[method-assign]
    assert XENA not in reads(cast, "zoe")
    assert cast.at("xena").share() == 2
    assert reads(cast, "zoe") == reads(cast, "dirk") == [XENA, ZOE]


def test_what_an_expert_corrected_is_read_as_corrected(cast: Cast) -> None:
    contributes(cast, "xena", "zoe")
    own = cast.at("xena").only("analysis")
    seq = said(own)[0].entry.header.seq
    corrected = {"schema": "message/1", "text": "read: brother, not cousin", "attachments": []}
    erasure.correct(cast["xena"], own, seq, corrected)
    cast.at("dirk").unseal()
    cast.at("xena").share()
    cast.at("zoe").share()
    assert reads(cast, "dirk") == [XENA, ZOE, "read: brother, not cousin"]


def test_an_expert_who_is_released_writes_and_reads_nothing_more(cast: Cast) -> None:
    contributes(cast, "zoe")
    dirk = cast.at("dirk")
    dirk.release_expert(cast.person("xena"))
    assert cast.places("xena") == []
    chain = cast.at("dirk").only("expert")
    cast.at("dirk").say(chain, "without her")
    with pytest.raises((NotPossible, ServerRefused)):
        dirk.let_in("expert", cast.person("xena"))
    assert cast["xena"].read(cast.case, chain.name) is None
    cast.at("dirk").unseal("released")
    cast.at("zoe").share()
    assert reads(cast, "dirk") == [ZOE]


def test_a_short_number_of_an_expert_puts_nobody_else_out(stage: Cast) -> None:
    cast = stage.another()
    cast.hire("wim", role="zorgexpert", numbers=["e1"])
    cast.hire("vera", role="casemanager", numbers=["e2"])
    deployed(cast, "wim")
    cast.at("dirk").let_in("expert", cast.person("vera"))
    cast.at("dirk").release_expert("e")
    assert (cast.places("wim"), cast.places("vera")) == ([], ["expert"])


# --- two devices ---------------------------------------------------------------------------------


def test_an_expert_with_two_devices_reads_and_shares_on_either(world: World) -> None:
    cast = Cast(world)
    first = cast["xena"]
    second = cast.another_device("xena")
    cast.people["xena at home"], cast.people["xena"] = second, first
    deployed(cast, "xena", "zoe")
    assert cast.places("xena") == cast.places("xena at home") == ["conflict", "expert"]
    contributes(cast, "xena", "zoe")
    assert reads(cast, "xena at home") == [XENA]
    cast.at("dirk").unseal()
    assert cast.at("xena at home").share() == 2
    assert cast.at("xena").share() == 0
    assert cast.at("zoe").share() == 3
    for name in ("xena", "xena at home", "zoe", "dirk"):
        assert reads(cast, name) == [XENA, ZOE]
    assert kinds(cast.at("zoe").only("expert"))[-1] == "AnalysesUnsealed"
