"""Every service by its name, as entries carry it, and every kind of entry.

A service is known once it is registered here: rules, server, client and commands follow from its
table.
"""

from collections.abc import Mapping
from typing import Any

from domain.fields import Body, Origin, body_shape
from domain.guard import Link
from domain.kinds import PROTOCOL
from domain.service import Service
from domain.services.consultation import CONSULTATION
from domain.services.pool.deployment import DEPLOYMENT
from domain.services.pool.meetings import EXPERT_POOL
from domain.services.pool.profile import EXPERT_PROFILE
from domain.services.support import FAMILY_SUPPORT, INDIVIDUAL_SUPPORT
from domain.shapes import Shape

LINK = Link._fields
SERVICES: dict[str, Service] = {}
KINDS: dict[str, Shape] = dict(PROTOCOL)
BODIES: dict[str, Body] = {}
DECIDED_BY: dict[str, tuple[str, ...]] = {}  # what answers a proposal of a kind: the first says yes


def register(service: Service) -> None:
    """Make a service known, with its kinds. Raises ValueError where a kind is known already with
    another body, a row is of a kind that nobody knows, or another service of its group has a step
    of the same name: nothing is registered then."""
    kinds: Mapping[str, Body] = service.kinds
    for kind, body in kinds.items():
        if kind in PROTOCOL or BODIES.get(kind, body) != body:
            raise ValueError(f"{kind} has another body already")
    unknown = {step.kind for step in service.steps} - {*kinds, *PROTOCOL}
    if unknown:
        raise ValueError(f"{service.name} says nothing of {', '.join(sorted(unknown))}")
    for one in SERVICES.values():
        same = service.commands.keys() & one.commands.keys()
        if same and one.name != service.name and one.grouped == service.grouped:
            raise ValueError(f"{', '.join(sorted(same))} is a step of {one.name} already")
    BODIES.update(kinds)
    KINDS.update({kind: body_shape(body) for kind, body in kinds.items()})
    DECIDED_BY.update({kind: service.decided_by(kind) for kind in service.proposals})
    SERVICES[service.name] = service


def askers() -> frozenset[str]:
    """The roles of those who ask, in any service."""
    return frozenset[str]().union(*(service.askers for service in SERVICES.values()))


def link_of(kind: str, body: Mapping[str, Any]) -> Link | None:
    """The entry of another case that a body names, for guards that look at it."""
    for name, field in BODIES.get(kind, {}).items():
        if field.origin is Origin.LINK:
            value = body[name] if isinstance(body.get(name), dict) else body
            return Link(*(value[part] for part in LINK)) if value.get("case") else None
    return None


for _service in (
    *(CONSULTATION, FAMILY_SUPPORT, INDIVIDUAL_SUPPORT),
    *(EXPERT_PROFILE, DEPLOYMENT, EXPERT_POOL),
):
    register(_service)
