"""The figures of fairness of a calendar year, for the meetings of the pool and for audit
(PRACTICE.md 6.3): who was deployed how often, and how matches went.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from statistics import median
from typing import Any, NamedTuple

from client.pool.experts import Expert

HOUR = 3_600  # seconds


class Placed(NamedTuple):
    """One deployment that came of a match."""

    person: str
    organisation: str


@dataclass(frozen=True, slots=True)
class MatchRecord:
    """One match as it went. requested: unix seconds; complete: when its team was confirmed, None if
    it never was; overridden: the coordinator took others than proposed; declined, conflicts,
    no_answer: candidates of each."""

    requested: int
    complete: int | None
    overridden: bool
    deployed: tuple[Placed, ...]
    declined: int = 0
    conflicts: int = 0
    no_answer: int = 0


@dataclass(frozen=True, slots=True)
class Fairness:
    """gini: of the deployments of each active expert, from 0 (all alike) up to under 1 (one had
    them all). shares: of the deployments, by organisation. overrides: of the matches. Times from
    request to team are in hours, of the matches that came to one; None if none did."""

    year: int
    matches: int
    deployments: int
    gini: Fraction
    shares: Mapping[str, Fraction]
    overrides: Fraction
    declined: int
    conflicts: int
    no_answer: int
    median_hours: Fraction | None
    longest_hours: Fraction | None


def fairness(records: Iterable[MatchRecord], experts: Iterable[Expert], year: int) -> Fairness:
    """Of the matches that were requested in this year of UTC; who is no longer active counts in the
    shares, and not in the Gini coefficient."""
    of_year = [one for one in records if datetime.fromtimestamp(one.requested, UTC).year == year]
    placed = [each for one in of_year for each in one.deployed]
    had = Counter(each.person for each in placed)
    organisations = Counter(each.organisation for each in placed)
    hours = [
        Fraction(one.complete - one.requested, HOUR) for one in of_year if one.complete is not None
    ]
    return Fairness(
        year=year,
        matches=len(of_year),
        deployments=len(placed),
        gini=gini([had[expert.person] for expert in experts if expert.active]),
        shares={name: Fraction(n, len(placed)) for name, n in sorted(organisations.items())},
        overrides=Fraction(sum(one.overridden for one in of_year), len(of_year) or 1),
        declined=sum(one.declined for one in of_year),
        conflicts=sum(one.conflicts for one in of_year),
        no_answer=sum(one.no_answer for one in of_year),
        median_hours=median(hours) if hours else None,
        longest_hours=max(hours, default=None),
    )


def gini(counts: Iterable[int]) -> Fraction:
    """Half the mean difference between two of them, against their mean; 0 where all are 0."""
    ranked = sorted(counts)
    total = sum(ranked) * len(ranked)
    weighed = sum((2 * rank - len(ranked) - 1) * count for rank, count in enumerate(ranked, 1))
    return Fraction(weighed, total) if total else Fraction(0)


def report_of(figures: Fairness) -> dict[str, Any]:
    """The contents of fairness/1: parts in thousandths, times in whole hours, rounded."""
    return {
        "year": figures.year,
        "matches": figures.matches,
        "deployments": figures.deployments,
        "gini_permille": _permille(figures.gini),
        "shares": [
            {"organisation": name, "permille": _permille(part)}
            for name, part in figures.shares.items()
        ],
        "overrides_permille": _permille(figures.overrides),
        "declined": figures.declined,
        "conflicts": figures.conflicts,
        "no_answer": figures.no_answer,
        "median_hours": _whole(figures.median_hours),
        "longest_hours": _whole(figures.longest_hours),
    }


def _permille(part: Fraction) -> int:
    return round(part * 1000)


def _whole(hours: Fraction | None) -> int | None:
    return None if hours is None else round(hours)
