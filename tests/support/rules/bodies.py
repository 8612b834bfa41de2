"""Bodies for the entries that are tried: for kinds of services from the origins of their fields,
for the protocol's own from what PROTOCOL.md section 3 asks. The first is what somebody would write
who means well; others name what they should not."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations, islice, product
from typing import Any, NamedTuple

from domain.fields import Field, Origin
from domain.service import Service
from domain.services.registry import BODIES
from domain.shapes import data_of
from domain.state import Case, Compartment
from tests.support.rules.cast import Cast

UNKNOWN = "9" * 32
ANOTHER_CASE = "7" * 32
EVER, LONG_AGO = "2099-01-01T00:00Z", "2001-01-01T00:00Z"
EXAMPLES = (UNKNOWN, "0" * 42 + "A", "0" * 21 + "A", "a_code", "dialogue-123456789", EVER)
MOST_BODIES, MOST_NAMED = 24, 4


class Writing(NamedTuple):
    """Who is about to write, and where. hashes: of the entries, by id."""

    cast: Cast
    service: Service
    case: Case
    here: Compartment
    author: str
    role: str
    hashes: Mapping[str, str]
    new_id: str


def example(data: Any) -> list[Any]:
    """Values of a shape, by what it says of itself."""
    if "text" in data:
        return [one for one in EXAMPLES if re.fullmatch(data["text"], one, re.ASCII)][:1]
    if "minute" in data:
        return [EVER]
    if "integer" in data:
        return [data["integer"][0]]
    if "one of" in data:
        return list(data["one of"])
    if "null or" in data:
        return [None, *example(data["null or"])]
    if "distinct" in data:
        return example(data["distinct"])
    if "list of" in data:
        return [example(data["list of"])[: data["from"]]]
    parts = {name: example(one)[0] for name, one in data["object"].items()}
    return [parts]


def bodies(kind: str, writing: Writing) -> list[dict[str, Any]]:
    """What may be tried, the likeliest first."""
    if kind not in BODIES:
        return list(islice(PROTOCOLS[kind](writing), MOST_BODIES))
    fields = BODIES[kind]
    choices: list[list[tuple[str, Any]]] = []
    for name, field in fields.items():
        values = list(dict.fromkeys(map(_Frozen, _values(field, writing))))
        choices.append([(name, one.value) for one in values])
        if field.optional:
            choices[-1].append((name, _LEFT_OUT))
    made = (dict(one) for one in product(*choices))
    found = [{name: one for name, one in body.items() if one is not _LEFT_OUT} for body in made]
    # What stands beside an entry that is named is of that entry, before anything else is.
    found.sort(key=lambda body: not _of_one(body, writing))
    return found[:MOST_BODIES]


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
    elif field.origin is Origin.STATED:
        yield True
    elif field.origin is Origin.TERM:
        yield from [term.name for term in writing.service.terms[:1]] or ["a_term"]
    elif field.origin is Origin.CHOICE and field.of:
        yield from field.of
    elif field.origin is Origin.LINK:
        flat = "text" in data_of(field.shape)  # its id and hash stand beside it
        yield ANOTHER_CASE if flat else {"case": ANOTHER_CASE, "id": UNKNOWN, "hash": EXAMPLES[1]}
    else:
        yield from _given(data_of(field.shape), writing)


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
    if "null or" in data or not _holds_ids(data):
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


# --- the protocol's own --------------------------------------------------------------------------


def _written(writing: Writing, own: bool | None = None) -> list[str]:
    """Entries with a payload that stand here, the newest first. own: the author's, others', all."""
    return [
        one
        for one, note in reversed(writing.case.entries.items())
        if note.has_payload
        and note.compartment == writing.here.name
        and (own is None or (note.author == writing.author) == own)
    ]


def _left(writing: Writing) -> Iterator[dict[str, Any]]:
    yield {}


def _epoch(writing: Writing) -> Iterator[dict[str, Any]]:
    yield {"epoch": writing.here.epoch}


def _invited(writing: Writing) -> Iterator[dict[str, Any]]:
    cast = writing.cast
    for role in (*sorted(cast.unlisted), cast.listed[0]):
        yield {"invitation": writing.new_id, "role": role, "expires": EVER}
    yield {"invitation": writing.new_id, "role": min(cast.unlisted), "expires": LONG_AGO}
    for known in writing.here.invitations:
        yield {"invitation": known, "role": min(cast.unlisted), "expires": EVER}


def _replaced(writing: Writing) -> Iterator[dict[str, Any]]:
    yield {"device": writing.cast.spare(writing.role)}
    yield {"device": writing.author}


def _granted(writing: Writing) -> Iterator[dict[str, Any]]:
    common = {"reason": "joined", "mandate": None, "wrap": EXAMPLES[1]}
    others = [one.device for one in writing.here.lines if one.device != writing.author]
    own, anyones = _written(writing, own=True), _written(writing)
    for to in (*others[:3], writing.author):
        if own:
            yield {"to": to, "epochs": None, "entries": own[:1], **common}
        if anyones:
            yield {"to": to, "epochs": None, "entries": anyones[-1:], **common}
        for epoch in {0, writing.here.epoch - 1} if writing.here.epoch else ():
            yield {"to": to, "epochs": [epoch], "entries": None, **common}
    for to in (*others[:1], writing.author):
        yield {"to": to, "epochs": [writing.here.epoch], "entries": None, **common}
        yield {"to": to, "epochs": None, "entries": [UNKNOWN], **common}
        mandate = {"compartment": writing.here.name, "id": UNKNOWN, "hash": EXAMPLES[1]}
        yield {"to": to, "epochs": [0], "entries": None, **common, "mandate": mandate}


def _proposed(writing: Writing) -> Iterator[dict[str, Any]]:
    yield {"entries": None, "ground": "data_subject"}
    for one in _written(writing)[:1]:
        yield {"entries": [one], "ground": "data_subject"}
    yield {"entries": [UNKNOWN], "ground": "data_subject"}


def _withdrawn(writing: Writing) -> Iterator[dict[str, Any]]:
    for one in (*_written(writing, own=True)[:1], *_written(writing, own=False)[:1], UNKNOWN):
        yield {"entries": [one], "ground": "withdrawn"}
    yield {"entries": None, "ground": "withdrawn"}


def _erased(writing: Writing) -> Iterator[dict[str, Any]]:
    proposals = [
        (one, note)
        for one, note in reversed(writing.case.entries.items())
        if note.kind in ("ErasureProposed", "MessageWithdrawn")
        and note.compartment == writing.here.name
    ]
    for one, note in proposals[:3]:
        entries = None if note.entries is None else list(note.entries)
        yield {"entries": entries, "ground": note.ground, "proposal": one}
        other = [UNKNOWN] if entries is None else None
        yield {"entries": other, "ground": note.ground, "proposal": one}
    yield {"entries": None, "ground": "data_subject", "proposal": UNKNOWN}


def _corrected(writing: Writing) -> Iterator[dict[str, Any]]:
    for one in (*_written(writing, own=True)[:1], *_written(writing, own=False)[:1], UNKNOWN):
        yield {"of": one}


PROTOCOLS = {
    "MemberLeft": _left,
    "WrapRefused": _epoch,
    "RecoveryApproved": _epoch,
    "ParticipantInvited": _invited,
    "RequesterKeyReplaced": _replaced,
    "HistoryGranted": _granted,
    "ErasureProposed": _proposed,
    "MessageWithdrawn": _withdrawn,
    "PayloadErased": _erased,
    "MessageCorrected": _corrected,
}
