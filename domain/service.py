"""How the table of a service is written down, and how one act is looked up in it.

A service is a state machine over the kinds of a case (SERVICES.md section 2). The tables
themselves stand in `domain.services`; `docs/services.md` is rendered from them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import product
from typing import NamedTuple

from domain.entry import Entry
from domain.refusal import RANK, Refusal, Refused, refuse_unless
from domain.shapes import Shape
from domain.state import Case, Compartment
from domain.terms import Term
from domain.trust import Trust


class Scope(Enum):
    """How much of a case a reader must hold to judge a guard."""

    COMPARTMENT = "compartment"
    CASE = "case"


class View(Enum):
    """What a reader holds of a case: all compartments (server, auditor) or some of them."""

    WHOLE = "whole"
    PART = "part"


class Act(NamedTuple):
    """An entry about to be judged, with who writes it and where things stand."""

    case: Case
    compartment: Compartment
    entry: Entry
    role: str
    trust: Trust

    @property
    def author(self) -> str:
        return self.entry.header.author

    def person(self, device: str) -> str | None:
        """The roster person of a device: what four-eyes compares."""
        person = self.trust.person(device)
        return person.person if person else None


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition beyond role, place and state. `meaning` is the sentence in docs/services.md."""

    meaning: str
    scope: Scope
    refusal: Refusal
    holds: Callable[[Act], bool]


@dataclass(frozen=True, slots=True)
class Listing:
    """A condition on whom one epoch lists, judged from its own entry alone: every reader can."""

    meaning: str
    holds: Callable[[Entry, Trust], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One row: who may write a kind, in which compartment types, from which states to which.

    to: None leaves the state. payload: the schema it carries, None for none.
    waits: the role that is waited for from here on, "" for nobody, None for no change.
    What the case remembers of it, by name: facts from fields of the body, marks as they stand
    here, stamps as the unix time of storing, first_stamps unless they are remembered already; what
    it clears is forgotten.
    """

    kind: str
    writers: frozenset[str]
    compartments: frozenset[str]
    sources: frozenset[str]
    to: str | None = None
    payload: str | None = None
    guards: tuple[Guard, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    stamps: tuple[str, ...] = ()
    first_stamps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    waits: str | None = None

    def remembered(self, facts: Mapping[str, str], entry: Entry) -> dict[str, str]:
        """The facts of a case after this step."""
        kept = {name: fact for name, fact in facts.items() if name not in self.clears}
        for fact, name in self.facts.items():
            kept[fact] = str(entry.header.body[name])
        kept |= self.marks
        for name in self.stamps:
            kept[name] = str(entry.stored)
        for name in self.first_stamps:
            kept.setdefault(name, str(entry.stored))
        return kept

    def moments(self, before: Mapping[str, int], stored: int) -> Mapping[str, int]:
        """The moments of the compartment after this step."""
        if not self.stamps and not self.first_stamps:
            return before
        first = dict.fromkeys(self.first_stamps, stored)
        return {**first, **before, **dict.fromkeys(self.stamps, stored)}


@dataclass(frozen=True, slots=True)
class Wall:
    """Who may stand behind the wall of a compartment type, and who may change that.

    opened_by: roles that may open it. adds, removes: the writer's role to the roles it may add or
    remove; guards hold for adding and removing, never for mere rotation. listings hold for each
    epoch, opening for the first one besides.
    """

    opened_by: frozenset[str]
    holds: frozenset[str]
    adds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    removes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
    listings: tuple[Listing, ...] = ()
    opening: tuple[Listing, ...] = ()


class _Row(NamedTuple):
    """A step, with all that is asked before it in the order of the refusals' names."""

    step: Step
    guards: tuple[Guard, ...]


@dataclass(frozen=True)  # without slots, for the tables that are made of its rows once
class Service:
    """A service. begins: the state after its first entry. first: types of its first compartment,
    which are opened first and never again, and whose entries alone change the state: who does not
    hold it cannot judge by the state.
    opening: public fields that its first entry carries beside those of every opening.
    terms: by when what is to be done; they refuse nothing. done: the states in which nothing is to
    be done any more, unless a crisis runs."""

    name: str
    begins: str
    states: tuple[str, ...]
    first: frozenset[str]
    opening: Mapping[str, Shape]
    grounds: frozenset[str]
    purposes: frozenset[str]
    walls: Mapping[str, Wall]
    steps: tuple[Step, ...]
    terms: tuple[Term, ...] = ()
    done: frozenset[str] = frozenset()

    def untaken(self, role: str) -> frozenset[str]:
        """The states in which nobody has it yet and any of this role may take it."""
        return frozenset(
            state
            for step in self.steps
            if role in step.writers and "assignee" in step.facts and step.to is not None
            for state in step.sources
        )

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str, str], list[_Row]]:
        """Rows by kind, role and compartment type: every entry asks for its own, twice."""
        found: dict[tuple[str, str, str], list[_Row]] = {}
        for step in self.steps:
            row = _Row(step, _ranked((_in_state(step, self.first), *step.guards)))
            for role, compartment_type in product(step.writers, step.compartments):
                found.setdefault((step.kind, role, compartment_type), []).append(row)
        return found

    @cached_property
    def _sealed_kinds(self) -> frozenset[str]:
        return frozenset(step.kind for step in self.steps if step.payload)

    def _row(self, kind: str, role: str, compartment_type: str, state: str | None) -> _Row | None:
        rows = self._rows.get((kind, role, compartment_type), ())
        for row in rows:
            if state in row.step.sources:
                return row
        return rows[0] if rows else None

    def step(
        self, kind: str, role: str, compartment_type: str, state: str | None = None
    ) -> Step | None:
        """The row for a kind, role and compartment type: the one for this state if there is one,
        else any."""
        row = self._row(kind, role, compartment_type, state)
        return row.step if row else None

    def carries_payload(self, kind: str) -> bool | None:
        """Whether entries of this kind carry a payload; None where the table does not say."""
        return kind in self._sealed_kinds

    def refuse_opening(self, entry: Entry, role: str, trust: Trust, *, first: bool) -> None:
        """Raises Refused(not-allowed) if this role may not open such a compartment this way."""
        header = entry.header
        wall = self.walls.get(header.type)
        refuse_unless(
            wall is not None and role in wall.opened_by and (header.type in self.first) == first,
            Refusal.NOT_ALLOWED,
            f"{role} may not open a {header.type} here",
        )
        self.refuse_holders(entry, trust)
        refuse_by_listings(entry, trust, wall.opening if wall else ())
        for field_name, allowed in (("ground", self.grounds), ("purpose", self.purposes)):
            refuse_unless(
                header.body[field_name] in allowed,
                Refusal.NOT_ALLOWED,
                f"{field_name} {header.body[field_name]} is not one of this service",
            )

    def refuse_holders(self, entry: Entry, trust: Trust) -> None:
        """Raises Refused(not-allowed) if someone is listed who never stands behind this wall."""
        wall = self.walls.get(entry.header.type)
        for line in entry.header.lines:
            refuse_unless(
                wall is not None and line.role in wall.holds,
                Refusal.NOT_ALLOWED,
                f"no {line.role} stands in a {entry.header.type}",
            )
        refuse_by_listings(entry, trust, wall.listings if wall else ())

    def refuse_change(
        self, act: Act, added: frozenset[str], removed: frozenset[str], view: View
    ) -> None:
        """Raises Refused if this role may not add and remove members of these roles here."""
        wall = self.walls[act.compartment.type]
        for word, roles, table in (("add", added, wall.adds), ("remove", removed, wall.removes)):
            refuse_unless(
                roles <= table.get(act.role, frozenset()),
                Refusal.NOT_ALLOWED,
                f"{act.role} may not {word} {', '.join(sorted(roles))}",
            )
        if added or removed:
            _refuse_by_guards(act, _ranked(wall.guards), view)

    def refuse_step(self, act: Act, view: View) -> None:
        """Raises Refused: not-allowed, wrong-state, or what a guard names."""
        header = act.entry.header
        row = self._row(header.kind, act.role, header.type, act.case.state)
        if row is None:
            raise Refused(
                Refusal.NOT_ALLOWED, f"{act.role} may not write {header.kind} in a {header.type}"
            )
        _refuse_by_guards(act, row.guards, view)

    def taken(self, case: Case, entry: Entry, role: str | None) -> Step | None:
        """The row by which an accepted entry was written; None for what no row speaks of."""
        header = entry.header
        return self.step(header.kind, role, header.type, case.state) if role else None


def _in_state(step: Step, first: frozenset[str]) -> Guard:
    return Guard(
        f"the state is one of {', '.join(sorted(step.sources))}",
        Scope.COMPARTMENT if step.compartments <= first else Scope.CASE,
        Refusal.WRONG_STATE,
        lambda act: act.case.state in step.sources,
    )


def refuse_by_listings(entry: Entry, trust: Trust, listings: tuple[Listing, ...]) -> None:
    """Raises Refused(not-allowed) for the first condition that does not hold."""
    for listing in listings:
        refuse_unless(
            listing.holds(entry, trust), Refusal.NOT_ALLOWED, f"not so: {listing.meaning}"
        )


def _ranked(guards: Iterable[Guard]) -> tuple[Guard, ...]:
    return tuple(sorted(guards, key=lambda guard: RANK[guard.refusal]))


def _refuse_by_guards(act: Act, ranked: tuple[Guard, ...], view: View) -> None:
    """Raises Refused for the first guard that does not hold, in the order of the refusals' names.
    A reader of a part of the case skips guards of scope case."""
    for guard in ranked:
        if guard.scope is Scope.CASE and view is View.PART:
            continue
        if not guard.holds(act):
            raise Refused(guard.refusal, f"not so: {guard.meaning}")
