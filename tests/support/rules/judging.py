"""What an entry that is judged shows of a table: which row it was written by, which guards held,
and which one refused. Entries are made in `house` and `moves`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from domain.charge import charged
from domain.check import Rules, check
from domain.entry import Entry
from domain.evolve import evolve
from domain.guard import Act, Guard, Linked, Listing, Scope
from domain.membership import acting_role, difference
from domain.refusal import Refused
from domain.service import Service, _in_state
from domain.state import Case
from domain.trust import Trust
from tests.support.rules.cast import Cast
from tests.support.rules.features import Feature, condition_key, links_of, of_link


@dataclass(frozen=True, eq=False)
class Node:
    """A case as it stands after an entry, with the way that led there. before: None at the first.
    A node without an entry is where only the trust changed."""

    case: Case | None
    trust: str
    now: int
    before: "Node | None" = None
    entry: Entry | None = None
    linked: Linked | None = None

    @cached_property
    def way(self) -> "list[Node]":
        return [*(self.before.way if self.before else []), *([self] if self.entry else [])]

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The hashes of its entries, by id."""
        return {one.entry.header.id: one.entry.hash for one in self.way if one.entry}


@dataclass(frozen=True, eq=False)
class Tried:
    """An entry that was judged. refused: by which name, "" if it was accepted. features: what it
    shows."""

    before: Node
    trust: str
    entry: Entry
    linked: Linked | None
    refused: str
    features: frozenset[Feature]


class Judging:
    """What was shown of one version of a service. vectors: each entry that showed something new.
    covered: all that they show; missing: of what there is to show, what they do not."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.cast = Cast(service)
        self.rules = Rules({service.name: service})
        self.rows = list(enumerate(service.steps))
        self.index = {id(step): number for number, step in self.rows}
        self.in_state = [_in_state(step, told=False) for step in service.steps]
        self.covered: set[Feature] = set()
        self.vectors: list[Tried] = []
        self.missing = set(self.goals)
        self.count = 0

    def number(self) -> int:
        self.count += 1
        return self.count

    def trust(self, node: Node) -> Trust:
        return self.cast.trusts[node.trust]

    def judge(
        self, node: Node, entry: Entry, linked: Linked | None = None, shows: Feature = ()
    ) -> Node | None:
        """Try an entry; the case after it if it is accepted. What shows something new is kept.
        shows: what it shows beside what is seen of it."""
        trust = self.trust(node)
        try:
            check(node.case, entry, trust, self.rules, linked)
        except Refused as refused:
            self.note(node, entry, linked, refused, shows)
            return None
        self.note(node, entry, linked, None, shows)
        case = evolve(node.case, entry, trust, self.rules.services)
        return Node(case, node.trust, entry.stored, node, entry, linked)

    def shown(self, node: Node, entry: Entry, linked: Linked | None) -> tuple[set[Feature], str]:
        """What an entry shows, and why it is refused, "" if it is not. Nothing is kept."""
        refused, detail = "", ""
        try:
            check(node.case, entry, self.trust(node), self.rules, linked)
        except Refused as because:
            refused, detail = str(because.refusal), because.detail
        return set(self._features(node, entry, linked, refused, detail)), detail

    def note(
        self,
        node: Node,
        entry: Entry,
        linked: Linked | None,
        because: Refused | None,
        shows: Feature = (),
    ) -> None:
        """Keep an entry that was judged, if it shows something that none before it did."""
        refused, detail = (str(because.refusal), because.detail) if because else ("", "")
        found = frozenset(self._features(node, entry, linked, refused, detail))
        found |= {(*shows, refused)} if shows else set()
        if found <= self.covered:
            return
        self.covered |= found
        self.missing -= found
        self.vectors.append(Tried(node, node.trust, entry, linked, refused, found))

    def _features(
        self, node: Node, entry: Entry, linked: Linked | None, refused: str, detail: str
    ) -> Iterator[Feature]:
        header, case = entry.header, node.case
        meaning = detail.removeprefix("not so: ")
        if header.changes_members:
            reason = header.body["reason"]
            yield ("change", header.type, reason, refused)
            yield from self._of_wall(node, entry, refused, meaning)
            return
        place = case.compartments.get(header.compartment) if case else None
        role = acting_role(place, entry, self.trust(node)) if place else None
        step = self.service.taken(case, entry, role) if case else None
        yield ("kind", header.kind, refused)
        if step is None or case is None:
            return
        row = self.index[id(step)]
        guards = (*step.guards, self.in_state[row])
        if any(guard.scope is Scope.LINKED for guard in guards):
            yield from of_link(row, guards, entry, linked, refused)
        if not refused:
            yield ("row", row, "accepted")
            trust = self.trust(node)
            theirs = trust.person_of(header.author) in charged(case, trust)
            yield ("row", row, "from", case.state)
            yield ("row", row, "from", case.state, "by who has it", theirs)
            yield ("row", row, "after", entry.stored - node.now)
            yield ("row", row, "by", role, header.type)
            yield from (("forgets", row, name) for name in step.clears if name in case.facts)
            lapsing = self.service.lapsing_on(header.kind)
            open_ = {kind for kind in case.open.values() if kind in lapsing}
            yield from (("lapses", kind, header.kind) for kind in sorted(open_))
            yield from (("held", row, condition_key(guard)) for guard in guards)
        elif detail.startswith("not so: ") and any(one.meaning == meaning for one in guards):
            guard = next(one for one in guards if one.meaning == meaning)
            key, waited = condition_key(guard), entry.stored - node.now
            others = [one for one in guards if one is not guard]
            same = [one for one in others if one.refusal is guard.refusal]
            counts = self._hold(node, entry, linked, role, same)
            yield ("refused" if counts else "refused besides", row, key)
            alone = self._hold(node, entry, linked, role, others)
            if guard is self.in_state[row]:
                yield ("off", row, case.state, alone)
            if alone:
                yield ("refused alone", row, key, waited)
            here = [one for one in others if self.in_part(row, one)]
            if not self.in_part(row, guard) and self._hold(node, entry, linked, role, here):
                yield ("refused by the whole", row, key)
        else:
            yield ("other", row, refused)

    def in_part(self, row: int, guard: Guard) -> bool:
        """Whether a guard of a row is judged by who holds a part."""
        if guard is self.in_state[row]:
            return all(map(self.service.tells_state, self.service.steps[row].compartments))
        return guard.scope is Scope.COMPARTMENT

    def _hold(
        self,
        node: Node,
        entry: Entry,
        linked: Linked | None,
        role: str | None,
        guards: list[Guard],
    ) -> bool:
        """Whether these guards hold: then it is the one beside them by which the entry is refused,
        or by whose name."""
        assert node.case is not None and role is not None
        place = node.case.compartments[entry.header.compartment]
        act = Act(node.case, place, entry, role, self.trust(node), linked)
        try:
            return all(guard.holds(act) for guard in guards)
        except KeyError:  # of a fact that is not remembered in every state
            return False

    def _of_wall(self, node: Node, entry: Entry, refused: str, meaning: str) -> Iterator[Feature]:
        header = entry.header
        wall = self.service.walls.get(header.type)
        if wall is None:
            return
        listed = (*wall.listings, *(wall.opening if header.opens else ()))
        known: tuple[Guard | Listing, ...] = (*wall.guards, *listed)
        if refused:
            for one in [one for one in known if one.meaning == meaning]:
                others = [other for other in known if other is not one]
                counts = self._hold_for(node, entry, others)
                yield ("refused" if counts else "refused besides", header.type, condition_key(one))
            return
        yield from self._of_members(node, entry)
        moved = header.body["reason"] in ("joined", "removed")
        held: tuple[Guard | Listing, ...] = (*(wall.guards if moved else ()), *listed)
        yield from (("held", header.type, condition_key(one)) for one in held)

    def _hold_for(self, node: Node, entry: Entry, known: list[Guard | Listing]) -> bool:
        """Whether these conditions of a wall hold."""
        listings = [one for one in known if isinstance(one, Listing)]
        guards = [one for one in known if isinstance(one, Guard)]
        place = node.case.compartments.get(entry.header.compartment) if node.case else None
        line = place.line(entry.header.author) if place else None
        held = line is None or self._hold(node, entry, None, line.role, guards)
        return held and all(one.holds(entry, self.trust(node)) for one in listings)

    def _of_members(self, node: Node, entry: Entry) -> Iterator[Feature]:
        """Which roles an epoch lists, and by which role they came and went."""
        header, where = entry.header, entry.header.type
        yield from (("stands", where, line.role) for line in header.lines)
        place = node.case.compartments.get(header.compartment) if node.case else None
        if place is None:
            by = next(line.role for line in header.lines if line.device == header.author)
            yield ("opens", where, by)
            return
        author = place.line(header.author)
        if author is not None:
            change = difference(place, self.trust(node), header.lines)
            yield from (("adds", where, author.role, line.role) for line in change.added)
            yield from (("removes", where, author.role, line.role) for line in change.removed)

    @cached_property
    def columns(self) -> set[Feature]:
        """What the other columns say: each row by each who may write it in each place, each fact
        that it forgets once it was known, each kind on which a proposal lapses; behind each wall
        each role that may open it, stand there, come and go, by each that may see to that."""
        found: set[Feature] = set()
        for number, step in self.rows:
            places = product(step.writers, step.compartments)
            found |= {("row", number, "by", *one) for one in places}
            found |= {("forgets", number, name) for name in step.clears}
            if any(guard.scope is Scope.LINKED for guard in step.guards):
                found |= {("linked", number, one) for one in links_of(step.guards)}
            found |= {("lapses", step.kind, on) for on in step.lapses_on}
        for kind, wall in self.service.walls.items():
            found |= {("stands", kind, role) for role in wall.holds}
            found |= {("opens", kind, role) for role in wall.opened_by}
            for way, table in (("adds", wall.adds), ("removes", wall.removes)):
                found |= {(way, kind, by, role) for by, roles in table.items() for role in roles}
        return found

    @cached_property
    def goals(self) -> set[Feature]:
        """Every row accepted, and every guard of every row and wall both held and refused; what who
        holds a part does not judge, where she would accept it."""
        found: set[Feature] = set()
        for number, step in self.rows:
            found.add(("row", number, "accepted"))
            for guard in step.guards:
                found.add(("refused", number, condition_key(guard)))
                if not self.in_part(number, guard):
                    found.add(("refused by the whole", number, condition_key(guard)))
        for name, wall in self.service.walls.items():
            known: tuple[Guard | Listing, ...] = (*wall.guards, *wall.listings, *wall.opening)
            for one in known:
                found |= {(way, name, condition_key(one)) for way in ("held", "refused")}
        return found
