"""What the search passed by: for whatever a table says and no entry has shown yet, each case that
was met is looked through until one shows it. A case that is come by so is looked through too."""

from collections.abc import Iterable, Iterator, Sequence

from domain.entry import Line
from domain.state import Compartment
from domain.step import Step
from tests.support.rules.cast import EVERYONE, START
from tests.support.rules.explorer import Explorer
from tests.support.rules.features import Feature
from tests.support.rules.judging import Node


def hunt(explorer: Explorer) -> None:
    _guests(explorer)
    for kind, wall in explorer.service.walls.items():
        for role in sorted(wall.holds):
            _open_with(explorer, kind, role)
    for number, step in explorer.rows:
        for state in explorer.service.states:
            here = [case for case in explorer.nodes if case.case and case.case.state == state]
            way: Feature = ("row", number, "from", state)
            _try_row(
                explorer,
                number,
                way if state in step.sources else ("off", number, state, True),
                here,
            )
    for number, step in explorer.rows:
        _columns(explorer, number, step)
    for kind, wall in explorer.service.walls.items():
        for change, table in (("adds", wall.adds), ("removes", wall.removes)):
            for by, roles in table.items():
                for role in sorted(roles):
                    _move(explorer, (change, kind, by, role))


def _columns(explorer: Explorer, number: int, step: Step) -> None:
    """By whom it is written and where, what it forgets, and what lapses by it."""
    for role in sorted(step.writers):
        for where in sorted(step.compartments):
            wanted: Feature = ("row", number, "by", role, where)
            _try_row(explorer, number, wanted, explorer.nodes, where, role)
            _try_once_spoken(explorer, number, wanted, where, role)
    for name in step.clears:
        known = [node for node in explorer.nodes if node.case and name in node.case.facts]
        _try_row(explorer, number, ("forgets", number, name), known)
    for kind in sorted(explorer.service.lapsing_on(step.kind)):
        open_ = [node for node in explorer.nodes if node.case and kind in node.case.open.values()]
        _try_row(explorer, number, ("lapses", kind, step.kind), open_)


def _try_row(
    explorer: Explorer,
    number: int,
    wanted: Feature,
    nodes: Sequence[Node],
    where: str = "",
    by: str = "",
) -> None:
    """Until what is wanted is covered: in each of these cases whose state it may be written in, or
    whose state alone is wrong."""
    step = explorer.service.steps[number]
    for node in list(nodes):
        if wanted in explorer.covered:
            return
        if wanted[0] == "off" or (node.case and node.case.state in step.sources):
            for after in explorer.steps(node, number, step, where, {}, by, every=True):
                if wanted in explorer.covered:
                    explorer.nodes.append(after)
                    return


def _try_once_spoken(explorer: Explorer, number: int, wanted: Feature, where: str, by: str) -> None:
    """The same once one of this role has said something there."""
    step = explorer.service.steps[number]
    for node in list(explorer.nodes):
        for talk, talking in explorer.rows:
            if wanted in explorer.covered:
                return
            if talking.payload and by in talking.writers and where in talking.compartments:
                spoken = next(explorer.steps(node, talk, talking, where, {}, by), None)
                for _ in explorer.steps(spoken, number, step, where, {}, by) if spoken else ():
                    pass


def _guests(explorer: Explorer) -> None:
    """One of each role that comes by invitation, in each type of place that holds it."""
    for number, step in explorer.rows:
        if step.kind != "ParticipantInvited":
            continue
        for where in sorted(step.compartments):
            for role in sorted(explorer.cast.unlisted & explorer.service.walls[where].holds):
                node = next(_invited(explorer, number, where, role), None)
                if node is not None:
                    explorer.nodes.append(node)


def _invited(explorer: Explorer, number: int, where: str, role: str) -> Iterator[Node]:
    """Cases in which one of this role came in."""
    step = explorer.service.steps[number]
    for node in list(explorer.nodes):
        assert node.case is not None
        if node.case.state in step.sources:
            for after in explorer.steps(node, number, step, where, {"role": role}):
                come = explorer.keep_house(after)
                assert come.case is not None and after.entry is not None
                place = come.case.compartments[after.entry.header.compartment]
                if any(line.role == role for line in place.lines):
                    yield come


def _open_with(explorer: Explorer, kind: str, role: str) -> None:
    """By each role that opens such a place, with one of this role beside."""
    cast, wall = explorer.cast, explorer.service.walls[kind]
    further = [Line(cast.first(role), role, None)]
    if kind in explorer.service.first:
        for by in sorted(wall.opened_by):
            start = Node(None, EVERYONE, START)
            for _ in explorer.opened(start, kind, cast.first(by), by, further, only=True):
                pass
    states = {node.case.state: node for node in reversed(explorer.nodes) if node.case}
    for by in () if kind in explorer.service.first else sorted(wall.opened_by):
        for node in states.values():
            for author in (cast.first(by), cast.second(by), cast.further(by)):
                explorer.nodes += explorer.opened(node, kind, author, by, further, only=True)


def _move(explorer: Explorer, wanted: tuple[str, str, str, str]) -> None:
    """Somebody of a role lets one of a role in, or puts one out, in a type of place."""
    way, kind, by, role = wanted
    for node in list(explorer.nodes):
        assert node.case is not None
        for place in node.case.compartments.values():
            if wanted in explorer.covered:
                return
            if place.type != kind:
                continue
            lists = _added(explorer, place, role) if way == "adds" else _removed(place, role)
            reason = "joined" if way == "adds" else "removed"
            for lines in lists:
                for author in place.lines:
                    if author.role == by and author in lines:
                        explorer.change(node, place.name, author.device, lines, reason)


def _added(explorer: Explorer, place: Compartment, role: str) -> Iterable[tuple[Line, ...]]:
    cast = explorer.cast
    free: list[str | None] = [
        name for name, one in place.invitations.items() if one.role == role and not one.device
    ]
    for device in (cast.first(role), cast.second(role), cast.further(role), cast.third(role)):
        if place.line(device) is None:
            for invitation in (None, *free):
                yield (*place.lines, Line(device, role, invitation))


def _removed(place: Compartment, role: str) -> Iterable[tuple[Line, ...]]:
    for gone in place.lines:
        if gone.role == role:
            yield tuple(line for line in place.lines if line != gone)
