"""A case that was played honestly, and copies of its store to tamper with."""

import io
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from api.app import create_app
from api.config import Settings
from api.counters import Counters
from cli.main import cli
from client.audit.read_log import fetch_reads
from client.audit.replay import Evidence, Report, access_of, fetch, replay
from client.audit.verdicts import Verdict, verdicts
from client.cases import consultation
from client.files.enclosures import Enclosure
from client.people import erasure
from client.people.membership import grant, leave
from client.place.chain import Chain
from client.place.compose import Draft
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.encoding import b64
from crypto.secret.keyfile import write_key_file
from domain.access import Access
from store.events import EntryStored
from store.read_log import ReadLog
from tests.support.hostile.server import HostileServer
from tests.support.people.support_case import Cast
from tests.support.world import World
from wire.calendar import read_calendar
from wire.reads import RELEASED, read_line

HOUR = 3600
LETTER = Enclosure("a.txt", "text/plain", 3, lambda: io.BytesIO(b"abc"))
PASSPHRASE = "a passphrase of this test"
WHAT = ("A1", "A2", "A3", "A9", "A10", "A11")


@dataclass
class Played:
    """A case as it was played, and what its people hold. persons: staff by name. said: entries with
    their places, by what they say. begun: the unix time at which each hour began."""

    settings: Settings
    cast: Cast
    dialogue: str
    aunts: str
    expert: str
    persons: dict[str, str]
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)

    @property
    def case(self) -> str:
        return self.cast.case


def play(world: World, pass_hour: Callable[[], None]) -> Played:
    cast = Cast(world)
    cast.hire("yara", role="duidingsexpert")
    cast.opened()
    places = [
        cast.invited(*one).compartment for one in (("mother", "requester"), ("aunt", "relative"))
    ]
    for one in ("xena", "yara"):
        cast.deploy("dirk", one)  # yara stays where she was asked
    dirk = cast.at("dirk")
    persons = {name: cast.person(name) for name in cast.people if name not in ("mother", "aunt")}
    played = Played(world.settings, cast, *places, dirk.only("expert").name, persons)
    played.begun.append(int(world.clock()))

    def says(name: str, place: str, text: str, *files: Enclosure) -> None:
        support = cast.at(name)
        support.say(support.work.named(place), text, files)
        played.said[text] = (support.work.named(place).items[-1].entry.header.id, place)

    def reads(name: str, place: str) -> None:
        support = cast.at(name)
        consultation.conversation(support.session, support.work.named(place))

    says("dirk", played.dialogue, "welcome")
    says("mother", played.dialogue, "hers", LETTER)
    says("dirk", played.aunts, "to the aunt")
    says("xena", played.expert, "with yara")
    for name, place in (("mother", played.dialogue), ("dirk", played.dialogue)):
        reads(name, place)
    for name in ("xena", "yara", "dirk"):
        reads(name, played.expert)
    reads("aunt", played.aunts)
    pass_hour()
    played.begun.append(int(world.clock()))
    reads("dirk", played.dialogue)  # nothing is written in this hour
    pass_hour()
    played.begun.append(int(world.clock()))
    cast.at("dirk").release_expert(cast.person("yara"))
    cast.deploy("dirk", "zoe")
    says("dirk", played.expert, "without yara")
    expert = cast.at("dirk").work.named(played.expert)
    (item,) = (one for one in expert.items if one.entry.header.id == played.said["with yara"][0])
    grant(cast["dirk"], expert, cast["zoe"].device, "needed", items=[item])
    reads("zoe", played.expert)
    assert cast.texts("mother", "expert") == []
    assert cast["mother"].read(cast.case, played.expert) is None
    (seq,) = (
        o.entry.header.seq
        for o in expert.items
        if o.entry.header.id == played.said["without yara"][0]
    )
    erasure.propose(cast["carla"], cast.case, played.expert, [seq], "data_subject")
    (proposal,) = erasure.proposals(erasure.structure(cast["frits"], cast.case))
    erasure.erase(cast["frits"], cast.case, proposal)
    leave(cast["aunt"], cast.at("aunt").work.named(played.aunts))
    world.settle()
    return played


def play_in(folder: Path) -> Played:
    """Play it on a store in a folder, within hours of now."""
    passed = [-5 * HOUR]

    def clock() -> float:
        return time.time() + passed[0]

    with World(folder, clock=clock) as world:
        return play(world, lambda: passed.__setitem__(0, passed[0] + HOUR))


class Copy:
    """The store of the case to oneself, at a server that does as it is told."""

    def __init__(self, played: Played, folder: Path) -> None:
        shutil.copytree(played.settings.data, folder)
        self.played, self.folder, self.clock = played, folder, played.cast.world.clock
        self._http = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
        authority = f"127.0.0.1:{self._http.server_port}"
        self.url = f"http://{authority}"
        settings = replace(played.settings, data=folder, authority=authority, bind=authority)
        self.app = create_app(settings, self.clock, Counters())
        self.server = HostileServer(self.app)
        self._http.app = self.server
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
        self.app.extensions["zegel"].close()

    def now(self) -> int:
        return int(self.clock())

    def session(self, name: str, pins: Pins | None = None) -> Session:
        keys, pin = self.played.cast[name].keys, self.played.settings.pin
        session = Session(Transport(self.url), pin, keys, pins or Pins(), self.clock)
        session.directory.refresh()
        return session

    def shell(self, file: str) -> "closing[sqlite3.Connection]":
        """A database shell, with nothing that holds it back."""
        connection = sqlite3.connect(self.folder / file, isolation_level=None)
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        for (trigger,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        return closing(connection)

    # --- what is done to it ----------------------------------------------------------------------

    def chain(self, name: str, place: str) -> tuple[Session, Chain]:
        session = self.session(name)
        chain = session.read(self.played.case, place)
        assert chain is not None
        return session, chain

    def insert(self, draft: Draft, session: Session) -> str:
        """Put an entry into the store that the server was not asked about."""
        header, signature = draft.signed(session.keys)
        entry = EntryStored(UUID(self.played.case), 0, self.now(), signature, header)
        place = (draft.header.compartment, draft.header.seq, draft.header.id)
        with self.shell("store.sqlite") as shell:
            shell.execute(
                "INSERT INTO stored_events (originator_id, originator_version, topic, state, "
                "compartment, seq, entry_id) SELECT originator_id, MAX(originator_version) + 1, "
                "?, ?, ?, ?, ? FROM stored_events WHERE originator_id=?",
                (EntryStored.topic, entry.state(), *place, entry.originator_id.hex),
            )
        return draft.header.id

    def redate(self, entry: str, seconds: int) -> None:
        """Put an entry at another time, wherever it stands."""
        with self.shell("store.sqlite") as shell:
            where = "FROM stored_events WHERE entry_id=?"
            ((state,),) = shell.execute(f"SELECT state {where}", (entry,)).fetchall()
            stored = int.from_bytes(state[:8], "big") + seconds
            changed = stored.to_bytes(8, "big") + state[8:]
            shell.execute("UPDATE stored_events SET state=? WHERE entry_id=?", (changed, entry))
        with self.shell("views.sqlite") as shell:
            shell.execute("UPDATE timeline SET stored=? WHERE header=?", (stored, state[72:]))

    def release(
        self, name: str, said: str, at: int, *, place: str = "", whose: str = "", **odd: Any
    ) -> str:
        """Write into the read log that somebody was given a content, well chained, as whoever has
        the log can. whose: in another's name. Gives the line's name."""
        played = self.played
        person = played.persons.get(name)
        device = played.cast[name].device if person else None
        entry, there = played.said.get(said, (said, ""))
        where = {"case": played.case, "compartment": place or there, "entry": entry}
        named = played.persons.get(whose, person)
        with closing(ReadLog(str(self.folder / "reads.sqlite"))) as log:
            made = ("PayloadFetched", RELEASED, at, device, named, "", where, "test.example/0")
            log.append(played.case, read_line(*made) | odd)
            return f"line {log.page(played.case, -1, 0)[1]}"

    # --- what is said of it ----------------------------------------------------------------------

    def evidence(self) -> tuple[list[Evidence], Access, Report, Session]:
        session = self.session("auditor")
        evidence, cards = fetch(session.transport, session.keys, self.played.case)
        report = replay(self.played.case, evidence, cards, session.directory)
        access = access_of(report, session.directory)
        return evidence, access, report, session

    def audit(self) -> dict[str, Verdict]:
        evidence, access, report, session = self.evidence()
        reads = fetch_reads(session, self.played.case)
        return {
            one.name: one
            for one in verdicts(
                evidence, report, access, reads, session.directory, read_calendar(None), self.now()
            )
        }

    def end_of(self, what: str) -> int:
        """The unix time at which somebody stood nowhere any more, or a content was erased."""
        access = self.evidence()[1]
        if what in self.played.said:
            erased = access.entries[self.played.said[what][0]].erased
            assert erased is not None
            return erased.stored
        device = self.played.cast[what].device
        ends = [one.until for one in access.standings if one.device == device and one.until]
        return max(ends).stored

    def convicted(self) -> dict[str, str]:
        """What is wrong with it, by the check that found it."""
        return {name: " | ".join(one.faults) for name, one in self.audit().items() if not one.holds}


# --- the commands --------------------------------------------------------------------------------


def auditor_key(played: Played, folder: Path) -> Path:
    """The auditor's key file: to be sealed once, as it is slow by intent."""
    keys, file = played.cast["auditor"].keys, folder / "device.key"
    write_key_file(file, "device", {"sign": b64(keys.sign), "kem": b64(keys.kem)}, PASSPHRASE)
    return file


def as_auditor(
    copy: Copy, key_file: Path, home: Path, patch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs a command as the auditor, against a copy."""
    shutil.copy(key_file, home)
    told = {"HOME": str(home), "SERVER": copy.url, "PIN": copy.played.settings.pin}
    for name, setting in {**told, "PASSPHRASE": PASSPHRASE}.items():
        patch.setenv(f"ZEGEL_{name}", setting)
    return lambda *arguments: CliRunner().invoke(cli, arguments)
