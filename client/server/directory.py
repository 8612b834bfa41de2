"""Who is certified, walked from the pinned root, and the cards of devices."""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from client.errors import Distrust, NotPossible
from client.server.pins import Pins
from client.server.reaching import refuse_clock_off
from client.server.transport import Transport
from crypto.device import Card, card_from
from crypto.encoding import Malformed, hash_of, unb64
from domain.refusal import Refused
from domain.trust import Root, Roster, Trust
from wire.paths import CARDS, MAX_CARDS, TRUST, path
from wire.pipeline import has_card, receive_document
from wire.schemas import Cards, TrustDocuments

SHARED = "two things stand at one position of the store"


class Directory:
    """Roots and rosters in the order of the store, each checked when it came in."""

    def __init__(
        self,
        transport: Transport,
        pin: str,
        pins: Pins,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._transport = transport
        self._pin = pin
        self._pins = pins
        self._clock = clock
        self._positions: list[int] = []
        self._entries: dict[int, str] = {}  # what was read in this run, by position
        self._times: list[int] = []
        self._trusts: list[Trust] = [Trust(pin)]
        self._roots: list[Root] = []
        self._rosters: list[Roster] = []
        self._cards: dict[str, Card] = {}

    @property
    def newest(self) -> Trust:
        return self._trusts[-1]

    @property
    def positions(self) -> list[int]:
        """Where roots and rosters stand in the store."""
        return list(self._positions)

    @property
    def last(self) -> int:
        """The position of the newest document that is known, -1 before there is one."""
        return self._positions[-1] if self._positions else -1

    def at(self, position: int) -> Trust:
        """What was certified right before a position of the store. Raises Distrust(out-of-order)
        for the position of a document: nothing else stands there, least of all what a device wrote
        that this document revokes."""
        behind = bisect_left(self._positions, position)
        if position in self._positions[behind : behind + 1]:
            raise Distrust("out-of-order", SHARED)
        return self._trusts[behind]

    def take_position(self, position: int, entry: str) -> None:
        """Note which entry (its hash) stands at a position. Raises Distrust(out-of-order) where
        something else stands: a position is given once."""
        self.at(position)
        if self._entries.setdefault(position, entry) != entry:
            raise Distrust("out-of-order", SHARED)

    def as_of(self, seconds: int) -> Trust:
        """What had been certified by a unix time."""
        return self._trusts[sum(stored <= seconds for stored in self._times)]

    def refresh(self, wait: int = -1) -> Trust:
        """Fetch what is new. Whoever asks this first knows that the server is the one that is meant
        and that it will take his proofs.

        Raises Distrust; NotPossible for a clock that is off, another name of the server, what is no
        Zegel server, and a pin that is not that of its people.
        """
        began = time.time()
        answer = self._transport.get(
            TrustDocuments, path(TRUST), {"after": self.last, "wait": wait}
        )
        if "now" in answer:
            refuse_clock_off(answer["now"], began, time.time())
        if self.newest.root is None:
            self._refuse_other_pin(answer["documents"])
        try:
            for document in answer["documents"]:
                self._receive(document)
        except Refused as refused:
            raise Distrust(refused.refusal, f"trust document: {refused.detail}") from refused
        self._pins.check_documents(self._roots, self._rosters)
        self._pins.pin_trust(self.newest)
        return self.newest

    def _refuse_other_pin(self, documents: list[dict[str, Any]]) -> None:
        """Raises NotPossible if the people of this server are known by another pin than was typed,
        unless this pin was the right one before: then another root is the server's doing."""
        roots = [hash_of(unb64(one["bytes"])) for one in documents if one["what"] == "root"]
        confirmed = self._pins.root["version"] and self._pins.root["hash"] not in roots
        if roots and roots[0] != self._pin and not confirmed:
            raise NotPossible("wrong-pin: the people of this server are known by another pin")

    def _receive(self, document: dict[str, Any]) -> None:
        position, stored = document["position"], document["stored"]
        if self._positions and position <= self._positions[-1]:
            raise Distrust("out-of-order", "trust documents are not in the order of the store")
        if position in self._entries:
            raise Distrust("out-of-order", SHARED)
        before = self.newest
        trust = receive_document(
            before,
            document["what"],
            unb64(document["bytes"]),
            document["signatures"],
            stored,
        )
        if trust.root is not before.root and trust.root:
            self._roots.append(trust.root)
        if trust.roster is not before.roster and trust.roster:
            self._rosters.append(trust.roster)
        self._positions.append(position)
        self._times.append(stored)
        self._trusts.append(trust)

    def current(self) -> Trust:
        """The newest trust, fit to seal to: Raises Distrust(stale-roster) when it has expired."""
        trust = self.newest
        if trust.roster is None or self._clock() >= trust.roster.expires:
            raise Distrust("stale-roster", "the server shows no roster that is valid now")
        return trust

    def cards(self, devices: Iterable[str]) -> dict[str, Card]:
        """Cards of the devices, as far as there are any that fit their ids and the roster."""
        wanted = sorted(set(devices))
        missing = [device for device in wanted if device not in self._cards]
        for start in range(0, len(missing), MAX_CARDS):
            asked = missing[start : start + MAX_CARDS]
            answer = self._transport.get(Cards, path(CARDS), {"device": asked})
            for fields in answer["cards"]:
                try:
                    card = card_from(fields)
                except Malformed:
                    continue  # as good as absent: whoever needs it is refused by name
                self._cards[card.device] = card
        return {device: self._cards[device] for device in wanted if self._fits(device)}

    def _fits(self, device: str) -> bool:
        return has_card(device, self.newest, self._cards)


def whose(trust: Trust, device: str) -> str:
    """The person of a device; who is in no roster stands for herself."""
    return trust.person_of(device) or device
