"""The rule vectors, made from the tables: `python -m tests.support.rules.vectors` prints them anew.

Services with the same rows are played once, by the first of them. Two refusals are not among them:
`unsupported-version` is told before there is a header, `too-many` by a server alone.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
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
from tests.support.rules.features import Feature
from tests.support.rules.hunt import hunt
from tests.support.rules.judging import Node, Tried
from tests.support.rules.lines import (
    case_hash,
    entry_line,
    linked_line,
    packed,
    plain_case,
    trust_line,
)
from tests.support.rules.others import others
from tests.support.rules.survey import survey
from wire.header import header_bytes, parse_header

# What cannot be met, as `goal_name` calls it, and why.
NEVER: Mapping[str, str] = {
    "CasemanagerAssigned from intake: refused, may_take {}": """
        Whoever takes it leaves intake, and nothing leads back there: until then nobody has taken
        it, and casemanagers are certified.""",
    'ConsultationEscalated from escalation_offered: refused, fact_is_known {"fact": "link"}': """
        Where no link is known, no case is of the service that it says: opens_linked refuses by the
        same name. This is for who holds a part, and reads no other case.""",
    "ExpertInvited from shortlisted: refused, invites_anew {}": """
        The first invitation leads on from there, so that nobody was invited before. This is for
        who holds a part, whom no state is told.""",
    "CrisisEndTold: forgets, crisis_at": """
        It is told of a crisis that was resolved, which forgot the hour already. This is for who
        holds the dialogue alone, whose case says it.""",
}


def goal_name(table: Service, goal: Feature) -> str:
    """A goal of the explorer as people call it: the kind, the states from which its row goes where
    they are one or two, what is to be seen of it; of a wall its type of place."""
    way, of, *what = goal
    name = str(of)
    if isinstance(of, int):
        name, sources = table.steps[of].kind, sorted(table.steps[of].sources)
        name += f" from {' or '.join(sources)}" if len(sources) < 3 else ""
    return f"{name}: {', '.join(map(str, [way, *what]))}"


def tables() -> list[Service]:
    """Every version of every service, those with the same rows once."""
    found: list[Service] = []
    for service in SERVICES.values():
        for table in (*service.earlier.values(), service):
            if all((one.steps, one.walls) != (table.steps, table.walls) for one in found):
                found.append(table)
    return found


def explored(table: Service) -> Explorer:
    """All that is tried in one version of a service."""
    explorer = Explorer(table)
    explorer.missing -= {one for one in explorer.missing if goal_name(table, one) in NEVER}
    explorer.explore()
    hunt(explorer)
    survey(explorer)
    others(explorer)
    breaches(explorer)
    aftermath(explorer)
    return explorer


def lines(played: Iterable[Service], count: int = 0) -> Iterator[dict[str, Any]]:
    """The lines of these tables. count: the last id that others have."""
    for table in played:
        book = _Book(explored(table), count)
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
    sys.stdout.buffer.write(packed(lines(tables())))
