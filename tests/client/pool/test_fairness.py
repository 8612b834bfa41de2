"""The figures of fairness are as counted by hand.

Holds client/pool/fairness.py.
"""

from fractions import Fraction

import pytest

from client.pool.fairness import Fairness, MatchRecord, Placed, fairness, gini, report_of
from tests.support.cases.matching import expert
from wire.payloads.book import check_payload

NEW_YEAR = 1_798_761_600  # 2027-01-01T00:00Z
HOUR = 3600
ANN, BOB, CARLA = Placed("ann", "lse"), Placed("bob", "ggz"), Placed("carla", "lse")
RECORDS = [
    MatchRecord(NEW_YEAR - 1, NEW_YEAR + HOUR, True, (BOB, BOB, BOB), declined=9),
    MatchRecord(NEW_YEAR, NEW_YEAR + 4 * HOUR, False, (ANN, BOB), declined=1),
    MatchRecord(NEW_YEAR + 9, NEW_YEAR + 9 + 30 * HOUR, True, (ANN,), no_answer=2),
    MatchRecord(NEW_YEAR + 99, NEW_YEAR + 99 + 50 * HOUR, False, (CARLA, ANN), conflicts=1),
    MatchRecord(NEW_YEAR + 999, None, False, (), declined=1),
    MatchRecord(NEW_YEAR + 365 * 24 * HOUR, None, True, ()),
]
POOL = [expert("ann"), expert("bob"), expert("dirk"), expert("carla", active=False)]


def test_the_figures_of_a_year() -> None:
    """Of the year alone; three deployments of Ann, one of Bob, none of Dirk; Carla left."""
    assert fairness(RECORDS, POOL, 2027) == Fairness(
        year=2027,
        matches=4,
        deployments=5,
        gini=Fraction(1, 2),  # (3-1 + 3-0 + 1-0) / (3 people * 4 deployments)
        shares={"ggz": Fraction(1, 5), "lse": Fraction(4, 5)},
        overrides=Fraction(1, 4),
        declined=2,
        conflicts=1,
        no_answer=2,
        median_hours=Fraction(30),
        longest_hours=Fraction(50),
    )


@pytest.mark.parametrize(
    ("counts", "coefficient"),
    [
        ([], Fraction(0)),
        ([0, 0], Fraction(0)),
        ([2, 2, 2], Fraction(0)),
        ([0, 0, 0, 8], Fraction(3, 4)),
        ([4, 1, 3, 2], Fraction(1, 4)),
    ],
)
def test_the_gini_coefficient(counts: list[int], coefficient: Fraction) -> None:
    assert gini(counts) == coefficient
    if sum(counts):  # as it is defined: the mean difference, halved, against the mean
        differences = sum(abs(one - other) for one in counts for other in counts)
        assert gini(counts) == Fraction(differences, 2 * len(counts) * sum(counts))


def test_a_report_is_a_payload_of_whole_numbers() -> None:
    value = report_of(fairness(RECORDS, POOL, 2027))
    check_payload("fairness/1", {"schema": "fairness/1", **value, "attachments": []})
    assert value["gini_permille"] == 500 and value["overrides_permille"] == 250
    assert value["shares"] == [
        {"organisation": "ggz", "permille": 200},
        {"organisation": "lse", "permille": 800},
    ]


def test_a_year_without_matches_is_reported_too() -> None:
    value = report_of(fairness([], POOL, 2027))
    check_payload("fairness/1", {"schema": "fairness/1", **value, "attachments": []})
    assert (value["gini_permille"], value["median_hours"], value["shares"]) == (0, None, [])
