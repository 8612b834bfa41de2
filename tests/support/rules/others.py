"""What the tables let nobody do: a row by a role that it is not for, a place opened by one who does
not open it, somebody let in or put out by one who may not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from domain.entry import Line
from tests.support.rules.explorer import Explorer
from tests.support.rules.judging import Node, Tried

MOST_CASES = 40  # that are looked through for one of them


def others(explorer: Explorer) -> None:
    for number, step in explorer.rows:
        for where in sorted(step.compartments):
            for role in sorted(explorer.service.walls[where].holds - step.writers):
                _written(explorer, number, where, role)
    for kind, wall in explorer.service.walls.items():
        for by in sorted(wall.holds):
            if by not in wall.opened_by:
                _opened(explorer, kind, by)
            for role in sorted(wall.holds):
                _moved(explorer, kind, "joined", by, role)
                _moved(explorer, kind, "removed", by, role)


def by_others(explorer: Explorer, tried: Tried, row: object) -> None:
    """The same by everyone else who stands there, as his own."""
    header, case = tried.entry.header, tried.before.case
    assert case is not None
    place = case.compartments.get(header.compartment)
    for line in place.lines if place else ():
        body = {name: _own(one, header.author, line.device) for name, one in header.body.items()}
        other = replace(header, author=line.device, body=body)
        carded = tried.entry.carded | {line.device}
        entry = replace(tried.entry, header=other, carded=carded)
        explorer.judge(tried.before, entry, tried.linked, ("as", row, line.role))


def _own(value: Any, author: str, other: str) -> Any:
    return other if value == author else value


def _shown(explorer: Explorer, *shows: object) -> bool:
    """Whether it was tried, whatever came of it."""
    tried = {"", "not-allowed", "wrong-state", "four-eyes", "uncertified-member"}
    return any((*shows, refused) in explorer.covered for refused in tried)


def _where(explorer: Explorer, kind: str, role: str) -> Iterator[Node]:
    """Cases in which one of a role stands in a type of place."""
    found = 0
    for node in list(explorer.nodes):
        assert node.case is not None
        places = [one for one in node.case.compartments.values() if one.type == kind]
        if found < MOST_CASES and any(line.role == role for one in places for line in one.lines):
            found += 1
            yield node


def _written(explorer: Explorer, number: int, where: str, role: str) -> None:
    step = explorer.service.steps[number]
    for node in _where(explorer, where, role):
        if _shown(explorer, "as", number, role):
            return
        for after in explorer.steps(node, number, step, where):
            assert after.entry is not None
            tried = Tried(node, node.trust, after.entry, after.linked, "", frozenset())
            by_others(explorer, tried, number)


def _opened(explorer: Explorer, kind: str, by: str) -> None:
    """By whoever stands elsewhere in the case, alone."""
    shows = ("opened by", kind, by)
    for node in explorer.nodes[:MOST_CASES]:
        if _shown(explorer, *shows):
            return
        for author in (explorer.cast.first(by), explorer.cast.second(by)):
            list(explorer.opened(node, kind, author, by, only=True, shows=shows))


def _moved(explorer: Explorer, kind: str, reason: str, by: str, role: str) -> None:
    shows = ("moved", kind, reason, by, role)
    cast = explorer.cast
    for node in _where(explorer, kind, by):
        assert node.case is not None
        for place in [one for one in node.case.compartments.values() if one.type == kind]:
            for author in [line for line in place.lines if line.role == by]:
                if _shown(explorer, *shows):
                    return
                theirs = [line for line in place.lines if line != author and line.role == role]
                come = Line(cast.further(role), role, None)
                lines = tuple(line for line in place.lines if line not in theirs[:1])
                if reason == "joined":
                    lines = (*place.lines, come)
                if lines != place.lines and len(set(lines)) == len(lines):
                    explorer.change(node, place.name, author.device, lines, reason, shows=shows)
