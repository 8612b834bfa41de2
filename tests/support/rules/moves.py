"""What could come next in a case: an entry by any row, a change of members, another trust."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.entry import Line
from domain.membership import OUTSIDE_ROLES
from domain.services.guards import LAPSE_DAYS
from domain.services.registry import KINDS
from domain.state import Case, Compartment
from domain.step import Step
from domain.trust import SECONDS_A_DAY, Trust
from tests.support.rules.bodies import bodies
from tests.support.rules.cast import EVERYONE
from tests.support.rules.entries import following
from tests.support.rules.features import Feature
from tests.support.rules.house import House
from tests.support.rules.judging import Node
from tests.support.rules.links import links
from tests.support.rules.writing import Writing

A_MINUTE = 60
LASTING = frozenset({"ParticipantInvited", "RecoveryApproved"})  # the protocol remembers them


class Moves(House):
    """Whatever the cast may try."""

    def after(self, node: Node) -> Iterator[Node]:
        """What may come next: rows, changes of members, another trust."""
        assert node.case is not None
        for number, step in self.rows:
            if self._worth_trying(node.case, number, step):
                yield from self.steps(node, number, step)
        yield from self.changes(node)
        if node.trust == EVERYONE:
            for name in list(self.cast.trusts)[1:]:
                yield Node(node.case, name, node.now, node)

    def _worth_trying(self, case: Case, number: int, step: Step) -> bool:
        """Not, if it would show nothing that was not shown, and lead nowhere new."""
        if case.state not in step.sources:
            return (
                not {("off", number, case.state, alone) for alone in (True, False)} & self.covered
            )
        remembers = step.facts or step.marks or step.adds or step.drops or step.clears
        moves = remembers or step.stamps or step.to is not None or step.proposes
        moves = moves or step.kind in LASTING or "of" in self.service.kinds.get(step.kind, ())
        shown = ("row", number, "from", case.state) in self.covered
        return bool(moves or not shown or self._untold(number))

    def _untold(self, of: object) -> bool:
        """Whether a row or wall has guards, or is one, of which not all was shown."""
        return any(one[1] == of for one in self.missing)

    def steps(
        self,
        node: Node,
        number: int,
        step: Step,
        only: str = "",
        fixed: Mapping[str, Any] | None = None,
        by: str = "",
        shows: Feature = (),
        every: bool = False,
        later: int = 0,
    ) -> Iterator[Node]:
        """The entries that could be written by a row, and are accepted. only: in one place, or type
        of place. fixed: with these fields. by: by somebody of this role, or the one of this role
        and number. shows: what they show beside what is seen of them. every: with every body.
        later: so many seconds after the last entry, where it matters."""
        case = node.case
        assert case is not None
        untold = self._untold(number) or bool(fixed) or every
        spoken = {name: one for guard in step.guards for name, one in guard.arguments.items()}
        for place in case.compartments.values():
            if place.type not in step.compartments or not place.name.startswith(only):
                continue
            for author, role in self.authors(node, step, place.name):
                if not self.cast.names.get(author, "").startswith(by):
                    continue
                writing = Writing(
                    self.cast,
                    self.service,
                    case,
                    place,
                    author,
                    role,
                    node.hashes,
                    f"{self.count + 1:032x}",
                    spoken,
                    {**step.when, **(fixed or {})},
                )
                likely = bodies(step.kind, writing)
                for body in likely if untold else likely[:3]:
                    KINDS[step.kind](body, "body")
                    for waited in [later] if later else self.waits(step, body, untold):
                        entry = following(
                            case,
                            place.name,
                            step.kind,
                            author,
                            body,
                            self.number(),
                            node.now + waited,
                            self.trust(node),
                            self.service,
                        )
                        for linked in links(step, case, entry):
                            found = self.judge(node, entry, linked, shows)
                            if found:
                                yield found

    def authors(self, node: Node, step: Step, where: str) -> Iterator[tuple[str, str]]:
        assert node.case is not None
        office = OUTSIDE_ROLES.get(step.kind)
        for line in node.case.compartments[where].lines:
            if line.role in step.writers:
                yield line.device, line.role
        if office in step.writers:
            yield from ((device, office) for device in self.cast.outside(office))

    def waits(self, step: Step, body: Mapping[str, object], untold: bool) -> list[int]:
        """How long after the last entry it is tried, in seconds: on the day and beside it."""
        days = {one.arguments["days"] for one in step.guards if "days" in one.arguments}
        if "proposal" in body and step.guards and untold:
            days.add(LAPSE_DAYS)
        beside = (-A_MINUTE, 0, A_MINUTE)
        return [A_MINUTE, *(day * SECONDS_A_DAY + more for day in sorted(days) for more in beside)]

    def changes(self, node: Node) -> Iterator[Node]:
        """Who could be put out, one by one, and all of a role but the author's person; and who
        could come beside those who stand there."""
        assert node.case is not None
        for place in node.case.compartments.values():
            untold = self._untold(place.type)
            if untold or place.type in self.service.first:
                for author in place.lines:
                    for lines, reason in self._wished(place, author, untold, self.trust(node)):
                        found = self.change(node, place.name, author.device, lines, reason)
                        if found:
                            yield found
            yield from self._recovered(node, place.name)

    def _wished(
        self, place: Compartment, author: Line, untold: bool, trust: Trust
    ) -> Iterator[tuple[tuple[Line, ...], str]]:
        wall = self.service.walls[place.type]
        others = [line for line in place.lines if line != author]
        own = trust.person(author.device)
        gone = [[line] for line in others]
        for role in sorted(wall.removes.get(author.role, ())):
            of_role = [line for line in others if line.role == role]
            gone.append([line for line in of_role if trust.person(line.device) != own])
        for group in gone:
            allowed = {line.role for line in group} <= wall.removes.get(author.role, frozenset())
            if group and allowed:
                yield tuple(line for line in place.lines if line not in group), "removed"
        if untold:
            for role in sorted(wall.adds.get(author.role, ())):
                coming = Line(self.cast.further(role), role, None)
                if role in self.cast.listed and coming not in place.lines:
                    yield (*place.lines, coming), "joined"

    def _recovered(self, node: Node, where: str) -> Iterator[Node]:
        """A recovery, where there are approvals."""
        assert node.case is not None
        place = node.case.compartments[where]
        office = OUTSIDE_ROLES["RecoveryApproved"]
        approvals = [
            one
            for one, note in node.case.entries.items()
            if note.kind == "RecoveryApproved" and note.compartment == where
        ][-2:]
        if len(approvals) < 2 or self._told("change", place.type, "recovered"):
            return
        for author in self.cast.outside(office):
            found = self.change(node, where, author, place.lines, "recovered", approvals)
            if found:
                yield found

    def _told(self, *feature: object) -> bool:
        return {(*feature, ""), (*feature, "four-eyes")} <= self.covered
