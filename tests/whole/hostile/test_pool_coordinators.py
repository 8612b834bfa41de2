"""A coordinator who means harm to another: what she writes in the pool leads nobody to invite or
confirm whom the rules of the pool put aside, and stops nobody's work.

Holds client/pool/desk.py, client/pool/inviting.py, client/pool/profiles.py.
"""

import time
from calendar import timegm
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.screen.show import show_conversation
from client.cases.consultation import conversation, payload
from client.errors import NotPossible
from client.pool import inviting
from client.pool.masking import Masked
from client.pool.match import match
from client.why import Why
from tests.client.pool.test_shortlist_of_another import BAD, candidate, of
from tests.support.hostile.attacks import attack
from tests.support.hostile.pool import FIRST_WEEK, WEEKS, invited, pool_at_work, writes
from tests.support.people.at_work import at_work
from tests.support.people.pool import PoolStage

STARTS = timegm((2026, 3, 2, 9, 0, 0))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PoolStage]:
    with pool_at_work(tmp_path_factory.mktemp("pool"), STARTS) as stage:
        yield stage


def suspends(stage: PoolStage, case: str) -> None:
    stage.steps("pia", case, "propose-suspension", "note/1", text="she spoke of a case")
    place = next(
        one for one in stage.at("carla", case).places() if one.compartment.type == "governance"
    )
    proposal = place.items[-1].entry.header.id
    stage.sessions["carla"].write(
        place, "ApprovalGiven", {"of": proposal}, payload("note/1", text="yes")
    )
    stage.steps("pia", case, "suspend", "note/1", body={"proposal": proposal}, text="as approved")


@attack(
    "writes a shortlist that no match makes",
    "a coordinator",
    "another invites by it",
    "not followed, shown with a warning",
)
@pytest.mark.parametrize(
    "what", ["a team of many, who would all be invited", "what steers a terminal"]
)
def test_a_shortlist_that_no_match_makes_is_not_followed(
    stage: PoolStage, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case = invited(stage)
    good = of(candidate(1) | {"person": stage.person("xena")})
    for value in (good, BAD[what]):
        pool = stage.deployment(case, "paul").pool
        writes(stage, "paul", pool, "ShortlistProposed", {"size": 1}, value)
    one = stage.deployment(case)
    assert inviting.next_to_invite(one, stage.clock.now) == [stage.person("xena")]
    show_conversation(one.pool, conversation(one.session, one.pool))
    shown = capsys.readouterr().out
    assert "Something may be missing" in shown and "\x1b" not in shown and "\x07" not in shown


@attack(
    "begins a second profile of a suspended expert",
    "a coordinator",
    "another matches or invites",
    "suspended all the same",
)
def test_who_is_suspended_is_so_in_every_profile_of_hers(stage: PoolStage) -> None:
    """Reinstating her takes a supervisor: a new profile does not go around that."""
    name = stage.hires_one("wim", "duidingsexpert", "centre")
    suspends(stage, stage.joins(name, WEEKS))
    case = stage.requests("dirk", from_week=FIRST_WEEK)
    stage.joins(name, WEEKS)
    one, desk = stage.deployment(case), stage.desk()
    (found,) = (each for each in desk.experts() if each.person == stage.person(name))
    assert found.suspended
    asked = one.asked()
    assert (
        stage.person(name)
        not in match(asked.brief(stage.clock.now), desk.experts(), asked.seed).team
    )
    refuses_to_invite(stage, case, name, Why.NOT_IN_POOL)


def refuses_to_invite(stage: PoolStage, case: str, name: str, why: Why) -> None:
    profile = stage.desk().profile_of(stage.person(name))
    assert profile is not None
    with pytest.raises(NotPossible) as refused:
        inviting.invite(stage.deployment(case), profile, Masked({}, ()), stage.clock.now + 7200)
    assert refused.value.why is why


def left(stage: PoolStage, name: str, case: str) -> None:
    stage.steps(name, case, "quit")


def suspended(stage: PoolStage, _: str, case: str) -> None:
    suspends(stage, case)


def cleared_no_more(stage: PoolStage, name: str, case: str) -> None:
    stage.vets(case, name, clearance=False)


GONE: dict[str, Any] = {
    "left the pool": (left, Why.NOT_IN_POOL),
    "was suspended": (suspended, Why.NOT_IN_POOL),
    "is cleared no more": (cleared_no_more, Why.NOT_VETTED),
}


@pytest.mark.parametrize("gone", GONE)
def test_who_went_since_is_neither_invited_nor_confirmed(stage: PoolStage, gone: str) -> None:
    """The rules know her vetting as it was when she was asked: the rest is the program's to see."""
    goes, why = GONE[gone]
    name = stage.hires_one(f"expert {len(stage.roles)}", "duidingsexpert", "centre")
    profile = stage.joins(name, WEEKS)
    case = invited(stage, name)
    stage.accepts(case, name)
    goes(stage, name, profile)
    refuses_to_invite(stage, case, name, why)
    with pytest.raises(NotPossible) as refused:
        stage.desk().refuse_gone(stage.person(name))
    assert refused.value.why is why


@attack(
    "seals junk as a profile and as availability",
    "an expert",
    "a coordinator matches",
    "what was said before stands",
)
def test_junk_of_one_expert_changes_no_match(stage: PoolStage) -> None:
    """Neither hers, by what she said before, nor that of others."""
    case = stage.requests("dirk", from_week=FIRST_WEEK)
    asked = stage.deployment(case).asked()
    brief = asked.brief(stage.clock.now)
    before = match(brief, stage.desk().experts(), asked.seed)
    profile = stage.desk().profile_of(stage.person("yusuf"))
    assert profile is not None and stage.person("yusuf") in {
        one.person for one in before.candidates
    }
    junk: tuple[Any, ...] = (
        {"schema": "profile/1", "hours": "all", "opt_outs": [{}]},
        {"schema": "profile/9"},
        ["profile/1"],
    )
    for value in junk:
        for kind, body in (("ProfileUpdated", {}), ("AvailabilityUpdated", {"available": True})):
            chain = stage.sessions["yusuf"].read(profile.chain.case, profile.chain.name)
            assert chain is not None
            writes(stage, "yusuf", chain, kind, body, value)
    assert match(brief, stage.desk().experts(), asked.seed) == before


def test_the_commands_refuse_before_anything_is_written(tmp_path: Path) -> None:
    """Who is suspended, and whoever is meant by a beginning that several share."""
    (tmp_path / "server").mkdir()
    with pool_at_work(tmp_path / "server", int(time.time())) as stage:
        case = invited(stage, "xena", "yusuf")
        stage.accepts(case, "xena")
        stage.accepts(case, "yusuf")
        xena, zoe = stage.person("xena"), stage.person("zoe")
        profile = stage.desk().profile_of(xena)
        assert profile is not None
        suspends(stage, profile.chain.case)
        stage.world.settle()
        with at_work(stage.world, tmp_path / "homes", pia=stage.sessions["pia"]) as office:
            before = stage.world.opened.store.position()
            for said, *given in (
                ("is suspended", "confirm", case),
                ("is suspended", "confirm", case, xena),
                ("not one expert", "confirm", case, xena[:8]),
                ("is suspended", "invite", case, zoe, xena, "--why", "she knows the harbour"),
                ("not one expert", "invite", case, zoe[:8], "--why", "she knows the harbour"),
            ):
                refused = office.run("pia", "deployment", *given, fails=True)
                assert said in str(refused.exception), given
            assert stage.world.opened.store.position() == before
            office.run("pia", "deployment", "invite", case, zoe, "--why", "she knows the harbour")
            office.run("pia", "deployment", "confirm", case, stage.person("yusuf"))
        answers = {name: one.answer for name, one in stage.candidates(case).items()}
        assert answers == {"xena": "signed", "yusuf": "confirmed", "zoe": "invited"}
