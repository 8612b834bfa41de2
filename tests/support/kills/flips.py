"""A stored case in which single bits are flipped, and the people who come back to it.

The case is played with real keys and its store copied. A flip is written into the copy as someone
would who edits the file: triggers dropped, straight into the database. The server is started on it,
its read models are made from it, and all who read the case before read it again, with their pins
and receipts.
"""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import requests
from flask import Flask
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from api.app import create_app
from api.config import Settings
from api.state import Opened, open_store
from client.audit.replay import Report, fetch, hold_to_pins, replay
from client.cases import colleagues, consultation, consulting
from client.cases.casework import open_casework
from client.errors import Distrust, ServerRefused
from client.place.chain import Chain
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.secret.seeds import DeviceKeys, new_device
from domain.services.registry import SERVICES
from projections.projector import PROJECTIONS, Projector
from store.events import EntryStored
from tests.support.people import speaking
from tests.support.world import World, read
from wire.header import parse_header
from wire.problems import NO_SUCH_CASE

WORKER = "consultation_worker"
SUBSTITUTE = 3
ADVICE = ("yourself", "professional_help", "possible_reports", "contact_again")
STATE_HEADER = 72  # where the header begins in an entry's state
Value = int | str | bytes
Row = dict[str, Any]


class Person(NamedTuple):
    """Someone who comes back: her keys, and what her client remembers."""

    keys: DeviceKeys
    pins: Pins


class Played(NamedTuple):
    """A case from its opening to its close, in a store that nobody has open. members: those who
    stand in it in the end."""

    settings: Settings
    case: str
    name: str
    members: dict[str, Person]
    auditor: Person


def play(folder: Path) -> Played:
    """A question, taken by one of two workers (the other is put out by a new epoch), answered, gone
    on with, the other let in again as substitute, advised and closed: whoever was ever given a wrap
    stands in it in the end, so that somebody relies on each. One root, two rosters."""
    with World(folder) as world:
        taker, other, auditor = new_device(), new_device(), new_device()
        world.ceremony.list_person(1, [WORKER], taker)
        world.ceremony.list_person(2, ["auditor"], auditor)
        world.publish(taker)
        world.ceremony.list_person(SUBSTITUTE, [WORKER], other)
        world.publish(taker, other)
        works, stands_in, audits = (world.session(keys) for keys in (taker, other, auditor))
        asks, asked, _ = world.mother("Is this something?")
        consulting.take(works, read(world, works, asked))
        speaking.answer(works, read(world, works, asked), "It may be.")
        consultation.say(asks, read(world, asks, asked), "There is more.")
        world.settle()
        colleagues.name_substitute(open_casework(works, asked.case), f"{SUBSTITUTE:032x}")
        chain = read(world, works, asked)
        speaking.advise(works, chain, dict.fromkeys(ADVICE, "text"))
        speaking.close(works, chain, "advised", "done")
        for session in (asks, works, stands_in):
            read(world, session, asked)
        audited(audits, asked.case)
        members = {"mother": asks, "taker": works, "substitute": stands_in}
        return Played(
            world.settings,
            asked.case,
            asked.name,
            {name: Person(one.keys, one.pins) for name, one in members.items()},
            Person(audits.keys, audits.pins),
        )


def audited(session: Session, case: str) -> Report:
    """What an auditor is shown. Raises Distrust, ServerRefused."""
    evidence, cards = fetch(session.transport, session.keys, case)
    session.directory.refresh()
    report = replay(case, evidence, cards, session.directory)
    if report.finding:
        raise Distrust(report.finding.rule, report.finding.detail)
    hold_to_pins(case, evidence, session.pins)
    return report


def shown_to(session: Session, chain: Chain) -> Any:
    """Everything that a member is shown: the history with its times, texts, members and states, and
    her work list. What does not open is shown too: it puts the blame on its author."""
    said = [
        (one.item.entry.header.id, one.value, one.unreadable)
        for one in consultation.conversation(session, chain)
    ]
    return chain.items, said, chain.lines, chain.state, session.work()


# --- flips ---------------------------------------------------------------------------------------


class Flip(NamedTuple):
    """One bit of one value. key: of its row. of: what the row is. part: of an event's state."""

    table: str
    key: Value
    of: str
    column: str
    part: str
    offset: int
    bit: int

    @property
    def place(self) -> str:
        return f"{self.table}.{self.column}{self.part and '/' + self.part} of {self.of}"

    def in_value(self, value: Value) -> Value:
        """The value with this bit flipped; text as bytes, for it may be no UTF-8 any more."""
        raw = bytearray(raw_of(value))
        raw[self.offset] ^= 1 << self.bit
        return int.from_bytes(raw, "big", signed=True) if isinstance(value, int) else bytes(raw)


def raw_of(value: Value) -> bytes:
    """The bytes of a value; those of integers are the eight that SQLite may keep."""
    if isinstance(value, int):
        return value.to_bytes(8, "big", signed=True)
    return value.encode() if isinstance(value, str) else value


class Table(NamedTuple):
    """A table as the database lists it. key: the column by which a row is found."""

    key: str
    columns: tuple[str, ...]
    rows: dict[Value, Row]


def read_tables(shell: sqlite3.Connection) -> dict[str, Table]:
    """Every table of a database with every column, SQLite's own among them."""
    found = shell.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
    return {name: _read_table(shell, name) for (name,) in found}


def _read_table(shell: sqlite3.Connection, name: str) -> Table:
    listed = shell.execute(f"PRAGMA table_info({name})").fetchall()
    ((*_, without_rowid, _strict),) = shell.execute(f"PRAGMA table_list({name})").fetchall()
    key = next(row[1] for row in listed if row[5]) if without_rowid else "rowid"
    columns = tuple(row[1] for row in listed)
    rows = shell.execute(f"SELECT {key}, {', '.join(columns)} FROM {name}").fetchall()
    return Table(key, columns, {key: dict(zip(columns, row, strict=True)) for key, *row in rows})


def _what(table: str, row: Row) -> str:
    """What a row is, as far as it matters who reads it."""
    if table == "vault":
        return str(row["part"])
    if table != "stored_events":
        return "row"
    what = row["topic"].split("/")[1]
    if what != "entry":
        return str(what)
    header = parse_header(row["state"][STATE_HEADER:])
    carried = "wraps" if header.changes_members else "payload" if header.payload else "nothing"
    return f"entry with {carried}"


def _part(row: Row, column: str, offset: int) -> str:
    """Which part of an event's state a byte belongs to (store/events.py)."""
    if column != "state":
        return ""
    if offset < 8:
        return "stored"
    if row["topic"] == EntryStored.topic:
        return "signature" if offset < STATE_HEADER else "header"
    if offset < 12:
        return "length"
    return "signatures" if offset < 12 + int.from_bytes(row["state"][8:12], "big") else "document"


# --- the store and its server --------------------------------------------------------------------


class InProcess(BaseAdapter):
    """Requests reach the application without a socket between."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._client = app.test_client()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        answer = self._client.open(
            request.path_url, method=request.method, headers=dict(request.headers)
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.raw = HTTPResponse(BytesIO(answer.get_data()), preload_content=False)
        return response

    def close(self) -> None:
        pass


class Stopped(Exception):
    """The projector stops at a fault, or sets a read model aside: timelines are not answered, and
    an operator is told."""


class FlippedStore:
    """A copy of a played store and its server; each flip is put back before the next."""

    def __init__(self, played: Played, folder: Path) -> None:
        self.played = played
        self.settings = replace(played.settings, data=folder)
        shutil.copy(played.settings.log_key, self.settings.log_key)
        self._shell = sqlite3.connect(self.settings.store, isolation_level=None)
        with closing(sqlite3.connect(played.settings.store)) as original:
            original.backup(self._shell)
        self._shell.execute("PRAGMA synchronous=OFF")
        open_store(self.settings, create=True).close()  # what stands beside the store
        triggers = "SELECT name FROM sqlite_master WHERE type='trigger'"
        for (trigger,) in self._shell.execute(triggers).fetchall():
            self._shell.execute(f"DROP TRIGGER {trigger}")
        self.tables = read_tables(self._shell)
        self._app = create_app(self.settings)
        self.running = self._app.extensions["zegel"].store
        self._transport = Transport(f"http://{self.settings.authority}")
        self._transport._session.mount("http://", InProcess(self._app))

    def close(self) -> None:
        self._app.extensions["zegel"].close()
        self._shell.close()

    def flips(self, table: str, lots: random.Random) -> Iterator[Flip]:
        """One flip for each byte of each value in a table."""
        for key, row in self.tables[table].rows.items():
            of = _what(table, row)
            for column, value in row.items():
                for offset in range(0 if value is None else len(raw_of(value))):
                    part = _part(row, column, offset)
                    yield Flip(table, key, of, column, part, offset, lots.randrange(8))

    def row(self, flip: Flip) -> Row:
        return self.tables[flip.table].rows[flip.key]

    @contextmanager
    def written(self, flip: Flip) -> Iterator[None]:
        """The flip in the database, as long as the block runs. Where unique keys do not let two
        rows be the same, another bit of that byte is flipped."""
        value, key = self.row(flip)[flip.column], self.tables[flip.table].key
        mark = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
        update = f"UPDATE {flip.table} SET {flip.column}={mark} WHERE {key}="
        for turn in range(8):
            other = flip._replace(bit=(flip.bit + turn) % 8).in_value(value)
            try:
                self._shell.execute(f"{update}?", (other, flip.key))
                break
            except sqlite3.IntegrityError:
                continue
        else:
            raise AssertionError(f"no bit of this byte can be flipped: {flip}")
        try:
            yield
        finally:
            if flip.column == key:
                self._shell.execute(update + mark, (value, other))
            else:
                self._shell.execute(f"{update}?", (value, flip.key))

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """The server started on the store as it is now."""
        before, opened = self._app.extensions["zegel"], open_store(self.settings)
        self._app.extensions["zegel"] = opened
        try:
            yield opened
        finally:
            self._app.extensions["zegel"] = before
            opened.close()

    @contextmanager
    def started(self) -> Iterator[Opened]:
        """The same with read models made from the store. Raises Stopped."""
        with self.opened() as opened:
            with opened.views.writing() as cursor:
                for projection in PROJECTIONS:
                    projection.clear(cursor)
                    opened.views.forget(cursor, projection.name)
                    opened.views.take_back(cursor, projection.name)
            try:
                Projector(opened.store, opened.views, opened.settings.pin, SERVICES).catch_up()
            except Exception as fault:
                raise Stopped(repr(fault)) from fault
            with opened.views.reading() as cursor:
                if aside := opened.views.aside(cursor):
                    raise Stopped(f"set aside: {', '.join(aside)}")
            yield opened

    def session(self, person: Person) -> Session:
        """Someone who comes back, with what her client remembers."""
        pins = deepcopy(person.pins)
        return Session(self._transport, self.settings.pin, person.keys, pins)

    def look(self) -> dict[str, Any]:
        """What everyone is shown of the case. Raises Distrust, ServerRefused."""
        shown: dict[str, Any] = {}
        shown["auditor"] = audited(self.session(self.played.auditor), self.played.case)
        for name, person in self.played.members.items():
            session = self.session(person)
            chain = session.read(self.played.case, self.played.name)
            if chain is None:
                raise ServerRefused(NO_SUCH_CASE, "No such case.", "", [])
            shown[name] = shown_to(session, chain)
        return shown
