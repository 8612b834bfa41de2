"""Who is to be preferred of those who can be deployed: the lexicographic score of PRACTICE.md 6.3,
step 2, and the lot of a match. Feedback on earlier deployments is no part of it (step 7).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from client.pool.experts import DAY, Brief, Expert, Limits, Tag
from client.pool.filters import EXPERTISE

YEAR = 365 * DAY
NEVER = 36_500  # days: longer than anybody waited who was ever deployed


class Score(NamedTuple):
    """What is looked at first stands first; more is better. The scores of a team are added, part by
    part, which keeps their order.

    expertise: how much of the asked expertise she has; language: 2 by birth, 1 learned, 0 none is
    asked; region: 1 if she gets there; share: 1 unless her organisation had more than its share of
    the year; waited: days since her last deployment began; lot: by the seed of the match.
    """

    expertise: int
    language: int
    region: int
    share: int
    waited: int
    lot: int


def score(
    expert: Expert, brings: frozenset[Tag], brief: Brief, seed: str, crowding: frozenset[str]
) -> Score:
    """brings: as `filters.covers` says; crowding: organisations over their share."""
    return Score(
        sum(tag.name in EXPERTISE for tag in brings),
        language(expert, brief),
        int(gets_there(expert, brief)),
        int(expert.organisation not in crowding),
        waited(expert, brief.now),
        lot(seed, expert.person),
    )


def language(expert: Expert, brief: Brief) -> int:
    asked = brief.value.get("language")
    if asked is None:
        return 0
    return 2 if asked in expert.profile["mother_tongues"] else 1


def gets_there(expert: Expert, brief: Brief) -> bool:
    """Whether she works online where that is enough, or travels to the province that is asked."""
    online = not brief.value["on_site"] and bool(expert.profile["online"])
    province = brief.value.get("province")
    return online or province is None or province in expert.profile.get("provinces", ())


def waited(expert: Expert, now: int) -> int:
    """Whole days since her last deployment began; NEVER where she had none."""
    if not expert.deployments:
        return NEVER
    return max(0, now - max(one.begun for one in expert.deployments)) // DAY


def lot(seed: str, person: str) -> int:
    """The same on any machine, and without favourites: another seed, another order."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{person}".encode()).digest())


def over_their_share(experts: Iterable[Expert], now: int, limits: Limits) -> frozenset[str]:
    """The organisations whose experts had more of the last year's deployments than their share."""
    had = Counter(
        expert.organisation
        for expert in experts
        for one in expert.deployments
        if one.begun > now - YEAR
    )
    most = limits.organisation_share * had.total()
    return frozenset(organisation for organisation, count in had.items() if count > most)
