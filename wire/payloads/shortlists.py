"""What a shortlist may say beyond the shape of its fields: one that no match would make is refused,
so that nobody is invited by it and no screen steered (TABLES.md S7). Its schema is in `matching`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from domain.services.pool.deployment_kinds import MOST
from wire.payloads.pool import days_exist, weeks_exist

MAX_TEAM = MOST + 1  # one more where all who are asked for would come from one organisation
MAX_FACT = 2_000  # characters: the weeks of a year in a row
CODE = r"[a-z][a-z0-9_]{0,47}"
PERSON = r"[0-9a-z]{1,64}"
_CODES = re.compile(r"(?:[A-Za-z0-9_-]+(?:, [A-Za-z0-9_-]+)*)?")
NUMBERS = frozenset({"days", "own", "above", "hours", "asked", "count", "most"})
# What each reason is about: numbers are of NUMBERS, codes are joined by a comma and a space.
FACTS: Mapping[str, tuple[str, ...]] = {
    "no_profile": (),
    "no_discipline": ("disciplines",),
    "no_form": ("form",),
    "no_competence": ("competence",),
    "no_care": ("care",),
    "no_registration": ("registration",),
    "registration_ends": ("registration", "day"),
    "no_language": ("language",),
    "unavailable": ("weeks",),
    "few_hours": ("hours", "asked"),
    "not_on_call": (),
    "no_visits": (),
    "opted_out": ("form",),
    "own_organisation": ("organisation",),
    "other_organisation": ("organisation",),
    "lives_there": ("province",),
    "vetting_ends": ("day",),
    "suspended": (),
    "not_active": (),
    "too_many_deployments": ("count", "most"),
    "brings": ("codes",),
    "mother_tongue": ("language",),
    "works_in": ("language",),
    "travels": ("province",),
    "waited": ("days",),
    "never_deployed": (),
    "less_expertise": ("own", "above"),
    "less_language": ("language",),
    "farther": (),
    "large_share": ("organisation",),
    "deployed_later": ("own", "above"),  # days since
    "deployed_before": ("days",),  # since; the one above never was
    "by_lot": (),
    "team_needs": (),
    "not_covered": ("code",),
    "too_few": ("count", "asked"),
    "one_organisation": ("organisation",),
}


def check_facts(code: str, facts: Mapping[str, Any]) -> None:
    """Whether a reason says what it is about. One that is not known is of a newer program, and its
    facts are told to nobody. Raises ValidationError."""
    if code not in FACTS:
        return
    if facts.keys() != {*FACTS[code]}:
        raise ValidationError("These are not the facts of this reason.")
    for name, value in facts.items():
        _check_fact(name, value)


def _check_fact(name: str, value: Any) -> None:
    if name in NUMBERS:
        if type(value) is not int or value < 0:
            raise ValidationError("Not a number from 0.")
        return
    if type(value) is not str or len(value) > MAX_FACT:
        raise ValidationError("Not a text.")
    if name == "weeks":
        weeks_exist(*value.split(", "))
    elif name == "day":
        days_exist(value)
    elif not _CODES.fullmatch(value):
        raise ValidationError("Not codes.")


def check_ranks(team: Sequence[str], candidates: Sequence[Mapping[str, Any]]) -> None:
    """Whether everybody stands in it once, and the ranks count from 1, the team first, the excluded
    without. Raises ValidationError."""
    ranked = [one for one in candidates if one["rank"] is not None]
    order = sorted(ranked, key=lambda one: int(one["rank"]))
    if len({one["person"] for one in candidates}) < len(candidates):
        raise ValidationError("Somebody stands in it twice.")
    if [one["rank"] for one in order] != [*range(1, len(order) + 1)]:
        raise ValidationError("The ranks do not count from 1.")
    if any((one["rank"] is None) != (one["verdict"] == "excluded") for one in candidates):
        raise ValidationError("Whoever is excluded, and nobody else, has no rank.")
    of_team = [one["person"] for one in order if one["verdict"] == "team"]
    if [*team] != of_team or of_team != [one["person"] for one in order[: len(of_team)]]:
        raise ValidationError("The team is not the first of the candidates.")
    if len(of_team) > MAX_TEAM:
        raise ValidationError(f"A team has at most {MAX_TEAM} experts.")
