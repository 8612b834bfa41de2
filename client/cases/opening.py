"""A case that somebody who works here begins: its first place, and the first word in it."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from client.cases.casework import listed
from client.cases.charge import own_lines, person_lines
from client.cases.steps import opening_body
from client.errors import NotPossible
from client.files.enclosures import Enclosure
from client.place.chain import Chain
from client.place.compose import Written
from client.place.names import new_name
from client.place.repeated import opened_with
from client.session import SALT_BYTES, Session
from client.why import Why
from domain.entry import Line
from domain.service import Service
from domain.step import Command


def open_by(
    session: Session,
    table: Service,
    step: Command,
    value: dict[str, Any] | None,
    beside: Sequence[str] = (),
    files: Sequence[Enclosure] = (),
    said: Mapping[str, Any] | None = None,
) -> Chain:
    """Open a case by the step with which it begins. beside: who comes in besides, by the beginning
    of their numbers. said: by name, the fields of its body that people say (`steps.body_of`) and
    those that an opening of this service states besides. Raises as open_case."""
    said = said or {}
    holds = sorted(table.walls[step.place].holds)
    lines = [line for one in beside for line in person_lines(session, holds, one)]
    body = opening_body(session, step, said)
    stated = {name: one for name, one in said.items() if name in table.opening}
    return open_case(session, table.name, step.place, step.kind, body, value, lines, files, stated)


def is_unanswered(first: Chain, table: Service) -> bool:
    """Whether who asked said something after which nobody who works here said anything."""
    said = [item for item in first.items if item.entry.header.payload is not None]
    return bool(said) and said[-1].role in table.askers


def open_case(
    session: Session,
    service: str,
    place: str,
    kind: str,
    body: Mapping[str, Any],
    value: dict[str, Any] | None,
    beside: Sequence[Line] = (),
    files: Sequence[Enclosure] = (),
    said: Mapping[str, Any] | None = None,
) -> Chain:
    """Open a case with a place of a type and its first entry: for whom the table lists, and who
    comes in besides. said: the fields that an opening of this service states besides. The same once
    more is asked about, as in `Session.write`. Raises NotPossible, ServerRefused, Distrust."""
    session.directory.refresh(session.pins.position)
    trust, table = session.directory.current(), session.rules.services[service]
    wall = table.walls[place]
    role = next((one for one in sorted(wall.opened_by) if trust.gives(session.device, one)), None)
    if role is None:
        raise NotPossible(Why.NO_OPENER, service=service)
    lines = (*listed(trust, wall.lists), *beside, *own_lines(trust, session.device, role))
    opening = {
        "service": service,
        "ground": wall.ground,
        "purpose": wall.purpose,
        **table.beginning,
        **(said or {}),
    }
    written = Written(kind, body, value, tuple(files))
    chain = opened_with(session, place, opening, written)
    if chain is None:
        members = tuple(sorted({line.device: line for line in lines}.values()))
        chain = session.open_first(new_name(place), os.urandom(SALT_BYTES), members, opening)
        session.write(chain, kind, body, value, files)
    return chain
