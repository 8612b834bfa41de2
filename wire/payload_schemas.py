"""What is inside a payload, by schema: checked before sealing and after opening.

The server never sees these filled in. Schemas are versioned by name and never change.
"""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

MAX_TEXT = 64 * 1024
MAX_NAME = 200
_short = validate.Length(max=MAX_NAME)
_text = validate.Length(min=1, max=MAX_TEXT)


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


class Closing(PayloadSchema):
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(("answered", "advised", "pointed_to_help", "no_contact", "other")),
    )
    reason = fields.String(required=True, validate=_text)
    pointers = fields.String(required=True, validate=_text)


SCHEMAS: dict[str, Schema] = {
    "message/1": Message(),
    "advice/1": Advice(),
    "closing/1": Closing(),
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
