"""Who asks and who is certified, with entries sealed and signed before any clock starts.

Entries of one chain name each other by hash, and a hash does not depend on what the server adds:
so a whole chain can be made in advance.
"""

import json
import time
from typing import Any
from uuid import UUID

from api.config import Settings
from api.state import open_store
from client.cases import consultation
from client.place.chain import Chain
from client.place.compose import Draft, draft_entry
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.encoding import b64, hash_of
from crypto.secret.seeds import new_code, new_device
from store.application import CaseStore
from store.events import EntryStored
from store.sqlite import Beside, EntryKey
from tests.support.processes import until
from tests.support.world import Ceremony, quick_code
from wire.header import entry_hash
from wire.paths import TRUST, path
from wire.schemas import Published, show_parts
from wire.trust_documents import ROSTER_LABEL

WORKERS = 3
SETTLED_SECONDS = 3600  # a projector takes in 100,000 entries in minutes
TEXT = "Thank you, that helps. He came home late again yesterday and would not say where he was."


class Asker:
    """Someone who asked: makes the next messages of her conversation, sealed and signed."""

    def __init__(self, session: Session, chain: Chain) -> None:
        self.session = session
        self.case, self.name = chain.case, chain.name
        self.sign = b64(session.card.sign)
        self._key = chain.epoch_keys[0]
        self._compartment = chain.compartment
        self._roster = session.directory.newest.roster

    def _next(self) -> tuple[Draft, bytes, bytes]:
        assert self._roster is not None  # a session has fetched it
        draft = draft_entry(
            self._compartment,
            self.case,
            "MessageSent",
            {},
            consultation.message(TEXT),
            self._key,
            self.session.device,
            self._roster.version,
            int(time.time()),
        )
        header, signature = draft.signed(self.session.keys)
        self._compartment = self._compartment._replace(
            seq=draft.header.seq, head=entry_hash(header)
        )
        return draft, header, signature

    def bodies(self, count: int) -> list[bytes]:
        """The bodies of her next posts. They must all be posted, in order."""
        made = []
        for _ in range(count):
            draft, header, signature = self._next()
            fields = {"header": b64(header), "signature": b64(signature)}
            made.append(json.dumps(fields | show_parts(draft.parts)).encode())
        return made

    def write_into(self, store: CaseStore, count: int) -> None:
        """Put her next entries into the store in one transaction: unjudged, for speed. The audit
        that is measured later judges each of them."""
        case = UUID(self.case)
        with store.entries.turn() as cursor:
            version = store.entries.select_version(cursor, case)
            for number in range(version + 1, version + count + 1):
                draft, header, signature = self._next()
                stored = EntryStored(case, number, int(time.time()), signature, header)
                key = EntryKey(self.name, draft.header.seq, draft.header.id)
                store.save(stored, cursor=cursor, beside=Beside(key, draft.parts))


class People:
    """Workers and an auditor whom a first roster lists, and those who ask."""

    def __init__(self, ceremony: Ceremony, root: bytes, settings: Settings) -> None:
        self._settings = settings
        self._pin = hash_of(root)
        self.transport = Transport(f"http://{settings.authority}")
        keys = [new_device() for _ in range(WORKERS)]
        auditor = new_device()
        for number, one in enumerate(keys, 1):
            ceremony.list_person(number, ["consultation_worker"], one)
        ceremony.list_person(WORKERS + 1, ["auditor"], auditor)
        self._publish("root", root, ceremony.sign_root(root), [])
        roster = ceremony.roster(int(time.time()))
        signatures = [ceremony.registrar.sign_document(0, ROSTER_LABEL, roster)]
        cards = [one.card().fields() for one in (*keys, auditor)]
        self._publish("roster", roster, signatures, cards)
        self.auditor = Session(self.transport, self._pin, auditor, Pins())
        self.settle()

    def _publish(self, what: str, document: bytes, signatures: Any, cards: list[Any]) -> None:
        body = {"what": what, "bytes": b64(document), "signatures": signatures, "cards": cards}
        self.transport.post(Published, path(TRUST), body)

    def asker(self) -> Asker:
        """Someone new, whose case holds its opening and her question."""
        code = quick_code(new_code(), self._pin)
        session = Session(self.transport, self._pin, code.keys, Pins())
        return Asker(session, consultation.ask(session, code, 0, "anonymous", TEXT))

    def long_case(self, entries: int) -> Asker:
        """Someone whose case holds so many entries."""
        return self.cases(1, entries)[0]

    def cases(self, count: int, entries: int) -> list[Asker]:
        """So many people, each with a case of so many entries."""
        askers = [self.asker() for _ in range(count)]
        opened = open_store(self._settings)
        for asker in askers:
            asker.write_into(opened.store, entries - 2)
        opened.store.close()
        opened.views.close()
        self.settle()
        return askers

    def settle(self) -> None:
        """Wait until the projector has nothing left to do."""
        opened = open_store(self._settings)
        until(
            lambda: opened.views.position("timeline") >= opened.store.position(),
            "the projector has nothing left to do",
            SETTLED_SECONDS,
        )
        opened.close()
