"""What readers of a part of a case show of a table: to which conditions they hold an entry, by
which they refuse one, and which they leave to those who hold all."""

from collections.abc import Iterator, Sequence

from domain.check import Rules, check
from domain.entry import Entry
from domain.guard import Act, Guard, Linked, Listing, Scope
from domain.membership import acting_role
from domain.refusal import Refused
from domain.service import Service, View
from domain.state import Case
from domain.trust import Trust
from tests.support.rules.features import Feature, condition_key

HELD, REFUSED, LEFT = "held by a part", "refused by a part", "left to the whole"
Condition = Guard | Listing


class PartReaders:
    """What there is to show of one version of a service, and how an entry shows it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.rules = Rules({service.name: service}, View.PART)
        self.conditions: dict[int | str, Sequence[Condition]] = {
            **{number: step.guards for number, step in enumerate(service.steps)},
            **{
                name: (*wall.guards, *wall.listings, *wall.opening)
                for name, wall in service.walls.items()
            },
        }

    @property
    def goals(self) -> set[Feature]:
        """Of rows, by number, and of walls, by type of place: each condition that a part judges
        both ways, each that it does not judge left once to those who hold all."""
        return {
            (way, of, condition_key(one))
            for of, conditions in self.conditions.items()
            for one in conditions
            for way in ((HELD, REFUSED) if _judged(one) else (LEFT,))
        }

    def shown(
        self, case: Case | None, entry: Entry, trust: Trust, linked: Linked | None, whole: str
    ) -> Iterator[Feature]:
        """case: as the reader knows it. whole: what those say who hold all, where they refuse."""
        refused, said = False, ""
        try:
            check(case, entry, trust, self.rules, linked)
        except Refused as because:
            refused, said = True, because.detail
        for of in self._concerned(case, entry, trust):
            for one in self.conditions[of]:
                told = f"not so: {one.meaning}"
                if refused and told == said:
                    yield REFUSED, of, condition_key(one)
                elif not refused and not _judged(one) and told == whole:
                    yield LEFT, of, condition_key(one)
                elif not refused and self._holds(one, case, entry, trust):
                    yield HELD, of, condition_key(one)

    def _concerned(self, case: Case | None, entry: Entry, trust: Trust) -> Iterator[int | str]:
        """The rows that may speak of an entry, or the wall."""
        header = entry.header
        place = case.compartments.get(header.compartment) if case else None
        if header.changes_members:
            yield from {header.type} & self.service.walls.keys()
        elif place is not None:
            role = acting_role(place, entry, trust)
            for number, step in enumerate(self.service.steps):
                here = header.kind == step.kind and header.type in step.compartments
                if here and role in step.writers and step.fits(header.body):
                    yield number

    def _holds(self, one: Condition, case: Case | None, entry: Entry, trust: Trust) -> bool:
        """Whether a condition that a part judges holds."""
        header = entry.header
        if isinstance(one, Listing):
            opening = self.service.walls[header.type].opening
            return header.opens or one not in opening
        place = case.compartments.get(header.compartment) if case else None
        if not _judged(one) or case is None or place is None:
            return False
        if header.changes_members and header.body["reason"] not in ("joined", "removed"):
            return False
        role = acting_role(place, entry, trust)
        return bool(one.holds(Act(case, place, entry, role or "", trust)))


def _judged(one: Condition) -> bool:
    """Whether who holds a part judges it."""
    return isinstance(one, Listing) or one.scope is Scope.COMPARTMENT
