"""A match has one answer, whoever asks and in whatever order; each expert stands in it once, with
why she stands where she does.

Holds client/pool/match.py, client/pool/reasons.py, wire/payloads/matching.py.
"""

import os
import subprocess
import sys
from random import Random
from typing import Any

import pytest

from client.pool.experts import DAY, Deployed, Tag
from client.pool.match import Match, match, shortlist_of
from client.pool.reasons import Because, Reason, because
from crypto.encoding import canonical
from tests.support.cases.matching import NOW, SEED, brief, expert, random_brief, random_expert
from tests.support.processes import ROOT
from wire.payloads.book import check_payload

CARE = frozenset({"care"})
LONG_AGO = (Deployed(NOW - 300 * DAY, NOW - 200 * DAY),)
LATELY = (Deployed(NOW - 30 * DAY, NOW - 20 * DAY),)


def written(found: Match) -> bytes:
    value = {"schema": "shortlist/1", **shortlist_of(found), "attachments": []}
    return canonical(check_payload("shortlist/1", value))


def random_match(number: int, *, shuffled: bool = False) -> Match:
    random = Random(number)
    pool = [random_expert(random, f"p{n:02}", 5) for n in range(20)]
    asked = random_brief(random)
    if shuffled:
        random.shuffle(pool)
    return match(asked, pool, SEED)


def test_the_order_of_the_pool_changes_nothing() -> None:
    teams = 0
    for number in range(100):
        first = random_match(number)
        assert written(random_match(number, shuffled=True)) == written(first)
        teams += bool(first.team)
    assert teams > 25


def test_another_process_comes_to_the_same_bytes() -> None:
    """Sets have another order in each."""
    program = (
        "from tests.client.pool.test_match import *; import sys;"
        "sys.stdout.buffer.write(b'|'.join(written(random_match(n)) for n in range(20)))"
    )
    here = b"|".join(written(random_match(number)) for number in range(20))
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            timeout=60,
            check=True,
        )
        assert ran.stdout == here


def test_everybody_stands_there_once_and_ranks_are_without_gaps() -> None:
    for number in range(100):
        found = random_match(number)
        assert sorted(one.person for one in found.candidates) == [f"p{n:02}" for n in range(20)]
        free = [one for one in found.candidates if one.rank is not None]
        assert [one.rank for one in free] == [*range(1, len(free) + 1)]
        assert found.candidates[: len(free)] == (*free,)
        assert tuple(one.person for one in free[: len(found.team)]) == found.team
        verdicts = [one.verdict.value for one in found.candidates]
        after = [*dict.fromkeys(verdicts)]
        assert after == [one for one in ("team", "next", "lower", "excluded") if one in after]
        assert verdicts.count("team") == len(found.team) and verdicts.count("next") <= 1
        assert all(one.reasons for one in found.candidates)
        assert bool(found.team) != bool(found.missing)


def test_the_matrix_says_who_brings_what() -> None:
    pool = [
        expert("ann", "lse", provinces=[]),
        expert("bob", "ggz", disciplines=CARE, forms=[], care=["addiction"]),
    ]
    found = match(brief(disciplines=["duiding", "care"], care="addiction"), pool, SEED)
    columns = {
        person: [brings[n] for _tag, brings in found.coverage]
        for n, person in enumerate(found.team)
    }
    assert [tag for tag, _brings in found.coverage] == [
        Tag("discipline", "duiding"),
        Tag("discipline", "care"),
        Tag("form", "jihadism"),
        Tag("care", "addiction"),
    ]
    assert columns == {"ann": [True, False, True, False], "bob": [False, True, False, True]}
    assert all(any(brings) for _tag, brings in found.coverage)


def reasons(found: Match) -> dict[str, tuple[Because, ...]]:
    return {one.person: one.reasons for one in found.candidates}


def test_who_is_in_the_team_is_told_why() -> None:
    one = expert("ann", mother_tongues=["ar"], deployments=LONG_AGO)
    other = expert("bob", "ggz", languages=["ar"], provinces=[])
    found = match(brief(2, language="ar", province="gelderland"), [one, other], SEED)
    brings = because(Reason.BRINGS, codes="duiding, jihadism")
    assert reasons(found) == {
        "ann": (
            brings,
            because(Reason.MOTHER_TONGUE, language="ar"),
            because(Reason.TRAVELS, province="gelderland"),
            because(Reason.WAITED, days=300),
        ),
        "bob": (
            brings,
            because(Reason.WORKS_IN, language="ar"),
            because(Reason.NEVER_DEPLOYED),
        ),
    }


CROWD = [expert(f"z{n}", "lse", suspended=True, deployments=LATELY * 9) for n in range(2)]
LOWER: list[tuple[dict[str, Any], dict[str, Any], Because]] = [
    (
        {},
        {"competences": ["group"]},
        because(Reason.LESS_EXPERTISE, own=1, above=2),
    ),
    (
        {"mother_tongues": ["ar"]},
        {},
        because(Reason.LESS_LANGUAGE, language="ar"),
    ),
    ({}, {"provinces": []}, because(Reason.FARTHER)),
    ({"organisation": "ggz"}, {}, because(Reason.LARGE_SHARE, organisation="lse")),
    (
        {"deployments": LONG_AGO},
        {"deployments": LATELY},
        because(Reason.DEPLOYED_LATER, own=30, above=300),
    ),
    ({}, {"deployments": LATELY}, because(Reason.DEPLOYED_BEFORE, days=30)),
    ({}, {}, because(Reason.BY_LOT)),
]


@pytest.mark.parametrize(("above", "below", "why"), LOWER, ids=[why.reason for *_, why in LOWER])
def test_who_is_lower_is_told_by_what(
    above: dict[str, Any], below: dict[str, Any], why: Because
) -> None:
    asked = brief(competence="individual", language="ar", province="gelderland")
    pool = [
        expert("ann", **{"languages": ["ar"], **above}),
        expert("bob", **{"languages": ["ar"], **below}),
    ]
    found = match(asked, [*pool, *CROWD], SEED)
    (first, second) = found.candidates[:2]
    assert (first.verdict.value, second.verdict.value) == ("team", "next")
    assert second.reasons == (why,) and (first.person == "ann" or why.reason is Reason.BY_LOT)


def test_who_would_be_higher_alone_is_told_that_the_team_needs_others() -> None:
    pool = [
        expert("ann"),
        expert("bob", deployments=LONG_AGO),
        expert("carla", "ggz", deployments=LATELY),
    ]
    found = match(brief(2), pool, SEED)
    assert found.team == ("ann", "carla")
    assert reasons(found)["bob"] == (because(Reason.TEAM_NEEDS),)


def test_without_a_team_it_is_said_what_is_missing_and_who_would_be_first() -> None:
    found = match(brief(2), [expert("ann"), expert("bob", deployments=LATELY)], SEED)
    assert found.team == () and found.missing == (
        because(Reason.ONE_ORGANISATION, organisation="lse"),
    )
    assert [(one.person, one.verdict.value) for one in found.candidates] == [
        ("ann", "next"),
        ("bob", "lower"),
    ]
    assert found.coverage[0] == (Tag("discipline", "duiding"), ())


def test_an_expert_who_stands_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        match(brief(), [expert("ann"), expert("ann", "ggz")], SEED)
