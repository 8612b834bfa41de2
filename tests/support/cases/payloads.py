"""Payload schemas in tests: those of the product, whatever test modules registered beside them, and
some that are registered for a while."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from marshmallow import Schema

from wire.payloads.book import SCHEMAS, register

# What is pinned, and has its Dutch.
OF_THE_PRODUCT: Mapping[str, Schema] = {
    name: schema
    for name, schema in SCHEMAS.items()
    if type(schema).__module__.startswith("wire.payloads.")
}


@contextmanager
def registered(schemas: Mapping[str, Schema]) -> Iterator[None]:
    """The payloads of one more service, as long as the block runs."""
    register(schemas)
    try:
        yield
    finally:
        for name in schemas:
            del SCHEMAS[name]
