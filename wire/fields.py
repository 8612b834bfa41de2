"""How fields of bodies are spelled: bytes travel as base64url strings without padding.

marshmallow checks spelling at the edge and renders the interface document; what the bytes mean is
checked by `wire.pipeline` and `domain`.
"""

from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from crypto.encoding import Malformed, unb64

_FOUR = r"(?:[A-Za-z0-9_-]{4})"
_B64_ENDS = {0: "", 2: "[A-Za-z0-9_-][AQgw]", 3: "[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048]"}
_B64 = f"^{_FOUR}*(?:{_B64_ENDS[2]}|{_B64_ENDS[3]})?$"
_HEX = r"^[0-9a-f]{32}$"
COMPARTMENT = r"^[a-z]+-[1-9][0-9]{8}$"
PATH_PATTERNS = {
    "case": _HEX,
    "compartment": COMPARTMENT,
    "entry": _HEX,
    "number": "^[1-9][0-9]?$",
    "hash": "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$",
}


class Exactly(validate.Regexp):
    """The whole of a string: to Python alone, `$` also stands before a line feed at the end."""

    def __call__(self, value: Any) -> Any:
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self._format_error(value))
        return value


class Base64url(Exactly):
    """Reads what its pattern says, ten times as fast as the pattern does: megabytes are held to it
    before anybody is known."""

    def __call__(self, value: Any) -> Any:
        try:
            unb64(value)
        except Malformed:
            raise ValidationError(self._format_error(value)) from None
        return value


def bytes_field(max_characters: int, min_characters: int = 0, **options: Any) -> fields.String:
    fours, over = divmod(max_characters, 4)
    fixed = min_characters == max_characters
    return fields.String(
        validate=[
            validate.Length(min=min_characters, max=max_characters),
            Exactly(f"^{_FOUR}{{{fours}}}{_B64_ENDS[over]}$") if fixed else Base64url(_B64),
        ],
        **options,
    )


def id_field(**options: Any) -> fields.String:
    return fields.String(validate=Exactly(_HEX), **options)


class Strict(Schema):
    class Meta:
        unknown = RAISE


class Answer(Schema):
    """What a server answers. Clients hold it to its shape, and pass over what they do not know."""

    class Meta:
        unknown = EXCLUDE


def count_field(**options: Any) -> fields.Integer:
    """A position, time, seq or other count."""
    options = {"required": True} | options
    return fields.Integer(strict=True, validate=validate.Range(min=0, max=2**53 - 1), **options)


def code_field(**options: Any) -> fields.String:
    pattern = Exactly("^[a-z][a-z0-9_]{0,47}$")
    return fields.String(required=True, validate=pattern, **options)
