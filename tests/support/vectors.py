"""The golden vectors, and the rules without any service table, as the vectors are made."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from crypto.device import Card, card_from
from crypto.encoding import unb64
from domain.check import Rules
from domain.entry import Entry, Parts
from domain.guard import Act
from domain.refusal import Refused
from domain.service import Service, View
from domain.shapes import code
from domain.trust import Trust
from wire.header import parse_header
from wire.parts import find_parts
from wire.pipeline import Reading, receive_document

FOLDER = Path(__file__).parent.parent / "vectors"


@cache
def golden() -> Any:
    return json.loads((FOLDER / "zegel-v1.json").read_text())


def public(name: str) -> Any:
    return json.loads((FOLDER / "public" / name).read_text())


class ProtocolAlone(Service):
    """A service that refuses nothing: what remains are the protocol's own rules."""

    def carries_payload(self, kind: str) -> bool | None:
        return None

    def refuse_opening(self, entry: Entry, role: str, trust: Trust, *, first: bool) -> None: ...

    def refuse_holders(self, entry: Entry, trust: Trust) -> None: ...

    def refuse_change(
        self, act: Act, added: frozenset[str], removed: frozenset[str], view: View
    ) -> None: ...

    def refuse_step(self, act: Act, view: View) -> None: ...


PROTOCOL_RULES = Rules(
    {
        "consultation": ProtocolAlone(
            name="consultation",
            begins="opened",
            states=("opened",),
            first=frozenset({"dialogue"}),
            opening={"requester_mode": code},
            grounds=frozenset(),
            purposes=frozenset(),
            walls={},
            steps=(),
        )
    }
)


def cards() -> dict[str, Card]:
    read = [card_from(fields) for fields in golden()["chain"]["cards"]]
    return {card.device: card for card in read}


def play(store: list[dict[str, Any]]) -> tuple[Reading, int, Refused | None]:
    """Fold a store of the vectors: what was read, at which item it stopped, and why."""
    reading = Reading(Trust(golden()["root"]["pin"]), PROTOCOL_RULES, cards())
    for index, item in enumerate(store):
        try:
            reading = _received(reading, item)
        except Refused as refused:
            return reading, index, refused
    return reading, len(store), None


def _received(reading: Reading, item: dict[str, Any]) -> Reading:
    if item["what"] != "entry":
        document = golden()["documents"][item["document"]]
        received, signatures = unb64(document["bytes"]), document["signatures"]
        return reading.with_trust(
            receive_document(reading.trust, item["what"], received, signatures, item["stored"])
        )
    header = unb64(item["header"])
    try:
        parts = find_parts(parse_header(header), None)
    except Refused:
        parts = Parts.NOT_LOOKED_AT
    return reading.receive(header, unb64(item["signature"]), item["stored"], parts)[0]
