"""The rule book: all that the rules know, as one value of plain JSON, for programs that do not
share this code (`docs/rules.json`).

It is drawn from the tables column by column: a column that is added to a row or a service stands in
it without a word here. What guards and listings do is not in it; they stand by name, with their
arguments. How the protocol's own checks go is PROTOCOL.md section 4.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from domain.charge import ASSIGNEE, SUBSTITUTE
from domain.check import MAX_CLOCK_SECONDS, NO_LOG_ROOT, WHILE_OWED
from domain.guard import Guard, Listing
from domain.kinds import OPENING_FIELDS, ROLES
from domain.membership import BY_OFFICE_ALONE, OUTSIDE_ROLES
from domain.refusal import Refusal
from domain.service import Service
from domain.services.guards import LAPSE_DAYS
from domain.services.registry import BODIES, KINDS, SERVICES
from domain.shapes import data_of
from domain.trust import NO_HASH

VERSION = 1  # of how the book is written, not of the rules in it


def rule_book(services: Mapping[str, Service] = SERVICES) -> dict[str, Any]:
    """The whole of it. What is a set is sorted; rows, guards, states and refusals stand in the
    order in which they count."""
    return {
        "version": VERSION,
        "refusals": [str(refusal) for refusal in Refusal],
        "roles": list(ROLES),
        "protocol": {
            "opening": sorted(OPENING_FIELDS),
            "outside_roles": dict(OUTSIDE_ROLES),
            "by_office_alone": sorted(BY_OFFICE_ALONE),
            "while_owed": sorted(WHILE_OWED),
            "charged": [ASSIGNEE, SUBSTITUTE],
            "max_clock_seconds": MAX_CLOCK_SECONDS,
            "lapse_days": LAPSE_DAYS,
            "no_log_root": NO_LOG_ROOT,
            "no_hash": NO_HASH,
        },
        "kinds": {kind: _kind(kind) for kind in KINDS},
        "services": {
            name: {
                str(version): _table(table)
                for version, table in {**service.earlier, service.rules: service}.items()
            }
            for name, service in services.items()
        },
    }


def _kind(kind: str) -> dict[str, Any]:
    """body: its shape. origins: where its values come from, for a kind of a service."""
    origins = {
        name: {"from": plain(field.origin), "of": plain(field.of)}
        for name, field in BODIES.get(kind, {}).items()
    }
    return {"body": plain(KINDS[kind]), "origins": origins}


def _table(service: Service) -> dict[str, Any]:
    """One version of a service. Its kinds are named alone: their bodies stand with all others."""
    apart = ("kinds", "steps", "earlier")
    columns = [one.name for one in fields(service) if one.name not in apart]
    return {
        **{name: plain(getattr(service, name)) for name in columns},
        "kinds": sorted(service.kinds),
        "rows": plain(service.steps),
    }


def plain(value: Any) -> Any:
    """A column of a table as JSON. Raises ValueError for a shape that does not say what it asks."""
    match value:
        case None | bool():
            return value
        case Enum():
            return value.value
        case str() | int():
            return value
        case Guard() | Listing():
            return _condition(value)
        case frozenset():
            return sorted(map(plain, value))
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return plain(value._asdict())
        case tuple() | list():
            return list(map(plain, value))
        case _ if is_dataclass(value):
            return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    said = data_of(value)
    if said is None:
        raise ValueError(f"{value} does not say what it asks")
    return said


def _condition(condition: Guard | Listing) -> dict[str, Any]:
    """All but the function: whoever judges by the book has one of this name."""
    columns = {one.name: getattr(condition, one.name) for one in fields(condition)}
    return {name: plain(column) for name, column in columns.items() if name != "holds"}
