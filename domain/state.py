"""What is remembered of a case: a fold of its entries in store order. Values only, no rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from domain.entry import Line
from domain.ledger import Ledger

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Note(NamedTuple):
    """What later rules need of an entry. person: the roster person of its author, if any."""

    kind: str
    compartment: str
    seq: int
    epoch: int
    author: str
    person: str | None
    has_payload: bool
    entries: tuple[str, ...] | None = None
    ground: str | None = None


class Approval(NamedTuple):
    """Who approved a proposal, as roster persons, and when the last of them did, in unix time."""

    persons: frozenset[str]
    last: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation; `device` once the first member line has bound it."""

    role: str
    expires: int
    device: str | None = None


class Compartment(NamedTuple):
    """One chain with its members.

    lines: the members standing now, sorted by device: those who left are out, a replacement
    stands in the place of the device it replaced.
    waits_for: the role whose turn it is since the unix time waits_since, "" for nobody.
    moments: unix times of what happened in it, by name, from which terms count.
    gone: devices that left or were replaced since the epoch began; dead: ever replaced here.
    """

    name: str
    salt: str
    seq: int
    head: str
    epoch: int
    lines: tuple[Line, ...]
    epoch_author: str
    owed: bool = False
    waits_for: str = ""
    waits_since: int = 0
    moments: Mapping[str, int] = NOTHING
    gone: frozenset[str] = frozenset()
    dead: frozenset[str] = frozenset()
    refusers: frozenset[str] = frozenset()
    refused_before: frozenset[str] = frozenset()
    invitations: Mapping[str, Invitation] = NOTHING

    @property
    def type(self) -> str:
        return self.name.partition("-")[0]

    def line(self, device: str) -> Line | None:
        for line in self.lines:
            if line.device == device:
                return line
        return None


class Case(NamedTuple):
    """A case. openers: the devices that count as its opening requester.
    rules: the version of its service's table.
    facts, sets: what the service remembers by name (the assignee, for one; who is deployed).
    open: proposals that may still be answered or acted upon, with their kinds. approvals: theirs.
    used: proposals and approvals that were acted upon; each serves once.
    """

    case: str
    service: str
    state: str
    openers: frozenset[str]
    compartments: Mapping[str, Compartment]
    facts: Mapping[str, str]
    entries: Ledger[str, Note]
    parts: Ledger[str, str]
    sets: Mapping[str, Mapping[str, tuple[str, ...]]] = NOTHING
    open: Mapping[str, str] = NOTHING
    approvals: Mapping[str, Approval] = NOTHING
    used: frozenset[str] = frozenset()
    rules: int = 1

    def set(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """What is remembered under a name; nothing where nothing was."""
        return self.sets.get(name, NOTHING)
