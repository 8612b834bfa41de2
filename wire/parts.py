"""The sealed parts that travel with an entry, held against what its header names.

These are the erasable rows of the vault; the chain holds only their hashes (PROTOCOL.md section 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto.encoding import hash_of
from crypto.padding import ATTACHMENT_FLOOR, is_sealed_size
from domain.entry import Header, Parts

KEYBOX_BYTES = 72
WRAP_BYTES = 1168
PIECE_BYTES = 2**20  # in which attachments are sent up and down; only the last one is shorter
MAX_ATTACHMENT_BYTES = 25 * 2**20  # of the file itself, before it is padded


@dataclass(frozen=True, slots=True)
class SealedParts:
    """Ciphertext and key box of the payload, and wraps by recipient device."""

    payload: bytes | None = None
    keybox: bytes | None = None
    wraps: Mapping[str, bytes] = field(default_factory=dict)


def named_wraps(header: Header) -> dict[str, str]:
    """The wraps that a header names: recipient device to hash."""
    if header.changes_members:
        return {line["device"]: line["wrap"] for line in header.body["members"]}
    if header.kind == "HistoryGranted":
        return {header.body["to"]: header.body["wrap"]}
    return {}


def sizes_fit(header: Header) -> bool:
    """Whether some padded text could have the sizes that the header gives."""
    payload = header.payload
    return payload is None or (
        is_sealed_size(payload.size)
        and all(is_sealed_size(one.size, ATTACHMENT_FLOOR) for one in payload.attachments)
    )


def find_parts(
    header: Header, given: SealedParts | None, uploaded: Mapping[str, int] | None = None
) -> Parts:
    """Compare the parts given with the header.

    given: None for a reader that looks at structure alone.
    uploaded: sizes of the attachments that are there, by hash.
    """
    if not sizes_fit(header):
        return Parts.MISMATCHED
    if given is None:
        return Parts.NOT_LOOKED_AT
    payload = header.payload
    if payload is not None:
        files = uploaded or {}
        if given.payload is None or given.keybox is None:
            return Parts.MISSING
        if any(one.hash not in files for one in payload.attachments):
            return Parts.MISSING
    return Parts.COMPLETE if _matches(header, given, uploaded or {}) else Parts.MISMATCHED


def _matches(header: Header, given: SealedParts, files: Mapping[str, int]) -> bool:
    return _payload_matches(header, given, files) and _wraps_match(header, given.wraps)


def _payload_matches(header: Header, given: SealedParts, files: Mapping[str, int]) -> bool:
    payload = header.payload
    if payload is None or given.payload is None or given.keybox is None:
        return (payload, given.payload, given.keybox) == (None, None, None)
    return (
        len(given.payload) == payload.size
        and hash_of(given.payload) == payload.hash
        and len(given.keybox) == KEYBOX_BYTES
        and hash_of(given.keybox) == payload.keybox
        and all(files[one.hash] == one.size for one in payload.attachments)
    )


def _wraps_match(header: Header, given: Mapping[str, bytes]) -> bool:
    named = named_wraps(header)
    return named.keys() == given.keys() and all(
        hash_of(given[device]) == wrap
        and (not header.changes_members or len(given[device]) == WRAP_BYTES)
        for device, wrap in named.items()
    )
