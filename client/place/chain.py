"""One compartment as this client reads it: verified entries, opened keys, payloads on demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.errors import Distrust, OffSchema, Unreadable
from crypto.encoding import hash_of
from crypto.padding import ATTACHMENT_FLOOR, padded_size, sealed_size
from crypto.secret.grant import open_grant
from crypto.secret.payload import Place, open_keybox, open_payload
from crypto.secret.seeds import DeviceKeys
from crypto.secret.wrap import CannotOpen, commitment, grant_info, open_wrap, wrap_info
from domain.entry import Attachment, Entry, Header, Line, Parts
from domain.state import Case, Compartment
from domain.trust import SECONDS_A_DAY
from wire.parts import SealedParts, find_parts, named_wraps
from wire.payloads.book import BadPayload, check_payload
from wire.pipeline import Reading

ABOUT_OTHERS = frozenset({"PayloadErased", "MessageWithdrawn", "MessageCorrected"})
GRANTED = "HistoryGranted"
# Until the others that were unsealed with it are shared (`domain.services.support.analyses`).
HELD_BACK = "analysis"
TURN_OVER_SECONDS, TURN_OVER_ENTRIES = 30 * SECONDS_A_DAY, 500  # PROTOCOL.md section 3


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
    """A compartment. epoch_keys: those that this device was given, by epoch; entry_keys: what was
    granted of single entries, by their id, then by the grant's. refused: epochs whose wrap for this
    device is as its author signed it, and no key that was committed to; bad_grants: grants of which
    the same is true, by id. charge: the devices of those whose case it is, as the server says it to
    those who ask."""

    case: str
    name: str
    keys: DeviceKeys
    device: str
    reading: Reading
    items: list[Item] = field(default_factory=list)
    epoch_keys: dict[int, bytes] = field(default_factory=dict, repr=False)
    entry_keys: dict[str, dict[str, bytes]] = field(default_factory=dict, repr=False)
    refused: set[int] = field(default_factory=set)
    charge: tuple[str, ...] = ()
    bad_grants: set[str] = field(default_factory=set)
    _given: set[str] = field(default_factory=set)
    _about_others: list[Item] = field(default_factory=list)

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
        if item.entry.header.kind in ABOUT_OTHERS:
            self._about_others.append(item)

    def open_wraps(self, given: Mapping[str, bytes]) -> None:
        """Open this device's wraps, given by the id of the entry that carries each.

        Raises Distrust(bad-wrap) for a wrap that is missing or another than the signed header
        names: the server's doing. One that is as signed and is no good is its author's: it goes to
        `refused`, to be answered with WrapRefused.
        """
        self._given |= given.keys()
        erased = self.erased()
        for item in self.items:
            entry = item.entry
            epoch = entry.header.epoch
            named = named_wraps(entry.header).get(self.device)
            if not entry.header.changes_members or named is None or epoch in self.epoch_keys:
                continue
            wrap = given.get(entry.header.id)
            if wrap is None and entry.header.id in erased:
                continue
            if wrap is None or hash_of(wrap) != named:
                raise Distrust("bad-wrap", f"the wrap for epoch {epoch} is not the one named")
            key = self._opened(entry, wrap)
            if key is None:
                self.refused.add(epoch)
            else:
                self.epoch_keys[epoch] = key
        for item in self.items:
            self._open_grant(item.entry, given)

    def _open_grant(self, entry: Entry, given: Mapping[str, bytes]) -> None:
        """Take in what was granted to this device: exactly what the entry names, or nothing.

        A grant that is not there was erased, or is held back until another analysis is shared; one
        that is there is held against its hash, its contents and the epochs' commitments.
        """
        header, body = entry.header, entry.header.body
        if header.kind != GRANTED or body["to"] != self.device:
            return
        wrap = given.get(header.id)
        if wrap is None:
            if self.compartment.type != HELD_BACK and not self._grant_went(header):
                raise Distrust("bad-wrap", f"the grant of entry {header.seq} is missing")
            return
        if hash_of(wrap) != body["wrap"]:
            raise Distrust("bad-wrap", f"the grant of entry {header.seq} is not the one named")
        info = grant_info(self.case, self.name, header.id, self.device, header.author)
        epochs, entries = body["epochs"] or [], body["entries"] or []
        try:
            granted = open_grant(self.keys, info, wrap, epochs, entries)
        except CannotOpen:
            self.bad_grants.add(header.id)
            return
        commits = self.commits()
        for epoch, key in granted.epochs.items():
            if commitment(self.case, self.name, epoch, key) != commits[epoch]:
                self.bad_grants.add(header.id)
                return
        self.epoch_keys |= granted.epochs
        for entry_id, key in granted.entries.items():
            self.entry_keys.setdefault(entry_id, {})[header.id] = key

    def members_of(self, epoch: int) -> set[str]:
        """The devices that were given the key of an epoch as it began."""
        return {
            device
            for item in self.items
            if item.entry.header.changes_members and item.entry.header.epoch == epoch
            for device in named_wraps(item.entry.header)
        }

    def commits(self) -> dict[int, str]:
        """What each epoch committed to."""
        return {
            item.entry.header.epoch: str(item.entry.header.body["commit"])
            for item in self.items
            if item.entry.header.changes_members
        }

    def _opened(self, entry: Entry, wrap: bytes) -> bytes | None:
        """The key in a wrap; None if it does not open, or holds another key than was committed to,
        or one that was held before."""
        header = entry.header
        commit = str(header.body["commit"])
        info = wrap_info(self.case, self.name, header.epoch, self.device, header.author, commit)
        try:
            key = open_wrap(self.keys, info, wrap)
        except CannotOpen:
            return None
        if commitment(self.case, self.name, header.epoch, key) != commit:
            return None
        return None if key in self.epoch_keys.values() else key

    def open(self, item: Item, parts: SealedParts) -> dict[str, Any]:
        """What an entry says. Raises Distrust (missing-payload, payload-mismatch), Unreadable; of
        the latter OffSchema for what opens and is not as it should be."""
        header = item.entry.header
        enclosed = header.payload.attachments if header.payload else ()
        try:
            sealed = self._unsealed(header, parts)[1]
        except CannotOpen as error:
            raise Unreadable(f"entry {header.seq} cannot be read: {error}") from error
        try:
            value = check_payload(self._schema(item), sealed)
            _refuse_other_files(value["attachments"], enclosed)
            return value
        except BadPayload as error:
            if isinstance(sealed, dict):
                sealed = {name: one for name, one in sealed.items() if name != "attachments"}
            text = f"entry {header.seq} cannot be read: {error}"
            raise OffSchema(text, sealed) from error

    def entry_key(self, header: Header, parts: SealedParts) -> bytes:
        """The key of one entry, which opens it. Raises Distrust as open, CannotOpen."""
        return self._unsealed(header, parts)[0]

    def _unsealed(self, header: Header, parts: SealedParts) -> tuple[bytes, Any]:
        """The key of an entry and what it opens: from the key box, or else one that was granted.
        A granted one that does not open it is its giver's fault, and told so."""
        # Files are held against their hashes when they are fetched.
        files = {one.hash: one.size for one in header.payload.attachments} if header.payload else {}
        found = find_parts(header, parts, files)
        if found is Parts.MISSING or parts.payload is None or parts.keybox is None:
            raise Distrust("missing-payload", f"entry {header.seq} has lost its content")
        if found is not Parts.COMPLETE:
            raise Distrust("payload-mismatch", f"entry {header.seq} comes with other bytes")
        place = Place(self.case, self.name, header.id, header.author)
        if header.epoch in self.epoch_keys:
            key = open_keybox(self.epoch_keys[header.epoch], place, header.epoch, parts.keybox)
            return key, open_payload(key, place, parts.payload)
        for grant, key in self.entry_keys.get(header.id, {}).items():
            try:
                return key, open_payload(key, place, parts.payload)
            except CannotOpen:
                self.bad_grants.add(grant)
        raise CannotOpen("no key that was given opens it")

    def erased(self) -> dict[str, Entry]:
        """The entries that a privacy officer erased, by id, with the entry that says so."""
        found: dict[str, Entry] = {}
        for erasure in self._of_kind("PayloadErased"):
            body = erasure.header.body
            before = self._seq(body["proposal"])
            ids = body["entries"] or [
                item.entry.header.id for item in self.items if item.entry.header.seq < before
            ]
            found |= dict.fromkeys(ids, erasure)
        return found

    def _grant_went(self, grant: Header) -> bool:
        """Whether a grant was erased: with the whole place, or with an entry whose own key it
        carried (PROTOCOL.md, Erasure)."""
        erased = self.erased()
        if grant.id in erased and erased[grant.id].header.body["entries"] is None:
            return True
        named = (erased.get(entry) for entry in grant.body["entries"] or ())
        return any(one is not None and one.header.seq > grant.seq for one in named)

    def held_back(self) -> list[Item]:
        """Grants to this device whose keys the server has not given out, though nothing of them was
        erased. No time is set by which it must: it is said, and no alarm."""
        return [
            item
            for item in self.items
            if item.entry.header.kind == GRANTED
            and item.entry.header.body["to"] == self.device
            and item.entry.header.id not in self._given
            and not self._grant_went(item.entry.header)
        ]

    def key_went(self, header: Header) -> bool:
        """Whether what gave this device the key to an entry was erased with others: it came by
        grants alone, and each of them is gone."""
        if self.device in self.members_of(header.epoch):
            return False
        grants = [
            item.entry.header
            for item in self.items
            if item.entry.header.kind == GRANTED and gives(item.entry.header, self.device, header)
        ]
        return bool(grants) and all(self._grant_went(grant) for grant in grants)

    def served_its_time(self, now: int) -> bool:
        """Whether staff turn the epoch's key over: by its age, by what was written under it, or
        because a custodian made it, who stands outside."""
        begun = next(one for one in reversed(self.items) if one.entry.header.changes_members)
        written = self.compartment.seq - begun.entry.header.seq
        old = now - begun.entry.stored >= TURN_OVER_SECONDS
        return old or written >= TURN_OVER_ENTRIES or begun.entry.header.recovers

    def withdrawn(self) -> set[str]:
        """The messages that their author took back."""
        named = (entry.header.body["entries"] for entry in self._of_kind("MessageWithdrawn"))
        return {entry_id for ids in named for entry_id in ids}

    def corrected(self) -> dict[str, Item]:
        """The newest correction of each message, by the message's id."""
        return {
            item.entry.header.body["of"]: item
            for item in self._about_others
            if item.entry.header.kind == "MessageCorrected"
        }

    def _of_kind(self, kind: str) -> list[Entry]:
        return [one.entry for one in self._about_others if one.entry.header.kind == kind]

    def _seq(self, entry_id: str) -> int:
        return next(
            item.entry.header.seq for item in self.items if item.entry.header.id == entry_id
        )

    def can_open(self, item: Item) -> bool:
        """Whether it says something that this device was given the key to; what is erased or taken
        back counts, so that it is shown as such."""
        header = item.entry.header
        if header.payload is None:
            return False
        given = header.epoch in self.epoch_keys or header.id in self.entry_keys
        return given or header.id in self.erased()

    def _schema(self, item: Item) -> str | None:
        header = item.entry.header
        service = self.reading.rules.services[self.state.service]
        step = service.step(header.kind, item.role, header.type)
        return step.payload if step else None


def gives(grant: Header, device: str, entry: Header) -> bool:
    """Whether a grant names a device, and an entry or its epoch."""
    body = grant.body
    named = entry.epoch in (body["epochs"] or ()) or entry.id in (body["entries"] or ())
    return body["to"] == device and named


def _refuse_other_files(inside: list[dict[str, Any]], named: Sequence[Attachment]) -> None:
    """Raises BadPayload unless the payload speaks of the files that its header names."""
    sizes = [sealed_size(padded_size(one["size"], ATTACHMENT_FLOOR)) for one in inside]
    if sizes != [one.size for one in named]:
        raise BadPayload("it speaks of other files than its header names")
