"""Shapes of public fields: what a parsed JSON value must look like (PROTOCOL.md sections 0 and 3).

A shape is a function of a value and of the place it stands in; it raises `Refused(malformed)`
naming that place. Only spelling is looked at here, never meaning.

Some shapes are `Spelled` besides: an expression finds them in received text, without parsing it.
"""

import re
from calendar import timegm
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from domain.refusal import Refusal, Refused

Shape = Callable[[Any, str], None]

MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z", re.ASCII)
GROUP = re.compile(r"(?<!\\)\((?!\?)")
B64_TAILS = {0: "", 2: "AQgw", 3: "AEIMQUYcgkosw048"}


def described(shape: Shape, data: Any) -> Shape:
    """A shape that also says what it asks, for programs that do not share this code
    (`domain.rule_book`)."""
    shape.data = data  # type: ignore[attr-defined]
    return shape


def data_of(shape: Shape) -> Any:
    """What a shape asks, as data; None for one that does not say it."""
    return getattr(shape, "data", None)


def malformed(where: str, wanted: str) -> Refused:
    return Refused(Refusal.MALFORMED, f"{where}: {wanted}")


class Spelled:
    """A shape with an expression for text: whatever fits it is the canonical JSON of a value of
    this shape. What does not fit may be so too: it has to be parsed to tell.

    Each value is a group of the expression, without quotes, in the order in which they are written.
    """

    __slots__ = ("_shape", "data", "spelling")

    def __init__(self, shape: Shape, spelling: str) -> None:
        self._shape = shape
        self.data = getattr(shape, "data", None)
        self.spelling = spelling

    def __call__(self, value: Any, where: str) -> None:
        self._shape(value, where)


def pattern(expression: str, wanted: str) -> Shape:
    """A string that fits the whole expression."""
    fits = re.compile(expression, re.ASCII).fullmatch

    def shape(value: Any, where: str) -> None:
        if not isinstance(value, str) or not fits(value):
            raise malformed(where, f"not {wanted}")

    return described(shape, {"text": expression})


def plain(expression: str, wanted: str) -> Spelled:
    """A string that fits the whole expression, which lets nothing in that JSON would escape."""
    return Spelled(pattern(expression, wanted), f'"({expression})"')


def base64url(n_bytes: int) -> Spelled:
    """Exactly n_bytes in base64url without padding, in their one spelling."""
    n_characters, rest = (n_bytes * 8 + 5) // 6, (n_bytes * 8 + 5) // 6 % 4
    tail = f"[{B64_TAILS[rest]}]" if rest else "[A-Za-z0-9_-]"
    return plain(f"[A-Za-z0-9_-]{{{n_characters - 1}}}{tail}", f"{n_bytes} bytes in base64url")


def integer(minimum: int = 0, maximum: int = 2**53 - 1) -> Shape:
    def shape(value: Any, where: str) -> None:
        if type(value) is not int or not minimum <= value <= maximum:
            raise malformed(where, f"not a whole number from {minimum} to {maximum}")

    return described(shape, {"integer": [minimum, maximum]})


number = Spelled(integer(), "(0|[1-9][0-9]{0,14})")  # 2^53 - 1 has 16 digits


def exactly(*wanted: str | int | bool) -> Shape:
    """One of the wanted values, of the same type (True is not 1)."""
    allowed = {(type(value), value) for value in wanted}

    def shape(value: Any, where: str) -> None:
        if isinstance(value, (dict, list)) or (type(value), value) not in allowed:
            raise malformed(where, "not one of " + ", ".join(map(str, wanted)))

    return described(shape, {"one of": list(wanted)})


def nullable(inner: Shape) -> Shape:
    def shape(value: Any, where: str) -> None:
        if value is not None:
            inner(value, where)

    return described(shape, {"null or": data_of(inner)})


def list_of(inner: Shape, minimum: int = 0, maximum: int = 10_000) -> Shape:
    def shape(value: Any, where: str) -> None:
        if not isinstance(value, list) or not minimum <= len(value) <= maximum:
            raise malformed(where, f"not a list of {minimum} to {maximum}")
        for index, item in enumerate(value):
            inner(item, f"{where}[{index}]")

    return described(shape, {"list of": data_of(inner), "from": minimum, "to": maximum})


def distinct(inner: Shape) -> Shape:
    """A list whose strings are all different."""

    def shape(value: Any, where: str) -> None:
        inner(value, where)
        if len(set(value)) != len(value):
            raise malformed(where, "something stands in it twice")

    return described(shape, {"distinct": data_of(inner)})


def record(fields: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """An object with exactly these fields, and of the optional ones those that are there."""
    required, allowed = frozenset(fields), {**fields, **(optional or {})}

    def shape(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise malformed(where, "not an object")
        if not required <= value.keys() <= allowed.keys():
            odd = sorted(required - value.keys()) + sorted(value.keys() - allowed.keys())
            raise malformed(where, "missing or unknown: " + ", ".join(odd)[:200])
        for name, item in value.items():
            allowed[name](item, f"{where}.{name}")

    return described(
        shape,
        {
            "object": {name: data_of(one) for name, one in fields.items()},
            "optional": {name: data_of(one) for name, one in (optional or {}).items()},
        },
    )


def spelled_record(fields: Mapping[str, Spelled]) -> Spelled:
    """An object whose fields are all spelled."""
    inner = ",".join(f'"{name}":{fields[name].spelling}' for name in sorted(fields))
    return Spelled(record(fields), rf"\{{{inner}\}}")


def spelled_list(inner: Spelled, maximum: int) -> Spelled:
    """A list of what is spelled: one group, of the whole list."""
    one = GROUP.sub("(?:", inner.spelling)
    spelling = rf"(\[(?:{one}(?:,{one}){{0,{maximum - 1}}})?\])"
    return Spelled(list_of(inner, maximum=maximum), spelling)


def spelled_or_null(inner: Spelled) -> Spelled:
    return Spelled(nullable(inner), f"(?:null|{inner.spelling})")


def _minute(value: Any, where: str) -> None:
    """A UTC minute that exists in the calendar, such as 2026-11-23T13:31Z."""
    if not isinstance(value, str) or not MINUTE.fullmatch(value):
        raise malformed(where, "not a UTC minute such as 2026-11-23T13:31Z")
    try:
        seconds_of(value)
    except ValueError:
        raise malformed(where, "no such day or time") from None


@lru_cache(maxsize=256)  # many entries carry the same minute
def seconds_of(value: str) -> int:
    """Unix time, in seconds, of a UTC minute. Raises ValueError if the calendar has no such one."""
    moment = datetime(
        int(value[:4]), int(value[5:7]), int(value[8:10]), int(value[11:13]), int(value[14:16])
    )
    return timegm(moment.timetuple())


_DAY = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"  # whether there is a 29 February is for the calendar to say
)
described(_minute, {"minute": True})
minute = Spelled(_minute, f'"((?!0000)[0-9]{{4}}-{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]Z)"')
identifier = plain("[0-9a-f]{32}", "an id of 32 hex digits")
hash_ = base64url(32)
salt = base64url(16)
code = plain("[a-z][a-z0-9_]{0,47}", "a code")
compartment_name = plain("[a-z]+-[1-9][0-9]{8}", "a compartment's name")
