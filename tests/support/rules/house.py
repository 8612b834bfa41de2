"""How the house is kept between two steps: places are opened, those who may stand in them are let
in, keys are renewed where they are owed."""

from collections.abc import Iterator, Sequence

from domain.entry import Line
from domain.membership import may_stay, renewed
from domain.service import Service
from domain.shapes import data_of
from domain.state import Compartment
from domain.step import Wall
from tests.support.rules.cast import EVERYONE, START
from tests.support.rules.entries import changing, opening
from tests.support.rules.features import Feature
from tests.support.rules.judging import Judging, Node
from tests.support.rules.writing import example


class House(Judging):
    """A case with its places and members."""

    def openings(self) -> Iterator[Node]:
        """The first entries that are accepted, with the house kept after each."""
        start = Node(None, EVERYONE, START)
        for kind in sorted(self.service.first):
            wall = self.service.walls[kind]
            for role in sorted(wall.opened_by, key=self._asks_first):
                for author in (self.cast.first(role), self.cast.further(role)):
                    opened = list(self.opened(start, kind, author, role))
                    yield from map(self.keep_house, opened)
                    if opened:
                        break

    def _asks_first(self, role: str) -> tuple[bool, str]:
        return role not in self.service.askers, role

    def opened(
        self,
        node: Node,
        kind: str,
        author: str,
        role: str,
        further: Sequence[Line] = (),
        only: bool = False,
        shows: Feature = (),
    ) -> Iterator[Node]:
        """One opening for each value of its fields, with as many people in it as are accepted, or
        with these. only: with these alone. shows: what it shows beside what is seen of it."""
        wall, cast = self.service.walls[kind], self.cast
        own = Line(author, role, None)
        all_ = [Line(one, by, None) for by in sorted(wall.holds) for one in cast.standing(by)]
        listed = [line for line in all_ if line.role in cast.listed]
        groups = (further,) if only else (all_, listed, listed[-1:], further, [])
        for extra in opening_fields(self.service, first=node.case is None):
            for lines in groups:
                entry = opening(
                    node.case,
                    kind,
                    author,
                    {own, *lines},
                    extra,
                    self.number(),
                    node.now,
                    self.trust(node),
                    self.service,
                )
                found = self.judge(node, entry, None, shows)
                if found:
                    yield found
                    break

    def keep_house(self, node: Node) -> Node:
        """Open what is not open, let in whoever may come, renew keys where they are owed."""
        for _ in range(4):
            before = node
            node = self._rotate(node)
            node = self._open_more(node)
            node = self._let_in(node)
            if node is before:
                break
        return node

    def _rotate(self, node: Node) -> Node:
        assert node.case is not None
        trust = self.trust(node)
        for place in node.case.compartments.values():
            owed = place.owed or not all(may_stay(trust, line) for line in place.lines)
            if not owed:
                continue
            staying = renewed(trust, place.lines)
            for line in staying:
                found = self.change(node, place.name, line.device, staying, "rotated")
                if found:
                    node = found
                    break
        return node

    def _open_more(self, node: Node) -> Node:
        """One place of each kind for each role that opens it, each by another person; two where
        those who ask stand, three where one person stands alone."""
        for kind, wall in self.service.walls.items():
            if kind in self.service.first:
                continue
            one, *more = sorted(wall.opened_by)
            wanted = [self.cast.first(one), *map(self.cast.second, more)]
            if wall.holds & self.service.askers:
                wanted += wanted[:1]
            if is_one_to_one(wall):
                wanted += wanted[:1] * 2
            assert node.case is not None
            there = [one for one in node.case.compartments.values() if one.type == kind]
            opened = [self._opener(node, one.name) for one in there]
            for author in wanted:
                if author in opened:
                    opened.remove(author)
                    continue
                role = self.cast.role(author)
                further = [Line(self.cast.further(role), role, None)] if more else []
                node = next(self.opened(node, kind, author, role, further), node)
        return node

    def _opener(self, node: Node, name: str) -> str:
        return next(
            one.entry.header.author
            for one in node.way
            if one.entry and one.entry.header.opens and one.entry.header.compartment == name
        )

    def _let_in(self, node: Node) -> Node:
        assert node.case is not None
        for place in list(node.case.compartments.values()):
            wall = self.service.walls[place.type]
            for role in sorted(wall.holds):
                for device in self.cast.standing(role):
                    if is_one_to_one(wall) and self._comes_elsewhere(node, place, device, role):
                        continue
                    node = self._admit(node, place.name, Line(device, role, None))
        return node

    def _comes_elsewhere(self, node: Node, place: Compartment, device: str, role: str) -> bool:
        """Whether somebody is left out of a place for one person, or another could not be it: who
        stands in another of them, and but for the last who opens them."""
        assert node.case is not None
        trust = self.trust(node)
        alike = [one for one in node.case.compartments.values() if one.type == place.type]
        person = trust.person_of(device) or device
        elsewhere = any(
            person == (trust.person_of(line.device) or line.device)
            for one in alike
            for line in one.lines
            if one.name != place.name
        )
        opens = role in self.service.walls[place.type].opened_by
        return place.name != max(one.name for one in alike) if opens else elsewhere

    def _admit(self, node: Node, where: str, line: Line) -> Node:
        assert node.case is not None
        place = node.case.compartments[where]
        if place.line(line.device):
            return node
        if line.role in self.cast.unlisted:
            free = [
                name
                for name, one in place.invitations.items()
                if one.role == line.role and one.device is None
            ]
            line = line._replace(invitation=free[0]) if free else line
        wall = self.service.walls[place.type]
        for other in place.lines:
            if line.role in wall.adds.get(other.role, ()):
                lines = (*place.lines, line)
                found = self.change(node, where, other.device, lines, "joined")
                if found:
                    return found
        return node

    def change(
        self,
        node: Node,
        where: str,
        author: str,
        lines: tuple[Line, ...],
        reason: str,
        approvals: list[str] | None = None,
        shows: Feature = (),
    ) -> Node | None:
        assert node.case is not None
        entry = changing(
            node.case,
            where,
            author,
            lines,
            reason,
            approvals,
            self.number(),
            node.now,
            self.trust(node),
            self.service,
        )
        return self.judge(node, entry, None, shows)


def is_one_to_one(wall: Wall) -> bool:
    return any(one.name == "two_at_most" for one in wall.listings)


def opening_fields(service: Service, first: bool) -> list[dict[str, object]]:
    """What an opening carries beside the fields of every opening: each value of each field once."""
    if not first:
        return [{}]
    values = {
        name: [service.rules] if name == "rules" else example(data_of(shape))
        for name, shape in service.opening.items()
    }
    usual: dict[str, object] = {name: found[0] for name, found in values.items()}
    others = [{**usual, name: one} for name, found in values.items() for one in found[1:]]
    return [usual, *others]
