"""Stored things as fields of answers."""

from typing import Any

from crypto.encoding import b64
from projections.timeline import TimelineRow
from store.placed import Placed


def stored_entry(placed: Placed) -> dict[str, Any]:
    entry = placed.entry
    return _fields(entry.header, entry.signature, entry.stored, placed.position)


def structure_entry(placed: Placed, linked: Placed | None) -> dict[str, Any]:
    return {**stored_entry(placed), "linked": stored_entry(linked) if linked else None}


def timeline_entry(row: TimelineRow) -> dict[str, Any]:
    return _fields(row.header, row.signature, row.stored, row.position)


def _fields(header: bytes, signature: bytes, stored: int, position: int) -> dict[str, Any]:
    return {
        "header": b64(header),
        "signature": b64(signature),
        "stored": stored,
        "position": position,
    }
