"""A service that a test module makes known for as long as its tests run: as a product would have it
from one file in `domain/services` and one in `wire/payloads`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from marshmallow import Schema

from domain.service import Service
from domain.services.registry import BODIES, DECIDED_BY, KINDS, SERVICES, register
from tests.support.cases.payloads import registered as payloads


@contextmanager
def registered(service: Service, schemas: Mapping[str, Schema]) -> Iterator[None]:
    tables: tuple[dict[str, object], ...] = (SERVICES, KINDS, BODIES, DECIDED_BY)  # type: ignore[assignment]
    before = [dict(table) for table in tables]
    register(service)
    try:
        with payloads(schemas):
            yield
    finally:
        for table, kept in zip(tables, before, strict=True):
            table.clear()
            table.update(kept)
