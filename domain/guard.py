"""Conditions beyond role, place and state: named functions with arguments, so that a table of rows
is data that can be exported, rendered and replayed (`domain.rule_book`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

from domain.entry import Entry
from domain.refusal import Refusal
from domain.state import Case, Compartment
from domain.trust import Trust


class Scope(Enum):
    """What a reader must hold to judge a guard: the compartment, the whole case, or also an entry
    of another case, which the body names (PROTOCOL.md section 4)."""

    COMPARTMENT = "compartment"
    CASE = "case"
    LINKED = "linked"


class Link(NamedTuple):
    """How a body names an entry of another case."""

    case: str
    id: str
    hash: str


class Linked(NamedTuple):
    """An entry of another case that a body names by case, id and hash, as that case holds it.
    person: the roster person of its author, if any. first: whether it opened its case."""

    kind: str
    case: str
    author: str
    person: str | None
    body: Mapping[str, Any]
    stored: int
    first: bool


class Act(NamedTuple):
    """An entry about to be judged, with who writes it and where things stand. linked: the entry of
    another case that it names; None where it names none, or none such is there."""

    case: Case
    compartment: Compartment
    entry: Entry
    role: str
    trust: Trust
    linked: Linked | None = None

    @property
    def author(self) -> str:
        return self.entry.header.author

    @property
    def body(self) -> Mapping[str, Any]:
        return self.entry.header.body

    def person(self, device: str) -> str | None:
        """The roster person of a device: what four-eyes compares."""
        return self.trust.person_of(device)

    @property
    def writer(self) -> str | None:
        """The roster person of the author."""
        return self.person(self.author)


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on an act, by its name and arguments. `meaning` is the sentence that is shown."""

    name: str
    arguments: Mapping[str, Any]
    meaning: str
    scope: Scope
    refusal: Refusal
    holds: Callable[[Act], bool]


@dataclass(frozen=True, slots=True)
class Listing:
    """A condition on whom one epoch lists, judged from its own entry alone: every reader can."""

    name: str
    arguments: Mapping[str, Any]
    meaning: str
    holds: Callable[[Entry, Trust], bool]


class Condition:
    """A function of the catalogue, from which guards are made. function: of an act and arguments
    by name."""

    def __init__(
        self, function: Callable[..., bool], meaning: str, refusal: Refusal, scope: Scope
    ) -> None:
        self.name = function.__name__
        self.function = function
        self.refusal = refusal
        self._meaning, self._scope = meaning, scope

    def __call__(self, *, scope: Scope | None = None, meaning: str = "", **arguments: Any) -> Guard:
        """A guard with these arguments. scope: where its readers hold less or more than usual;
        meaning: a sentence in the words of one service."""
        return Guard(
            self.name,
            arguments,
            (meaning or self._meaning).format(
                **{name: _words(value) for name, value in arguments.items()}
            ),
            scope or self._scope,
            self.refusal,
            partial(self.function, **arguments),
        )


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, (tuple, list, frozenset)) else str(value)


CONDITIONS: dict[str, Condition] = {}
LISTINGS: dict[str, Callable[..., bool]] = {}


def condition(
    meaning: str, refusal: Refusal, scope: Scope = Scope.CASE
) -> Callable[[Callable[..., bool]], Condition]:
    """Put a function into the catalogue of guards under its own name."""

    def made(function: Callable[..., bool]) -> Condition:
        if function.__name__ in CONDITIONS:
            raise ValueError(f"two guards are called {function.__name__}")
        found = Condition(function, meaning, refusal, scope)
        CONDITIONS[found.name] = found
        return found

    return made


def listing(meaning: str) -> Callable[[Callable[..., bool]], Callable[..., Listing]]:
    """Put a function of an entry, a roster and arguments into the catalogue of listings."""

    def made(function: Callable[..., bool]) -> Callable[..., Listing]:
        name = function.__name__
        if name in LISTINGS:
            raise ValueError(f"two listings are called {name}")
        LISTINGS[name] = function

        def listed(**arguments: Any) -> Listing:
            holds = partial(function, **arguments)
            said = {name: _words(value) for name, value in arguments.items()}
            return Listing(name, arguments, meaning.format(**said), holds)

        return listed

    return made
