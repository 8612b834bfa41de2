"""A year of the pool: forty experts of twelve organisations, sixty requests, people who say no,
have a conflict or do not answer, vettings that expire, one acute night, three meetings; and what
the server holds of it at the end.

Holds client/pool/desk.py, client/pool/inviting.py, client/pool/deployments.py,
client/pool/profiles.py, domain/services/pool/deployment.py, domain/services/pool/profile.py,
domain/services/pool/meetings.py.
"""

from calendar import timegm
from collections.abc import Iterator
from random import Random

import pytest

from client.audit.verdicts import CHECKS
from client.errors import NotPossible, ServerRefused
from client.pool.fairness import fairness
from client.pool.match import Verdict
from tests.support.people.pool import Clock, PoolStage
from tests.support.people.pool_year import EXPERTS, REQUESTS, WORDS, Year
from tests.support.world import World
from wire.payloads.pool import CARE, COMPETENCES, FORMS, PROVINCES

STARTS = timegm((2026, 1, 5, 9, 0, 0))
EVERY_DAYS = 365 // REQUESTS


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The whole of it, played once."""
    folder = tmp_path_factory.mktemp("year")
    clock = Clock(STARTS)
    with World(folder, clock=clock) as world:
        played = Year(PoolStage(world, clock), Random(2026))
        played.hires()
        played.forms()
        for number in range(REQUESTS - 2):
            played.meets(number)
            if number == REQUESTS // 2:
                played.night()
            else:
                played.asks()
            clock.passes(days=EVERY_DAYS)
            played.releases()
        clock.passes(days=21)
        played.releases()
        yield played


def test_every_request_is_answered_or_withdrawn(year: Year) -> None:
    assert len(year.teams) + year.unserved == REQUESTS - 2  # two were only looked at
    assert len(year.teams) > REQUESTS // 2
    assert {*year.answers} == {"accept", "refuse", "conflict", "silent"}


def test_a_team_of_the_night_stands_within_four_hours(year: Year) -> None:
    asked, confirmed = year.of_the_night
    assert confirmed - asked <= 4 * 3600


def test_who_is_no_longer_vetted_is_excluded_until_it_is_renewed(year: Year) -> None:
    assert year.expired == [Verdict.EXCLUDED, Verdict.TEAM]


def test_the_figures_of_the_year(year: Year, capsys: pytest.CaptureFixture[str]) -> None:
    stage = year.stage
    desk = stage.desk()
    records = desk.records(2026, stage.clock.now)
    figures = fairness(records, desk.experts(), 2026)
    share = float(max(figures.shares.values()))
    told = (
        f"{figures.matches} requests, {figures.deployments} deployments",
        f"Gini {float(figures.gini):.3f}, largest share {share:.0%}",
        f"declined {figures.declined}, conflicts {figures.conflicts}, silent {figures.no_answer}",
    )
    with capsys.disabled():
        print("", *told, sep="\n")
    assert figures.matches == REQUESTS
    assert figures.deployments == sum(len(team) for _case, team in year.teams)
    said_no = (figures.declined, figures.conflicts, figures.no_answer)
    assert said_no == tuple(year.answers[one] for one in ("refuse", "conflict", "silent"))
    # Nobody is asked for everything: of forty experts no organisation had four tenths.
    assert share < 0.4 and figures.gini < 0.6
    assert len(desk.experts()) == EXPERTS


def test_an_auditor_finds_the_year_whole(year: Year) -> None:
    """Two deployments, one profile and the pool, with every verdict."""
    for case in year.audited():
        verdicts = year.verdicts(case)
        assert verdicts.keys() == CHECKS.keys() and all(one.holds for one in verdicts.values()), (
            case,
            verdicts,
        )


def test_the_server_holds_no_tag_no_language_no_region_and_no_reason(year: Year) -> None:
    held = year.held()
    assert b'"service":"deployment"' in held  # what is public is found: so the rest would be
    told = [*FORMS, *CARE, *COMPETENCES, *PROVINCES, *WORDS, "mother_tongue", "opt_out", "not_from"]
    # Words of other things too: "none" of a limit, a "group" of commands.
    told = [word for word in told if word not in ("none", "individual", "group", "online")]
    found = [word for word in told if word.encode() in held or word.encode("utf-16-le") in held]
    assert not found
    for tongue in ("ar", "tr", "ti", "fa", "so"):
        assert f'"{tongue}"'.encode() not in held


def test_nobody_else_is_told_of_a_candidate(year: Year) -> None:
    """A candidate stands in her own place alone: another's is not there for her, and neither is
    where it was asked."""
    stage = year.stage
    case, _team = max(year.teams, key=lambda one: len(one[1]))
    asked = stage.candidates(case)
    one, other = [*asked][:2]
    session = stage.sessions[one]
    assert {row["compartment"] for row in stage.at(one, case).rows} == {asked[one].chain.name}
    assert session.read(case, asked[other].chain.name) is None
    assert session.read(case, stage.deployment(case).pool.name) is None
    with pytest.raises((NotPossible, ServerRefused)):
        stage.steps(one, case, "accept", where=asked[other].chain.name)
