"""A service's table as it is written down, and what follows from its rows without judging any act
(SERVICES.md section 2): who takes a case, where people decide, what answers a proposal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from domain.charge import ASSIGNEE, SUBSTITUTE
from domain.fields import Body, Origin
from domain.shapes import Shape
from domain.step import Command, Step, Wall
from domain.terms import Term

ANSWERS = ("ApprovalGiven", "ApprovalRefused")


@dataclass(frozen=True)  # without slots, for the tables that are made of its rows once
class Table:
    """A service as it is written down, and what follows from that.

    begins: the state after its first entry. first: types of its first compartment, which are opened
    first and never again.
    opening: public fields that its first entry carries beside those of every opening, the number of
    its rules and the controller (LAW.md 4.0) among them. kinds: the bodies of its own kinds.
    terms: by when what is to be done; they refuse nothing. done: the states in which nothing is to
    be done any more, unless a crisis runs. quiet: those of a case that goes on, in which it waits
    in no list unless somebody is waited for or a term runs. askers: the roles of those who ask.
    commands: how people call what they do, by name. group: under which name they stand together,
    with those of other services that say the same; that of the service where it says nothing.
    rules: which version of the table this is."""

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
    quiet: frozenset[str] = frozenset()
    kinds: Mapping[str, Body] = field(default_factory=dict)
    askers: frozenset[str] = frozenset()
    commands: Mapping[str, Command] = field(default_factory=dict)
    group: str = ""
    controller: str = "lse"
    rules: int = 1

    @property
    def beginning(self) -> Mapping[str, Any]:
        """What the first entry of a case says of the table that it goes by."""
        said = {"rules": self.rules, "controller": self.controller}
        return {name: value for name, value in said.items() if name in self.opening}

    @property
    def grouped(self) -> str:
        """The name of the group of its commands, as people type it."""
        return self.group or self.name.replace("_", "-")

    @cached_property
    def bearing(self) -> frozenset[str]:
        """The types of compartments whose entries change the state."""
        moving = (step.compartments for step in self.steps if step.to is not None)
        return frozenset().union(*moving)

    def tells_state(self, compartment_type: str) -> bool:
        """Whether those who hold a compartment of this type know the state by it alone."""
        return compartment_type in self.first and self.bearing <= {compartment_type}

    def asks_in(self, compartment_type: str) -> bool:
        """Whether somebody asked in compartments of this type: the first, where who asks stands."""
        wall = self.walls.get(compartment_type)
        return compartment_type in self.first and bool(wall and wall.holds & self.askers)

    @cached_property
    def proposals(self) -> frozenset[str]:
        """The kinds that a second person answers."""
        return frozenset(step.kind for step in self.steps if step.proposes)

    def decided_by(self, proposal: str) -> tuple[str, ...]:
        """The kinds that answer a proposal of a kind, the first says yes: those whose rows name it
        while it is open, else an approval or a refusal."""
        names = ("names_open", {"kind": proposal})
        found = [
            step.kind
            for step in self.steps
            if names in ((one.name, one.arguments) for one in step.guards)
        ]
        return tuple(dict.fromkeys(found)) or ANSWERS

    @cached_property
    def deciding(self) -> frozenset[str]:
        """The types of compartments in which something is proposed."""
        proposing = (step.compartments for step in self.steps if step.proposes)
        return frozenset().union(*proposing)

    @cached_property
    def explaining(self) -> frozenset[str]:
        """The kinds that say why a term has passed."""
        return frozenset(step.kind for step in self.steps if step.explains)

    @cached_property
    def linking_once(self) -> frozenset[str]:
        """The kinds whose link names what serves once."""
        return frozenset(step.kind for step in self.steps if step.link_once)

    @cached_property
    def assigning(self) -> frozenset[str]:
        """The kinds by which the case becomes somebody's."""
        return frozenset(step.kind for step in self.steps if ASSIGNEE in step.facts)

    @cached_property
    def taking(self) -> frozenset[str]:
        """The roles in which people take a case: it becomes theirs by an entry of their own."""
        own = {
            kind
            for kind in self.assigning
            if any(one.origin is Origin.OWN_DEVICE for one in self.kinds.get(kind, {}).values())
        }
        return frozenset().union(*(step.writers for step in self.steps if step.kind in own))

    @cached_property
    def charging(self) -> frozenset[str]:
        """The types of compartments whose entries say whose case it is."""
        naming = (step for step in self.steps if {ASSIGNEE, SUBSTITUTE} & step.facts.keys())
        return frozenset().union(*(step.compartments for step in naming))

    @cached_property
    def term_roles(self) -> frozenset[str]:
        """The roles whose work its terms are."""
        return frozenset().union(*(term.roles for term in self.terms))

    @cached_property
    def _lapsing(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for step in self.steps:
            for kind in step.lapses_on:
                found.setdefault(kind, set()).add(step.kind)
        return {kind: frozenset(proposals) for kind, proposals in found.items()}

    def lapsing_on(self, kind: str) -> frozenset[str]:
        """The proposals that are none any more once an entry of a kind follows."""
        return self._lapsing.get(kind, frozenset())

    def untaken(self, role: str) -> frozenset[str]:
        """The states in which nobody has it yet and any of this role may take it."""
        return frozenset(
            state
            for step in self.steps
            if role in step.writers and ASSIGNEE in step.facts and step.to is not None
            for state in step.sources
        )
