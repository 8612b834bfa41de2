"""Who is about to write, and values of the right shape for what is written."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from domain.service import Service
from domain.state import Case, Compartment
from tests.support.rules.cast import Cast

UNKNOWN = "9" * 32
ANOTHER_CASE = "7" * 32
EVER, LONG_AGO = "2099-01-01T00:00Z", "2001-01-01T00:00Z"
EXAMPLES = (UNKNOWN, "0" * 42 + "A", "0" * 21 + "A", "a_code", "dialogue-123456789", EVER)
ANOTHER_ENTRY = {"case": ANOTHER_CASE, "id": UNKNOWN, "hash": EXAMPLES[1]}


class Writing(NamedTuple):
    """Who is about to write, and where. hashes: of the entries, by id. spoken: the arguments of the
    row's guards. fixed: fields of the body that are given already."""

    cast: Cast
    service: Service
    case: Case
    here: Compartment
    author: str
    role: str
    hashes: Mapping[str, str]
    new_id: str
    spoken: Mapping[str, Any] = {}
    fixed: Mapping[str, Any] = {}

    def words(self, field: str) -> tuple[str, ...]:
        """What the row's guards say of a field, by the name of several."""
        return tuple(self.spoken.get(f"{field}s", ()))

    def written(self, own: bool | None = None) -> list[str]:
        """Entries with a payload that stand here, the newest first. own: the author's, others',
        all."""
        return [
            one
            for one, note in reversed(self.case.entries.items())
            if note.has_payload
            and note.compartment == self.here.name
            and (own is None or (note.author == self.author) == own)
        ]


def example(data: Any) -> list[Any]:
    """Values of a shape, by what it says of itself."""
    if "text" in data:
        return [one for one in EXAMPLES if re.fullmatch(data["text"], one, re.ASCII)][:1]
    if "minute" in data:
        return [EVER]
    if "integer" in data:
        return [data["integer"][0]]
    if "one of" in data:
        return list(data["one of"])
    if "null or" in data:
        return [None, *example(data["null or"])]
    if "distinct" in data:
        return example(data["distinct"])
    if "list of" in data:
        return [example(data["list of"])[: data["from"]]]
    parts = {name: example(one)[0] for name, one in data["object"].items()}
    return [parts]
