"""Writing: nothing is sent that the rules would refuse, and every answer is held to its receipt."""

import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from client.errors import AgainstRules, EpochMoved, NotPossible, ServerRefused
from client.files import uploading
from client.files.enclosures import Enclosure, Outbox, Parcel
from client.numbers import Numbers
from client.place import repeated
from client.place.chain import Chain, Item
from client.place.compose import (
    Draft,
    Written,
    draft_change,
    draft_entry,
    draft_opening,
    envelope,
    new_id,
)
from client.place.conflicts import goes_to_the_same, moved
from client.place.fit import check_value, refuse_without_card
from client.place.names import new_name
from client.place.reader import take
from client.place.repeated import Retrying
from client.server.pins import Pins
from client.server.posting import post
from client.server.receipts import check_receipt
from client.server.transport import Transport
from client.why import Why
from crypto.device import Card
from crypto.encoding import b64
from crypto.secret.payload import Place
from crypto.secret.seeds import DeviceKeys
from domain.entry import Line, Parts
from domain.membership import renewed, rotation_owed
from domain.refusal import Refusal, Refused
from domain.trust import Trust
from wire.pipeline import Reading, case_id

MAX_TRIES = 5
MAX_CONFLICTS = 40  # of which each means that somebody else was heard
PAUSE_SECONDS = 0.02  # at most, times the tries: who waits by chance meets others less often
SALT_BYTES = 16


class Session(Retrying):
    """A device that also writes. outbox: the folder where files wait for their entry; None leaves
    nothing on the machine."""

    def __init__(
        self,
        transport: Transport,
        pin: str,
        keys: DeviceKeys,
        pins: Pins,
        clock: Callable[[], float] = time.time,
        outbox: Path | None = None,
    ) -> None:
        super().__init__(transport, pin, keys, pins, clock)
        self.outbox = Outbox(keys, self.card, outbox)
        self.numbers = Numbers()

    def open_first(
        self, compartment: str, salt: bytes, lines: tuple[Line, ...], opening: Mapping[str, Any]
    ) -> Chain:
        """Open a case with its first compartment, sealed to these members; this device is one.
        opening: service, ground, purpose and what the service asks besides.

        Raises Distrust, ServerRefused, NotPossible.
        """
        case = case_id(self.device, b64(salt))
        return self._open(case, compartment, salt, lines, opening)

    def open_beside(
        self, case: str, compartment_type: str, lines: tuple[Line, ...], opening: Mapping[str, Any]
    ) -> Chain:
        """Open another compartment of a case in which this device stands. Raises as open_first."""
        name = new_name(compartment_type)
        return self._open(case, name, os.urandom(SALT_BYTES), lines, opening)

    def _open(
        self,
        case: str,
        compartment: str,
        salt: bytes,
        lines: tuple[Line, ...],
        opening: Mapping[str, Any],
    ) -> Chain:
        trust = self.directory.current()
        others = [line.device for line in lines if line.device != self.device]
        cards = self.directory.cards(others) | {self.device: self.card}
        refuse_without_card(others, cards)
        draft = draft_opening(
            case,
            compartment,
            salt,
            lines,
            cards,
            opening,
            self.device,
            _version(trust),
            self.now(),
        )
        chain = Chain(case, compartment, self.keys, self.device, Reading(trust, self.rules, cards))
        self.send(chain, draft)
        return chain

    def write(
        self,
        chain: Chain,
        kind: str,
        body: Mapping[str, Any],
        value: dict[str, Any] | None = None,
        files: Sequence[Enclosure] = (),
    ) -> Item:
        """Write an entry in the current epoch, after settling a rotation that is owed. Files go up
        before the entry that names them. What was written last and is the same is not written
        twice: its item is given, unless `again` says otherwise.

        Raises NotPossible (a rule refuses it here), EpochMoved, ServerRefused, Distrust.
        """
        self.settle(chain)
        written = Written(kind, body, value, files)
        if value is not None:
            check_value(chain, kind, value)
            last = repeated.stored(self, chain, written)
            if last is not None and self.again and not self.again(last):
                return last
        key = chain.epoch_keys.get(chain.compartment.epoch)
        if key is None:
            raise NotPossible(Why.NO_CURRENT_KEY)
        if value is None or not files:
            draft = self.draft(chain, kind, body, value, key)
            return self.send(chain, replace(draft, written=written))
        uploading.refuse_files(self.transport, files)
        place = Place(chain.case, chain.name, new_id(), self.device)
        with self.outbox.parcel(place, chain.compartment.epoch, files) as parcel:
            value = {**value, "attachments": [one.fields() for one in parcel.sealed]}
            made = self.draft(chain, kind, body, value, key, parcel)
            draft = replace(made, written=written)
            uploading.send(self.transport, self.keys, place, parcel, self.progress)
            try:
                return self.send(chain, draft)
            except ServerRefused as refused:
                if refused.name != Refusal.MISSING_PAYLOAD:
                    raise
                # It lay too long on the way and was swept: send it once more.
                uploading.send(self.transport, self.keys, place, parcel, self.progress)
                return self.send(chain, draft)

    def draft(
        self,
        chain: Chain,
        kind: str,
        body: Mapping[str, Any],
        value: dict[str, Any] | None,
        key: bytes | None,
        parcel: Parcel | None = None,
    ) -> Draft:
        return draft_entry(
            chain.compartment,
            chain.case,
            kind,
            body,
            value,
            key,
            self.device,
            self.roster_version(),
            self.now(),
            parcel,
        )

    def change_members(
        self, chain: Chain, reason: str, lines: tuple[Line, ...], newcomer: Card | None = None
    ) -> Item:
        """Put a new epoch in force for these members. newcomer: the card of one whom the server
        does not know yet. Raises as write."""
        # Cards that the chain holds were checked; a server may not show the newest ones yet.
        held = chain.reading.cards
        cards = {line.device: held[line.device] for line in lines if line.device in held}
        cards |= self.directory.cards(one.device for one in lines if one.device not in held)
        cards |= {self.device: self.card}
        cards |= {newcomer.device: newcomer} if newcomer else {}
        refuse_without_card([line.device for line in lines], cards)
        for card in cards.values():
            self.introduce(chain, card)
        draft = draft_change(
            chain.compartment,
            chain.case,
            reason,
            lines,
            cards,
            self.device,
            self.roster_version(),
            self.now(),
        )
        return self.send(chain, replace(draft, card=newcomer))

    def roster_version(self) -> int:
        """Of the newest roster that this client knows."""
        return _version(self.directory.newest)

    def introduce(self, chain: Chain, card: Card) -> None:
        """Let a chain know the card of a device that the server may not know yet."""
        cards = {**chain.reading.cards, card.device: card}
        chain.reading = replace(chain.reading, cards=cards)

    def settle(self, chain: Chain) -> None:
        """Write the rotation that is owed, if one is: whoever left holds no key of what follows.

        Who was given no usable key of the current epoch says so, and makes the next one. Staff
        turn keys over that have served their time.
        """
        trust = self.directory.refresh()
        epoch = chain.compartment.epoch
        owed, refused = rotation_owed(chain.compartment, trust), epoch in chain.refused
        if refused and not owed:
            self.send(chain, self.draft(chain, "WrapRefused", {"epoch": epoch}, None, None))
        staff = trust.device(self.device) is not None
        if not (owed or refused or (staff and chain.served_its_time(self.now()))):
            return
        lines = renewed(trust, chain.lines)
        # A successor whose card the server does not show must not stop the renewal.
        cards = self.directory.cards(line.device for line in lines)
        kept = tuple(line for line in lines if line in chain.lines or line.device in cards)
        try:
            self.change_members(chain, "rotated", kept)
        except EpochMoved:
            if chain.lines != kept:
                raise  # otherwise another did the same first

    def send(self, chain: Chain, draft: Draft) -> Item:
        """Judge, sign and post; after a conflict take in what was missed and sign again. What was
        missed may be the same, stored by a try without an answer: then it is that.

        The same id is kept as long as the epoch is the same (PROTOCOL.md, "After a conflict").
        """
        for tries in range(MAX_CONFLICTS):
            time.sleep(random.uniform(0, PAUSE_SECONDS * min(tries, 10)))
            header, signature = draft.signed(self.keys)
            trust = self.directory.newest
            self._judge(chain, trust, header, signature)
            body = envelope(header, signature, draft.parts)
            card = self.card if draft.header.opens else draft.card
            if card is not None:
                body["card"] = card.fields()
            try:
                answer = post(self.transport, body, self.once_more)
            except ServerRefused as refused:
                if draft.header.opens:
                    raise
                before = chain.compartment
                self._catch_up(chain, refused)
                stored = repeated.stored(self, chain, draft.written, before.seq)
                if stored is not None:
                    return stored
                newest = self.directory.newest
                if not goes_to_the_same(chain, before, draft, newest):
                    raise moved(chain, draft, newest) from refused
                draft = draft.following(chain.compartment, self.roster_version(), self.now())
                continue
            return self._take_receipt(chain, draft, header, signature, answer)
        raise NotPossible(Why.OTHERS_WRITE)

    def _judge(self, chain: Chain, trust: Trust, header: bytes, signature: bytes) -> None:
        reading = replace(chain.reading, trust=trust)
        try:
            reading.receive(header, signature, self.now(), Parts.COMPLETE)
        except Refused as refused:
            raise AgainstRules(refused) from refused

    def _catch_up(self, chain: Chain, refused: ServerRefused) -> None:
        """Take in what a refusal told: entries missed, or a newer roster. Raises the refusal if it
        told neither."""
        if refused.name == Refusal.OUT_OF_ORDER and refused.missed and chain.items:
            self.directory.refresh()
            self._receive(chain, refused.missed)
            self._fetch_wraps(chain)
        elif refused.name == Refusal.STALE_ROSTER:
            known = self.roster_version()
            for _ in range(MAX_TRIES):
                if _version(self.directory.refresh()) != known:
                    return
                time.sleep(0.05)
            raise refused
        else:
            raise refused

    def _take_receipt(
        self, chain: Chain, draft: Draft, header: bytes, signature: bytes, answer: dict[str, Any]
    ) -> Item:
        trust = self.directory.newest
        receipt = check_receipt(trust, header, answer)
        reading = replace(chain.reading, trust=trust)
        item = take(chain, reading, header, signature, receipt.stored, receipt.position)
        self.directory.take_position(receipt.position, item.entry.hash)
        if draft.epoch_key is not None:
            chain.epoch_keys[draft.header.epoch] = draft.epoch_key
        self.pins.pin_head(
            chain.case, chain.name, draft.header.seq, item.entry.hash, receipt.position
        )
        self.pins.pin_whole((chain.case, chain.name), receipt.position)
        self.pins.keep_receipt(answer["receipt"], answer["signature"])
        self.pins.save()
        return item


def _version(trust: Trust) -> int:
    return trust.roster.version if trust.roster else 0
