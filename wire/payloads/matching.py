"""Payloads of the expert pool that a client works out: whom it proposes and why, what a candidate
is told of a brief, and the figures of fairness (TABLES.md S7, PRACTICE.md 6.3 and 6.4). Nobody
fills these in; what people fill in stands in `pool`.
"""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, validate
from marshmallow.fields import Boolean, Dict, Integer, List, Nested, Raw, String

from wire.payloads.base import PayloadSchema
from wire.payloads.fields import KEPT_BACK, MAX_NAME
from wire.payloads.pool import DISCIPLINES, MAX_HOURS, MAX_WEEKS, TAGS, WEEK

VERDICTS = ("team", "next", "lower", "excluded")
SPECIFIC = "specific"  # a language that is asked for, and too rare to be told
MAX_FACT = 2_000  # characters: the weeks of a year in a row

_name = validate.Length(min=1, max=MAX_NAME)
_count = validate.Range(min=0)
_permille = validate.Range(min=0, max=1000)


def _is_fact(value: Any) -> None:
    short = type(value) is str and len(value) <= MAX_FACT
    if not short and not (type(value) is int and value >= 0):
        raise ValidationError("Not a text or a number from 0.")


class Because(Schema):
    """A reason by its code, with what it is about: no_form, {"form": "jihadism"}."""

    class Meta:
        unknown = RAISE

    code = String(required=True, validate=_name)
    facts = Dict(keys=String(validate=_name), values=Raw(validate=_is_fact), required=True)


class Candidate(Schema):
    """An expert of the pool and what the match made of her; rank: from 1, none for excluded."""

    class Meta:
        unknown = RAISE

    person = String(required=True, validate=_name)
    rank = Integer(required=True, strict=True, allow_none=True, validate=validate.Range(min=1))
    verdict = String(required=True, validate=validate.OneOf(VERDICTS))
    reasons = List(Nested(Because), required=True)


class Shortlist(PayloadSchema):
    """A match as it was proposed (PRACTICE.md 6.3, 5); masking: the rule of uniqueness was applied
    to what candidates are told."""

    seed = String(
        required=True, validate=validate.Regexp(r"\A[0-9a-f]{32,64}\Z"), metadata=KEPT_BACK
    )
    masking = Boolean(
        required=True,
        truthy={True},
        falsy={False},
        validate=validate.Equal(True),
        metadata=KEPT_BACK,
    )
    team = List(String(validate=_name), required=True, metadata=KEPT_BACK)
    candidates = List(Nested(Candidate), required=True, metadata=KEPT_BACK)


class Tags(Schema):
    """What a candidate is told of a brief: of its tags those that are not masked."""

    class Meta:
        unknown = RAISE

    disciplines = List(
        String(validate=validate.OneOf(DISCIPLINES)), validate=validate.Length(min=1)
    )
    form = String(validate=_name)
    competence = String(validate=_name)
    care = String(validate=_name)
    language = String(validate=_name)  # or SPECIFIC
    province = String(validate=_name)
    registration = String(validate=_name)


class Invitation(PayloadSchema):
    """What a candidate is told before she accepts (PRACTICE.md 6.4, step 3)."""

    tags = Nested(Tags, required=True, metadata=KEPT_BACK)
    masked = List(
        String(validate=validate.OneOf(("disciplines", *TAGS))), required=True, metadata=KEPT_BACK
    )
    from_week = String(required=True, validate=validate.Regexp(rf"\A{WEEK}\Z"), metadata=KEPT_BACK)
    weeks = Integer(
        required=True, strict=True, validate=validate.Range(1, MAX_WEEKS), metadata=KEPT_BACK
    )
    hours = Integer(
        required=True, strict=True, validate=validate.Range(1, MAX_HOURS), metadata=KEPT_BACK
    )
    acute = Boolean(required=True, truthy={True}, falsy={False}, metadata=KEPT_BACK)


class Share(Schema):
    """Of one organisation: deployments in thousandths of all."""

    class Meta:
        unknown = RAISE

    organisation = String(required=True, validate=_name)
    permille = Integer(required=True, strict=True, validate=_permille)


def _figure(check: validate.Range = _count, *, none: bool = False) -> Integer:
    return Integer(required=True, strict=True, allow_none=none, validate=check, metadata=KEPT_BACK)


class FairnessFigures(PayloadSchema):
    """The figures of a calendar year (PRACTICE.md 6.3): parts are in thousandths, times in whole
    hours; null where there was nothing to measure."""

    year = _figure(validate.Range(2000, 9999))
    matches = _figure()
    deployments = _figure()
    gini_permille = _figure(_permille)
    shares = List(Nested(Share), required=True, metadata=KEPT_BACK)
    overrides_permille = _figure(_permille)
    declined = _figure()
    conflicts = _figure()
    no_answer = _figure()
    median_hours = _figure(none=True)
    longest_hours = _figure(none=True)


SCHEMAS = {
    "shortlist/1": Shortlist(),
    "invitation/1": Invitation(),
    "fairness/1": FairnessFigures(),
}
