"""The fields of payloads: each says what may stand in it and, in its metadata, what a form asks for
and how a screen shows it. Which payloads there are is not here: see `book`.

    fact = fields.text("The fact: what was seen or heard, and nothing else")
    fact.metadata == {"about": About(label="The fact: what was seen or heard, and nothing else")}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, validate
from marshmallow.fields import Boolean, Field, Integer, List, String

MAX_TEXT = 64 * 1024  # characters
MAX_ANALYSIS = 1024 * 1024  # SIZES.md 9.3: the largest expert analysis
MAX_NAME = 200
ABOUT = "about"


@dataclass(frozen=True, slots=True)
class About:
    """What a person is told of a field.

    label: what a form asks for, in plain English, without a full stop at its end. heading: what
    stands above it when it is shown; empty for the field's own name. kept_back: neither asked nor
    shown. stated: kept back, and true in every payload that a form makes: its command asks who
    writes it. chosen: of some codes, shown by their names. words: says something of what somebody
    is worried about. message: the text itself: the option -m, shown without a heading. example:
    what may stand in it, where that has to be shown.
    """

    label: str = ""
    heading: str = ""
    kept_back: bool = False
    stated: bool = False
    chosen: bool = False
    words: bool = True
    message: bool = False
    example: str = ""

    @property
    def sentence(self) -> str:
        """The label as it stands in help and as the key of its Dutch (`cli/words/`)."""
        return self.label if self.label.endswith("?") else f"{self.label}."

    @property
    def as_metadata(self) -> Mapping[str, Any]:
        return {ABOUT: self}


def about(field: Field[Any]) -> About:
    """What a field says of itself; without a label where it was not made here."""
    found = field.metadata.get(ABOUT)
    return found if isinstance(found, About) else About()


KEPT_BACK = About(kept_back=True, words=False).as_metadata


def text(
    label: str,
    *,
    required: bool = True,
    longest: int = MAX_TEXT,
    heading: str = "",
    words: bool = True,
) -> String:
    """Free text of 1 to `longest` characters."""
    told = About(label, heading, words=words)
    return _string(told, required, validate.Length(min=1, max=longest))


def short(label: str, *, required: bool = True, words: bool = True) -> String:
    """Free text of one name or one phrase."""
    return text(label, required=required, longest=MAX_NAME, words=words)


def message(label: str = "What you want to say", *, longest: int = MAX_TEXT) -> String:
    """The text itself: a schema has one of these at most."""
    return _string(About(label, message=True), True, validate.Length(min=1, max=longest))


def choice(label: str, codes: Sequence[str], *, required: bool = True) -> String:
    """One of these codes, shown by its name."""
    told = About(label, chosen=True, words=False)
    return _string(told, required, validate.OneOf(codes))


def code(label: str, codes: Sequence[str], *, required: bool = True) -> String:
    """One of these codes, shown as it is stored."""
    return _string(About(label, words=False), required, validate.OneOf(codes))


def yes_no(label: str, *, required: bool = True) -> Boolean:
    metadata = About(label, words=False).as_metadata
    return Boolean(required=required, truthy={True}, falsy={False}, metadata=metadata)


def several(
    label: str, codes: Sequence[str], *, required: bool = True, most: int = 20
) -> List[str]:
    """1 to `most` different ones of these codes, shown by their names; an optional field is left
    out where there is none."""
    told = About(label, chosen=True, words=False)
    return _list(told, required, most, validate.OneOf(codes))


def lines(
    label: str, pattern: str, example: str, *, required: bool = True, most: int = 60
) -> List[str]:
    """1 to `most` different texts that fit a regular expression wholly; example: one that does. An
    optional field is left out where there is none."""
    wholly = validate.Regexp(rf"\A(?:{pattern})\Z", error=f"Must look like {example}.")
    return _list(About(label, words=False, example=example), required, most, wholly)


def number(label: str, least: int, most: int, *, required: bool = True) -> Integer:
    """A whole number from `least` to `most`, both of them among it."""
    metadata = About(label, words=False).as_metadata
    between = validate.Range(min=least, max=most)
    return Integer(required=required, strict=True, validate=between, metadata=metadata)


def stated() -> Boolean:
    """True, and nothing else: what whoever writes it states."""
    metadata = About(kept_back=True, stated=True, words=False).as_metadata
    equal = validate.Equal(True)
    return Boolean(required=True, truthy={True}, falsy={False}, validate=equal, metadata=metadata)


def _string(told: About, required: bool, check: Any) -> String:
    return String(required=required, validate=check, metadata=told.as_metadata)


def _list(told: About, required: bool, most: int, check: Any) -> List[str]:
    return List(
        String(validate=check),
        required=required,
        validate=[validate.Length(min=1, max=most), _without_doubles],
        metadata=told.as_metadata,
    )


def _without_doubles(value: Sequence[str]) -> None:
    if len({*value}) < len(value):
        raise ValidationError("Each may stand here once.")
