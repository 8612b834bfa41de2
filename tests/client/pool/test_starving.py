"""In a year of briefs in any order nobody who fits as well as others waits while one of them is
deployed twice.

Holds client/pool/match.py, client/pool/scoring.py.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from client.pool.experts import DAY, LIMITS, Brief, Deployed, Expert
from client.pool.filters import covers, exclusions
from client.pool.match import match
from client.pool.scoring import Score, over_their_share, score
from tests.support.cases.matching import NOW, expert

EXPERTS, ORGANISATIONS, DAYS = 40, 12, 364
FORMS = ("jihadism", "right_wing", "left_wing")


def pool(random: Random) -> list[Expert]:
    def each(number: int) -> Expert:
        return expert(
            f"p{number:02}",
            f"org-{number % ORGANISATIONS}",
            disciplines=frozenset({"care"} if number % 3 == 0 else {"duiding"}),
            forms=random.sample(FORMS, random.randrange(1, 3)),
            care=["addiction"] if number % 3 == 0 else [],
            mother_tongues=["nl"],
            languages=random.sample(["ar", "tr"], random.randrange(3)),
            vetted_until=NOW + 999 * DAY,
        )

    return [each(number) for number in range(EXPERTS)]


def asked(random: Random, now: int) -> Brief:
    disciplines = random.choice([["duiding"], ["care"], ["duiding", "care"]])
    week = "{}-W{:02}".format(*datetime.fromtimestamp(now, UTC).isocalendar()[:2])
    value = {
        "disciplines": disciplines,
        "on_site": True,
        "from_week": week,
        "weeks": 1,
        "hours": 8,
        **({"form": random.choice(FORMS)} if "duiding" in disciplines else {}),
        **({"care": "addiction"} if "care" in disciplines else {}),
        **({"language": random.choice(["ar", "tr"])} if random.random() < 0.3 else {}),
    }
    return Brief(value, False, random.randrange(1, 3), now)


def test_nobody_who_fits_as_well_is_passed_over_by_the_same_twice() -> None:
    """A match a day. Who goes before an equal was deployed longer ago; deployed now, he is the
    later one, and stays it until it is her turn. So between two of her deployments each equal whose
    place she could have taken goes before her once: she waits for as many as she has equals."""
    longest, chosen_ever = 0, set()
    for year in range(3):
        random = Random(year)
        experts = {one.person: one for one in pool(random)}
        passed: dict[str, Counter[str]] = {person: Counter() for person in experts}
        for day in range(DAYS):
            now = NOW + day * DAY
            brief = asked(random, now)
            team = match(brief, experts.values(), f"{year}:{day}").team
            points = standing(brief, experts)
            for person in points.keys() - {*team}:
                for other in team:
                    swapped = {experts[one].organisation for one in {*team, person} - {other}}
                    stands = len(team) == 1 or len(swapped) > 1
                    if stands and equal(points[person], points[other]):
                        passed[person][other] += 1
                        assert passed[person][other] == 1, (year, day, person, other)
                longest = max(longest, passed[person].total())
            for person in team:
                passed[person].clear()
                one = experts[person]
                begun = Deployed(now, now + 21 * DAY)
                experts[person] = replace(one, deployments=(*one.deployments, begun))
            chosen_ever |= {*team}
    print(f"the longest wait: {longest} deployments of equals, of {EXPERTS} experts")
    assert len(chosen_ever) == EXPERTS and 5 < longest < EXPERTS


def standing(
    brief: Brief, experts: dict[str, Expert]
) -> dict[str, tuple[frozenset[object], Score]]:
    """What each who can be deployed brings, and her score."""
    crowding = over_their_share(experts.values(), brief.now, LIMITS)
    free = [one for one in experts.values() if not exclusions(one, brief, LIMITS)]
    return {
        one.person: (brings, score(one, brings, brief, "", crowding))
        for one in free
        for brings in [covers(one, brief)]
    }


def equal(one: tuple[frozenset[object], Score], other: tuple[frozenset[object], Score]) -> bool:
    """Alike in all that goes before who waited longer."""
    return one[0] == other[0] and one[1][:4] == other[1][:4]
