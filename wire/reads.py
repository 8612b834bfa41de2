"""The read log as both ends know it: what stands in a line, how lines are chained, and what its
newest head says.

{"action":"R","at":1795428060,"compartment":"dialogue-…","entry":"…","network":{"id":"…",
 "type":"device"},"outcome":"released",…}      canonical JSON, NEN 7513 by LAW.md 4.3
"""

from collections.abc import Mapping
from typing import Any

from crypto.encoding import b64, bind, canonical, sha256
from domain.shapes import (
    Shape,
    code,
    compartment_name,
    exactly,
    identifier,
    integer,
    malformed,
    pattern,
    record,
)

FIRST = bytes(32)  # before the first line of a case
PUBLIC = "public"
NOWHERE = "0" * 32  # the case under which lines about cases that are not there stand
UNREADABLE = "?"  # what is no id at all is not repeated
RELEASED, REFUSED = "released", "refused"
FETCHES = frozenset({"PayloadFetched", "AttachmentFetched"})  # of sealed parts
STRUCTURE_FETCHED = "StructureFetched"
ACTIVITY = "zegel-case"
# Who sees headers and no content: to audit, to propose an erasure, to carry it out, to recover.
STRUCTURE_ROLES = ("auditor", "supervisor", "privacy_officer", "key_custodian")
# Who sees the read log of a case: to audit, and to tell a subject who looked (LAW.md A12).
READERS = ("auditor", "privacy_officer")


def _or(word: str, shape: Shape) -> Shape:
    def either(value: Any, where: str) -> None:
        if value != word:
            shape(value, where)

    return either


_network = {"type": exactly("device", PUBLIC), "id": _or(PUBLIC, identifier)}
_required: Mapping[str, Shape] = {
    "processing_activity_id": exactly(ACTIVITY),
    "action": exactly("R"),
    "at": integer(),
    "outcome": exactly(RELEASED, REFUSED),
    "event_type": exactly(*sorted(FETCHES), STRUCTURE_FETCHED),
    "user": _or(PUBLIC, identifier),
    "role": pattern("([a-z_]+(, [a-z_]+)*)?", "a list of roles"),
    "network": record(_network),
    "lifecycle": exactly("read"),
    "audit_source": pattern(r"[^\s+]{1,200}", "the name of a log"),
    "case": _or(UNREADABLE, identifier),
}
_optional: Mapping[str, Shape] = {
    "compartment": _or(UNREADABLE, compartment_name),
    "entry": _or(UNREADABLE, identifier),
    "number": _or(UNREADABLE, pattern("[1-9][0-9]?", "the number of an attachment")),
    "epoch": integer(),
    "service": code,
}
_line = record(_required, _optional)


def odd_fields(fields: Mapping[str, Any]) -> list[str]:
    """The fields of a line that are none of those that may stand in one."""
    network = fields.get("network")
    inner = network.keys() - _network.keys() if isinstance(network, dict) else ()
    odd = fields.keys() - _required.keys() - _optional.keys()
    return sorted((*odd, *(f"network.{name}" for name in inner)))


def check_line(fields: Mapping[str, Any]) -> None:
    """Raises Refused(malformed) unless the fields, but for odd ones, are as a line has them: who is
    in no roster has no device in it, who is has both, and sealed parts are of an entry."""
    known = {name: fields[name] for name in fields if name in _required or name in _optional}
    if isinstance(known.get("network"), dict):
        known["network"] = {n: v for n, v in known["network"].items() if n in _network}
    _line(known, "line")
    device = known["network"]
    nameless = [one == PUBLIC for one in (known["user"], device["type"], device["id"])]
    if any(nameless) and not all(nameless):
        raise malformed("line", "a user without a device, or a device without a user")
    if known["event_type"] in FETCHES and not {"compartment", "entry"} <= known.keys():
        raise malformed("line", "sealed parts of no entry")


def line_hash(last: bytes, case: str, number: int, body: bytes) -> bytes:
    """The hash of a line, over the one before it."""
    return sha256(bind("zegel/v1/read-line", [b64(last), case, number]) + b"\0" + body)


def head_statement(origin: str, case: str, number: int, head: str, at: int) -> bytes:
    """What the log key signs of the newest line of a case."""
    return canonical([origin, case, number + 1, head, at])


def read_line(
    what: str,
    outcome: str,
    at: int,
    device: str | None,
    person: str | None,
    role: str,
    place: dict[str, Any],
    source: str,
) -> dict[str, Any]:
    """A line's fields. device, person: None for whoever is in no roster, who stays nameless.
    place: case, compartment, entry, number, epoch, service, as far as they are known."""
    known = device is not None and person is not None
    return {
        "processing_activity_id": ACTIVITY,
        "action": "R",
        "at": at,
        "outcome": outcome,
        "event_type": what,
        "user": person if known else PUBLIC,
        "role": role,
        "network": {"type": "device", "id": device} if known else {"type": PUBLIC, "id": PUBLIC},
        "lifecycle": "read",
        "audit_source": source,
        **place,
    }
