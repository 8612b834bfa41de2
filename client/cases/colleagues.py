"""What those who work on a consultation do with their colleagues: take it and give it away, name a
substitute, and ask one of them by an excerpt without names (SERVICES.md 2.1).

What one colleague was asked stands in worknotes of its own, beside those of whose it is.
"""

from collections.abc import Iterator
from typing import Any

from client.cases import consulting
from client.cases.casework import Casework
from client.cases.charge import arrange, let_in, lines_of, person_lines
from client.cases.consultation import payload
from client.cases.steps import asked_of, take_step
from client.errors import NotPossible
from client.place.belonging import opener
from client.place.chain import Chain
from client.place.compose import Written
from client.place.repeated import stored
from client.why import Why
from domain.entry import Line
from domain.fields import Origin
from domain.services.consultation import CONSULTATION
from domain.services.consultation.guards import WORKER
from domain.step import Command

SUPERVISOR = "supervisor"
PEER_CONSULTED = "PeerConsulted"


def take(work: Casework) -> Chain:
    """Take a case. A consultation as `consulting.take` says, with governance, in which a supervisor
    can give it to another. Raises as that, and NotPossible."""
    if work.service != CONSULTATION.name:
        return _take(work)
    dialogue = work.place("dialogue")
    consulting.take(work.session, dialogue, work.charged())
    open_governance(work)
    return dialogue


def _take(work: Casework) -> Chain:
    """By the row of its table. What it states was stated before."""
    for row in work.table.steps:
        if (
            row.kind in work.table.assigning
            and work.state in row.sources
            and any(one.origin is Origin.OWN_DEVICE for one in work.table.kinds[row.kind].values())
        ):
            step = Command(row.kind, next(iter(row.compartments)), "", "")
            stated: dict[str, Any] = dict.fromkeys(asked_of(step), True)
            return take_step(work, step, **stated)
    raise NotPossible(Why.NOBODY_TAKES)


def open_governance(work: Casework) -> None:
    """Open governance if there is none; where no supervisor is certified, a later try does."""
    if work.standing("governance") is None and work.session.directory.newest.holders(SUPERVISOR):
        work.open("governance")


def reassign(work: Casework, person: str, why: str, value: dict[str, Any]) -> Chain:
    """As a supervisor: give it to another worker, and let her into governance. Whoever asked lets
    her into the dialogue with her next word. Raises as Casework.write."""
    devices = colleague(work, person)
    body = {"assignee": devices[0].device, "why": why}
    chain = work.write("governance", "ConsultationReassigned", body, value)
    let_in(work.session, chain, [*devices])
    return chain


def name_substitute(work: Casework, person: str) -> Chain:
    """Name a colleague who may take over; from here on she reads along."""
    device = colleague(work, person)[0].device
    dialogue = work.write("dialogue", "SubstituteNamed", {"substitute": device})
    theirs = work.charged()
    arrange(work.session, dialogue, theirs)
    notes = work.standing("worknotes")
    if notes is not None:
        work.session.settle(notes)
        let_in(work.session, notes, [*lines_of(work.session.directory.newest, {*theirs}, WORKER)])
    return dialogue


def consult(work: Casework, person: str, excerpt: str, question: str) -> Chain:
    """Ask one colleague by an anonymised excerpt, in worknotes of their own: those that a try
    without an answer opened, if there are any."""
    asked = colleague(work, person)
    value = payload("excerpt/1", anonymised=True, excerpt=excerpt, question=question)
    written = Written(PEER_CONSULTED, {}, value)
    chain = _begun(work, asked, written) or work.open("worknotes", beside=asked)
    work.session.write(chain, PEER_CONSULTED, {}, value)
    return chain


def asked_of_colleagues(work: Casework) -> Iterator[Chain]:
    """The worknotes in which a colleague was asked something."""
    own, theirs = work.standing("worknotes"), work.theirs()
    trust = work.session.directory.newest
    return (
        chain
        for chain in work.chains("worknotes")
        if chain is not own and (theirs is None or opener(chain, trust) in theirs)
    )


def _begun(work: Casework, colleague: tuple[Line, ...], written: Written) -> Chain | None:
    """The worknotes with a colleague in which nobody was asked yet, or the very same just
    before."""
    among = {work.session.device, *(line.device for line in colleague)}
    for chain in reversed([*asked_of_colleagues(work)]):
        if not among <= {line.device for line in chain.lines}:
            continue
        said = any(item.entry.header.payload is not None for item in chain.items)
        if not said or stored(work.session, chain, written) is not None:
            return chain
    return None


def colleague(work: Casework, person: str) -> tuple[Line, ...]:
    """The devices of a colleague of the front office, by the beginning of her number. Raises
    NotPossible where that is not one."""
    me = work.session.directory.newest.person_of(work.session.device)
    return person_lines(work.session, (WORKER,), person, me)
