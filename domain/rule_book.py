"""The whole rule book as data, for programs that do not share this code (`docs/rules.json`).

Kinds with the shapes of their bodies, every service's walls, rows, guards and terms, and what the
protocol lets outsiders do. A guard is the name of a function and its arguments: what the function
asks stands in its sentence, and in `domain.services`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from domain.check import WHILE_OWED
from domain.fields import Field
from domain.guard import Guard, Listing
from domain.kinds import OPENING_FIELDS, REASONS, ROLES
from domain.membership import BY_OFFICE_ALONE, OUTSIDE_ROLES
from domain.refusal import Refusal
from domain.service import Service
from domain.services.registry import BODIES, KINDS, SERVICES
from domain.shapes import data_of
from domain.step import Command, Step, Wall
from domain.terms import Term

VERSION = 1


def rule_book(services: Mapping[str, Service] = SERVICES) -> dict[str, Any]:
    """Sets are sorted; what stands in an order that counts (states, rows, refusals) keeps it."""
    return {
        "type": "zegel/rules",
        "v": VERSION,
        "roles": list(ROLES),
        "reasons": list(REASONS),
        "refusals": [str(refusal) for refusal in Refusal],
        "opening": {name: data_of(shape) for name, shape in OPENING_FIELDS.items()},
        "kinds": {kind: _kind(kind) for kind in KINDS},
        "from outside": dict(OUTSIDE_ROLES),
        "by office alone": list(BY_OFFICE_ALONE),
        "while a rotation is owed": sorted(WHILE_OWED),
        "services": {
            name: [_service(table) for table in (*service.earlier.values(), service)]
            for name, service in services.items()
        },
    }


def _kind(kind: str) -> dict[str, Any]:
    body = BODIES.get(kind)
    fields = None if body is None else {name: _field(field) for name, field in body.items()}
    return {"body": data_of(KINDS[kind]), "fields": fields}


def _field(field: Field) -> dict[str, Any]:
    return {"origin": field.origin.value, "of": list(field.of), "optional": field.optional}


def _service(service: Service) -> dict[str, Any]:
    return {
        "rules": service.rules,
        "controller": service.controller,
        "begins": service.begins,
        "states": list(service.states),
        "done": sorted(service.done),
        "first": sorted(service.first),
        "opening": {name: data_of(shape) for name, shape in service.opening.items()},
        "grounds": sorted(service.grounds),
        "purposes": sorted(service.purposes),
        "askers": sorted(service.askers),
        "walls": {name: _wall(wall) for name, wall in service.walls.items()},
        "rows": [_row(step, service) for step in service.steps],
        "terms": [_term(term) for term in service.terms],
        "commands": {name: _command(command) for name, command in service.commands.items()},
    }


def _wall(wall: Wall) -> dict[str, Any]:
    return {
        "opened by": sorted(wall.opened_by),
        "holds": sorted(wall.holds),
        "adds": {role: sorted(by) for role, by in wall.adds.items()},
        "removes": {role: sorted(by) for role, by in wall.removes.items()},
        "guards": _guards(wall.guards),
        "listings": _listings(wall.listings),
        "at its opening": _listings(wall.opening),
        "lists": list(wall.lists),
        "ground": wall.ground,
        "purpose": wall.purpose,
    }


def _row(step: Step, service: Service) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "writers": sorted(step.writers),
        "places": sorted(step.compartments),
        "from": [state for state in service.states if state in step.sources],
        "to": step.to,
        "when": dict(step.when),
        "payload": step.payload,
        "no files": step.no_files,
        "guards": _guards(step.guards),
        "waits for": step.waits,
        "facts": dict(step.facts),
        "marks": dict(step.marks),
        "stamps": list(step.stamps),
        "first stamps": list(step.first_stamps),
        "clears": list(step.clears),
        "adds": {name: list(taken) for name, taken in step.adds.items()},
        "drops": dict(step.drops),
        "proposes": step.proposes,
        "lapses on": sorted(step.lapses_on),
        "explains": step.explains,
    }


def _guards(guards: Iterable[Guard]) -> list[dict[str, Any]]:
    return [
        {
            "guard": guard.name,
            "arguments": _arguments(guard.arguments),
            "scope": guard.scope.value,
            "refusal": str(guard.refusal),
            "meaning": guard.meaning,
        }
        for guard in guards
    ]


def _listings(listings: Iterable[Listing]) -> list[dict[str, Any]]:
    return [
        {
            "listing": listing.name,
            "arguments": _arguments(listing.arguments),
            "meaning": listing.meaning,
        }
        for listing in listings
    ]


def _arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (str, int, bool)) else list(value)
        for name, value in arguments.items()
    }


def _term(term: Term) -> dict[str, Any]:
    return {
        "name": term.name,
        "since": term.since,
        "states": sorted(term.states),
        "shown in": sorted(term.shown_in),
        "roles": sorted(term.roles),
        "amount": [term.amount.number, term.amount.unit.value],
        "reason": term.reason,
    }


def _command(command: Command) -> dict[str, Any]:
    return {
        "kind": command.kind,
        "place": command.place,
        "help": command.help,
        "done": command.done,
        "fixed": dict(command.fixed),
    }
