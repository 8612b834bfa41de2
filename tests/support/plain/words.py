"""What a reader of the rule book asks of an act, and what grants, withdrawals and erasures may name
(PROTOCOL.md section 3)."""

from dataclasses import dataclass
from typing import Any

from tests.support.plain.case import Case, Note, Place
from tests.support.plain.entry import Entry, Trust


class Broken(Exception):
    """A rule, by its name."""


def ask(holds_: bool, rule: str) -> None:
    if not holds_:
        raise Broken(rule)


@dataclass
class Act:
    """What a guard is asked about."""

    case: Case
    compartment: Place
    entry: Entry
    role: str
    trust: Trust
    linked: Any

    def __post_init__(self) -> None:
        self.author, self.body = self.entry.header.author, self.entry.header.body
        self.writer = self.person(self.author)

    def person(self, device: str) -> str | None:
        return self.trust.person_of(device)


def _said_here(act: Act, ids: Any, rule: str) -> None:
    for one in ids or ():
        note = act.case.entries.get(one)
        said = note is not None and note.has_payload
        ask(said and note is not None and note.compartment == act.compartment.name, rule)


def refuse_grant(act: Act) -> None:
    body, place = act.body, act.compartment
    ask(body["mandate"] is None, "not-allowed")
    ask(bool(place.line(body["to"])) and body["to"] != act.author, "not-allowed")
    ask(all(epoch < place.epoch for epoch in body["epochs"] or ()), "not-allowed")
    _said_here(act, body["entries"], "not-allowed")


def refuse_words(act: Act) -> None:
    kind, body = act.entry.header.kind, act.body
    if kind == "MessageWithdrawn":
        ask(body["entries"] is not None, "not-allowed")
        found = [act.case.entries.get(one) for one in body["entries"]]
        here = [note for note in found if note and note.compartment == act.compartment.name]
        ask(all(note.author == act.author for note in here), "not-allowed")
    if kind in ("MessageWithdrawn", "ErasureProposed"):
        _said_here(act, body["entries"], "wrong-state")
    if kind == "PayloadErased":
        note = act.case.entries.get(body["proposal"])
        ask(note is not None and _says_the_same(act, note), "wrong-state")
        assert note is not None
        if note.kind != "MessageWithdrawn":
            ask(note.person not in (None, act.writer), "four-eyes")


def _says_the_same(act: Act, note: Note) -> bool:
    """Whether an erasure says what its proposal said, and that was not acted upon."""
    body, proposed = act.body, note.entries
    erased = body["entries"]
    both = proposed is not None and erased is not None
    return (
        note.kind in ("ErasureProposed", "MessageWithdrawn")
        and note.compartment == act.compartment.name
        and body["proposal"] not in act.case.used
        and (set(proposed or ()) == set(erased or ()) if both else proposed is erased)
        and note.ground == body["ground"]
    )
