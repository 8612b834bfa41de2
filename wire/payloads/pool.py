"""Payloads of the expert pool that people fill in (TABLES.md S7, PRACTICE.md 6): who its experts
are, which are asked for, and what the pool says of its meetings and deployments. A brief has codes
alone and no text, so that nobody is known by it. What a client works out stands in `matching`.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from marshmallow import ValidationError, validates, validates_schema
from marshmallow.fields import String

from wire.payloads import fields
from wire.payloads.base import PayloadSchema
from wire.payloads.fields import About

# PRACTICE.md 6.2
DISCIPLINES = ("duiding", "care")
FORMS = (
    "jihadism",
    "radical_islam_other",
    "right_wing",
    "left_wing",
    "anti_institutional",
    "single_issue",
    "misogynist",
    "nationalist_diaspora",
    "sectarian",
    "mixed_unclear",
    "violence_fixation_no_ideology",
    "none",
)
COMPETENCES = ("individual", "group", "phenomenon", "online", "geopolitics")
CARE = (
    "trauma_adults",
    "trauma_children",
    "child_psychiatry",
    "infant_mental_health",
    "orthopedagogy",
    "autism_lvb",
    "addiction",
    "forensic_psychiatry",
    "family_systems",
)
REGISTRATIONS = ("BIG", "SKJ", "NIP", "NVO", "VERA-2R")
# ISO 639: Dari is prs, Berber ber, Papiamento pap.
LANGUAGES = (
    "nl", "en", "ar", "ber", "tr", "fa", "prs", "so", "ti", "am", "ku", "ckb",
    "ps", "ur", "fr", "de", "es", "pap", "pl", "ru", "uk",
)  # fmt: skip
PROVINCES = (
    "drenthe",
    "flevoland",
    "friesland",
    "gelderland",
    "groningen",
    "limburg",
    "noord_brabant",
    "noord_holland",
    "overijssel",
    "utrecht",
    "zeeland",
    "zuid_holland",
)
OPT_OUTS = ("home_visits", *(form for form in FORMS if form != "none"))
TAGS = ("form", "competence", "care", "language", "province", "registration")
MAX_TAGS = 6  # PRACTICE.md 6.4, step 1
MAX_WEEKS, MAX_HOURS = 52, 40
ORGANISATION = r"[a-z][a-z0-9_]{0,47}"  # as the roster has it: lse, ggz_noord
# No week is so late that another after it has no date.
WEEK = r"2[01][0-9]{2}-W(?:0[1-9]|[1-4][0-9]|5[0-3])"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
NO_WEEK = "Must look like 2026-W49, a week that there is."
NO_DAY = "Must look like 2026-12-31, a day that there is."


def weeks_exist(*weeks: str) -> None:
    """Some years have a week 53. Raises ValidationError."""
    for week in weeks:
        try:
            if not re.fullmatch(WEEK, week):
                raise ValueError
            date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
        except ValueError:
            raise ValidationError(NO_WEEK) from None


def days_exist(*days: str) -> None:
    for day in days:
        try:
            if not re.fullmatch(DAY, day):
                raise ValueError
            date.fromisoformat(day)
        except ValueError:
            raise ValidationError(NO_DAY) from None


def _as(label: str, example: str, check: Callable[[str], None]) -> String:
    """One text that looks like the example."""
    told = About(label, words=False, example=example)
    return String(required=True, validate=check, metadata=told.as_metadata)


class Nomination(PayloadSchema):
    text = fields.message("Why this expert, and from which organisation")


class Statement(PayloadSchema):
    """What an expert states of confidentiality, before the pool and before each deployment."""

    stated = fields.stated()
    text = fields.text("What you state about confidentiality", words=False)


class Profile(PayloadSchema):
    """What matching needs of an expert, written by herself (PRACTICE.md 6.2); her own organisation
    stands in the roster. Neither religion nor what stands behind a clearance has a field."""

    forms = fields.several("Which forms of extremism you know", FORMS, required=False)
    competences = fields.several("What you can assess", COMPETENCES, required=False)
    care = fields.several("Which care you can give", CARE, required=False)
    registrations = fields.lines(
        "Your registrations, each with its last day",
        rf"(?:{'|'.join(REGISTRATIONS)}) {DAY}",
        "BIG 2028-12-31",
        required=False,
        most=len(REGISTRATIONS),
    )
    mother_tongues = fields.several("Your mother tongues", LANGUAGES)
    languages = fields.several("Other languages that you can work in", LANGUAGES, required=False)
    residence = fields.choice("In which province you live", PROVINCES)
    provinces = fields.several("To which provinces you travel", PROVINCES, required=False)
    online = fields.yes_no("Do you also work online?")
    opt_outs = fields.several("What you do not want to be asked for", OPT_OUTS, required=False)
    organisations = fields.lines(
        "Other organisations that you work for, by their short names",
        ORGANISATION,
        "ggz_noord",
        required=False,
    )
    hours = fields.number("How many hours a week you have at most", 1, MAX_HOURS)

    @validates("registrations")
    def end_on_a_day(self, value: list[str], **_: Any) -> None:
        days_exist(*(line.rpartition(" ")[2] for line in value))


class Availability(PayloadSchema):
    """In which ISO weeks an expert can be deployed: all others are weeks in which she cannot."""

    weeks = fields.lines("In which weeks you are available", WEEK, "2026-W49", required=False)
    acute = fields.yes_no("Can you be called for what cannot wait?")

    @validates("weeks")
    def are_weeks(self, value: list[str], **_: Any) -> None:
        weeks_exist(*value)


class MatchBrief(PayloadSchema):
    """Which experts a case asks for, in at most six coarse tags (PRACTICE.md 6.4, step 1)."""

    disciplines = fields.several("Which disciplines are needed", DISCIPLINES)
    form = fields.choice("Which form of extremism it is about", FORMS, required=False)
    competence = fields.choice("What is to be assessed", COMPETENCES, required=False)
    care = fields.choice("Which care is needed", CARE, required=False)
    language = fields.choice("Which language is spoken", LANGUAGES, required=False)
    province = fields.choice("In which province it is", PROVINCES, required=False)
    on_site = fields.yes_no("Is it on site?")
    from_week = _as("From which week, such as 2026-W49", "2026-W49", weeks_exist)
    weeks = fields.number("How many weeks it takes", 1, MAX_WEEKS)
    hours = fields.number("How many hours a week it takes of each", 1, MAX_HOURS)
    registration = fields.code("Which registration is needed", REGISTRATIONS, required=False)
    not_from = fields.lines(
        "From which organisations nobody may come, by their short names",
        ORGANISATION,
        "ggz_noord",
        required=False,
    )

    @validates_schema(skip_on_field_errors=True)
    def has_few_tags(self, value: Any, **_: Any) -> None:
        if len(value["disciplines"]) + len(value.keys() & {*TAGS}) > MAX_TAGS:
            raise ValidationError(
                f"a brief has at most {MAX_TAGS} tags, the disciplines among them", "disciplines"
            )


class Meeting(PayloadSchema):
    date = _as("On which day, such as 2026-12-31", "2026-12-31", days_exist)
    place = fields.short("Where it is", words=False)
    agenda = fields.text("What is on the agenda", words=False)


class Minutes(PayloadSchema):
    """What was said at a meeting; stated: no content of a case is in it."""

    stated = fields.stated()
    text = fields.message("What was said, without anything of a case")


class Development(PayloadSchema):
    text = fields.message("What the experts work on together")


class Feedback(PayloadSchema):
    """How a deployment went, for talks about development: it never ranks (PRACTICE.md 6.3, 7)."""

    fit = fields.number("How well it fitted, from 1 (not) to 5 (wholly)", 1, 5)
    text = fields.message("What went well, and what did not")


SCHEMAS = {
    "nomination/1": Nomination(),
    "statement/1": Statement(),
    "profile/1": Profile(),
    "availability/1": Availability(),
    "match_brief/1": MatchBrief(),
    "meeting/1": Meeting(),
    "minutes/1": Minutes(),
    "development/1": Development(),
    "feedback/1": Feedback(),
}
