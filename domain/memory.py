"""What a case remembers of its entries beside their notes: facts and sets, by name, for the guards
of its service. What is remembered stands in the rows of the table, as data.

An expression says what is taken of an entry: `body.x` a field of the body, `person.x` the roster
person of the device in it, `places.x` where the entries stand that it lists; `author`, `person`,
`organisation`, `disciplines` of who wrote; `here` the compartment, `id`, `hash`, `epoch`, `stored`,
`order` how many entries were before it; `'yes'` that word itself.
"""

from collections.abc import Mapping
from typing import Any

from domain.entry import Entry
from domain.state import Case
from domain.trust import Trust

Sets = Mapping[str, Mapping[str, tuple[str, ...]]]


def taken(expression: str, case: Case, entry: Entry, trust: Trust) -> tuple[str, ...]:
    """What an expression takes of an entry: one text, or several of a list; none where the entry
    has no such thing."""
    if expression.startswith("'"):
        return (expression.strip("'"),)
    what, _dot, name = expression.partition(".")
    header = entry.header
    if not name:
        return _of_entry(what, case, entry, trust)
    value = header.body.get(name)
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    if what == "body":
        return tuple(map(_text, values))
    if what == "person":
        people = (trust.person(one) for one in values)
        return tuple(one.person for one in people if one)
    if what == "places":
        notes = (case.entries.get(one) for one in values)
        return tuple(note.compartment for note in notes if note)
    raise ValueError(f"no such expression: {expression}")


def _text(value: Any) -> str:
    return str(value["id"]) if isinstance(value, dict) else str(value)


def _of_entry(what: str, case: Case, entry: Entry, trust: Trust) -> tuple[str, ...]:
    header = entry.header
    person = trust.person(header.author)
    if what in ("person", "organisation", "disciplines"):
        if person is None:
            return ()
        return (
            tuple(sorted(person.disciplines))
            if what == "disciplines"
            else ((person.person,) if what == "person" else (person.organisation,))
        )
    return (
        {
            "author": header.author,
            "here": header.compartment,
            "id": header.id,
            "hash": entry.hash,
            "epoch": str(header.epoch),
            "stored": str(entry.stored),
            "order": str(len(case.entries)),
        }[what],
    )


def added(
    sets: Sets, adds: Mapping[str, tuple[str, ...]], case: Case, entry: Entry, trust: Trust
) -> Sets:
    """The sets with what a row adds: under each key that its first expression takes, the values of
    the others. Two names joined by a slash are one key of both."""
    after = dict(sets)
    for name, (key, *values) in adds.items():
        kept = tuple(next(iter(taken(one, case, entry, trust)), "") for one in values)
        new = dict.fromkeys(keys(key, case, entry, trust), kept)
        after[name] = {**after.get(name, {}), **new}
    return after


def dropped(sets: Sets, drops: Mapping[str, str], case: Case, entry: Entry, trust: Trust) -> Sets:
    """The sets without the keys that a row drops."""
    after = dict(sets)
    for name, key in drops.items():
        gone = set(keys(key, case, entry, trust))
        after[name] = {one: kept for one, kept in after.get(name, {}).items() if one not in gone}
    return after


def keys(expression: str, case: Case, entry: Entry, trust: Trust) -> tuple[str, ...]:
    """The keys that an expression takes; of two joined by a slash, each with each."""
    found: tuple[str, ...] = ("",)
    for part in expression.split("/"):
        values = taken(part, case, entry, trust)
        found = tuple(f"{one}/{value}" if one else value for one in found for value in values)
    return found
