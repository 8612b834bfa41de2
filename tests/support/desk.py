"""A store without a server: entries are made as clients make them and posted straight into it."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from client.cases import consultation
from client.cases.consultation import message
from client.place.compose import Draft, draft_change, draft_entry, draft_opening
from crypto.encoding import b64, hash_of
from crypto.log_signer import LogSigner
from crypto.secret.seeds import DeviceKeys, new_device
from domain.entry import Line
from domain.services.registry import SERVICES
from domain.state import Compartment
from store.application import CaseStore, Post, Receipt
from tests.support.world import Ceremony
from wire.pipeline import case_id
from wire.trust_documents import ROSTER_LABEL

SALT = bytes(16)


class Desk:
    """A store in a folder, with root 1 and a roster of a few workers."""

    def __init__(
        self, folder: Path, clock: Callable[[], float] = time.time, workers: int = 2
    ) -> None:
        self.path = str(folder / "store.sqlite")
        self.clock = clock
        self._signer = LogSigner("test.example/0", bytes(32))
        self.ceremony = Ceremony()
        root = self.ceremony.root(self._signer.vkey)
        self.pin = hash_of(root)
        self.store = self.another(create=True)
        self.store.publish("root", root, self.ceremony.sign_root(root))
        self.workers: list[DeviceKeys] = []
        self.hire(workers)

    def another(self, *, create: bool = False) -> CaseStore:
        """The same store opened once more, as another process would have it."""
        return CaseStore(self.path, self.pin, self._signer, SERVICES, self.clock, create=create)

    def hire(self, count: int) -> None:
        """More workers, certified by the next roster."""
        for _ in range(count):
            self.workers.append(new_device())
            number = len(self.workers)
            self.ceremony.list_person(number, ["consultation_worker"], self.workers[-1])
        self.publish_roster()

    def publish_roster(self) -> None:
        document = self.ceremony.roster(int(self.clock()))
        signatures = [self.ceremony.registrar.sign_document(0, ROSTER_LABEL, document)]
        cards = [keys.card() for keys in self.workers]
        self.store.publish("roster", document, signatures, cards)
        self.ceremony.rosters.append(document)

    def meanwhile(self, happens: Callable[[], object]) -> None:
        """Have something happen once: after what comes next was looked at, before its turn."""
        entries, taken = self.store.entries, self.store.entries.turn

        @contextmanager
        def turn() -> Iterator[Any]:
            entries.turn = taken
            happens()
            with taken() as cursor:
                yield cursor

        entries.turn = turn

    def shell(self) -> "closing[sqlite3.Connection]":
        """A database shell: a connection that knows nothing of this program."""
        return closing(sqlite3.connect(self.path, isolation_level=None))

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every byte of every table."""
        with self.shell() as shell:
            return dump(shell, ("stored_events", "vault", "cards"))

    def now(self) -> int:
        return int(self.clock())

    @property
    def roster(self) -> int:
        return len(self.ceremony.rosters)


class Talk:
    """One consultation, written by a requester of its own and the workers of the desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.keys = new_device()
        self.device = self.keys.card().device
        self.case = case_id(self.device, b64(SALT))
        self.name = "dialogue-774424100"
        self.epoch_key = b""
        people = [self.keys, *desk.workers]
        self.cards = {keys.card().device: keys.card() for keys in people}

    @property
    def compartment(self) -> Compartment:
        case = self.desk.store.case(self.case)
        assert case is not None
        return case.compartments[self.name]

    def opening(self) -> Draft:
        lines = [Line(device, "consultation_worker", None) for device in self.cards]
        lines[0] = Line(self.device, "requester", None)
        extra = consultation.opening("consent", "anonymous")
        return draft_opening(
            self.case,
            self.name,
            SALT,
            tuple(lines),
            self.cards,
            extra,
            self.device,
            self.desk.roster,
            self.desk.now(),
        )

    def draft(
        self,
        keys: DeviceKeys,
        kind: str,
        body: Mapping[str, Any] | None = None,
        value: dict[str, Any] | None = None,
    ) -> Draft:
        author, roster, now = keys.card().device, self.desk.roster, self.desk.now()
        return draft_entry(
            self.compartment,
            self.case,
            kind,
            body or {},
            value,
            self.epoch_key,
            author,
            roster,
            now,
        )

    def post(self, draft: Draft, keys: DeviceKeys) -> Post:
        card = keys.card() if draft.header.opens else None
        return Post(*draft.signed(keys), draft.parts, card)

    def send(self, draft: Draft, keys: DeviceKeys) -> Receipt:
        receipt = self.desk.store.post(self.post(draft, keys))
        self.epoch_key = draft.epoch_key or self.epoch_key
        return receipt

    def write(
        self,
        keys: DeviceKeys,
        kind: str,
        body: Mapping[str, Any] | None = None,
        value: dict[str, Any] | None = None,
    ) -> Receipt:
        return self.send(self.draft(keys, kind, body, value), keys)

    def asked(self, text: str = "a question") -> "Talk":
        self.send(self.opening(), self.keys)
        self.write(self.keys, "ConsultationReceived", {}, message(text))
        return self

    def say(self, text: str) -> Post:
        """A message of the requester, not yet posted."""
        return self.post(self.draft(self.keys, "MessageSent", {}, message(text)), self.keys)

    def go_on(self, count: int) -> "Talk":
        for number in range(count):
            self.desk.store.post(self.say(f"message {number}"))
        return self

    def taken(self, worker: DeviceKeys) -> "Talk":
        device = worker.card().device
        self.write(worker, "ConsultationAssigned", {"assignee": device, "no_conflict": True})
        self.change(worker, "removed", [self.device, device])
        return self

    def change(self, keys: DeviceKeys, reason: str, staying: Iterable[str]) -> Receipt:
        """A new epoch for those of the present members who stay."""
        lines = tuple(line for line in self.compartment.lines if line.device in set(staying))
        author, roster, now = keys.card().device, self.desk.roster, self.desk.now()
        draft = draft_change(
            self.compartment, self.case, reason, lines, self.cards, author, roster, now
        )
        return self.send(draft, keys)

    def advised(self, worker: DeviceKeys) -> "Talk":
        sections = ("yourself", "professional_help", "possible_reports", "contact_again")
        advice = {"schema": "advice/1", **dict.fromkeys(sections, "text"), "attachments": []}
        self.write(worker, "ShortAdviceGiven", {}, advice)
        return self

    def closed(self, worker: DeviceKeys) -> "Talk":
        self.advised(worker)
        closing = {
            "schema": "closing/2",
            "outcome": "advised",
            "to_you": "done",
            "subject_kind": "individual",
            "form_group": "unknown",
        }
        value = {**closing, "attachments": []}
        self.write(
            worker,
            "ConsultationClosed",
            {"attested": True, "retention_class": "anon_consult"},
            value,
        )
        return self


def dump(connection: sqlite3.Connection, tables: Iterable[str]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables, sorted: rows count, not the places where they lie."""
    return {
        table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
        for table in tables
    }
