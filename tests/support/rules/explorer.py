"""Histories made from the tables alone: what a small cast can write is tried from the opening of a
service on, and what is accepted and brings something new is gone on from.

New is a pair of things that were never so together: the state, what is remembered, what is open,
who was put out. Between two steps the house is kept: places are opened, those who may stand in them
are let in, keys are renewed. The search is breadth-first, then depth-first for what is left.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from typing import Any

from domain.service import Service
from tests.support.rules.cast import EVERYONE, START
from tests.support.rules.entries import again
from tests.support.rules.features import Feature
from tests.support.rules.judging import Node, Tried
from tests.support.rules.walks import Walks
from tests.support.rules.ways import WAYS

MOST_NODES = 100  # of each search
ORDERS = (deque[Any].popleft, deque[Any].pop)


class Explorer(Walks):
    """The search in one version of a service."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.seen: set[Feature] = set()
        self.nodes: list[Node] = []
        self.first: list[Node] = []

    def explore(self, most: int = MOST_NODES) -> "Explorer":
        self.first = list(self.openings())
        for number, way in enumerate(WAYS.get(self.service.name, ())):
            for node in self.walk(self.first, way, number):
                self.nodes.append(node)
                for _ in self.after(node):
                    pass
        for order in ORDERS:
            self.seen.clear()
            self._search(self.first, order, most)
        self.leave_out()
        return self

    def leave_out(self) -> None:
        """For each guard that has refused nothing yet: go the ways on which its row was accepted
        once more, each time without one of the steps or with one more at the end, and try the same
        entry then."""
        for _, number, _ in sorted(self.missing, key=repr):
            accepted = [one for one in self.vectors if ("row", number, "accepted") in one.features]
            for tried in accepted:
                left_out = [*product(tried.before.way, (False, True))][1:]
                others = (self._again(tried, one, anew) for one, anew in left_out)
                for node in (*others, *self.after(tried.before)):
                    if node.case is not None:
                        self.judge(node, again(tried.entry, node.case), tried.linked)

    def _again(self, tried: Tried, left_out: Node, opened_anew: bool) -> Node:
        """The way to an entry without one of its steps, and without what is not accepted then.
        opened_anew: by the first opening of that author that there is."""
        node = Node(None, EVERYONE, START)
        for step in tried.before.way:
            if node.case is None and opened_anew:
                step = self._another_opening(step)
            elif step is left_out:
                continue
            assert step.entry is not None
            entry = again(step.entry, node.case) if node.case else step.entry
            node = self.judge(replace(node, trust=step.trust), entry, step.linked) or node
        return replace(node, trust=tried.trust)

    def _another_opening(self, step: Node) -> Node:
        """The first opening by the same author that there is."""
        assert step.entry is not None
        openings = (one.way[0] for one in self.first)
        author = step.entry.header.author
        return next(one for one in openings if one.entry and one.entry.header.author == author)

    def _search(self, first: list[Node], order: "Callable[[deque[Node]], Node]", most: int) -> None:
        """Go on from what showed something new first."""
        telling: deque[Node] = deque()
        waiting: deque[Node] = deque()
        for node in first:
            self.is_new(node)
            telling.append(node)
        for _ in range(most):
            if not self.missing or not (telling or waiting):
                break
            node = order(telling or waiting)
            self.nodes.append(node)
            shown = len(self.vectors)
            for after in self.after(node):
                if self.is_new(after):
                    kept = self.keep_house(after)
                    self.is_new(kept)
                    (waiting if len(self.vectors) == shown else telling).append(kept)
                shown = len(self.vectors)

    def is_new(self, node: Node) -> bool:
        """Whether two things are so together that never were before."""
        alone, paired = self.facets(node)
        found = {*alone, *paired, *combinations(sorted(paired, key=repr), 2)}
        new = not found <= self.seen
        self.seen |= found
        return new

    def facets(self, node: Node) -> tuple[set[Feature], set[Feature]]:
        case, cast = node.case, self.cast
        assert case is not None
        alone: set[Feature] = {("trust", node.trust, case.state)}
        paired: set[Feature] = {("state", case.state)}
        for name, fact in case.facts.items():
            abstract = cast.name(fact) or ("some" if fact[:1].isdigit() else fact)
            group = alone if name in self.service.opening else paired
            group.add(("fact", name, abstract))
        for name, kept in case.sets.items():
            paired.add(("set", name, min(len(kept), 2)))
            if any(EVERYONE in (key, *value) for key, value in kept.items()):
                paired.add(("set", name, EVERYONE))
        for one, kind in case.open.items():
            approval = case.approvals.get(one)
            paired.add(("open", kind, len(approval.persons) if approval else 0))
            note = case.entries.get(one)
            paired.add(("open", kind, "by everyone", note is not None and note.person == EVERYONE))
        invited: dict[str, set[str]] = {}
        for place in case.compartments.values():
            alone |= {("stands", place.type, line.role) for line in place.lines}
            if place.type in self.service.first:
                roles = [line.role for line in place.lines]
                paired |= {("several", role, roles.count(role) > 1) for role in roles}
            alone |= {("moment", place.type, name) for name in place.moments}
            invited[place.name] = {one.role for one in place.invitations.values()}
        guests = [role for there in invited.values() for role in there]
        alone |= {("invited", role, min(guests.count(role), 2)) for role in guests}
        alone |= {("invited", place, role) for place, there in invited.items() for role in there}
        alone |= {("invited", place, min(len(there), 2)) for place, there in invited.items()}
        written: dict[tuple[str, str], set[str | None]] = {}
        for note in (note for _, note in case.entries.items()):
            written.setdefault((note.kind, note.compartment), set()).add(note.person)
        for (kind, where), who in written.items():
            alone |= {("wrote", kind, min(len(who), 2)), ("wrote", kind, where.partition("-")[0])}
            moments = case.compartments[where].moments
            alone |= {("wrote", kind, where.partition("-")[0], name) for name in moments}
        return alone, paired
