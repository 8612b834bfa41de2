"""What an entry shows of a table, in plain values: a row by its number, a condition by its name and
arguments, what was behind a link."""

import json
from collections.abc import Iterator

from domain.guard import Guard, Linked, Listing

Feature = tuple[object, ...]


def condition_key(guard: Guard | Listing) -> str:
    """A guard or listing by name and arguments."""
    known = _KEYS.get(id(guard))
    if known is not None and known[0] is guard:
        return known[1]
    arguments = json.dumps(dict(guard.arguments), sort_keys=True, default=sorted)
    _KEYS[id(guard)] = guard, f"{guard.name} {arguments}"
    return _KEYS[id(guard)][1]


_KEYS: dict[int, tuple[Guard | Listing, str]] = {}


LINKS = ("nothing", "a later entry", "another first entry", "the right one")


def of_link(row: int, linked: Linked | None, refused: str) -> Iterator[Feature]:
    """What was behind a link, as `LINKS` calls it, and which it was of its sort."""
    nothing, later, other, right = LINKS
    if linked is None:
        yield ("linked", row, nothing)
        return
    yield ("linked", row, right if not refused else other if linked.first else later)
    yield ("linked", row, linked.first, linked.body.get("service"), refused)
