"""Whose case it is, as lines of members: which of those who work here come and go by it."""

from collections.abc import Iterable

from client.errors import NotPossible
from client.place.chain import Chain
from client.session import Session
from domain.charge import charged
from domain.entry import Line
from domain.service import Service
from domain.trust import Trust


def own_lines(trust: Trust, device: str, role: str) -> tuple[Line, ...]:
    """All certified devices of the person of a device."""
    return lines_of(trust, {trust.person_of(device)}, role)


def lines_of(trust: Trust, persons: set[str | None], role: str) -> tuple[Line, ...]:
    """The certified devices of persons who hold a role."""
    return tuple(
        Line(device, role, None)
        for device in trust.holders(role)
        if trust.person_of(device) in persons
    )


def person_lines(
    session: Session, roles: Iterable[str], beginning: str, but: str | None = None
) -> tuple[Line, ...]:
    """The certified devices of one person with one of some roles, by the beginning of her number or
    her local name. but: a person who is not meant. Raises NotPossible where that is not one."""
    trust = session.directory.refresh()
    every = {(trust.person_of(one), role) for role in roles for one in trust.holders(role)}
    people = {(person, role) for person, role in every if person and person != but}
    number = session.numbers.beginning(beginning, (str(person) for person, _role in people))
    found = {(person, role) for person, role in people if str(person).startswith(number)}
    if len(found) != 1 or not number:
        raise NotPossible(f"{len(found)} colleagues have a number that begins with {beginning!r}")
    ((person, role),) = found
    return lines_of(trust, {person}, role)


def table_of(session: Session, chain: Chain) -> Service:
    """The table that a case goes by, as its place tells."""
    table = session.rules.services[chain.state.service].under(chain.state.rules)
    assert table is not None  # or the place would not have been accepted
    return table


def is_anothers(session: Session, chain: Chain, theirs: set[str] | None = None) -> bool:
    """theirs: whose it is, where more is known than this place says."""
    theirs = theirs or charged(chain.state, session.directory.newest)
    return bool(theirs) and session.directory.newest.person_of(session.device) not in theirs


def arrange(session: Session, chain: Chain, theirs: set[str] | None = None) -> None:
    """Let those in whose case it is, on all their devices, and put out the others who could have
    had it: of those who work here nobody else reads what comes next. Raises as Session.write."""
    session.settle(chain)
    trust, table = session.directory.newest, table_of(session, chain)
    roles = sorted(table.taking & table.walls[chain.compartment.type].holds)
    persons = {*(theirs or charged(chain.state, trust))}
    wanted = [line for role in roles for line in lines_of(trust, {*persons}, role)]
    staying = tuple(line for line in chain.lines if line.role not in roles or line in wanted)
    if staying != chain.lines:
        session.change_members(chain, "removed", staying)
    let_in(session, chain, wanted)


def let_in(session: Session, chain: Chain, wanted: list[Line]) -> None:
    """Let those in who do not stand here yet. Raises as Session.write."""
    coming = [line for line in wanted if line not in chain.lines]
    if coming:
        session.change_members(chain, "joined", tuple(sorted((*chain.lines, *coming))))
