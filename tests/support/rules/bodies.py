"""Bodies for the entries that are tried: for kinds of services from the origins of their fields,
for the protocol's own from `protocol`. The first is what somebody would write who means well;
others name what they should not."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations, islice, pairwise, product
from math import prod
from typing import Any

from domain.fields import Field, Origin
from domain.services.registry import BODIES
from domain.shapes import data_of
from tests.support.rules.protocol import PROTOCOLS
from tests.support.rules.writing import (
    ANOTHER_CASE,
    ANOTHER_ENTRY,
    EVER,
    LONG_AGO,
    UNKNOWN,
    Writing,
    example,
)

MOST_BODIES, MOST_PROTOCOL, MOST_NAMED = 120, 24, 4


def bodies(kind: str, writing: Writing) -> list[dict[str, Any]]:
    """What may be tried, the likeliest first."""
    if kind not in BODIES:
        found = list(islice(PROTOCOLS[kind](writing), MOST_PROTOCOL))
        return [{**body, **writing.fixed} for body in found]
    choices: list[list[tuple[str, Any]]] = []
    for name, field in BODIES[kind].items():
        if name in writing.fixed:
            choices.append([(name, writing.fixed[name])])
            continue
        values = list(dict.fromkeys(map(_Frozen, _values(field, writing))))
        choices.append([(name, one.value) for one in values])
        if field.optional:
            choices[-1].append((name, _LEFT_OUT))
    made = [dict(one) for one in islice(_mixed(choices), MOST_BODIES)]
    found = [{name: one for name, one in body.items() if one is not _LEFT_OUT} for body in made]
    # What stands beside an entry that is named is of that entry, before anything else is.
    found.sort(key=lambda body: not _of_one(body, writing))
    return found


def _mixed(choices: list[list[tuple[str, Any]]]) -> Iterator[tuple[tuple[str, Any], ...]]:
    """Each value with each; where those are too many, each with the likeliest of all other fields,
    then each pair of two fields that stand beside each other."""
    if prod(map(len, choices)) <= MOST_BODIES // 5:
        yield from product(*choices)
        return
    usual = tuple(one[0] for one in choices)
    yield usual
    for field, values in enumerate(choices):
        yield from ((*usual[:field], one, *usual[field + 1 :]) for one in values[1:])
    for field, (left, right) in enumerate(pairwise(choices)):
        for pair in product(left[1:], right[1:]):
            yield (*usual[:field], *pair, *usual[field + 2 :])


_LEFT_OUT = object()


class _Frozen:
    """A value that may be a list, to be told apart from others."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash(repr(self.value))


def _of_one(body: Mapping[str, Any], writing: Writing) -> bool:
    hashes = {one for one in body.values() if isinstance(one, str) and one in _shown(writing)}
    return hashes <= {writing.hashes.get(one) for one in body.values() if isinstance(one, str)}


def _shown(writing: Writing) -> set[str]:
    return set(writing.hashes.values())


def _values(field: Field, writing: Writing) -> Iterator[Any]:
    cast = writing.cast
    if field.origin is Origin.OWN_DEVICE:
        yield writing.author
        yield next(one for one in cast.standing(writing.role) if one != writing.author)
    elif field.origin is Origin.DEVICE:
        known = [role for role in field.of if role in cast.listed]
        yield from (one for role in known for one in cast.standing(role))
        yield cast.first(cast.listed[-1])
        yield writing.author
    elif field.origin in (Origin.ENTRY, Origin.PROPOSAL):
        yield from _entries(field, writing)
        yield from _none(field)
    elif field.origin is Origin.STATED:
        yield True
    elif field.origin is Origin.TERM:
        yield from [term.name for term in writing.service.terms[:1]] or ["a_term"]
    elif field.origin is Origin.CHOICE and field.of:
        yield from field.of
    elif field.origin is Origin.MOMENT:
        yield from (EVER, LONG_AGO)
    elif field.origin is Origin.NUMBER:
        yield from data_of(field.shape)["integer"]
    elif field.origin is Origin.LINK:
        yield from _remembered(writing)
        yield from _none(field)
        flat = "text" in data_of(field.shape)  # its id and hash stand beside it
        yield ANOTHER_CASE if flat else ANOTHER_ENTRY
    else:
        yield from _given(data_of(field.shape), writing)


def _remembered(writing: Writing) -> Iterator[dict[str, str]]:
    """The entries of this case that it remembers by id, the newest first."""
    for kept in writing.case.sets.values():
        ids = [one for values in kept.values() for one in values if one in writing.hashes]
        for one in ids[::-1]:
            yield {"case": writing.case.case, "id": one, "hash": writing.hashes[one]}


def _none(field: Field) -> Iterator[None]:
    """Null, where it may be that."""
    if "null or" in data_of(field.shape):
        yield None


def _entries(field: Field, writing: Writing) -> Iterator[str]:
    """The newest of its kinds, those that are open and approved before others."""
    case, kinds = writing.case, field.of
    of_kind = [
        one for one, note in case.entries.items() if note.kind in kinds or (not kinds and note)
    ]
    open_ = [one for one in of_kind if one in case.open] or ([] if kinds else [*case.open])
    approved = [one for one in open_ if one in case.approvals]
    plain = [one for one in of_kind if kinds or case.entries.get(one).has_payload]  # type: ignore[union-attr]
    newest = dict.fromkeys([*approved[::-1], *open_[::-1], *plain[::-1]])
    yield from list(newest)[:MOST_NAMED]
    yield UNKNOWN


def _given(data: Any, writing: Writing) -> Iterator[Any]:
    """What a deed makes: hashes of entries, and lists of what the case remembers by id."""
    if "minute" in data:
        yield from (EVER, LONG_AGO)
        return
    if "null or" in data or not _holds_ids(data):
        if "null or" in data and _holds_ids(data["null or"]):
            yield from (None, *sorted(writing.case.openers))
        for one in example(data):
            if isinstance(one, str) and len(one) == 43:
                yield from list(writing.hashes.values())[-MOST_NAMED * 2 :][::-1]
            yield one
        return
    if "text" in data:
        yield writing.new_id
        return
    remembered = [
        [one for one in kept if one in writing.hashes] for kept in writing.case.sets.values()
    ]
    groups = [tuple(ids[-3:]) for ids in remembered if ids]
    for many in (2, 1, 3):
        yield from (list(one) for ids in dict.fromkeys(groups) for one in combinations(ids, many))
    yield [UNKNOWN]


def _holds_ids(data: Any) -> bool:
    inner = data.get("distinct") or data
    inner = inner.get("list of") or inner
    return bool("text" in inner and re.fullmatch(inner["text"], UNKNOWN))
