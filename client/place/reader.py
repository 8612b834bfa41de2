"""Reading: a compartment is fetched, verified from its first entry, and only then shown."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

from marshmallow import Schema

from client.errors import Distrust, NotPossible, ServerRefused, Unreadable
from client.files.uploading import Progress, no_progress
from client.place.chain import Chain, Item
from client.server.directory import Directory
from client.server.pins import Pins
from client.server.transport import Transport, next_page
from client.why import Why
from crypto.encoding import unb64
from crypto.secret.seeds import DeviceKeys
from domain.check import Rules
from domain.entry import Entry, Header
from domain.refusal import Refusal, Refused
from domain.service import View
from domain.services.registry import SERVICES
from domain.state import Case
from wire.header import parse_header
from wire.part_schemas import PartsSchema
from wire.parts import SealedParts
from wire.paths import (
    MAX_PAGE,
    OVERVIEW,
    PARTS,
    TIMELINE,
    WORK_LIST,
    WRAPS,
    path,
)
from wire.pipeline import Reading, named_devices
from wire.problems import NO_SUCH_CASE
from wire.schemas import Timeline, Wraps
from wire.work_schemas import Overview, WorkList


class Reader:
    """One device at one server. pin: hash of root 1, base64url, known from outside."""

    def __init__(
        self,
        transport: Transport,
        pin: str,
        keys: DeviceKeys,
        pins: Pins,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.transport = transport
        self.keys = keys
        self.card = keys.card()
        self.device = self.card.device
        self.pins = pins
        self.directory = Directory(transport, pin, pins, clock)
        self.progress: Progress = no_progress
        self._made_up_to = -1  # up to which position the timeline that was fetched last was made
        self._clock = clock
        self.rules = Rules(SERVICES, View.PART)

    def now(self) -> int:
        """Unix time in seconds."""
        return int(self._clock())

    def work(self) -> list[dict[str, Any]]:
        """The compartments in which this device stands, those waiting longest first."""
        return list(self.work_list()["work"])

    def work_list(self) -> dict[str, Any]:
        """The same as the server tells it, with how many cases wait `elsewhere` to be taken: such
        as others can read, and this device, which is newer, cannot."""
        return self._ask(WorkList, path(WORK_LIST), {})

    def overview(self) -> list[dict[str, Any]]:
        """Every case that is not done, without content. Raises ServerRefused(no-such-case) for
        everyone but supervisors."""
        return list(self._ask(Overview, path(OVERVIEW), {})["cases"])

    def read(self, case: str, compartment: str) -> Chain | None:
        """A compartment, verified from its first entry; None where there is none for this device.

        Raises Distrust for whatever does not hold.
        """
        try:
            reading = Reading(self.directory.newest, self.rules)
            chain = Chain(case, compartment, self.keys, self.device, reading)
            self._take_in(chain)
            if not chain.items:
                raise Distrust("out-of-order", "a conversation without its first entry")
            self.pins.check_head(case, compartment, chain.hashes)
            self._fetch_wraps(chain)
        except ServerRefused as refused:
            if refused.name == NO_SUCH_CASE:
                seen = f"{case}/{compartment}" in self.pins.heads
                if seen and self.directory.refresh().device(self.device) is None:
                    # Staff are put out of cases as a matter of course. Of who is on no list it is
                    # not known whether she was, or whether the server hides what it showed.
                    raise Distrust("gone", "a conversation seen before is not shown") from refused
                return None
            raise
        last = chain.items[-1]
        self.pins.pin_head(case, compartment, last.entry.header.seq, last.entry.hash, last.position)
        self.pins.pin_whole((case, compartment), max(last.position, self._made_up_to))
        self.pins.save()
        return chain

    def _ask(
        self, schema: type[Schema], where: str, query: dict[str, Any], wait: int = -1
    ) -> dict[str, Any]:
        """Ask for what includes the newest position seen. A server that says it has not come that
        far is asked without: pins, not positions, show whether it goes back."""
        try:
            query = {**query, "wait": max(wait, self.pins.position)}
            return self.transport.get(schema, where, query, self.keys)
        except ServerRefused as refused:
            if refused.name != "not-yet":
                raise
            return self.transport.get(schema, where, {**query, "wait": -1}, self.keys)

    def _take_in(self, chain: Chain, wait: int = -1) -> None:
        """Take in what a timeline that includes a position shows behind the chain, each page judged
        before the next is asked for: of pages without end none but the first is taken. Raises
        Distrust."""
        where, first = path(TIMELINE, case=chain.case, compartment=chain.name), True
        after: int | None = _last(chain)
        while after is not None:
            page = self._ask(Timeline, where, {"after": after, "limit": MAX_PAGE}, wait)
            if first:
                self._made_up_to = page["seen"]  # later pages may tell of more than the first
            first = False
            self.directory.refresh()
            self._receive(chain, page["entries"])
            chain.charge = tuple(page["charge"])
            after = next_page(after, page["next"], came=_last(chain))

    def _read_on(self, chain: Chain) -> None:
        """Take in what came since: an erasure takes effect before every timeline shows it."""
        where = path(TIMELINE, case=chain.case, compartment=chain.name)
        newest = self._ask(Timeline, where, {"after": _last(chain), "limit": 1})["newest"]
        self._take_in(chain, newest)

    def _receive(self, chain: Chain, received: list[dict[str, Any]]) -> None:
        """Take entries into the chain. Raises Distrust with the name of the broken rule."""
        headers = [unb64(fields["header"]) for fields in received]
        cards = self.directory.cards(_devices(headers))
        if self.device not in cards:
            cards[self.device] = self.card
        for fields, header in zip(received, headers, strict=True):
            position, stored = fields["position"], fields["stored"]
            if chain.items and position <= chain.items[-1].position:
                raise Distrust(self._why_not_later(chain, header), "entries out of store order")
            reading = replace(
                chain.reading,
                trust=self.directory.at(position),
                cards={**chain.reading.cards, **cards},
            )
            item = take(chain, reading, header, unb64(fields["signature"]), stored, position)
            self.pins.check_receipt(item.entry.hash, position, stored)
            place = (chain.case, chain.name)
            self.pins.check_position(place, item.entry.header.seq, position)
            self.directory.take_position(position, item.entry.hash)

    def _why_not_later(self, chain: Chain, header: bytes) -> Refusal:
        """A position that does not grow is a replayed or a misplaced entry."""
        known = {item.entry.header.id for item in chain.items}
        return Refusal.DUPLICATE_ENTRY if _id(header) in known else Refusal.OUT_OF_ORDER

    def _fetch_wraps(self, chain: Chain) -> None:
        answer = self.transport.get(
            Wraps, path(WRAPS, case=chain.case, compartment=chain.name), {}, self.keys
        )
        given = {wrap["entry"]: unb64(wrap["wrap"]) for wrap in answer["wraps"]}
        try:
            chain.open_wraps(given)
        except Distrust:
            self._read_on(chain)
            chain.open_wraps(given)

    def open(self, chain: Chain, item: Item, held: SealedParts | None = None) -> dict[str, Any]:
        """What an entry says. held: its parts, where they have come already. Raises Distrust,
        Unreadable (also for what is erased), NotPossible for what this device was given no key to:
        that the server gives none of it is no loss."""
        header = item.entry.header
        refuse_erased(chain, header.id)
        if header.id in chain.withdrawn():
            raise Unreadable("taken back by who wrote it")
        if not chain.can_open(item):
            refuse_keyless(chain, header)
        return chain.open(item, held or self.parts(chain, item))

    def parts(self, chain: Chain, item: Item) -> SealedParts:
        """Ciphertext and key box of an entry. Raises Distrust, Unreadable (for what is erased)."""
        header = item.entry.header
        try:
            answer = self.transport.get(
                PartsSchema,
                path(PARTS, case=chain.case, compartment=chain.name, entry=header.id),
                {},
                self.keys,
            )
        except ServerRefused as refused:
            if refused.name != NO_SUCH_CASE:
                raise
            self.refuse_lost(chain, header, refused)
        return SealedParts(unb64(answer["payload"]), unb64(answer["keybox"]))

    def refuse_lost(self, chain: Chain, header: Header, refused: ServerRefused) -> NoReturn:
        """Raises Unreadable for a content that was erased since this chain was read, or whose key
        was, and Distrust(missing-payload) for one that no entry says was."""
        self._read_on(chain)
        refuse_erased(chain, header.id)
        refuse_ungranted(chain, header)
        raise Distrust(
            "missing-payload", f"entry {header.seq} has lost its content, and no entry says why"
        ) from refused


def take(
    chain: Chain, reading: Reading, header: bytes, signature: bytes, stored: int, position: int
) -> Item:
    """Judge one entry and put it on the chain. Raises Distrust with the name of the broken rule."""
    before = reading.case
    try:
        after, entry = reading.receive(header, signature, stored)
    except Refused as refused:
        raise Distrust(refused.refusal, refused.detail) from refused
    refuse_unasked(chain, entry)
    item = Item(
        entry,
        position,
        _role(before, after.case, entry.header.compartment, entry.header.author),
        before.state if before else "",
        after.case.state if after.case else "",
    )
    chain.accept(after, item)
    return item


def refuse_erased(chain: Chain, entry_id: str) -> None:
    """Raises Unreadable for what a privacy officer erased."""
    erasure = chain.erased().get(entry_id)
    if erasure is not None:
        ground = erasure.header.body["ground"]
        day = time.strftime("%Y-%m-%d", time.gmtime(erasure.stored))
        raise Unreadable(f"erased on {day} ({ground})")


def refuse_ungranted(chain: Chain, header: Header) -> None:
    """Raises Unreadable where what gave this device the key was erased with something else."""
    if chain.key_went(header):
        raise Unreadable("the grant of its key was erased with another message: ask for it anew")


def refuse_keyless(chain: Chain, header: Header) -> NoReturn:
    """Raises Unreadable as `refuse_ungranted`, and NotPossible where no key was ever given."""
    refuse_ungranted(chain, header)
    raise NotPossible(Why.NO_KEY, number=header.seq)


def refuse_unasked(chain: Chain, entry: Entry) -> None:
    """Raises Distrust(wrong-case) for an entry of another conversation than was asked for."""
    if (entry.header.case, entry.header.compartment) != (chain.case, chain.name):
        raise Distrust(Refusal.WRONG_CASE, "an entry of another conversation")


def _last(chain: Chain) -> int:
    """The seq of the newest entry of a chain, -1 if there is none."""
    return chain.items[-1].entry.header.seq if chain.items else -1


def _role(before: Case | None, after: Case | None, compartment: str, author: str) -> str:
    for case in (before, after):
        found = case.compartments.get(compartment) if case else None
        line = found.line(author) if found else None
        if line is not None:
            return line.role
    return ""


def _devices(headers: list[bytes]) -> set[str]:
    devices: set[str] = set()
    for header in headers:
        try:
            devices |= named_devices(parse_header(header))
        except Refused:
            continue  # refused by name when it is received
    return devices


def _id(header: bytes) -> str:
    try:
        return parse_header(header).id
    except Refused:
        return ""
