"""Keys turn over in time, for everyone who stands there and for nobody else.

Holds client/session.py, client/place/compose.py, domain/membership.py.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import client.place.chain
from client.cases import consultation
from client.people.membership import remove
from client.place.chain import TURN_OVER_ENTRIES, TURN_OVER_SECONDS, Chain
from client.place.compose import Draft, draft_change
from crypto.encoding import hash_of
from crypto.secret.wrap import open_wrap, wrap_info
from domain.entry import Line
from tests.support.people.support_case import Cast, kinds, post
from tests.support.world import World
from wire.parts import SealedParts


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with World(tmp_path_factory.mktemp("rekeying")) as world:
        yield Cast(world)


@pytest.fixture
def cast(stage: Cast) -> Cast:
    return stage.another().opened()


# --- a key that is no good -----------------------------------------------------------------------


def test_who_gets_junk_for_a_key_says_so_and_makes_the_next_one(cast: Cast) -> None:
    cast.invited("mother", "requester")
    mother = cast.at("mother").session
    chain = cast.at("mother").only("dialogue")
    cards = mother.directory.cards(line.device for line in chain.lines)
    draft = draft_change(
        *(chain.compartment, chain.case, "rotated", chain.lines, cards, mother.device),
        *(mother.roster_version(), mother.now()),
    )
    post(mother, with_junk(draft, cast["dirk"].device))
    mother.write(cast.at("mother").only("dialogue"), "MessageSent", {}, consultation.message("x"))
    dirk = cast.at("dirk")
    hers = dirk.only("dialogue")
    assert hers.refused == {2}
    dirk.say(hers, "I cannot read your last message")
    assert kinds(hers)[-3:] == ["WrapRefused", "MembersChanged", "MessageSent"]
    assert cast.texts("mother", "dialogue") == ["x", "I cannot read your last message"]


def with_junk(draft: Draft, victim: str) -> Draft:
    """The same change, with junk for one of its members."""
    wraps = {**draft.parts.wraps, victim: os.urandom(1168)}
    members = [
        {**line, "wrap": hash_of(wraps[line["device"]])} for line in draft.header.body["members"]
    ]
    header = replace(draft.header, body={**draft.header.body, "members": members})
    return Draft(header, SealedParts(wraps=wraps), draft.epoch_key)


# --- keys that served their time -----------------------------------------------------------------


def _writes(cast: Cast, name: str) -> list[str]:
    """Someone says something in the dialogue; what was written there, by kind."""
    support = cast.at(name)
    chain = support.only("dialogue")
    support.say(chain, f"{name} says")
    return kinds(chain)


def test_staff_turn_keys_over_after_thirty_days_and_those_who_ask_never_do(tmp_path: Path) -> None:
    ahead = [0]
    with World(tmp_path, clock=lambda: time.time() + ahead[0]) as world:
        cast = Cast(world).opened()
        cast.invited("mother", "requester")
        changes = _writes(cast, "dirk").count("MembersChanged")
        for days, first, again in ((29, 0, 0), (31, 1, 1)):
            ahead[0] = days * 86_400
            world.publish()
            assert _writes(cast, "mother").count("MembersChanged") == changes
            assert _writes(cast, "dirk").count("MembersChanged") == changes + first
            assert _writes(cast, "dirk").count("MembersChanged") == changes + again
        assert cast.texts("mother", "dialogue").count("dirk says") == 5


def test_staff_turn_keys_over_after_so_many_entries(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (TURN_OVER_SECONDS, TURN_OVER_ENTRIES) == (30 * 86_400, 500)  # PROTOCOL.md section 3
    monkeypatch.setattr(client.place.chain, "TURN_OVER_ENTRIES", 3)
    cast.invited("mother", "requester")
    for _ in range(4):
        written = _writes(cast, "mother")
    assert written[-5:] == ["MembersChanged", *["MessageSent"] * 4]
    assert _writes(cast, "dirk")[-2:] == ["MembersChanged", "MessageSent"]
    assert _writes(cast, "dirk")[-3:] == ["MembersChanged", "MessageSent", "MessageSent"]


def test_thirty_members_have_new_keys_at_once(cast: Cast) -> None:
    names = [f"colleague {number}" for number in range(30)]
    cast.hire(*names, role="casemanager")
    dirk = cast.at("dirk")
    chain = dirk.work.named("worknotes")
    dirk.session.settle(chain)
    coming = [Line(cast[name].device, "casemanager", None) for name in names]
    dirk.session.change_members(chain, "joined", tuple(sorted((*chain.lines, *coming))))
    out = names[0]
    remove(dirk.session, chain, cast.person(out))
    dirk.say(chain, "to thirty")
    assert len(chain.lines) == 30
    for name in names:
        given = _given(cast, chain, name)
        assert given == {
            epoch: chain.epoch_keys[epoch] for epoch in ((1, 2) if name != out else (1,))
        }
    assert cast.texts(names[-1], "worknotes") == ["to thirty"]
    assert cast.places(out) == []


def _given(cast: Cast, chain: Chain, name: str) -> dict[int, bytes]:
    """The epoch keys that the server has for someone, opened with her own keys."""
    device, found = cast[name].device, {}
    headers = {item.entry.header.id: item.entry.header for item in chain.items}
    for entry, wrap in cast.world.opened.store.wraps(chain.case, chain.name, device):
        header = headers[entry]
        place = (chain.case, chain.name, header.epoch, device, header.author)
        found[header.epoch] = open_wrap(
            cast[name].keys, wrap_info(*place, header.body["commit"]), wrap
        )
    return found
