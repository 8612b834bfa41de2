"""A consultation that a worker registers for someone whom she spoke with, and takes at once. A try
whose answer was lost is gone on with, in whichever of its three entries it broke off."""

import os
from collections.abc import Iterator
from typing import Any

from client.cases.charge import own_lines
from client.cases.consultation import opening
from client.cases.consulting import take
from client.place.chain import Chain
from client.place.compose import Written
from client.place.names import new_name, type_of
from client.place.repeated import stored
from client.session import SALT_BYTES, Session
from domain.services.consultation.guards import WORKER
from domain.services.consultation.states import IN_TRIAGE, OPENED, RECEIVED
from domain.trust import SECONDS_A_DAY

GROUND = "public_task"


def register(session: Session, mode: str, contact: dict[str, Any]) -> Chain:
    """Register what someone asked by telephone or at the desk, and take it. contact: contact/2.

    The same that was registered within a day is not registered twice, unless the session's `again`
    says so; where that is not looked at, nothing of before is. Raises as Session.write.
    """
    session.directory.refresh(session.pins.position)
    body = opening(GROUND, mode)
    chain = _before(session, body, contact)
    if chain is None:
        own = own_lines(session.directory.current(), session.device, WORKER)
        name = new_name("dialogue")
        chain = session.open_first(name, os.urandom(SALT_BYTES), own, body)
    if chain.state.state == OPENED:
        session.write(chain, "ConsultationReceived", {}, contact)
    take(session, chain)
    return chain


def _before(session: Session, body: dict[str, Any], contact: dict[str, Any]) -> Chain | None:
    """What an earlier try opened: the same registration, or a case that got nothing yet."""
    if session.again is None:
        return None
    registration = Written("ConsultationReceived", {}, contact)
    for chain in _recent(session):
        first = chain.items[0].entry.header
        if first.author != session.device or dict(first.body) | body != dict(first.body):
            continue
        if chain.state.state == OPENED:
            return chain
        before = stored(session, chain, registration)
        if before is not None and not session.again(before):
            return chain
    return None


def _recent(session: Session) -> Iterator[Chain]:
    """The conversations of a day in which nothing has been said after the first, newest first."""
    rows = sorted(session.work(), key=lambda row: row["opened"], reverse=True)
    for row in rows:
        early = row["state"] in (OPENED, RECEIVED, IN_TRIAGE)
        recent = row["opened"] > session.now() - SECONDS_A_DAY
        if early and recent and type_of(row["compartment"]) == "dialogue":
            chain = session.read(row["case"], row["compartment"])
            if chain is not None:
                yield chain
