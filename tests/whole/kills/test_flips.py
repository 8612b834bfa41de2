"""One flipped bit in each byte of the database: noticed, or nothing changes that anyone relies on.

A flip is noticed if a member or an auditor who comes back refuses what she gets by name, or if the
server does not answer. Reading everything again for each of 58,000 bytes would take hours. So
`Layers` first run what readers run on the one part that a byte belongs to, from the state just
before it; what they let through is read end to end, and lots are drawn of what they refuse.

Holds store/application.py, client/audit/replay.py, client/place/reader.py.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

import pytest
from eventsourcing.persistence import PersistenceError, StoredEvent

from api.state import Opened
from client.audit.replay import Evidence, hold_to_pins, replay
from client.errors import Distrust, ServerRefused, Unreadable
from crypto.device import Card, parse_card
from crypto.encoding import Malformed
from domain.check import Rules
from domain.entry import Parts
from domain.refusal import Refused
from domain.service import View
from domain.services.registry import SERVICES
from domain.trust import Trust
from projections.projector import PROJECTIONS
from store.application import CaseStore
from store.events import EntryStored, event
from tests.support.kills.flips import Flip, FlippedStore, Row, Stopped, play
from tests.support.processes import drawn_seed
from wire.header import entry_hash
from wire.parts import SealedParts
from wire.paths import MAX_PAGE
from wire.pipeline import Reading, receive_document

FIRST = 10  # findings that are shown
TABLES = ("stored_events", "vault", "cards", "sqlite_sequence")

# Tables that this case leaves empty, and who looks at what stands in them.
ELSEWHERE = {
    "uploads": "files on their way in, held against their hash: test_attachments.py",
    "invitations": "the server looks acceptances up by them; readers go by the signed entry",
    "acceptances": "whoever invited holds card and tag against the secret, which she alone has",
}

_BOUNDS = "it is held against times of expiry when the document comes in, and shown to nobody"
_NEWEST = "the server finds the newest document by it, to judge what is posted; readers get all"
_RESEND = "an entry that is posted again, missed or to be erased is found by it; readers get all"
_COUNTS = "SQLite counts by it which position comes next"

# Places where a flip may pass unseen, and why nothing that is shown can be another. That nothing
# is another is looked at for every single flip.
UNSEEN = {
    "stored_events.state/stored of root": _BOUNDS,
    "stored_events.state/stored of roster": _BOUNDS,
    "stored_events.originator_id of root": _NEWEST,
    "stored_events.originator_version of root": _NEWEST,
    "stored_events.originator_version of roster": _NEWEST,
    "stored_events.originator_version of entry with payload": "nothing comes after the last entry",
    "stored_events.compartment of entry with payload": _RESEND,
    "stored_events.compartment of entry with nothing": _RESEND,
    "stored_events.seq of entry with wraps": _RESEND,
    "stored_events.seq of entry with payload": _RESEND,
    "stored_events.seq of entry with nothing": _RESEND,
    "stored_events.entry_id of entry with nothing": _RESEND,
    "sqlite_sequence.name of row": _COUNTS,
    "sqlite_sequence.seq of row": _COUNTS,
}

NOTICED = (Refused, Distrust, ServerRefused, Malformed, Stopped)
FAULTS = (PersistenceError, KeyError, ValueError, AssertionError)


@contextmanager
def answering() -> Iterator[None]:
    """What goes wrong in the server is answered as busy or internal."""
    try:
        yield
    except FAULTS as fault:
        raise ServerRefused("internal", repr(fault), "", []) from fault


class Layers:
    """What readers and server run on one part of the store."""

    def __init__(self, store: FlippedStore) -> None:
        self._store, self._case = store, store.played.case
        with store.started():
            self._members = {name: store.session(one) for name, one in store.played.members.items()}
            read = [one.read(self._case, store.played.name) for one in self._members.values()]
            self._auditor = store.session(store.played.auditor)
            self._auditor.directory.refresh()
        self._chains = {chain.device: chain for chain in read if chain is not None}
        # Payloads and key boxes are opened by the mother, who holds the key of every epoch.
        self._chains[""] = self._chains[self._members["mother"].device]
        cards = store.tables["cards"].rows.items()
        self._cards = {str(device): parse_card(row["card"]) for device, row in cards}
        self._events = store.tables["stored_events"].rows
        self._opening = next(key for key, row in self._events.items() if row["seq"] == 0)
        self._before: dict[Any, Reading] = {}
        trust, rules = Trust(store.settings.pin), Rules(SERVICES, View.PART)
        reading = Reading(trust, rules, self._cards)
        for key, row in sorted(self._events.items()):
            self._before[key] = reading
            reading = self._received(reading, row, row["state"])

    def look(self, flip: Flip) -> None:
        """Raises one of NOTICED if the flip is refused."""
        row = self._store.row(flip)
        match flip.table, flip.column:
            case "stored_events", "state":
                self._received(self._before[flip.key], row, flip.in_value(row["state"]))
            case "stored_events", _ if row["topic"] == EntryStored.topic:
                with self._store.written(flip):
                    self._audit()
                    if parts := self._vault(row["entry_id"]):
                        with self._store.opened() as opened:
                            for part in parts:
                                self._open(part, self._served(opened.store, part))
            case "vault", "bytes":
                given = {part["part"]: part["bytes"] for part in self._vault(row["entry_id"])}
                self._open(row, {**given, row["part"]: flip.in_value(row["bytes"])})
            case "vault", _:
                with self._store.written(flip):
                    self._open(row, self._served(self._store.running, row))
            case "cards", "card":
                card: Any = flip.in_value(row["card"])
                self._open_to({**self._cards, str(flip.key): parse_card(card)})
            case "cards", _:
                with self._store.written(flip), answering():
                    cards = self._store.running.cards(self._cards)
                self._open_to(cards)

    def _received(self, reading: Reading, row: Row, state: Any) -> Reading:
        """The reading after an event, as clients take it in, with their receipts."""
        stored = event(StoredEvent(row["originator_id"], 1, row["topic"], state))
        if isinstance(stored, EntryStored):
            after, entry = reading.receive(stored.header, stored.signature, stored.stored)
            self._hold_to_receipts(entry.hash, row["rowid"] - 1, stored.stored)
            return after
        with answering():
            signatures = json.loads(stored.signatures)
        signed = (stored.document, signatures, stored.stored)
        return reading.with_trust(receive_document(reading.trust, stored.what, *signed))

    def _hold_to_receipts(self, entry: str, position: int, stored: int) -> None:
        for session in self._members.values():
            session.pins.check_receipt(entry, position, stored)

    def _audit(self) -> None:
        """What the server hands an auditor, replayed; its times and positions, as members see."""
        with answering():
            placed = self._store.running.structure(self._case, 0, MAX_PAGE)
        shown = [(one.position, one.entry) for one in placed]
        evidence = [Evidence(at, one.stored, one.header, one.signature) for at, one in shown]
        report = replay(self._case, evidence, self._cards, self._auditor.directory)
        if report.finding:
            raise Distrust(report.finding.rule, report.finding.detail)
        hold_to_pins(self._case, evidence, self._auditor.pins)
        for at, one in shown:
            self._hold_to_receipts(entry_hash(one.header), at, one.stored)

    def _vault(self, entry: str) -> list[Row]:
        rows = self._store.tables["vault"].rows.values()
        return [row for row in rows if row["entry_id"] == entry]

    def _served(self, server: CaseStore, row: Row) -> dict[str, Any]:
        """What the server gives out of the vault now in place of a row and what goes with it."""
        chain = self._chains[row["device"]]
        with answering():
            if row["part"] == "wrap":
                wraps = server.wraps(self._case, chain.name, chain.device)
                return {"wrap": dict(wraps).get(row["entry_id"])}
            parts = server.parts_for(self._case, row["entry_id"], chain.device)
        return {} if parts is None else {"payload": parts.payload, "keybox": parts.keybox}

    def _open(self, row: Row, given: dict[str, Any]) -> None:
        """Open what is given as who has a right to it does; of wraps, this one alone."""
        chain = self._chains[row["device"]]
        item = next(one for one in chain.items if one.entry.header.id == row["entry_id"])
        if row["part"] == "wrap":
            keys = {**chain.epoch_keys}
            del keys[item.entry.header.epoch]
            wraps = {row["entry_id"]: given["wrap"]} if given["wrap"] else {}
            replace(chain, epoch_keys=keys, refused=set()).open_wraps(wraps)
            return
        try:
            chain.open(item, SealedParts(given.get("payload"), given.get("keybox")))
        except Unreadable:
            return  # shown as its author's doing: nobody noticed

    def _open_to(self, cards: dict[str, Card]) -> None:
        """The opening, which lists every device, as it is taken in with these cards."""
        row, before = self._events[self._opening], self._before[self._opening]
        self._received(replace(before, cards=cards), row, row["state"])


class Verdict(NamedTuple):
    """by: the name under which it was noticed, empty if nobody did. same: whether everyone is shown
    what was shown before."""

    by: str
    same: bool


class Judge:
    """What comes of each flip."""

    def __init__(self, store: FlippedStore, seed: int) -> None:
        self.store, self.seed = store, seed
        self._layers = Layers(store)
        with store.started() as opened:
            self._kept, self._shown = self._keeps(opened), store.look()

    def flips(self, table: str) -> list[Flip]:
        return list(self.store.flips(table, random.Random(self.seed)))

    def at(self, place: str) -> list[Flip]:
        return [flip for flip in self.flips(place.partition(".")[0]) if flip.place == place]

    def verdict(self, flip: Flip) -> Verdict:
        try:
            self._layers.look(flip)
        except NOTICED as noticed:
            return Verdict(repr(noticed), False)
        return self.end_to_end(flip)

    def end_to_end(self, flip: Flip, *, all_the_way: bool = False) -> Verdict:
        """all_the_way: also if the server has nothing else to give to these people than before."""
        try:
            with self.store.written(flip), self.store.started() as opened:
                if not all_the_way and self._keeps(opened) == self._kept:
                    return Verdict("", True)
                return Verdict("", self.store.look() == self._shown)
        except NOTICED as noticed:
            return Verdict(repr(noticed), False)

    def findings(self, flips: Iterable[Flip]) -> Iterator[str]:
        """The flips that break the promise."""
        for flip in flips:
            verdict = self.verdict(flip)
            if not verdict.by and not (verdict.same and flip.place in UNSEEN):
                what = "nothing that is shown is another" if verdict.same else "another is shown"
                yield f"unseen, and {what}: {flip} (ZEGEL_TEST_SEED={self.seed})"

    def _keeps(self, opened: Opened) -> list[Any]:
        """Everything that the answers to these people are made of."""
        played, store = self.store.played, opened.store
        people = [*played.members.values(), played.auditor]
        devices = [one.keys.card().device for one in people]
        vault = self.store.tables["vault"].rows.values()
        carrying = sorted({row["entry_id"] for row in vault if row["part"] == "payload"})
        try:
            kept: list[Any] = [store.structure(played.case, 0, MAX_PAGE), store.case(played.case)]
            kept += [store.trust(), store.position(), store.cards(devices)]
            for device in devices:
                # Wraps are looked up by their entry: their order is nothing to a reader.
                wraps = dict(store.wraps(played.case, played.name, device))
                kept += [store.device_key(device), wraps]
                kept += [store.parts_for(played.case, entry, device) for entry in carrying]
        except FAULTS as fault:
            return [repr(fault)]
        with opened.views.reading() as cursor:
            for table in ("tracking", *(table for one in PROJECTIONS for table in one.rows)):
                cursor.execute(f"SELECT * FROM {table}")
                kept.append([tuple(row) for row in cursor.fetchall()])
        return kept


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    folders = [tmp_path_factory.mktemp(name) for name in ("played", "flipped")]
    store = FlippedStore(play(folders[0]), folders[1])
    yield Judge(store, drawn_seed())
    store.close()


def test_every_column_of_every_table_is_looked_at(judge: Judge) -> None:
    """As the database lists them: whoever adds one fills it here, or says where it is covered."""
    for table, listed in judge.store.tables.items():
        flipped = {flip.column for flip in judge.flips(table)} if table in TABLES else set()
        left_out = {*listed.columns} - flipped
        assert table in ELSEWHERE or not left_out, f"no test flips {left_out} of table {table}"


@pytest.mark.parametrize("table", TABLES)
def test_a_flip_is_noticed_or_changes_nothing(judge: Judge, table: str) -> None:
    found = list(islice(judge.findings(judge.flips(table)), FIRST))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("place", UNSEEN)
def test_each_reason_is_needed(judge: Judge, place: str) -> None:
    """Some bit of that place passes unseen: a list of exceptions holds no more than it must."""
    bits = (flip._replace(bit=bit) for flip in judge.at(place) for bit in range(8))
    assert any(not judge.verdict(flip).by for flip in bits)


def test_layers_and_reading_end_to_end_agree(judge: Judge) -> None:
    """On one flip of each place, drawn by lot."""
    places: defaultdict[str, list[Flip]] = defaultdict(list)
    for table in TABLES:
        for flip in judge.flips(table):
            places[flip.place].append(flip)
    lots, agreed = random.Random(judge.seed), Counter[bool]()
    for flips in places.values():
        flip = lots.choice(flips)
        short, whole = judge.verdict(flip), judge.end_to_end(flip, all_the_way=True)
        # A layer may notice what reading does not even look at: what is shown is the very same.
        unseen = bool(short.by) and not whole.by and whole.same
        agrees = (bool(short.by), short.same) == (bool(whole.by), whole.same)
        assert unseen or agrees, (flip, judge.seed)
        agreed[bool(whole.by)] += 1
    assert agreed[True] > 40 and agreed[False] > 5


class _Any:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


# Checks, with what stands in their place when they are switched off, and what is then unseen.
CHECKS: dict[str, tuple[dict[str, Any], str]] = {
    "who signed an entry": (
        {"wire.pipeline.verify": lambda *_: True},
        "stored_events.state/signature of entry with payload",
    ),
    "receipts": (
        {"client.server.pins.Pins.check_receipt": lambda *_: None},
        "stored_events.state/stored of entry with payload",
    ),
    "hashes of what is sealed": (
        {"client.place.chain.find_parts": lambda *_: Parts.COMPLETE},
        "vault.bytes of payload",
    ),
    "hashes of wraps": ({"client.place.chain.hash_of": lambda _: _Any()}, "vault.bytes of wrap"),
    "who signed a roster": (
        {"wire.pipeline.signers": lambda _, given, *__: tuple(one["key"] for one in given)},
        "stored_events.state/signatures of roster",
    ),
    "pins of documents": (
        {
            "wire.pipeline.check_root": lambda *_: None,
            "client.server.pins.Pins.check_documents": lambda *_: None,
        },
        "stored_events.state/document of root",
    ),
}


@pytest.mark.parametrize("check", CHECKS)
def test_with_a_check_switched_off_a_flip_is_found_unseen(
    judge: Judge, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced, place = CHECKS[check]
    drawn = judge.at(place)
    random.Random(judge.seed).shuffle(drawn)
    for target, replacement in replaced.items():
        monkeypatch.setattr(target, replacement)
    assert any(judge.findings(drawn[:50]))
