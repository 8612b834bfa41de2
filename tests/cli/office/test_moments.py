"""A day and a time as somebody at work types them are the minute that was meant, in summer and in
winter; what is none is told.

Holds cli/desk/values.py.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cli.desk.values import moment_of
from client.errors import NotPossible
from domain.shapes import minute
from domain.terms import OFFICE_ZONE

OFFICE = ZoneInfo(OFFICE_ZONE)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2027-03-01", "2027-03-01T22:59Z"),
        ("2027-07-01", "2027-07-01T21:59Z"),
        ("2027-03-01T14:30", "2027-03-01T13:30Z"),
        (" 2027-07-01 14:30\n", "2027-07-01T12:30Z"),
        ("2027-07-01T14:30Z", "2027-07-01T14:30Z"),
        ("2028-02-29", "2028-02-29T22:59Z"),
        ("2027-10-31 02:30", "2027-10-31T00:30Z"),  # twice that night: the first
    ],
)
def test_what_is_typed_is_by_the_clock_of_the_office(typed: str, meant: str) -> None:
    found = moment_of(typed, OFFICE)
    assert found == meant
    minute(found, "")


@pytest.mark.parametrize(
    "typed",
    [
        *("2027-02-29", "2027-13-01", "2027-03-01T25:00", "2027-03-01T14:60", "2027-3-1"),
        *("01-03-2027", "2027-03-01T14", "2027-03-01T14:30:00", "2027-03-01Z", "soon", ""),
        *("2027-03-01T14:30+01:00", "20270301", "2027-W09-1", "0001-01-01T00:00", "٢٠٢٧-٠٣-٠١"),
        "2027-03-28T02:30",  # that night the clock goes from 2 to 3
    ],
)
def test_what_is_no_moment_is_told_with_two_that_are(typed: str) -> None:
    with pytest.raises(NotPossible, match="such as 2027-03-01 or 2027-03-01T14:30"):
        moment_of(typed, OFFICE)


def test_every_hour_of_a_year_comes_back_as_it_was_typed() -> None:
    for hour in range(0, 365 * 24, 5):
        there = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        typed = there.astimezone(OFFICE)
        assert moment_of(f"{there:%Y-%m-%dT%H:%M}Z", OFFICE) == f"{there:%Y-%m-%dT%H:%MZ}"
        if not typed.fold:
            assert moment_of(f"{typed:%Y-%m-%d %H:%M}", OFFICE) == f"{there:%Y-%m-%dT%H:%MZ}"
