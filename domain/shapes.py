"""Shapes of public fields: what a parsed JSON value must look like (PROTOCOL.md sections 0 and 3).

A shape is a function of a value and of the place it stands in; it raises `Refused(malformed)`
naming that place. Only spelling is looked at here, never meaning.
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
B64_TAILS = {0: "", 2: "AQgw", 3: "AEIMQUYcgkosw048"}


def malformed(where: str, wanted: str) -> Refused:
    return Refused(Refusal.MALFORMED, f"{where}: {wanted}")


def pattern(expression: str, wanted: str) -> Shape:
    """A string that fits the whole expression."""
    fits = re.compile(expression, re.ASCII).fullmatch

    def shape(value: Any, where: str) -> None:
        if not isinstance(value, str) or not fits(value):
            raise malformed(where, f"not {wanted}")

    return shape


def base64url(n_bytes: int) -> Shape:
    """Exactly n_bytes in base64url without padding, in their one spelling."""
    n_characters, rest = (n_bytes * 8 + 5) // 6, (n_bytes * 8 + 5) // 6 % 4
    tail = f"[{B64_TAILS[rest]}]" if rest else "[A-Za-z0-9_-]"
    return pattern(f"[A-Za-z0-9_-]{{{n_characters - 1}}}{tail}", f"{n_bytes} bytes in base64url")


def integer(minimum: int = 0, maximum: int = 2**53 - 1) -> Shape:
    def shape(value: Any, where: str) -> None:
        if type(value) is not int or not minimum <= value <= maximum:
            raise malformed(where, f"not a whole number from {minimum} to {maximum}")

    return shape


def exactly(*wanted: str | int | bool) -> Shape:
    """One of the wanted values, of the same type (True is not 1)."""
    allowed = {(type(value), value) for value in wanted}

    def shape(value: Any, where: str) -> None:
        if isinstance(value, (dict, list)) or (type(value), value) not in allowed:
            raise malformed(where, "not one of " + ", ".join(map(str, wanted)))

    return shape


def nullable(inner: Shape) -> Shape:
    def shape(value: Any, where: str) -> None:
        if value is not None:
            inner(value, where)

    return shape


def list_of(inner: Shape, minimum: int = 0, maximum: int = 10_000) -> Shape:
    def shape(value: Any, where: str) -> None:
        if not isinstance(value, list) or not minimum <= len(value) <= maximum:
            raise malformed(where, f"not a list of {minimum} to {maximum}")
        for index, item in enumerate(value):
            inner(item, f"{where}[{index}]")

    return shape


def distinct(inner: Shape) -> Shape:
    """A list whose strings are all different."""

    def shape(value: Any, where: str) -> None:
        inner(value, where)
        if len(set(value)) != len(value):
            raise malformed(where, "something stands in it twice")

    return shape


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

    return shape


def minute(value: Any, where: str) -> None:
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


identifier = pattern("[0-9a-f]{32}", "an id of 32 hex digits")
hash_ = base64url(32)
salt = base64url(16)
code = pattern("[a-z][a-z0-9_]{0,47}", "a code")
compartment_name = pattern("[a-z]+-[1-9][0-9]{8}", "a compartment's name")
