"""Who could read what, and since when: a fold over signed headers alone (PROTOCOL.md section 6).

An entry with content is readable to the devices that its epoch was sealed to, and to those that an
entry granted it to since. It reads no key, no clock and no store: SDK, auditor and projection come
to the same.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from domain.entry import Header
from domain.trust import Trust

GRANTED = "HistoryGranted"
ERASED = "PayloadErased"
RECOVERER = "key_custodian"
LEAVES = frozenset({"MemberLeft", "RequesterKeyReplaced"})  # the author's device goes


class Moment(NamedTuple):
    """A place in the store: position, and the unix time of storing."""

    position: int
    stored: int


class Reader(NamedTuple):
    """A device that was given the key of an entry. person: of a roster, None for a requester.
    through: `epoch n` or `grant <entry id>`. since: when the entry that gave it was stored, or the
    entry itself where that came later."""

    device: str
    person: str | None
    role: str
    through: str
    since: Moment


class Readable(NamedTuple):
    """An entry with content, and everyone who was given its key. erased: when its content was taken
    away, None if it was not."""

    id: str
    compartment: str
    seq: int
    kind: str
    author: str
    at: Moment
    epoch: int
    readers: tuple[Reader, ...]
    erased: Moment | None = None

    def fields(self) -> dict[str, Any]:
        return self._asdict() | {"readers": [reader._asdict() for reader in self.readers]}


@dataclass(frozen=True, slots=True)
class Standing:
    """A device in a compartment. since: when entries were first sealed to it. until: when it left,
    was replaced or was put out by new keys, None while it stands: nothing stored since is in its
    reach. One that a roster revoked stands until the new keys, and nothing is sealed before them.
    """

    device: str
    person: str | None
    role: str
    compartment: str
    since: Moment
    until: Moment | None


@dataclass(frozen=True, slots=True)
class Access:
    """entries: by id, in store order. standings: in the order in which they began."""

    entries: Mapping[str, Readable]
    standings: tuple[Standing, ...]


@dataclass
class _Place:
    """A compartment while it is folded: who was sealed to in each epoch, and its entries by it."""

    epochs: dict[int, tuple[Reader, ...]] = field(default_factory=dict)
    entries: dict[int, list[str]] = field(default_factory=dict)
    open: dict[str, Standing] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    seqs: dict[str, int] = field(default_factory=dict)


class Moved(NamedTuple):
    """Who stands in a compartment no more, and who stands in it from now on; a custodian who made
    its new keys for that moment alone."""

    ended: list[Standing]
    begun: list[Standing]


def concerns_standing(header: Header) -> bool:
    """Whether an entry may change who stands in its compartment."""
    return header.changes_members or header.kind in LEAVES


def stand_on(here: Mapping[str, Standing], moment: Moment, header: Header, trust: Trust) -> Moved:
    """What an entry changes of who stands in its compartment. here: who does, by device."""
    listed = {line.device: line.role for line in header.lines} if header.changes_members else {}
    left = {header.author} if header.kind in LEAVES else here.keys() - listed.keys()
    place = header.compartment
    begun = [
        Standing(device, trust.person_of(device), role, place, moment, None)
        for device, role in listed.items()
        if device not in here
    ]
    if _knows_the_key_outside(header):
        by = header.author
        begun.append(Standing(by, trust.person_of(by), RECOVERER, place, moment, moment))
    return Moved(
        [replace(one, until=moment) for device, one in here.items() if device in left], begun
    )


def _knows_the_key_outside(header: Header) -> bool:
    """Whether an entry was written by a custodian who made its key and is no member by it. One who
    is charged with the case as well may list himself: then he is a member like any other."""
    return header.recovers and all(line.device != header.author for line in header.lines)


class _Fold:
    def __init__(self, trust_at: Callable[[int], Trust]) -> None:
        self.trust_at = trust_at
        self.places: dict[str, _Place] = {}
        self.found: dict[str, Readable] = {}
        self.closed: list[Standing] = []

    def take(self, moment: Moment, header: Header) -> None:
        place = self.places.get(header.compartment)
        if place is None:
            place = self.places[header.compartment] = _Place()
        place.seqs[header.id] = header.seq
        if header.changes_members:
            self._epoch(place, moment, header)
        if header.payload is not None:
            sealed_to = place.epochs.get(header.epoch, ())
            readers = tuple([Reader(*reader[:4], moment) for reader in sealed_to])
            self.found[header.id] = Readable(
                header.id,
                header.compartment,
                header.seq,
                header.kind,
                header.author,
                moment,
                header.epoch,
                readers,
            )
            place.entries.setdefault(header.epoch, []).append(header.id)
            place.order.append(header.id)
        if concerns_standing(header):
            self._stand(place, moment, header)
        if header.kind == GRANTED:
            self._grant(place, moment, header)
        if header.kind == ERASED:
            self._erase(place, moment, header)

    def _epoch(self, place: _Place, moment: Moment, header: Header) -> None:
        trust = self.trust_at(moment.position)
        through = f"epoch {header.epoch}"
        readers = [
            Reader(line.device, trust.person_of(line.device), line.role, through, moment)
            for line in header.lines
        ]
        if _knows_the_key_outside(header):
            by = header.author
            readers.append(Reader(by, trust.person_of(by), RECOVERER, through, moment))
        place.epochs[header.epoch] = tuple(readers)

    def _stand(self, place: _Place, moment: Moment, header: Header) -> None:
        moved = stand_on(place.open, moment, header, self.trust_at(moment.position))
        self.closed += moved.ended
        for one in moved.ended:
            del place.open[one.device]
        for one in moved.begun:
            if one.until is None:
                place.open[one.device] = one
            else:
                self.closed.append(one)

    def _grant(self, place: _Place, moment: Moment, header: Header) -> None:
        body = header.body
        trust = self.trust_at(moment.position)
        ids = [one for epoch in body["epochs"] or () for one in place.entries.get(epoch, ())]
        ids += [one for one in body["entries"] or () if one in self.found]
        device = body["to"]
        standing = place.open.get(device)
        role = standing.role if standing else ""
        through = f"grant {header.id}"
        for entry_id in ids:
            entry = self.found[entry_id]
            if all(one.device != device for one in entry.readers):
                reader = Reader(device, trust.person_of(device), role, through, moment)
                self.found[entry_id] = entry._replace(readers=(*entry.readers, reader))

    def _erase(self, place: _Place, moment: Moment, header: Header) -> None:
        body = header.body
        before = place.seqs.get(body["proposal"], 0)
        ids = body["entries"] or [one for one in place.order if place.seqs[one] < before]
        for entry_id in ids:
            entry = self.found.get(entry_id)
            if entry is not None and entry.erased is None:
                self.found[entry_id] = entry._replace(erased=moment)

    def access(self) -> Access:
        standing = [one for place in self.places.values() for one in place.open.values()]
        every = sorted(
            (*self.closed, *standing), key=lambda one: (one.since, one.compartment, one.device)
        )
        return Access(self.found, tuple(every))


def access(
    entries: Iterable[tuple[Moment, Header]],
    trust_at: Callable[[int], Trust],
    until: int | None = None,
) -> Access:
    """Who could read what, from the headers of a case in store order.

    trust_at: what was certified right before a position. until: the last position that counts, None
    for all. A reader of some compartments gets the same for those.
    """
    fold = _Fold(trust_at)
    for moment, header in entries:
        if until is not None and moment.position > until:
            break
        fold.take(moment, header)
    return fold.access()
