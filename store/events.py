"""What is stored, and how it is written down: pinned for ever.

    zegel/entry/1            u64 stored ‖ 64 bytes signature ‖ header
    zegel/root/1, roster/1   u64 stored ‖ u32 length ‖ signatures as canonical JSON ‖ document

An event is the received bytes with the time of storing: nothing is encoded again.
"""

import struct
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent

TRUST_STREAM = UUID(int=0)
_STORED = struct.Struct(">Q")
_LENGTH = struct.Struct(">I")
_SIGNATURE_END = _STORED.size + 64


@dataclass(frozen=True, slots=True)
class EntryStored:
    """An entry in the stream of its case; originator_version counts the case's entries from 1."""

    topic: ClassVar[str] = "zegel/entry/1"
    originator_id: UUID
    originator_version: int
    stored: int
    signature: bytes
    header: bytes

    def state(self) -> bytes:
        return _STORED.pack(self.stored) + self.signature + self.header

    @classmethod
    def from_state(cls, originator_id: UUID, version: int, state: bytes) -> "EntryStored":
        (stored,) = _STORED.unpack_from(state)
        return cls(
            originator_id,
            version,
            stored,
            state[_STORED.size : _SIGNATURE_END],
            state[_SIGNATURE_END:],
        )


@dataclass(frozen=True, slots=True)
class DocumentStored:
    """A root or roster; signatures are canonical JSON."""

    topic: ClassVar[str]
    what: ClassVar[str]
    originator_id: UUID
    originator_version: int
    stored: int
    signatures: bytes
    document: bytes

    def state(self) -> bytes:
        length = _LENGTH.pack(len(self.signatures))
        return _STORED.pack(self.stored) + length + self.signatures + self.document

    @classmethod
    def from_state(cls, originator_id: UUID, version: int, state: bytes) -> "DocumentStored":
        (stored,) = _STORED.unpack_from(state)
        (length,) = _LENGTH.unpack_from(state, _STORED.size)
        start = _STORED.size + _LENGTH.size
        return cls(
            originator_id, version, stored, state[start : start + length], state[start + length :]
        )


class RootStored(DocumentStored):
    topic = "zegel/root/1"
    what = "root"


class RosterStored(DocumentStored):
    topic = "zegel/roster/1"
    what = "roster"


Stored = EntryStored | DocumentStored
TOPICS: dict[str, type[EntryStored] | type[DocumentStored]] = {
    kind.topic: kind for kind in (EntryStored, RootStored, RosterStored)
}
DOCUMENTS: dict[str, type[DocumentStored]] = {"root": RootStored, "roster": RosterStored}


def event(row: StoredEvent) -> Stored:
    """The event of a stored row. Raises KeyError for a topic that no release has written."""
    kind = TOPICS[row.topic]
    return kind.from_state(UUID(str(row.originator_id)), row.originator_version, row.state)


class EntryMapper(Mapper[UUID]):
    """Turns events into stored rows and back, without a transcoder between."""

    def __init__(self) -> None:
        pass

    def to_stored_event(self, domain_event: Stored) -> StoredEvent:  # type: ignore[override]
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.topic,
            state=domain_event.state(),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Stored:
        return event(stored_event)
