"""What a match is made from: the experts of a pool, the brief of a case, and the numbers that an
operator sets (PRACTICE.md 6.2, SERVICES.md 2.7). How they are read from cases is not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from wire.payloads.pool import DISCIPLINES

DAY = 86_400  # seconds
# Whose expertise a tag is, where both disciplines are asked.
HOME = {
    "form": "duiding",
    "competence": "duiding",
    "care": "care",
    "BIG": "care",
    "SKJ": "care",
    "NIP": "care",
    "NVO": "care",
    "VERA-2R": "duiding",
}


class Tag(NamedTuple):
    """One thing that a brief asks for: ("discipline", "care"), ("language", "ti")."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment of an expert, in unix seconds; ended: None while it runs."""

    begun: int
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class Expert:
    """person: her id in the roster; vetted_until: unix seconds; profile, availability: values of
    profile/1 and availability/1, empty where she has written none."""

    person: str
    organisation: str
    disciplines: frozenset[str]
    vetted_until: int
    suspended: bool
    active: bool
    profile: Mapping[str, Any]
    availability: Mapping[str, Any]
    deployments: tuple[Deployed, ...] = ()

    @property
    def spoken(self) -> frozenset[str]:
        """The languages that she can work in."""
        return frozenset(self.profile.get("mother_tongues", ())).union(
            self.profile.get("languages", ())
        )

    @property
    def running(self) -> int:
        """How many deployments have not ended."""
        return sum(one.ended is None for one in self.deployments)

    def has(self, tag: Tag) -> bool:
        """Whether she answers to a tag; a registration whether it is unexpired or not."""
        match tag.name:
            case "discipline":
                return tag.code in self.disciplines
            case "form":
                return tag.code in self.profile.get("forms", ())
            case "competence":
                return tag.code in self.profile.get("competences", ())
            case "care":
                return tag.code in self.profile.get("care", ())
            case "language":
                return tag.code in self.spoken
            case "registration":
                return self.registered_until(tag.code) is not None
            case "province":
                return tag.code == self.profile.get("residence") or tag.code in self.profile.get(
                    "provinces", ()
                )
            case unknown:
                raise ValueError(f"no brief asks for {unknown}")

    def registered_until(self, register: str) -> date | None:
        """The last day of her registration; None if she has none."""
        lines = (line.split(" ") for line in self.profile.get("registrations", ()))
        return max(
            (date.fromisoformat(day) for name, day in lines if name == register), default=None
        )


@dataclass(frozen=True)
class Brief:
    """value: of match_brief/1; count: how many experts are asked for at least; now: unix seconds.
    Raises ValueError for a count under 1."""

    value: Mapping[str, Any]
    acute: bool
    count: int
    now: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a brief asks for one expert at least")

    @cached_property
    def disciplines(self) -> tuple[str, ...]:
        return tuple(one for one in DISCIPLINES if one in self.value["disciplines"])

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """All that it asks for, coarsest first."""
        names = ("form", "competence", "care", "registration", "language", "province")
        said = (Tag(name, self.value[name]) for name in names if name in self.value)
        return (*(Tag("discipline", one) for one in self.disciplines), *said)

    @cached_property
    def to_cover(self) -> tuple[Tag, ...]:
        """What a team has to bring: all but the province, which is where it goes to."""
        return tuple(tag for tag in self.tags if tag.name != "province")

    def asked_of(self, tag: Tag) -> tuple[str, ...]:
        """The disciplines that a tag is asked of: its own, or all where its own is not asked."""
        if tag.name == "discipline":
            return (tag.code,)
        key = tag.code if tag.name == "registration" else tag.name
        home = HOME.get(key)
        return (home,) if home in self.disciplines else self.disciplines

    @cached_property
    def weeks(self) -> tuple[str, ...]:
        """Every ISO week of the period: 2026-W53, 2027-W01."""
        return weeks_of(self.value["from_week"], self.value["weeks"])

    @cached_property
    def begins(self) -> date:
        """The Monday of the first week."""
        return monday_of(self.value["from_week"])

    @cached_property
    def ends(self) -> date:
        """The Sunday of the last week."""
        return self.begins + timedelta(weeks=self.value["weeks"], days=-1)


@dataclass(frozen=True, slots=True)
class Limits:
    """An operator's numbers. concurrent: deployments that one expert has at a time; organisation
    share: of the deployments of a year; fits_at_least: experts or briefs that a combination of tags
    fits before it is told."""

    concurrent: int = 3
    organisation_share: Fraction | float = Fraction(2, 5)
    fits_at_least: int = 3


LIMITS = Limits()  # where an operator has set none


def monday_of(week: str) -> date:
    """The day on which an ISO week begins."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def week_of(day: date) -> str:
    """2027-01-01 is in 2026-W53."""
    return "{}-W{:02}".format(*day.isocalendar()[:2])


def weeks_of(first: str, count: int) -> tuple[str, ...]:
    """So many ISO weeks from the first one on."""
    monday = monday_of(first)
    return tuple(week_of(monday + timedelta(weeks=n)) for n in range(count))


def day_of(moment: int) -> date:
    """The day of unix seconds, in UTC."""
    return datetime.fromtimestamp(moment, UTC).date()
