"""Whether a value has a shape, as the rule book tells shapes: plain data, nothing of ours."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

Data = Mapping[str, Any]


def fits(data: Data, value: Any) -> bool:
    """Whether a value is what a shape asks."""
    fitting = next((test for name, test in TESTS.items() if name in data), None)
    if fitting is None:
        raise ValueError(f"no such shape: {data}")
    return fitting(data, value)


def seconds(minute: str) -> int:
    """Unix time of a UTC minute. Raises ValueError if there is no such one."""
    return int(datetime.strptime(minute, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC).timestamp())


def _text(data: Data, value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(data["text"], value, re.ASCII))


def _minute(_data: Data, value: Any) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", value):
        return False
    try:
        seconds(value)
    except ValueError:
        return False
    return True


def _integer(data: Data, value: Any) -> bool:
    least, most = data["integer"]
    return type(value) is int and least <= value <= most


def _one_of(data: Data, value: Any) -> bool:
    return any(type(one) is type(value) and one == value for one in data["one of"])


def _list(data: Data, value: Any) -> bool:
    return (
        isinstance(value, list)
        and data["from"] <= len(value) <= data["to"]
        and all(fits(data["list of"], one) for one in value)
    )


def _ascending(data: Data, value: Any) -> bool:
    return fits(data["ascending"], value) and all(one < later for one, later in pairwise(value))


def _members(data: Data, value: Any) -> bool:
    """By device, each once."""
    if not fits(data["members"], value):
        return False
    devices = [one["device"] for one in value]
    return devices == sorted(set(devices))


def _object(data: Data, value: Any) -> bool:
    fields, optional = data["object"], data["optional"]
    if not isinstance(value, dict) or not fields.keys() <= value.keys():
        return False
    if not value.keys() <= fields.keys() | optional.keys():
        return False
    if not all(fits({**fields, **optional}[name], one) for name, one in value.items()):
        return False
    return _both(data.get("not both null", ()), value) and (
        "recovered has" not in data
        or (data["recovered has"] in value) == (value["reason"] == "recovered")
    )


def _both(names: Sequence[str], value: Mapping[str, Any]) -> bool:
    """Whether one of these is there, where one has to be."""
    return not names or any(value[name] is not None for name in names)


TESTS: Mapping[str, Callable[[Data, Any], bool]] = {
    "text": _text,
    "minute": _minute,
    "integer": _integer,
    "one of": _one_of,
    "null or": lambda data, value: value is None or fits(data["null or"], value),
    "distinct": lambda data, value: fits(data["distinct"], value) and len(set(value)) == len(value),
    "list of": _list,
    "ascending": _ascending,
    "members": _members,
    "object": _object,
}
