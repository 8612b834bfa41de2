"""What an entry shows of a table, in plain values: a row by its number, a condition by its name and
arguments, what was behind a link."""

import json
from collections.abc import Iterable, Iterator

from domain.entry import Entry, Header
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


# By the name of the guard that looks at what is linked.
LINKS = {
    "opens_linked": ("nothing", "a later entry", "another first entry", "the right one"),
    "pool_confirmed": (
        "nothing",
        "another kind",
        "for nobody",
        "another person",
        "for another",
        "the right one",
    ),
}


def links_of(guards: Iterable[Guard]) -> tuple[str, ...]:
    """What may be behind the link of a row with these guards."""
    return next((LINKS[one.name] for one in guards if one.name in LINKS), ())


def of_link(
    row: int, guards: Iterable[Guard], entry: Entry, linked: Linked | None, refused: str
) -> Iterator[Feature]:
    """What was behind a link, as `LINKS` calls it, and which it was of its sort."""
    if any(one.name == "pool_confirmed" for one in guards):
        if entry.header.body["match"] is not None:
            yield ("linked", row, _confirmation(entry.header, linked))
        return
    nothing, later, other, right = LINKS["opens_linked"]
    if linked is None:
        yield ("linked", row, nothing)
        return
    yield ("linked", row, right if not refused else other if linked.first else later)
    yield ("linked", row, linked.first, linked.body.get("service"), refused)


def _confirmation(header: Header, linked: Linked | None) -> str:
    nothing, kind, nobody, person, other, right = LINKS["pool_confirmed"]
    if linked is None:
        return nothing
    if linked.kind != "ExpertDeployed":
        return kind
    if linked.body["for"] is None:
        return nobody
    if linked.body["expert"] != header.body["expert"]:
        return person
    return right if linked.body["for"] == header.author else other
