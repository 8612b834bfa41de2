"""An analysis is shared against announcements that bind: a server, a casemanager and the other
expert together do not draw it early unseen (docs/adr/0012).

Holds client/cases/analyses.py.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from client.cases.support import Support
from client.errors import Distrust
from client.people.membership import grant
from client.place.chain import Item
from crypto.encoding import hash_of
from domain.check import Rules
from domain.service import View
from domain.services.registry import SERVICES
from tests.support.people.support_case import Cast, contribution
from tests.support.world import World

OF_ZOE = "of zoe"
ANOTHER = r"^payload-mismatch: .*not the one that was announced"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """With a server that lets through whatever a member of one place alone cannot see to be
    wrong."""
    with World(tmp_path_factory.mktemp("bound")) as world:
        world.app.extensions["zegel"].store._rules = Rules(SERVICES, View.PART)
        yield Cast(world)


@pytest.fixture
def cast(stage: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """zoe's analysis is in. xena, dirk and the server, who gives out what it is to hold back, would
    read it before xena writes hers."""
    monkeypatch.setattr("store.releases.held_back", lambda *_: False)
    cast = stage.another().opened()
    for name in ("xena", "zoe"):
        cast.deploy("dirk", name)
    cast.at("zoe").contribute(contribution(OF_ZOE))
    return cast


def announces(cast: Cast, analysis: str, hash_: str) -> None:
    xena = cast.at("xena")
    body: dict[str, Any] = {"analysis": analysis, "hash": hash_}
    xena.session.write(xena.only("expert"), "ContributionAnnounced", body)


def writes(cast: Cast, findings: str) -> Item:
    xena = cast.at("xena")
    value = contribution(findings)
    return xena.session.write(xena.work.open("analysis"), "ExpertContributed", {}, value)


def gives_zoe(cast: Cast, item: Item) -> None:
    """xena lets zoe in to one of her analyses, and gives her the key."""
    xena: Support = cast.at("xena")
    own, session = xena.work.named(item.entry.header.compartment), xena.session
    (zoe,) = (one for one in xena.only("expert").lines if one.device == cast["zoe"].device)
    session.change_members(own, "joined", tuple(sorted((*own.lines, zoe))))
    grant(session, own, zoe.device, "unsealed", items=[item])


def shares(cast: Cast) -> None:
    cast.at("dirk").unseal()
    assert cast.at("zoe").share() == 2
    assert list(cast.texts("xena", "analysis"))[-1] == OF_ZOE


def test_who_announced_what_does_not_exist_never_has_an_analysis_that_fits(cast: Cast) -> None:
    announces(cast, "ab" * 16, hash_of(b"nothing yet"))
    shares(cast)
    gives_zoe(cast, writes(cast, "written after reading hers"))
    with pytest.raises(Distrust, match=ANOTHER):
        cast.texts("zoe", "analysis")


def test_who_announced_one_analysis_gives_no_other(cast: Cast) -> None:
    first = writes(cast, "of xena, before")
    announces(cast, first.entry.header.id, first.entry.hash)
    other = writes(cast, "of xena, after reading hers")
    shares(cast)
    gives_zoe(cast, first)
    assert set(cast.texts("zoe", "analysis")) == {OF_ZOE, "of xena, before"}
    gives_zoe(cast, other)
    with pytest.raises(Distrust, match=ANOTHER):
        cast.texts("zoe", "analysis")


def test_the_announced_hash_is_that_of_the_entry_given(cast: Cast) -> None:
    first = writes(cast, "of xena")
    announces(cast, first.entry.header.id, hash_of(b"another of the same number"))
    shares(cast)
    gives_zoe(cast, first)
    with pytest.raises(Distrust, match=ANOTHER):
        cast.texts("zoe", "analysis")
