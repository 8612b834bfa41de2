"""Payloads of the expert pool that a client works out: whom it proposes and why, what a candidate
is told of a brief, and the figures of fairness (TABLES.md S7, PRACTICE.md 6.3 and 6.4). Nobody
fills these in; what people fill in stands in `pool`.
"""

from collections.abc import Sequence
from typing import Any

from marshmallow import RAISE, Schema, validate, validates_schema
from marshmallow.fields import Boolean, Dict, Integer, List, Nested, Raw, String

from wire.payloads.base import PayloadSchema
from wire.payloads.fields import KEPT_BACK, MAX_NAME
from wire.payloads.pool import (
    CARE,
    COMPETENCES,
    DISCIPLINES,
    FORMS,
    LANGUAGES,
    MAX_HOURS,
    MAX_WEEKS,
    PROVINCES,
    REGISTRATIONS,
    TAGS,
    weeks_exist,
)
from wire.payloads.shortlists import CODE, PERSON, check_facts, check_ranks

VERDICTS = ("team", "next", "lower", "excluded")
SPECIFIC = "specific"  # a language that is asked for, and too rare to be told

_code = validate.Regexp(rf"\A{CODE}\Z")
_person = validate.Regexp(rf"\A{PERSON}\Z")
_name = validate.Length(min=1, max=MAX_NAME)
_count = validate.Range(min=0)
_permille = validate.Range(min=0, max=1000)


class Because(Schema):
    """A reason by its code, with what it is about: no_form, {"form": "jihadism"}."""

    class Meta:
        unknown = RAISE

    code = String(required=True, validate=_code)
    facts = Dict(keys=String(validate=_code), values=Raw(), required=True)

    @validates_schema(skip_on_field_errors=True)
    def says_what_it_is_about(self, value: Any, **_: Any) -> None:
        check_facts(value["code"], value["facts"])


class Candidate(Schema):
    """An expert of the pool and what the match made of her; rank: from 1, none for excluded."""

    class Meta:
        unknown = RAISE

    person = String(required=True, validate=_person)
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
    team = List(String(validate=_person), required=True, metadata=KEPT_BACK)
    candidates = List(Nested(Candidate), required=True, metadata=KEPT_BACK)

    @validates_schema(skip_on_field_errors=True)
    def is_as_a_match_makes_it(self, value: Any, **_: Any) -> None:
        check_ranks(value["team"], value["candidates"])


def _one_of(codes: Sequence[str]) -> String:
    return String(validate=validate.OneOf(codes))


class Tags(Schema):
    """What a candidate is told of a brief: of its tags those that are not masked."""

    class Meta:
        unknown = RAISE

    disciplines = List(
        String(validate=validate.OneOf(DISCIPLINES)), validate=validate.Length(min=1)
    )
    form = _one_of(FORMS)
    competence = _one_of(COMPETENCES)
    care = _one_of(CARE)
    language = _one_of((*LANGUAGES, SPECIFIC))
    province = _one_of(PROVINCES)
    registration = _one_of(REGISTRATIONS)


class Invitation(PayloadSchema):
    """What a candidate is told before she accepts (PRACTICE.md 6.4, step 3)."""

    tags = Nested(Tags, required=True, metadata=KEPT_BACK)
    masked = List(
        String(validate=validate.OneOf(("disciplines", *TAGS))), required=True, metadata=KEPT_BACK
    )
    from_week = String(required=True, validate=weeks_exist, metadata=KEPT_BACK)
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
