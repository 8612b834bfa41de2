"""By when something is to be done: terms in office time or on the clock (SERVICES.md 2.1).

A term never refuses anything: it is shown, and when it has passed a reason is asked for. The
amounts are configuration; here is how they are counted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum
from typing import NamedTuple

OFFICE_ZONE = "Europe/Amsterdam"  # by whose clock people at work say a time
SECONDS_A_DAY = 86_400
ALARM = "crisis_decision"  # the term that runs in every service while a crisis is open


class Unit(Enum):
    """office_days: the end of the n-th office day after the one in which it began (0: of that
    day); what begins out of hours begins with the next office day."""

    OFFICE_HOURS = "office_hours"
    OFFICE_DAYS = "office_days"
    HOURS = "hours"
    DAYS = "days"


class Amount(NamedTuple):
    number: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Term:
    """since: the moment from which it counts; where it is not remembered, the term does not run.
    states: those in which it runs. shown_in: compartment types whose members see it.
    roles: whose work it is. reason: why so much, for whoever would change it. ahead: how many days
    before its moment it is told; of a moment that has come it is told from then on. owed: whether
    those who work here owe it: then a delay asks for a reason (A6)."""

    name: str
    since: str
    states: frozenset[str]
    shown_in: frozenset[str]
    roles: frozenset[str]
    amount: Amount
    reason: str
    ahead: int = 0
    owed: bool = True

    def is_told(self, since: int, now: float) -> bool:
        """Whether it is shown at a unix time, of a moment that may be to come."""
        return since - self.ahead * SECONDS_A_DAY <= now

    def runs(self, state: str, moments: Mapping[str, int | None]) -> int | None:
        """Since when it runs, in unix time; None if it does not."""
        return moments.get(self.since) if state in self.states else None


@dataclass(frozen=True, slots=True)
class Office:
    """When people are at work. weekdays: Monday is 0. closed_on: whether a day is a holiday."""

    zone: tzinfo
    opens: time
    closes: time
    weekdays: frozenset[int]
    closed_on: Callable[[date], bool]

    def due(self, since: int, amount: Amount) -> int:
        """The unix time at which an amount of time from a moment on has passed."""
        number, unit = amount
        if unit is Unit.HOURS:
            return since + number * 3600
        if unit is Unit.DAYS:
            return since + number * 86_400
        days = self._days(datetime.fromtimestamp(since, UTC).astimezone(self.zone))
        if unit is Unit.OFFICE_DAYS:
            for _ in range(number):
                next(days)
            return next(days)[1]
        left = number * 3600
        for begins, ends in days:
            begins = max(begins, since)
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
        raise AssertionError("office days do not end")

    def _days(self, moment: datetime) -> Iterator[tuple[int, int]]:
        """Opening and closing of each office day that has not ended at a moment, in unix time."""
        day = moment.date()
        while True:
            if day.weekday() in self.weekdays and not self.closed_on(day):
                opens, closes = (
                    int(datetime.combine(day, clock, self.zone).timestamp())
                    for clock in (self.opens, self.closes)
                )
                if closes > moment.timestamp():
                    yield opens, closes
            day += timedelta(days=1)
