"""What is inside a payload, by schema: checked before sealing and after opening.

The server never sees these filled in. Schemas are versioned by name and never change.
"""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

MAX_TEXT = 64 * 1024
MAX_ANALYSIS = 1024 * 1024  # SIZES.md 9.3: the largest expert analysis
MAX_NAME = 200
_short = validate.Length(max=MAX_NAME)
_text = validate.Length(min=1, max=MAX_TEXT)
_short_text = validate.Length(min=1, max=MAX_NAME)
_long_text = validate.Length(min=1, max=MAX_ANALYSIS)


class AttachmentKey(Schema):
    key = fields.String(
        required=True, validate=validate.Regexp(r"\A[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")
    )
    name = fields.String(required=True, validate=_short)
    type = fields.String(required=True, validate=_short)
    size = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))


class PayloadSchema(Schema):
    """Common to all: the schema's own name, and the keys of attachments."""

    class Meta:
        unknown = RAISE

    schema = fields.String(required=True)
    attachments = fields.List(fields.Nested(AttachmentKey), required=True)


class Message(PayloadSchema):
    text = fields.String(required=True, validate=_text)


class Advice(PayloadSchema):
    """Short advice in its four sections (SERVICES.md 2.1)."""

    yourself = fields.String(required=True, validate=_text)
    professional_help = fields.String(required=True, validate=_text)
    possible_reports = fields.String(required=True, validate=_text)
    contact_again = fields.String(required=True, validate=_text)


OUTCOMES = (
    "answered",
    "advised",
    "pointed_to_help",
    "report_advised",
    "to_support",
    "to_trajectadvies",
    "to_duiding",
    "to_liv",
    "to_lat",
    "declined",
    "no_contact",
    "other",
)
SUBJECTS = ("individual", "family", "group", "phenomenon")  # SERVICES.md 1.1
FORMS = ("jihadist", "right", "left", "anti_institutional", "other_mixed", "none", "unknown")


class Closing(PayloadSchema):
    """What a consultation ended in (TABLES.md S1). to_you is read by who asked; whom and which form
    of extremism it was about stands here alone, sealed."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    to_you = fields.String(required=True, validate=_text)
    subject_kind = fields.String(required=True, validate=validate.OneOf(SUBJECTS))
    form_group = fields.String(required=True, validate=validate.OneOf(FORMS))


class ClosingNote(PayloadSchema):
    """Why it ended so, for the office (TABLES.md S1)."""

    reason = fields.String(required=True, validate=_text)
    considerations = fields.String(required=True, validate=_text)
    pointers = fields.String(required=True, validate=_text)


class Contact(PayloadSchema):
    """A talk by telephone or at the desk: only what is necessary. with_whom: as what, not who."""

    channel = fields.String(required=True, validate=validate.OneOf(("telephone", "visit", "other")))
    with_whom = fields.String(required=True, validate=_short_text)
    text = fields.String(required=True, validate=_text)


class Pointer(PayloadSchema):
    """Where the person is pointed to: which kind of help or report, and why."""

    to = fields.String(required=True, validate=_text)
    text = fields.String(required=True, validate=_text)


class Note(PayloadSchema):
    text = fields.String(required=True, validate=_text)


class Identity(PayloadSchema):
    """How the requester wants to be called and reached."""

    name = fields.String(required=True, validate=_text)
    contact = fields.String(required=True, validate=_text)


class Excerpt(PayloadSchema):
    """What a colleague is told and asked: newly written, without names."""

    anonymised = fields.Boolean(
        required=True, truthy={True}, falsy={False}, validate=validate.Equal(True)
    )
    excerpt = fields.String(required=True, validate=_text)
    question = fields.String(required=True, validate=_text)


class Signal(PayloadSchema):
    """A signal (PRACTICE.md 5.3): the fact stands alone, an opinion never does; whether it
    contradicts is always said, and a diagnosis only with the register of who made it."""

    observed = fields.String(required=True, validate=_text)
    observed_by = fields.String(required=True, validate=_text)
    channel = fields.String(
        required=True, validate=validate.OneOf(("talk", "telephone", "letter", "online", "other"))
    )
    fact = fields.String(required=True, validate=_text)
    quote = fields.String(validate=_text)
    opinion = fields.String(validate=_text)
    hypothesis = fields.String(validate=_text)
    diagnosis = fields.String(validate=_text)
    diagnosis_register = fields.String(validate=_short_text)
    source = fields.String(required=True, validate=_text)
    reliability = fields.String(required=True, validate=validate.OneOf(tuple("ABCDE")))
    credibility = fields.String(required=True, validate=validate.OneOf(tuple("12345")))
    contradicts = fields.Boolean(required=True, truthy={True}, falsy={False})
    follow_up_of = fields.String(validate=_short_text)

    @validates_schema
    def by_a_professional(self, value: Any, **_: Any) -> None:
        if ("diagnosis" in value) != ("diagnosis_register" in value):
            raise ValidationError(
                "a diagnosis names the register of the professional who made it",
                "diagnosis_register",
            )


class Notice(PayloadSchema):
    """That a consultation rests, in neutral words that are the same for everyone."""

    text = fields.String(required=True, validate=_text)


class Disclosure(PayloadSchema):
    """What exactly would be told, to whom by name, when and how (TABLES.md S8)."""

    what = fields.String(required=True, validate=_text)
    to_whom = fields.String(required=True, validate=_text)
    when = fields.String(required=True, validate=_text)
    how = fields.String(required=True, validate=_text)


class Weighing(PayloadSchema):
    """The weighing before anything is told to others (SERVICES.md 2.8, TABLES.md S8)."""

    facts = fields.String(required=True, validate=_text)
    purpose = fields.String(required=True, validate=_text)
    necessity = fields.String(required=True, validate=_text)
    alternative = fields.String(required=True, validate=_text)
    advice_asked = fields.String(required=True, validate=_text)
    talked_with = fields.String(required=True, validate=_text)
    consent = fields.String(required=True, validate=_text)
    informed = fields.String(required=True, validate=_text)
    what_to_whom = fields.String(required=True, validate=_text)
    deciders = fields.String(required=True, validate=_text)
    privilege = fields.String(validate=_text)


class Sent(PayloadSchema):
    """What went out: the very text, by which channel, when, and to whom (TABLES.md S8)."""

    text = fields.String(required=True, validate=_long_text)
    by_channel = fields.String(required=True, validate=_short_text)
    moment = fields.String(required=True, validate=_short_text)
    receiver = fields.String(required=True, validate=_text)


AGES = ("under_12", "12_to_15", "16_or_older")  # LAW.md: who consents, by age


class Consent(PayloadSchema):
    """Who consents, as what age, in whose words, and until when (TABLES.md S2)."""

    given_by = fields.String(required=True, validate=_text)
    age_band = fields.String(required=True, validate=validate.OneOf(AGES))
    words = fields.String(required=True, validate=_text)
    until = fields.String(validate=_short_text)


class ExcerptShared(PayloadSchema):
    """What is told behind another wall: newly written, never copied (SERVICES.md 1.3)."""

    rewritten = fields.Boolean(
        required=True, truthy={True}, falsy={False}, validate=validate.Equal(True)
    )
    text = fields.String(required=True, validate=_text)


class Contribution(PayloadSchema):
    """One expert's analysis, written before the other's is read (SERVICES.md 2.2, PRACTICE.md 5.1):
    what was found, what else it may be, what speaks against it, and how sure it is."""

    discipline = fields.String(required=True, validate=_short_text)
    findings = fields.String(required=True, validate=_long_text)
    other_explanations = fields.String(required=True, validate=_text)
    contra_indications = fields.String(required=True, validate=_text)
    confidence = fields.String(required=True, validate=validate.OneOf(("low", "moderate", "high")))
    would_change = fields.String(required=True, validate=_text)


SCHEMAS: dict[str, Schema] = {
    "message/1": Message(),
    "advice/1": Advice(),
    "closing/2": Closing(),
    "closing_note/1": ClosingNote(),
    "contact/2": Contact(),
    "pointer/1": Pointer(),
    "note/1": Note(),
    "notice/1": Notice(),
    "identity/1": Identity(),
    "excerpt/1": Excerpt(),
    "signal/2": Signal(),
    "consent/1": Consent(),
    "disclosure/1": Disclosure(),
    "weighing/2": Weighing(),
    "sent/1": Sent(),
    "excerpt_shared/1": ExcerptShared(),
    "contribution/1": Contribution(),
}


class BadPayload(Exception):
    """A payload that is not as its schema asks; the text names the fields."""


def check_payload(schema: str | None, value: Any) -> dict[str, Any]:
    """The value, if it is as its schema asks. Raises BadPayload."""
    if not isinstance(value, dict) or schema is None or value.get("schema") != schema:
        raise BadPayload(f"not a payload of schema {schema}")
    try:
        SCHEMAS[schema].load(value)
    except ValidationError as error:
        raise BadPayload("; ".join(_sentences(error.messages))) from error
    return value


def _sentences(messages: Any, where: str = "") -> list[str]:
    if isinstance(messages, dict):
        return [
            sentence
            for name, inner in messages.items()
            for sentence in _sentences(inner, f"{where}.{name}".lstrip("."))
        ]
    return [f"{where}: {' '.join(map(str, messages))}"]
