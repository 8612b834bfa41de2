"""The rule vectors, made from the tables: `python -m tests.support.rules.vectors` writes them anew.

Services with the same rows are played once, by the first of them. Two refusals are not among them:
`unsupported-version` is told before there is a header, `too-many` by a server alone.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from domain.check import Rules, check
from domain.evolve import evolve
from domain.refusal import Refused
from domain.service import Service, View
from domain.services.registry import SERVICES
from domain.state import Case
from tests.support.rules.aftermath import aftermath
from tests.support.rules.breaches import breaches
from tests.support.rules.explorer import Explorer
from tests.support.rules.judging import Node, Tried
from tests.support.rules.lines import (
    case_hash,
    entry_line,
    linked_line,
    plain_case,
    trust_line,
    write,
)
from tests.support.rules.survey import survey
from wire.header import header_bytes, parse_header

# Guards that cannot refuse a row, by its kind, because nobody comes so far; they refuse other rows.
NEVER: Mapping[tuple[str, str], str] = {
    ("ConsultationReopened", "others_are_out"): "nobody is let in once it is closed",
    ("CasemanagerAssigned", "may_take"): "in intake, nobody has taken it",
    ("MessageCorrected", "session_is_open"): "not reached: the search does not talk on that long",
}


def tables() -> list[Service]:
    """Every version of every service, those with the same rows once."""
    found: list[Service] = []
    for service in SERVICES.values():
        for table in (*service.earlier.values(), service):
            if all((one.steps, one.walls) != (table.steps, table.walls) for one in found):
                found.append(table)
    return found


@cache
def explored() -> tuple[Explorer, ...]:
    found = []
    for table in tables():
        explorer = Explorer(table)
        excepted = {
            goal
            for goal in explorer.missing
            if goal[0] == "refused"
            and isinstance(goal[1], int)
            and (table.steps[goal[1]].kind, str(goal[2]).partition(" ")[0]) in NEVER
        }
        explorer.missing -= excepted
        explorer.explore()
        survey(explorer)
        breaches(explorer)
        aftermath(explorer)
        found.append(explorer)
    return tuple(found)


def lines() -> Iterator[dict[str, Any]]:
    count = 0
    for explorer in explored():
        book = _Book(explorer, count)
        yield from book.lines()
        count = book.count


class _Book:
    """The lines of one service: its trusts, then each entry once, ways before what comes after."""

    def __init__(self, explorer: Explorer, count: int) -> None:
        self.explorer, self.count = explorer, count
        self.ids: dict[int, int] = {}  # of nodes, by their Python id: the explorer keeps them
        self.folds: dict[tuple[int, tuple[str, ...]], Case | None] = {}
        service = explorer.service
        self.called = f"{service.name} {service.rules}"

    def lines(self) -> Iterator[dict[str, Any]]:
        vectors = self.explorer.vectors
        for name in dict.fromkeys(self._trusts(vectors)):
            yield trust_line(f"{self.called}: {name}", self.explorer.cast.trusts[name])
        for tried in vectors:
            for node in tried.before.way:
                if id(node) not in self.ids:
                    yield self._line(_as_tried(node), node)
            yield self._line(tried, None)

    def _trusts(self, vectors: list[Tried]) -> Iterator[str]:
        for tried in vectors:
            yield from (node.trust for node in tried.before.way)
            yield tried.trust

    def _line(self, tried: Tried, node: Node | None) -> dict[str, Any]:
        before, service = tried.before, self.explorer.service
        way = before.way
        line: dict[str, Any] = {
            "after": self.ids[id(way[-1])] if way else None,
            "service": service.name,
            "rules": service.rules,
            "trust": f"{self.called}: {tried.trust}",
            "entry": entry_line(tried.entry),
            "linked": linked_line(tried.linked),
            "whole": self._verdict(before.case, tried, View.WHOLE),
            "parts": [
                {"places": list(places), **self._verdict(self._part(before, places), tried)}
                for places in self._readers(tried)
            ],
        }
        if node is not None:
            self.count += 1
            self.ids[id(node)] = line["id"] = self.count
        return line

    def _verdict(self, case: Case | None, tried: Tried, view: View = View.PART) -> dict[str, Any]:
        trust = self.explorer.cast.trusts[tried.trust]
        rules = Rules(self.explorer.rules.services, view)
        try:
            parse_header(header_bytes(tried.entry.header))
            check(case, tried.entry, trust, rules, tried.linked)
        except Refused as refused:
            return {"verdict": str(refused.refusal)}
        after = evolve(case, tried.entry, trust, rules.services)
        return {"verdict": "", "state": after.state, "case": case_hash(plain_case(after))}

    def _readers(self, tried: Tried) -> list[tuple[str, ...]]:
        """Who holds the place alone, and who holds what the author does."""
        header, case = tried.entry.header, tried.before.case
        standing = case.compartments.values() if case else ()
        authors = {one.name for one in standing if one.line(header.author)}
        both = {(header.compartment,), tuple(sorted(authors | {header.compartment}))}
        return sorted(both)

    def _part(self, node: Node, places: tuple[str, ...]) -> Case | None:
        """The case as who holds these places knows it."""
        way = node.way
        return self._folded(way[-1], places) if way else None

    def _folded(self, node: Node, places: tuple[str, ...]) -> Case | None:
        key = (id(node), places)
        if key not in self.folds:
            assert node.entry is not None
            case = self._part(node.before, places) if node.before else None
            if node.entry.header.compartment in places:
                trust = self.explorer.cast.trusts[node.trust]
                case = evolve(case, node.entry, trust, self.explorer.rules.services)
            self.folds[key] = case
        return self.folds[key]


def _as_tried(node: Node) -> Tried:
    assert node.entry is not None
    before = node.before or Node(None, node.trust, node.now)
    return Tried(before, node.trust, node.entry, node.linked, "", frozenset())


if __name__ == "__main__":
    write(lines())
