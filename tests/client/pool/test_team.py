"""The team that is proposed is the smallest that covers the brief, and the best of those: as all
teams one by one say. Where there is none, it is said what is missing.

Holds client/pool/team.py, client/pool/scoring.py.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import pytest

from client.pool.experts import DAY, Deployed, Limits, Tag
from client.pool.filters import covers
from client.pool.reasons import Reason, because
from client.pool.scoring import NEVER, Score, over_their_share, score
from client.pool.team import Candidate, best_team, obstacles
from tests.support.cases.matching import NOW, SEED, brief, expert

TAGS = tuple(Tag("form", code) for code in "abcdef")
A, B, *_ = TAGS


def candidate(person: str, organisation: str, *brings: Tag, waited: int = 0) -> Candidate:
    return Candidate(person, organisation, frozenset(brings), Score(0, 0, 0, 1, waited, 0))


def persons(team: Sequence[Candidate]) -> str:
    return "".join(sorted(one.person for one in team))


def added(team: Sequence[Candidate]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(one.score for one in team), strict=True)))


def by_hand(pool: Sequence[Candidate], asked: Sequence[Tag], count: int) -> set[Candidate]:
    """Every team is looked at."""
    for size in range(count, len(pool) + 1):
        teams = [
            team
            for team in combinations(pool, size)
            if {*asked} <= {tag for one in team for tag in one.brings}
            and (size == 1 or len({one.organisation for one in team}) > 1)
        ]
        if teams:
            return {*max(teams, key=added)}
    return set()


def random_pool(random: Random) -> tuple[list[Candidate], tuple[Tag, ...], int]:
    """Few organisations, of which one is often better than the others; few scores, so that lots
    decide."""
    asked = TAGS[: random.randrange(1, 7)]
    many = random.randrange(1, 4)
    pool = []
    for n in range(random.randrange(1, 13)):
        organisation = random.choices("xyz", (6, 2, 1))[0]
        brings = random.sample(asked, min(len(asked), random.randrange(many + 1)))
        better = 2 * (organisation == "x") if random.random() < 0.7 else 0
        points = Score(len(brings), better, random.randrange(2), 1, 0, random.getrandbits(256))
        pool.append(Candidate(f"p{n:02}", organisation, frozenset(brings), points))
    return pool, asked, random.randrange(1, 5)


def test_the_team_equals_that_of_looking_at_every_team() -> None:
    """500 pools of up to 12: size and score."""
    sizes: Counter[int] = Counter()
    for number in range(500):
        pool, asked, count = random_pool(Random(number))
        team = best_team(pool, asked, count)
        assert {*team} == by_hand(pool, asked, count), number
        assert bool(team) != bool(obstacles(pool, asked, count)), number
        sizes[len(team)] += 1
    assert {0, 1, 2, 3, 4} == sizes.keys() and sizes[0] < 250, sizes


def test_a_smaller_team_goes_before_a_better_one() -> None:
    small = candidate("s", "x", A, B)
    good = [candidate("g", "x", A, waited=99), candidate("h", "y", B, waited=99)]
    assert persons(best_team([*good, small], (A, B), 1)) == "s"


def test_a_team_of_two_is_of_two_organisations() -> None:
    pool = [candidate(person, "x", A, waited=90 - n) for n, person in enumerate("abc")]
    pool += [candidate("d", "y", A, waited=2), candidate("e", "z", A, waited=1)]
    assert persons(best_team(pool, (A,), 2)) == "ad"
    assert persons(best_team(pool, (A,), 1)) == "a"  # alone


def test_of_organisations_that_are_each_better_than_the_next_two_are_taken() -> None:
    steps = zip("aabbccdd", "stuvwxyz", range(80, 0, -10), strict=True)
    pool = [candidate(person, of, A, waited=waited) for of, person, waited in steps]
    assert persons(best_team(pool, (A,), 2)) == "su"
    twins = [candidate(f"{one.person}'", one.organisation, A, waited=50) for one in pool[:2]]
    assert {one.person for one in best_team([*pool[:2], *twins, pool[-1]], (A,), 4)} >= {"z"}


def test_a_whole_team_of_a_second_organisation_is_not_taken_either() -> None:
    """x and y each cover it with two, and neither can be exchanged for one of the other."""
    c, d = TAGS[2:4]
    pool = [
        candidate("a", "x", A, c, waited=99),
        candidate("b", "x", B, d, waited=99),
        candidate("e", "y", A, d, waited=51),
        candidate("f", "y", B, c, waited=51),
        candidate("g", "z", A, c, waited=1),
    ]
    assert persons(best_team(pool, (A, B, c, d), 2)) == "bg"


def test_who_covers_it_alone_needs_somebody_elsewhere_where_two_are_asked() -> None:
    pool = [candidate("a", "x", A, B, waited=2), candidate("b", "x", A, B), candidate("c", "y")]
    assert persons(best_team(pool, (A, B), 2)) == "ac"


@pytest.mark.parametrize(
    ("pool", "count", "missing"),
    [
        ([candidate("a", "x", A), candidate("b", "y", A)], 1, [
            because(Reason.NOT_COVERED, code="b")
        ]),
        ([candidate("a", "x", A, B)], 2, [
            because(Reason.TOO_FEW, count=1, asked=2),
            because(Reason.ONE_ORGANISATION, organisation="x"),
        ]),
        ([candidate("a", "x", A), candidate("b", "x", B)], 1, [
            because(Reason.ONE_ORGANISATION, organisation="x")
        ]),
        ([], 1, [
            because(Reason.NOT_COVERED, code="a"),
            because(Reason.NOT_COVERED, code="b"),
            because(Reason.TOO_FEW, count=0, asked=1),
        ]),
        ([candidate("a", "x", A, B), candidate("b", "x", B)], 1, []),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(pool: list[Candidate], count: int, missing: Any) -> None:
    assert [*obstacles(pool, (A, B), count)] == missing
    assert bool(best_team(pool, (A, B), count)) is not bool(missing)


# --- the score -----------------------------------------------------------------------------------

ASKED = brief(competence="individual", language="ar", province="gelderland", on_site=True)
PLAIN = expert(
    competences=["group"], languages=["ar"], provinces=["zeeland"],
    deployments=(Deployed(NOW - 9 * DAY, NOW - DAY),),
)  # fmt: skip


def points(one: Any, crowding: Sequence[str] = ()) -> Score:
    return score(one, covers(one, ASKED), ASKED, SEED, frozenset(crowding))


def test_the_score_of_an_expert_is_as_counted_by_hand() -> None:
    assert points(PLAIN, ["lse"])[:-1] == (1, 1, 0, 0, 9)
    best = expert(mother_tongues=["ar"], provinces=["gelderland"])
    assert points(best)[:-1] == (2, 2, 1, 1, NEVER)


def test_each_criterion_goes_before_all_that_follow() -> None:
    """Each is better by one step in one of them, and by none in those before."""
    with_more = [
        replace(PLAIN, deployments=(Deployed(NOW - 99 * DAY),)),
        replace(PLAIN, organisation="nifp"),
        replace(PLAIN, profile={**PLAIN.profile, "provinces": ["gelderland"]}),
        replace(PLAIN, profile={**PLAIN.profile, "mother_tongues": ["ar"]}),
        replace(PLAIN, profile={**PLAIN.profile, "competences": ["individual"]}),
    ]
    ranked = [points(one, ["lse"]) for one in [PLAIN, *with_more]]
    assert ranked == sorted(ranked) and len({one[:-1] for one in ranked}) == len(ranked)


def test_online_is_near_enough_where_it_is_not_on_site() -> None:
    far = expert(provinces=["zeeland"], online=True)
    for on_site, region in ((False, 1), (True, 0)):
        asked = brief(province="gelderland", on_site=on_site)
        assert score(far, covers(far, asked), asked, SEED, frozenset()).region == region


def test_an_organisation_is_over_its_share_of_the_last_year_alone() -> None:
    """Two of five are forty per cent: not over it."""
    one, old = Deployed(NOW - DAY), Deployed(NOW - 365 * DAY)
    pool = [
        expert("a", "x", deployments=(one, one)),
        expert("b", "y", deployments=(one, old, old, old)),
        expert("c", "z", deployments=(one, one)),
    ]
    assert over_their_share(pool, NOW, Limits()) == frozenset()
    assert over_their_share(pool[:2], NOW, Limits()) == {"x"}
    assert over_their_share(pool, NOW, Limits(organisation_share=Fraction(1, 3))) == {"x", "z"}


def test_the_lot_is_the_same_on_any_machine_and_another_by_another_seed() -> None:
    """By the SHA-256 of seed and person: 5e…5e:ann, as sha256sum says it."""
    drawn = points(expert("ann")).lot
    assert f"{drawn:064x}" == "bc6778cea7506696236bd656d732a0ad7daf854f3a9539b50426bf36807d0433"
    first = set()
    for seed in ("00", "01", "02", "03"):
        pool = [Candidate(p, p, frozenset({A}), Score(0, 0, 0, 0, 0, 0)) for p in "abc"]
        drawn_by = [
            one._replace(score=score(expert(one.person), frozenset(), brief(), seed, frozenset()))
            for one in pool
        ]
        first.add(persons(best_team(drawn_by, (A,), 1)))
    assert len(first) > 1
