"""One compartment as this client reads it: verified entries, opened keys, payloads on demand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from client.errors import Distrust
from crypto.encoding import hash_of
from crypto.secret.payload import Place, open_keybox, open_payload
from crypto.secret.seeds import DeviceKeys
from crypto.secret.wrap import CannotOpen, commitment, open_wrap, wrap_info
from domain.entry import Entry, Line, Parts
from domain.state import Case, Compartment
from wire.parts import SealedParts, find_parts, named_wraps
from wire.payload_schemas import BadPayload, check_payload
from wire.pipeline import Reading


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the chain, who wrote it in which role, and the state it led from and to."""

    entry: Entry
    position: int
    role: str
    state_before: str
    state_after: str


@dataclass
class Chain:
    """A compartment. epoch_keys: those that this device was given, by epoch."""

    case: str
    name: str
    keys: DeviceKeys
    device: str
    reading: Reading
    items: list[Item] = field(default_factory=list)
    epoch_keys: dict[int, bytes] = field(default_factory=dict, repr=False)

    @property
    def state(self) -> Case:
        assert self.reading.case is not None  # a chain has its opening
        return self.reading.case

    @property
    def compartment(self) -> Compartment:
        return self.state.compartments[self.name]

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.compartment.lines

    @property
    def hashes(self) -> list[str]:
        return [item.entry.hash for item in self.items]

    def accept(self, reading: Reading, item: Item) -> None:
        self.reading = reading
        self.items.append(item)

    def open_wraps(self, given: Mapping[str, bytes]) -> None:
        """Open this device's wraps, given by the id of the entry that carries each.

        Raises Distrust(bad-wrap): missing, another than the header names, not opening, not the key
        that was committed to, or a key that was held before.
        """
        for item in self.items:
            entry = item.entry
            epoch = entry.header.epoch
            named = named_wraps(entry.header).get(self.device)
            if not entry.header.changes_members or named is None or epoch in self.epoch_keys:
                continue
            wrap = given.get(entry.header.id)
            if wrap is None or hash_of(wrap) != named:
                raise Distrust("bad-wrap", f"the wrap for epoch {epoch} is not the one named")
            self.epoch_keys[epoch] = self._opened(entry, wrap)

    def _opened(self, entry: Entry, wrap: bytes) -> bytes:
        header = entry.header
        commit = str(header.body["commit"])
        info = wrap_info(self.case, self.name, header.epoch, self.device, header.author, commit)
        try:
            key = open_wrap(self.keys, info, wrap)
        except CannotOpen as error:
            raise Distrust("bad-wrap", f"the wrap for epoch {header.epoch}: {error}") from error
        if commitment(self.case, self.name, header.epoch, key) != commit:
            raise Distrust("bad-wrap", f"epoch {header.epoch}: another key than was committed to")
        if key in self.epoch_keys.values():
            raise Distrust("bad-wrap", f"epoch {header.epoch}: a key that was used before")
        return key

    def open(self, item: Item, parts: SealedParts) -> dict[str, Any]:
        """What an entry says. Raises Distrust: missing-payload, payload-mismatch, cannot-open."""
        header = item.entry.header
        found = find_parts(header, parts)
        if found is Parts.MISSING or parts.payload is None or parts.keybox is None:
            raise Distrust("missing-payload", f"entry {header.seq} has lost its content")
        if found is not Parts.COMPLETE:
            raise Distrust("payload-mismatch", f"entry {header.seq} comes with other bytes")
        place = Place(self.case, self.name, header.id, header.author)
        try:
            key = open_keybox(self.epoch_keys[header.epoch], place, header.epoch, parts.keybox)
            value = open_payload(key, place, parts.payload)
            return check_payload(self._schema(item), value)
        except (CannotOpen, BadPayload) as error:
            raise Distrust("cannot-open", f"entry {header.seq}: {error}") from error

    def can_open(self, item: Item) -> bool:
        header = item.entry.header
        return header.payload is not None and header.epoch in self.epoch_keys

    def _schema(self, item: Item) -> str | None:
        header = item.entry.header
        service = self.reading.rules.services[self.state.service]
        step = service.step(header.kind, item.role, header.type)
        return step.payload if step else None
