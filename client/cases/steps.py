"""A step of a case, found in the table of its service: which row it is, where it is written, and
what its body says. What a person states is given by name; the rest follows from the case.

Deeds of several entries stand beside this, in `client.cases`.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from client.cases.casework import Casework, open_casework
from client.cases.charge import person_lines
from client.cases.whole import whole
from client.errors import NotPossible
from client.files.enclosures import Enclosure
from client.place.chain import Chain
from client.session import Session
from client.why import Why
from domain.entry import Header
from domain.fields import Field, Origin
from domain.guard import Act
from domain.service import Service
from domain.services.guards import OF_FACTS
from domain.services.registry import BODIES
from domain.state import Case
from domain.step import Command, Step
from domain.trust import Trust

TO_CASE = "to_case"  # what a link is said by
ASKED = frozenset(
    {
        *(Origin.CHOICE, Origin.TERM, Origin.DEVICE, Origin.LINK),
        *(Origin.NUMBER, Origin.YES_NO, Origin.MOMENT),
    }
)
IF_ASKED = frozenset({Origin.STATED, Origin.ENTRY})
OF_CASE = frozenset({Origin.PROPOSAL, Origin.ENTRY, Origin.SAME})


def rows_of(table: Service, step: Command) -> list[Step]:
    """The rows by which people take a step: those of who works here, if there are any."""
    found = [row for row in table.steps if row.kind == step.kind and step.place in row.compartments]
    return [row for row in found if row.writers - table.askers] or found


def schema_of(table: Service, step: Command) -> str | None:
    """The schema of what a step's text is, None where it carries none."""
    return rows_of(table, step)[0].payload


def is_hers(table: Service, step: Command) -> bool:
    """Whether it is a step of who asks alone."""
    return all(row.writers <= table.askers for row in rows_of(table, step))


def begins(table: Service, step: Command) -> bool:
    """Whether a case begins with it."""
    return all(row.sources == {table.begins} for row in rows_of(table, step))


def asked_of(step: Command) -> dict[str, Field]:
    """The fields of its body that are for a person to say, by name."""
    return {
        name: field
        for name, field in BODIES[step.kind].items()
        if name not in step.fixed
        and (field.origin in ASKED or (field.origin in IF_ASKED and field.asks))
    }


def body_of(work: Casework, step: Command, said: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a step. said: by the names of `asked_of`, people by the beginning of their number
    and another case, as TO_CASE, by the beginning of its own; None is not said. Raises NotPossible,
    Distrust."""
    return _body(work.session, work, step, said)


def opening_body(session: Session, step: Command, said: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a step with which a case begins: nothing of it follows from the case, so what
    usually does is to be said. Raises NotPossible, Distrust."""
    return _body(session, None, step, said)


def _body(
    session: Session, work: Casework | None, step: Command, said: Mapping[str, Any]
) -> dict[str, Any]:
    body: dict[str, Any] = dict(step.fixed)
    for name, field in BODIES[step.kind].items():
        key = TO_CASE if field.origin is Origin.LINK else name
        if name in body or (field.optional and said.get(key) is None):
            continue
        if field.origin is Origin.LINK:
            # Either one field holds it, or its three parts are fields of the body.
            link = link_to(session, str(said[TO_CASE]))
            body |= link if BODIES[step.kind].keys() >= link.keys() else {name: link}
        else:
            body[name] = _value(session, work, name, field, {**said, **body})
    return body


def _value(
    session: Session, work: Casework | None, name: str, field: Field, said: Mapping[str, Any]
) -> Any:
    """said: what was said, and what stands in the body before it."""
    match field.origin:
        case Origin.OWN_DEVICE:
            return session.device
        case Origin.STATED:
            if field.asks and not said.get(name):
                raise NotPossible(Why.NOT_STATED, field=name)
            return True
        case Origin.DEVICE:
            return person_lines(session, field.of, str(said[name]))[0].device
    follows = field.usual is not None and said.get(name) is None
    if not follows and field.origin not in OF_CASE:
        return said.get(name)
    if work is None:
        raise NotPossible(Why.NOT_STATED, field=name)
    return _of_case(work, name, field, said)


def _of_case(work: Casework, name: str, field: Field, said: Mapping[str, Any]) -> Any:
    """What follows from the case."""
    match field.origin:
        case Origin.PROPOSAL:
            return work.approved(field.of[0])
        case Origin.ENTRY if field.among:
            return _among(work, field, said.get(name)).id
        case Origin.ENTRY:
            return newest(work, field.of) if field.of else None
        case Origin.SAME:
            (named,) = field.of
            return _header(work, said[named]).body[name]
    assert field.usual is not None
    return field.usual(_case(work))


def _among(work: Casework, field: Field, number: str | None) -> Header:
    """The entry with this number of those that may be named, or the only one. Raises NotPossible
    where that is not one."""
    names = _case(work).set(field.among)
    found = [
        one for one in map(partial(_header, work), names) if number in (None, "", str(one.seq))
    ]
    if not found:
        raise NotPossible(Why.NOTHING_OF_KIND, kinds=" or ".join(field.of))
    if len(found) > 1:
        raise NotPossible(Why.WHICH_ENTRY, numbers=", ".join(str(one.seq) for one in found))
    return found[0]


def _header(work: Casework, entry_id: str) -> Header:
    """The header of an entry of this case by its id. Raises NotPossible."""
    for chain in work.places():
        for item in chain.items:
            if item.entry.header.id == entry_id:
                return item.entry.header
    raise NotPossible(Why.NOTHING_OF_KIND, kinds=entry_id)


def _case(work: Casework) -> Case:
    """The case as far as this device holds it."""
    case = whole(work.places(), work.session.directory)
    if case is None:
        raise NotPossible(Why.IN_NO_PLACE)
    return case


def take_step(
    work: Casework,
    step: Command,
    value: dict[str, Any] | None = None,
    files: Sequence[Enclosure] = (),
    where: str = "",
    **said: Any,
) -> Chain:
    """Take a step. where: the name of its place, where there are more of its type. Raises as
    `Casework.write`."""
    body = body_of(work, step, said)
    return work.write(place_of(work, step, where), step.kind, body, value, files)


def place_of(work: Casework, step: Command, where: str = "") -> str:
    """The name of the place that is meant, or its type where there is none yet. Raises
    NotPossible: which one of several is never guessed."""
    if where:
        chain = work.named(where)
        if chain.compartment.type != step.place:
            raise NotPossible(Why.ELSEWHERE, place=chain.name, kind=step.place)
        return chain.name
    standing = work.there(step.place)
    return standing.name if standing else step.place


def possible(work: Casework) -> dict[str, Command]:
    """The steps, by their names, whose row fits role, state and what is remembered of the case, in
    places where this person stands or that she can open; their other conditions are judged when
    they are tried."""
    table, case, state = work.table, _case(work), work.state
    there = {step.place for step in table.commands.values() if _has_place(work, step.place)}
    return {
        called: step
        for called, step in table.commands.items()
        if not begins(table, step)
        and step.place in there
        and fits(table, step, work.role, state, case, work.session.directory.newest)
    }


def _has_place(work: Casework, kind: str) -> bool:
    opens = kind not in work.table.first and work.role in work.table.walls[kind].opened_by
    return opens or work.standing(kind) is not None


def fits(
    table: Service, step: Command, role: str, state: str | None, case: Case, trust: Trust
) -> bool:
    """Whether a row of a step is for a role, the state and what is remembered of a case. state:
    None where it is not known."""

    def is_for(row: Step) -> bool:
        act = Act(case, None, None, role, trust)  # type: ignore[arg-type]
        known = (guard for guard in row.guards if guard.name in OF_FACTS)
        mine = role in row.writers and (state is None or state in row.sources)
        return mine and all(one.holds(act) for one in known)

    return any(map(is_for, rows_of(table, step)))


def newest(work: Casework, kinds: Sequence[str]) -> str:
    """The newest entry of one of these kinds in the places that belong to the case. Raises
    NotPossible."""
    every = (item for chain in work.places() for item in chain.items)
    found = [item for item in every if item.entry.header.kind in kinds]
    if not found:
        raise NotPossible(Why.NOTHING_OF_KIND, kinds=" or ".join(kinds))
    return max(found, key=lambda item: item.position).entry.header.id


def link_to(session: Session, beginning: str) -> dict[str, str]:
    """How an entry names another case of this person, by its first entry. beginning: of its number.
    Raises NotPossible, Distrust."""
    other = open_casework(session, beginning)
    first = other.first
    if first is None:
        raise NotPossible(Why.NO_BEGINNING)
    entry = first.items[0].entry
    return {"case": other.case, "id": entry.header.id, "hash": entry.hash}
