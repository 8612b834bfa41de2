"""Stores that hold the same entries of the same people, one of them beside much else: whoever does
not stand there must be told the same by all of them.

A store without the rest is made of one with it: the bytes that are kept are posted once more, in
their order and at their times. So no random value differs between the two, and no time; positions
do, and they alone are masked.
"""

import json
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore
from werkzeug.exceptions import HTTPException

from api.app import create_app
from api.config import Settings
from api.counters import Counters
from api.state import Opened, open_store
from crypto.device import Card, parse_card
from crypto.encoding import b64, canonical, unb64
from crypto.secret.seeds import DeviceKeys
from domain.entry import Header
from domain.services.registry import SERVICES
from projections.projector import Projector
from store.application import Post
from store.events import DocumentStored, EntryStored, event
from store.uploads import ATTACHMENT, Place
from tests.support.asking import Answer, answer_of, new_nonce
from wire.header import parse_header
from wire.parts import SealedParts
from wire.pipeline import named_devices
from wire.proof import Request, parameters, proof_headers, signature_base

CONNECTIONS = 4  # of a store, all traced: no request uses more of them at once
AROUND = 80  # bytes of an answer that are shown on either side of where it differs
JSON = {"Content-Type": "application/json"}
_LITERAL = re.compile(r"'(?:[^']|'')*'|(?<!\w)-?\d+\b")
# How many cases wait elsewhere is told to certified roles by design: a count, and of no case.
# Whom a support case waits for is told to who stands in governance: docs/threat-model.md.
_WAITING = re.compile(rb'"waiting_since": ?[^,}]+, ?"waits_for": ?[^,}]+')
_NOW = re.compile(rb'"now": ?\d+')  # the machine's clock, which goes on between two answers
_POSITION = re.compile(rb'("(?:position|seen|newest|projected|elsewhere)": ?)-?\d+')


class Written(NamedTuple):
    """An entry as it came in. stored: unix time. files: its attachments, by hash."""

    stored: int
    header: Header
    post: Post
    files: dict[str, bytes]


class Tape(NamedTuple):
    """What a store holds, in order, and the cards of all devices."""

    rows: list[DocumentStored | Written]
    cards: dict[str, Card]

    @property
    def entries(self) -> list[Written]:
        return [row for row in self.rows if isinstance(row, Written)]

    def here(self, compartment: str) -> list[Written]:
        return [one for one in self.entries if one.header.compartment == compartment]


def tape(opened: Opened) -> Tape:
    entries, rows = opened.store.entries, list[DocumentStored | Written]()
    notifications = entries.select_notifications(1, 10_000)
    with entries.reading() as cursor:
        cursor.execute("SELECT device, card FROM cards")
        cards = {row["device"]: parse_card(row["card"]) for row in cursor.fetchall()}
        for row in notifications:
            stored = event(row)
            entry = isinstance(stored, EntryStored)
            rows.append(_written(opened, cursor, stored, cards) if entry else stored)
    return Tape(rows, cards)


def _written(
    opened: Opened, cursor: SQLiteCursor, stored: EntryStored, cards: dict[str, Card]
) -> Written:
    header = parse_header(stored.header)
    cursor.execute("SELECT part, device, bytes FROM vault WHERE entry_id=?", (header.id,))
    vault = {(row["part"], row["device"]): row["bytes"] for row in cursor.fetchall()}
    wraps = {device: held for (what, device), held in vault.items() if what == "wrap"}
    parts = SealedParts(vault.get(("payload", "")), vault.get(("keybox", "")), wraps)
    files = {}
    for number, named in enumerate(header.payload.attachments if header.payload else (), 1):
        blob = vault.get((f"{ATTACHMENT}{number}", ""))
        if blob is not None:
            files[named.hash] = opened.store.uploads.blobs.get(blob.hex(), 0)
    roster = opened.store.trust().roster
    assert roster is not None
    fresh = sorted(named_devices(header) - roster.devices.keys())
    card = cards[fresh[0]] if fresh else None
    return Written(stored.stored, header, Post(stored.header, stored.signature, parts, card), files)


class Twin:
    """One of the stores, with its application and its projector. now: unix time, as it tells it."""

    def __init__(self, settings: Settings, now: int) -> None:
        self.now = now
        self.authority = settings.authority
        self.app = create_app(settings, lambda: self.now, Counters())
        self.opened: Opened = self.app.extensions["zegel"]
        self.lock = settings.projector_lock
        self.lock.touch()
        store, views = self.opened.store, self.opened.views
        self._projector = Projector(store, views, settings.pin, SERVICES)
        self._statements: list[str] = []
        self._lengths: dict[str, tuple[int, int]] = {}
        for datastore in (store.entries.datastore, views.datastore):
            _trace(datastore, self._statements.append)
        self._settle()

    def _settle(self) -> None:
        """Project what is stored, and fold who is certified, as every request does."""
        self._projector.catch_up()
        self.opened.store.trust()

    def fill(self, tape: Tape, keeps: Callable[[Header], bool]) -> None:
        """Take in the trust documents of a tape, and of its entries those that are kept."""
        store, now = self.opened.store, self.now
        for row in tape.rows:
            self.now = row.stored
            if isinstance(row, DocumentStored):
                signatures = json.loads(row.signatures)
                store.publish(row.what, row.document, signatures, tape.cards.values())
            elif keeps(row.header):
                header = row.header
                for hash_, held in row.files.items():
                    place = Place(header.case, header.compartment, header.author, hash_)
                    store.uploads.put(place, len(held), 0, held)
                store.post(row.post)
        self.now = now
        self._settle()

    def warm(self, case: str) -> None:
        """Have a case folded, as in a process that has been running for a while."""
        self.opened.store.case(case)

    def ask(self, method: str, target: str, **options: Any) -> tuple[Answer, list[str]]:
        """What is answered, with positions masked, and the statements that it took."""
        os.utime(self.lock)  # as its projector does, which stands here between two questions
        self._statements.clear()
        response = self.app.test_client(use_cookies=False).open(target, method=method, **options)
        took = [_LITERAL.sub("?", one) for one in self._statements]
        if response.status_code == 201:
            self._settle()
        return self._masked(target, answer_of(response)), took

    def _masked(self, target: str, answer: Answer) -> Answer:
        """The answer without positions. Its length is that of what is left; HEAD gives the length
        that GET gave."""
        body = _POSITION.sub(rb"\1 a position", answer.body)
        body = _NOW.sub(b'"now": masked', body)
        body = _WAITING.sub(b'"waiting": masked', body)
        if answer.status == 201 and b'"receipt"' in body:
            shown = json.loads(body)
            stated = json.loads(unb64(shown["receipt"]))
            signed = [b64(one) for one in self.opened.signer.receipt(stated[1:])]
            assert signed == [shown["receipt"], shown["signature"]]
            stated[6] = "a position"
            body = body.replace(signed[0].encode(), canonical(stated)).replace(
                signed[1].encode(), b"signed"
            )
        if answer.body:
            self._lengths[target] = (len(answer.body), len(body))
        headers = dict(answer.headers)
        assert len(headers) == len(answer.headers)
        if "Content-Length" in headers:
            said = int(headers["Content-Length"])
            length, masked = self._lengths.get(target, (said, said))
            assert said == length
            headers["Content-Length"] = str(masked)
        return Answer(answer.status, tuple(headers.items()), body)


def _trace(datastore: SQLiteDatastore, told: Callable[[str], None]) -> None:
    """Be told of every statement on the connections of a store."""
    with ExitStack() as stack:
        for _ in range(CONNECTIONS):
            held = stack.enter_context(datastore.get_connection(commit=False))
            held.cursor().sqlite_cursor.connection.set_trace_callback(told)


def whole(settings: Settings, folder: Path, now: int) -> Twin:
    """A copy of a store that nobody uses any more."""
    shutil.copytree(settings.data, folder)
    return Twin(replace(settings, data=folder), now)


def part(
    settings: Settings, folder: Path, now: int, tape: Tape, keeps: Callable[[Header], bool]
) -> Twin:
    """A store under the same log key, with what is kept of a tape."""
    folder.mkdir()
    shutil.copy(settings.log_key, folder)
    settings = replace(settings, data=folder)
    open_store(settings, create=True).close()
    twin = Twin(settings, now)
    twin.fill(tape, keeps)
    return twin


@dataclass
class Visit:
    """What one person asks of each store, and where their answers differ. shown: the rules of
    operations that show her what stands elsewhere, on purpose. asked, answered: operations by
    method and rule, the latter those that gave something."""

    twins: tuple[Twin, ...]
    keys: DeviceKeys | None
    shown: frozenset[str] = frozenset()
    asked: set[tuple[str, str]] = field(default_factory=set)
    answered: set[tuple[str, str]] = field(default_factory=set)
    differences: list[str] = field(default_factory=list)
    device: str = "0" * 31 + "2"

    def __post_init__(self) -> None:
        if self.keys is not None:
            self.device = self.keys.card().device

    def ask(
        self,
        target: str,
        query: str = "",
        method: str = "GET",
        body: bytes = b"",
        what: str = "",
        **headers: str,
    ) -> list[Answer]:
        """What each store answers. LAST in a query stands for the newest position of each."""
        heard = []
        for twin in self.twins:
            asked = query.replace("LAST", str(twin.opened.store.position()))
            proof = self._proof(twin, method, target, asked, body)
            where = f"{target}?{asked}" if asked else target
            heard.append(twin.ask(method, where, data=body, headers={**proof, **headers}))
        rule = self._rule(method, target)
        self.asked.add((method, rule))
        (answer, took), *others = heard
        if answer.status < 400:
            self.answered.add((method, rule))
        if rule not in self.shown:
            what = what or f"{method} {target}?{query}"
            for other, otherwise in others:
                if other != answer:
                    self.differences.append(f"{what}: {_differing(answer, other)}")
                elif otherwise != took:
                    these, those = Counter(took), Counter(otherwise)
                    odd = list(these - those) + list(those - these) or ["in another order"]
                    self.differences.append(f"{what}: statements, {odd[:3]}")
        return [answer for answer, _ in heard]

    def send(self, what: str, target: str, body: Any) -> list[Answer]:
        return self.ask(target, "", "POST", json.dumps(body).encode(), what, **JSON)

    def _proof(
        self, twin: Twin, method: str, target: str, query: str, body: bytes
    ) -> dict[str, str]:
        if self.keys is None:
            return {}
        request = Request(method, twin.authority, target, f"?{query}", body)
        stated = parameters(request, self.device, int(time.time()), new_nonce())
        return proof_headers(request, stated, self.keys.sign_raw(signature_base(request, stated)))

    def _rule(self, method: str, target: str) -> str:
        routes = self.twins[0].app.url_map.bind("")
        try:
            return str(routes.match(target, method, return_rule=True)[0].rule)
        except HTTPException:
            return "none"


def _differing(one: Answer, other: Answer) -> str:
    """What is not the same in two answers, in short."""
    if one.status != other.status:
        return f"{one.status} is not {other.status}"
    if one.body != other.body:
        pairs = zip(one.body, other.body, strict=False)
        at = next((at for at, (here, there) in enumerate(pairs) if here != there), 0)
        near = slice(max(at - AROUND, 0), at + AROUND)
        return f"{one.body[near]!r} is not {other.body[near]!r}"
    return f"headers {sorted({*one.headers} ^ {*other.headers})}"
