"""The fields of payloads: each says what may stand in it and, in its metadata, what a form asks for
and how a screen shows it. Which payloads there are is not here: see `book`.

    fact = fields.text("The fact: what was seen or heard, and nothing else")
    fact.metadata == {"about": About(label="The fact: what was seen or heard, and nothing else")}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import validate
from marshmallow.fields import Boolean, Field, String

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
    writes it. chosen: one of some codes, shown by its name. words: says something of what somebody
    is worried about. message: the text itself: the option -m, shown without a heading.
    """

    label: str = ""
    heading: str = ""
    kept_back: bool = False
    stated: bool = False
    chosen: bool = False
    words: bool = True
    message: bool = False

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


def stated() -> Boolean:
    """True, and nothing else: what whoever writes it states."""
    metadata = About(kept_back=True, stated=True, words=False).as_metadata
    equal = validate.Equal(True)
    return Boolean(required=True, truthy={True}, falsy={False}, validate=equal, metadata=metadata)


def _string(told: About, required: bool, check: Any) -> String:
    return String(required=required, validate=check, metadata=told.as_metadata)
