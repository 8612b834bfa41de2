"""Experts and briefs for matches: whole ones with what a test is about put in, and random ones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from client.pool.experts import DAY, Brief, Deployed, Expert
from wire.payloads.pool import CARE, COMPETENCES, FORMS, PROVINCES

NOW = 1_796_000_000  # 2026-11-30, a Monday; the brief below begins a week later
SEED = "5e" * 16


def weeks_from(monday: date, count: int) -> list[str]:
    return [
        "{}-W{:02}".format(*(monday + timedelta(weeks=n)).isocalendar()[:2]) for n in range(count)
    ]


ALWAYS = weeks_from(date(2026, 11, 2), 60)
PROFILE: Mapping[str, Any] = {
    "schema": "profile/1",
    "forms": ["jihadism"],
    "competences": ["individual"],
    "mother_tongues": ["nl"],
    "residence": "utrecht",
    "provinces": ["gelderland"],
    "online": False,
    "hours": 16,
    "attachments": [],
}
BRIEF: Mapping[str, Any] = {
    "schema": "match_brief/1",
    "disciplines": ["duiding"],
    "form": "jihadism",
    "on_site": True,
    "from_week": "2026-W50",
    "weeks": 4,
    "hours": 8,
    "attachments": [],
}


def expert(person: str = "ann", organisation: str = "lse", **changes: Any) -> Expert:
    """Of duiding, with the profile above; what is no field of an expert goes into the profile."""
    fields = {name: changes.pop(name) for name in [*changes] if name in Expert.__slots__}
    whole = Expert(
        person=person,
        organisation=organisation,
        disciplines=frozenset({"duiding"}),
        vetted_until=NOW + 400 * DAY,
        suspended=False,
        active=True,
        profile={**PROFILE, **changes},
        availability={"weeks": ALWAYS, "acute": False},
    )
    return replace(whole, **fields)


def brief(count: int = 1, acute: bool = False, **changes: Any) -> Brief:
    """The one above with these changes; None takes a field out."""
    value = {name: one for name, one in {**BRIEF, **changes}.items() if one is not None}
    return Brief(value, acute, count, NOW)


def random_expert(random: Random, person: str, organisations: int, few: int = 4) -> Expert:
    """few: from how many of the codes of a list she is drawn."""
    care = random.random() < 0.4
    both = random.random() < 0.1
    begun = [NOW - random.randrange(1, 500) * DAY for _ in range(random.randrange(3))]
    return expert(
        person,
        f"org-{random.randrange(organisations)}",
        disciplines=frozenset({"care"} if care else {"duiding"}) | ({"duiding"} if both else set()),
        forms=random.sample(FORMS[:few], random.randrange(1, 3)),
        competences=random.sample(COMPETENCES[:few], random.randrange(1, 3)),
        care=random.sample(CARE[:few], random.randrange(1, 3)) if care else [],
        mother_tongues=random.sample(["nl", "ar", "tr"], 1),
        languages=random.sample(["en", "ti"], random.randrange(2)),
        provinces=random.sample(PROVINCES[:few], random.randrange(1, few)),
        residence=random.choice(PROVINCES),
        online=random.random() < 0.5,
        hours=random.choice([4, 8, 16, 24]),
        registrations=random.sample(["BIG 2030-01-01", "SKJ 2026-12-15", "VERA-2R 2029-01-01"], 1),
        availability={"weeks": ALWAYS[random.randrange(8) :], "acute": random.random() < 0.5},
        deployments=tuple(
            Deployed(one, None if random.random() < 0.3 else one + 60 * DAY) for one in begun
        ),
    )


def random_brief(random: Random, few: int = 4, most: int = 3) -> Brief:
    """Of whatever disciplines; most: how many experts it asks for at most."""

    def perhaps(codes: tuple[str, ...], part: float) -> str | None:
        return random.choice(codes[:few]) if random.random() < part else None

    disciplines = random.choice([["duiding"], ["care"], ["duiding", "care"]])
    return brief(
        count=random.randrange(1, most + 1),
        acute=random.random() < 0.1,
        disciplines=disciplines,
        form=perhaps(FORMS, 0.6),
        competence=perhaps(COMPETENCES, 0.6),
        care=perhaps(CARE, 0.6) if "care" in disciplines else None,
        language=perhaps(("ar", "tr", "ti", "nl"), 0.15),
        province=perhaps(PROVINCES, 0.2),
        on_site=random.random() < 0.5,
        hours=random.choice([4, 8]),
        weeks=random.randrange(1, 6),
        from_week=random.choice(["2026-W50", "2026-W52", "2027-W01"]),
    )
