"""What a person types where something else than free text is asked for, as the value that it stands
for: codes by name, lists of them, whole numbers, yes and no, moments. And what may stand there, as
it is told. Which fields there are is not here: see `form` and `body`.

    Arabic, turkish          ["ar", "tr"]
    2027-03-01T14:30         "2027-03-01T13:30Z", where the office's clock is an hour ahead
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

import click
from marshmallow import ValidationError, fields, validate

from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, called, code_of
from wire.header import minute_of
from wire.payloads.fields import about

YES = {"yes": True, "ja": True, "no": False, "nee": False}
DAY, TIME = "2027-03-01", "2027-03-01T14:30"  # how a moment is typed
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d:\d\d)(Z?))?", re.ASCII | re.IGNORECASE)


class Answer(click.ParamType[Any]):
    """A value of an option or a prompt. read: gives what was typed as what it stands for, and
    raises CannotDo."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._read(str(value))
        except CannotDo as error:
            self.fail(str(error), param, ctx)


def choices(field: fields.Field[Any]) -> list[str]:
    """The codes of which one may stand in a field, or several in one of a list; empty for what is
    no choice."""
    if isinstance(field, fields.Boolean):
        return ["yes", "no"]
    inner = field.inner if isinstance(field, fields.List) else field
    for check in inner.validators:
        if isinstance(check, validate.OneOf):
            return [str(choice) for choice in check.choices]
    return []


def limits(field: fields.Integer) -> tuple[int, int]:
    """The least and the most that a number may be."""
    found = next(one for one in field.validators if isinstance(one, validate.Range))
    return found.min, found.max


def allowed(field: fields.Field[Any]) -> list[str]:
    """What may stand in a field, as people are told; empty for free text."""
    if isinstance(field, fields.Integer):
        least, most = limits(field)
        return [f"{least} {_('to')} {most}"]
    example = about(field).example
    told = [", ".join(map(called, choices(field))), f"{_('such as')} {example}" * bool(example)]
    if isinstance(field, fields.List):
        told.append(_("one or more"))
    return [*filter(None, told)]


def stand_in_for(field: fields.Field[Any]) -> str:
    """What may be typed in a field and says nothing."""
    if isinstance(field, fields.Integer):
        return str(limits(field)[0])
    return next(iter(choices(field)), about(field).example or "…")


def label_of(field: fields.Field[Any]) -> str:
    """What a form asks for, without the mark at its end."""
    return _(about(field).sentence).rstrip(".?")


def value_of(field: fields.Field[Any], typed: str) -> Any:
    """The value of what was typed in a field of a form. What is no choice of a single one is left
    as it is, for its schema to refuse. Raises CannotDo, which names the field by its label."""
    if isinstance(field, fields.List | fields.Integer):
        try:
            return read(field, typed)
        except CannotDo as error:
            raise CannotDo(f"{label_of(field)}: {error}") from error
    codes = choices(field)
    said = (code_of(typed.strip(), codes) or typed.strip()) if codes else typed
    return YES.get(said.lower(), said) if isinstance(field, fields.Boolean) else said


def read(field: fields.List[Any] | fields.Integer, typed: str) -> list[str] | int:
    """A list or a number as it was typed: what stands in a list twice stands there once. Raises
    CannotDo, without the name of the field."""
    if isinstance(field, fields.Integer):
        return whole_number(typed, *limits(field))
    found = list(dict.fromkeys(_item(field, one) for one in parts(typed)))
    most = next(one.max for one in field.validators if isinstance(one, validate.Length))
    if most is not None and len(found) > most:
        raise CannotDo(_("at most {} may stand here, and these are {}").format(most, len(found)))
    return found


def parts(typed: str) -> list[str]:
    """What stands between commas and ends of lines."""
    return [one.strip() for one in re.split(r"[,\n]", typed) if one.strip()]


def _item(field: fields.List[Any], typed: str) -> str:
    codes, example = choices(field), about(field).example
    if codes:
        return one_of(typed, codes)
    try:
        field.inner.deserialize(typed)
    except ValidationError:
        raise CannotDo(_("“{}” does not look like {}").format(typed, example)) from None
    return typed


def one_of(typed: str, codes: Sequence[str]) -> str:
    """The code that was typed, by its name in either language. Raises CannotDo with all of them."""
    code = code_of(typed, codes)
    if code is None:
        shown = ", ".join(map(called, codes))
        raise CannotDo(_("“{}” is none of these: {}").format(typed, shown))
    return code


def whole_number(typed: str, least: int, most: int) -> int:
    """Raises CannotDo for what is none from `least` to `most`."""
    said = typed.strip()
    if not re.fullmatch(r"-?[0-9]{1,15}", said) or not least <= int(said) <= most:
        raise CannotDo(_("“{}” is no whole number from {} to {}").format(said, least, most))
    return int(said)


def moment_of(typed: str, zone: tzinfo) -> str:
    """A date, or a date and time, of a zone as a UTC minute; a date alone is its last
    minute: until that day is with it.
    With a Z behind it, it is one already. Raises CannotDo for what is none, or is skipped there by
    the clock of summer."""
    found = _MOMENT.fullmatch(typed.strip())
    try:
        if found is None:
            raise ValueError
        day, time, in_utc = found.groups()
        there = datetime.fromisoformat(f"{day}T{time or '23:59'}")
        there = there.replace(tzinfo=UTC if in_utc else zone)
        moment = there.astimezone(UTC)
        if moment.astimezone(there.tzinfo).replace(fold=0) != there:
            raise ValueError
    except (ValueError, OverflowError):
        told = _("“{}” is no date or time by the clock of the office, such as {} or {}")
        raise CannotDo(told.format(typed.strip(), DAY, TIME)) from None
    return minute_of(int(moment.timestamp()))


def text_of(value: Any) -> Any:
    """A value as a person would type it again, where it is a list."""
    return ", ".join(map(str, value)) if isinstance(value, list) else value
