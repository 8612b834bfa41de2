"""Every payload schema by its name, as rows of the services give it, and the check before sealing
and after opening. The server never sees payloads filled in.

A service's payloads are known once its module is in the loop below, or is registered: forms,
options, labels and what is shown follow from the fields.
"""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from wire.payloads import common, consultation, disclosure, matching, pool, support

SCHEMAS: dict[str, Schema] = {}
NAME = re.compile(r"[a-z][a-z_]*/[1-9][0-9]*")  # closing/2: what it is, and its number


class BadPayload(Exception):
    """A payload that is not as its schema asks; the text names the fields."""


def register(schemas: Mapping[str, Schema]) -> None:
    """Make the payloads of a service known. Schemas never change: another one has another number.
    Raises ValueError for a name that is known already or is none: nothing is registered then."""
    wrong = [name for name in schemas if not NAME.fullmatch(name)]
    if wrong:
        raise ValueError(f"a schema is called as closing/2 is, and not {', '.join(wrong)}")
    if known := schemas.keys() & SCHEMAS.keys():
        raise ValueError(f"{', '.join(sorted(known))} is a schema already: give it another number")
    SCHEMAS.update(schemas)


def check_payload(schema: str | None, value: Any) -> dict[str, Any]:
    """The value, if it is as its schema asks. Raises BadPayload."""
    if not isinstance(value, dict) or schema is None or value.get("schema") != schema:
        raise BadPayload(f"not a payload of schema {schema}")
    try:
        SCHEMAS[schema].load(value)
    except ValidationError as error:
        raise BadPayload("; ".join(_sentences(error.messages))) from error
    return value


def _sentences(messages: Any, where: str = "") -> list[str]:
    if isinstance(messages, dict):
        return [
            sentence
            for name, inner in messages.items()
            for sentence in _sentences(inner, f"{where}.{name}".lstrip("."))
        ]
    return [f"{where}: {' '.join(map(str, messages))}"]


for _module in (common, consultation, disclosure, support, pool, matching):
    register(_module.SCHEMAS)
