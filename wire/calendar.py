"""By when work is due: office hours and terms, as an operator has set them and an auditor counts.

[office]
zone = "Europe/Amsterdam"
opens = 09:00:00
closes = 17:00:00
weekdays = [0, 1, 2, 3, 4]      # Monday is 0
holidays = "NL"                 # a country of the `holidays` package

[terms.first_answer]
office_days = 1                 # or office_hours, hours, days
reason = "who dared to ask should not lie awake a second night"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays import country_holidays
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from domain.services.registry import SERVICES
from domain.terms import OFFICE_ZONE, Amount, Office, Term, Unit

_COUNT = validate.Range(min=0, max=1000)


class BadTerms(Exception):
    """The file of terms is wrong; the text says what."""


def _is_time(value: Any) -> None:
    if not isinstance(value, time):
        raise ValidationError("not a time, such as 09:00:00")


class _Office(Schema):
    class Meta:
        unknown = RAISE

    zone = fields.String(load_default=OFFICE_ZONE)
    opens = fields.Raw(load_default=time(9), validate=_is_time)
    closes = fields.Raw(load_default=time(17), validate=_is_time)
    weekdays = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=0, max=6)),
        load_default=[0, 1, 2, 3, 4],
        validate=validate.Length(min=1),
    )
    holidays = fields.String(load_default="NL")

    @validates_schema(skip_on_field_errors=True)
    def is_open(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["opens"] >= data["closes"]:
            raise ValidationError("it closes before it opens", "closes")


class _Amount(Schema):
    class Meta:
        unknown = RAISE

    office_hours = fields.Integer(strict=True, validate=_COUNT)
    office_days = fields.Integer(strict=True, validate=_COUNT)
    hours = fields.Integer(strict=True, validate=_COUNT)
    days = fields.Integer(strict=True, validate=_COUNT)
    reason = fields.String(required=True, validate=validate.Length(min=1))

    @validates_schema(skip_on_field_errors=True)
    def is_one_amount(self, data: Mapping[str, Any], **_: Any) -> None:
        if len(data) != 2:
            raise ValidationError("give one of office_hours, office_days, hours and days")


class _File(Schema):
    class Meta:
        unknown = RAISE

    office = fields.Nested(_Office, load_default=lambda: _Office().load({}))
    terms = fields.Dict(keys=fields.String(), values=fields.Nested(_Amount), load_default=dict)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Office hours with the terms of every service."""

    office: Office
    terms: Mapping[str, tuple[Term, ...]]


def read_calendar(file: Path | None) -> Calendar:
    """Raises BadTerms."""
    try:
        loaded = _File().load(tomllib.loads(file.read_text("utf-8")) if file else {})
        office = _office(loaded["office"])
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise BadTerms(f"{file}: {error}") from error
    except (ZoneInfoNotFoundError, NotImplementedError, ValueError) as error:
        raise BadTerms(f"{file}: no such zone or country: {error}") from error
    amounts = {name: _amount(given) for name, given in loaded["terms"].items()}
    known = {term.name for service in SERVICES.values() for term in service.terms}
    if unknown := amounts.keys() - known:
        raise BadTerms(f"{file}: no term is called {', '.join(sorted(unknown))}")
    terms = {
        name: tuple(
            replace(term, amount=amounts[term.name][0], reason=amounts[term.name][1])
            if term.name in amounts
            else term
            for term in service.terms
        )
        for name, service in SERVICES.items()
    }
    return Calendar(office, terms)


def _office(loaded: Mapping[str, Any]) -> Office:
    closed = country_holidays(loaded["holidays"])
    return Office(
        ZoneInfo(loaded["zone"]),
        loaded["opens"],
        loaded["closes"],
        frozenset(loaded["weekdays"]),
        lambda day: day in closed,
    )


def _amount(given: Mapping[str, Any]) -> tuple[Amount, str]:
    unit = next(name for name in given if name != "reason")
    return Amount(given[unit], Unit(unit)), given["reason"]
