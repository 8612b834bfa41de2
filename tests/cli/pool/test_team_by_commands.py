"""A team is formed by what people type: an acute night in under ten commands of the coordinator,
and what each of them reads on the way.

Holds cli/pool/matching.py, cli/pool/inviting.py, cli/pool/confirming.py, cli/pool/profiles.py,
cli/pool/fairness.py, cli/pool/reading.py, cli/sentences/worked_out.py.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from client.pool.experts import week_of
from tests.support.people.desks import Desks
from tests.support.world import World

EXPERTS = {
    "xena": ("duidingsexpert", "centre", ("--forms", "right_wing,jihadism")),
    "yusuf": ("duidingsexpert", "institute", ("--forms", "right_wing")),
    "zoe": ("zorgexpert", "clinic", ("--care", "trauma_children")),
    "nora": ("zorgexpert", "practice", ("--care", "trauma_children")),
}
STAFF = {
    "pia": "pool_coordinator",
    "paul": "pool_coordinator",
    "lara": "lat_coordinator",
    "dirk": "casemanager",
    "carla": "supervisor",
    **{name: role for name, (role, _organisation, _knows) in EXPERTS.items()},
}
OF_ALL = ("--mother-tongues", "nl", "--residence", "utrecht", "--provinces", "gelderland")
THIS_WEEK = week_of(datetime.now(UTC).date())


class Pool(Desks):
    """An office with four experts, by what they type. count: the commands of the coordinator."""

    count = 0

    def does(self, person: str, *arguments: str, typed: str = "") -> str:
        """What somebody reads who runs a command that ends well."""
        self.count += person == "pia"
        ran = self.run(person, *arguments, typed=typed)
        assert ran.error is None, ran
        return ran.out + ran.err

    def number(self, person: str) -> str:
        return f"{[*STAFF].index(person) + 1:032x}"

    def joins(self, name: str) -> str:
        """An expert who wrote what she can do; the number of her profile."""
        _role, _organisation, knows = EXPERTS[name]
        opened = self.json("pia", "pool", "nominate", "--with", self.number(name), "-m", "knows it")
        case = str(opened["case"])
        checked = ("--clearance", "--registration", "--expires", "2099-12-31")
        self.does("pia", "pool", "vet", case, "--expert", self.number(name), *checked)
        self.does(name, "pool", "confidentiality", case, "--text", "I do")
        self.does(name, "pool", "profile", case, *knows, *OF_ALL, "--online", "yes", "--hours", "8")
        self.does(name, "pool", "weeks", case, "all", "--acute")
        return case


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    folder = tmp_path_factory.mktemp("pool")
    (folder / "server").mkdir()
    organisations = {name: one for name, (_role, one, _knows) in EXPERTS.items()}
    with World(folder / "server") as world:
        opened = Pool(world, folder, STAFF, {**organisations, "lara": "rvdk"})
        for name in EXPERTS:
            opened.joins(name)
        yield opened


ASKED = ("--disciplines", "duiding,care", "--care", "trauma_children", "--hours", "6")
PERIOD = ("--from-week", THIS_WEEK, "--weeks", "2", "--on-site", "no")


def test_a_team_for_tonight_takes_the_coordinator_less_than_ten_commands(pool: Pool) -> None:
    two = ("--acute", "--count", "2")
    case = str(pool.json("lara", "deployment", "request", *two, *ASKED, *PERIOD)["case"])
    pool.count = 0
    assert "acute team" in pool.does("pia", "inbox")
    found = pool.does("pia", "deployment", "match", case, "--yes")
    assert "Brings care, trauma children." in found and "What the team covers" in found
    assert "Candidates are not told, because few would fit it: care." in found
    pool.does("pia", "deployment", "invite", case)
    first, second = _asked(pool, case)
    pool.does(first, "deployment", "refuse", case, "-m", "I am abroad")
    assert "said no" in pool.does("pia", "deployment", "candidates", case)
    pool.does("pia", "deployment", "invite", case)
    (third,) = {*_asked(pool, case)} - {first, second}
    for name in (second, third):
        invited = pool.does(name, "show", case)
        assert "It is acute." in invited and "trauma" not in invited and "abroad" not in invited
        pool.does(name, "deployment", "accept", case)
        pool.does(name, "deployment", "sign", case, "--text", "I do")
    assert "Proposed to who asked" in pool.does("pia", "deployment", "confirm", case)
    pool.run("pia", "deployment", "confirm", case).refused("nobody accepted and signed")
    assert "Confirmed" in pool.does("lara", "deployment", "confirm", case)
    assert "Told that they are confirmed" in pool.does("pia", "deployment", "confirm", case)
    # The one that was refused is counted too.
    assert pool.count + 1 < 10
    assert "confirmation told" in pool.does(second, "show", case)


def _asked(pool: Pool, case: str) -> list[str]:
    told = pool.json("pia", "deployment", "candidates", case)["candidates"]
    names = {pool.number(name): name for name in EXPERTS}
    return [names[one["person"]] for one in told]


def test_another_than_the_next_is_invited_with_a_reason(pool: Pool) -> None:
    asked = ("--disciplines", "duiding", "--form", "right_wing", "--hours", "4", *PERIOD)
    two = ("--no-acute", "--count", "1")
    case = str(pool.json("dirk", "deployment", "request", *two, *asked)["case"])
    match = pool.json("pia", "deployment", "match", case, "--yes")
    (team,) = match["team"]
    other = next(one["person"] for one in match["candidates"] if one["verdict"] == "next")
    refused = pool.run("pia", "deployment", "invite", case, other[:32])
    refused.refused("is not next on the shortlist: say why with --why")
    assert pool.json("pia", "deployment", "candidates", case)["candidates"] == []
    pool.does("pia", "deployment", "invite", case, other, "--why", "she knows the harbour")
    told = pool.json("pia", "deployment", "candidates", case)
    assert [one["person"] for one in told["candidates"]] == [other] != [team]
    shown = pool.does("dirk", "show", case)
    assert "she knows the harbour" in shown and "match overridden" in shown
    figures = pool.json("pia", "pool", "fairness")["figures"]
    assert figures["overrides_permille"] == 500 and figures["declined"] == 1


def test_a_request_says_what_is_wrong_before_anything_is_sent(pool: Pool) -> None:
    six = (*ASKED, *PERIOD, "--form", "jihadism", "--competence", "group", "--language", "ar")
    one = ("--count", "1", "--no-acute")
    before = len(pool.json("pia", "inbox")["work"])
    eight = pool.run("dirk", "deployment", "request", *one, *six, "--province", "utrecht")
    eight.refused("at most 6 tags")
    wrong = pool.run("dirk", "deployment", "request", *one, *six, "--from-week", "2026-W60")
    wrong.refused("2026-W49")
    assert len(pool.json("pia", "inbox")["work"]) == before
    pool.run("dirk", "deployment", "match", "0" * 32).refused("no case of yours")
    pool.run("carla", "pool", "nominate", "--with", pool.number("xena"), "-m", "x").refused("open")


def test_weeks_are_added_and_taken_away(pool: Pool) -> None:
    case = next(
        row["case"]
        for row in pool.json("pia", "pool", "experts")["experts"]
        if row["person"] == pool.number("nora")
    )
    before = pool.json("nora", "pool", "weeks", case)["weeks"]
    after = pool.json("nora", "pool", "weeks", case, f"-{THIS_WEEK}")["weeks"]
    assert {*before} - {*after} == {THIS_WEEK}
    assert "On call for what cannot wait." in pool.does("nora", "pool", "weeks", case)
    pool.run("nora", "pool", "weeks", case, "someday").refused("says no weeks")


def test_experts_are_listed_with_what_ends_soon(pool: Pool) -> None:
    rows = {row["person"]: row for row in pool.json("pia", "pool", "experts")["experts"]}
    assert {row["state"] for row in rows.values()} == {"active"}
    assert rows[pool.number("zoe")]["organisation"] == "clinic"
    shown = pool.does("pia", "pool", "experts")
    assert "2099-12-31" in shown
    ending = ("--registrations", f"BIG {datetime.now(UTC).date().isoformat()}")
    case = rows[pool.number("zoe")]["case"]
    knows = (*EXPERTS["zoe"][2], *OF_ALL, "--online", "yes", "--hours", "8")
    pool.does("zoe", "pool", "profile", case, *knows, *ending)
    assert "BIG" in pool.does("pia", "pool", "experts")
