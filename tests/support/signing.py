"""A real case for generated requests: who signs each operation, and the real things it may name.

The signing hook stands where the last byte of a request is known: before the application, as the
client stands before the network.
"""

import io
import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from werkzeug.wrappers import Request as Received

from client.cases import consulting
from client.cases.consultation import message
from client.files.enclosures import Enclosure
from client.place.compose import draft_entry
from client.session import Session
from crypto.encoding import b64, sha256
from crypto.padding import ATTACHMENT_FLOOR, sealed_size
from crypto.secret.seeds import DeviceKeys
from tests.support.world import World, read
from wire.paths import (
    ACCEPTANCES,
    ATTACHMENT,
    CARDS,
    CASES,
    ENTRIES,
    HEALTH,
    INVITATIONS,
    MANY_PARTS,
    OVERVIEW,
    PARTS,
    READS,
    STANDINGS,
    STRUCTURE,
    TIMELINE,
    TRUST,
    UPLOAD,
    VERSION,
    WORK_LIST,
    WRAPS,
)
from wire.proof import Request, parameters, proof_headers, signature_base
from wire.schemas import show_parts
from wire.trust_documents import ROSTER_LABEL

Values = Mapping[str, Any]


class Real(NamedTuple):
    """What an operation needs to succeed. signer: whose device proves it, None for nobody's.
    path, query, body: real values, made anew for each request."""

    signer: DeviceKeys | None
    path: Callable[[], Values] = dict
    query: Callable[[], Values] = dict
    body: Callable[[], Values | bytes] | None = None


class Office:
    """A world with a taken consultation, and a table of what each operation needs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.worker, supervisor, auditor = world.staff(
            "consultation_worker", "supervisor", "auditor"
        )
        self.mother, asked, _ = world.mother()
        consulting.take(self.worker, read(world, self.worker, asked))
        chain = read(world, self.mother, asked)
        place = {"case": chain.case, "compartment": chain.name}
        entry = {**place, "entry": chain.items[1].entry.header.id}
        self.sent = bytes(sealed_size(ATTACHMENT_FLOOR))
        letter = Enclosure("a.txt", "text/plain", 3, lambda: io.BytesIO(b"abc"))
        item = self.mother.write(chain, "MessageSent", {}, message("see"), [letter])
        with_file = {**place, "entry": item.entry.header.id}
        self.signer: DeviceKeys | None = None
        self._chain, self._nonces = chain, itertools.count()
        self.operations: Mapping[tuple[str, str], Real] = {
            ("get", HEALTH): Real(None),
            ("get", VERSION + TRUST): Real(None),
            ("post", VERSION + TRUST): Real(None, body=self.roster),
            ("get", VERSION + CARDS): Real(None, query=lambda: {"device": [self.worker.device]}),
            ("post", VERSION + ENTRIES): Real(None, body=self.entry),
            ("get", VERSION + WORK_LIST): Real(self.worker.keys),
            ("get", VERSION + OVERVIEW): Real(supervisor.keys),
            ("get", VERSION + CASES): Real(auditor.keys),
            ("get", VERSION + STANDINGS): Real(
                auditor.keys, query=lambda: {"device": self.worker.device}
            ),
            ("get", VERSION + TIMELINE): Real(self.mother.keys, lambda: place),
            ("get", VERSION + PARTS): Real(self.mother.keys, lambda: entry),
            ("get", VERSION + MANY_PARTS): Real(
                self.mother.keys, lambda: place, lambda: {"seqs": "0-9"}
            ),
            ("get", VERSION + ATTACHMENT): Real(
                self.mother.keys, lambda: {**with_file, "number": "1"}
            ),
            ("get", VERSION + UPLOAD): Real(self.mother.keys, lambda: {**place, "hash": "A" * 43}),
            ("put", VERSION + UPLOAD): Real(
                self.mother.keys,
                lambda: {**place, "hash": self.upload()},
                lambda: {"size": len(self.sent), "offset": 0},
                lambda: self.sent,
            ),
            ("get", VERSION + ACCEPTANCES): Real(self.mother.keys, lambda: place),
            ("post", VERSION + INVITATIONS): Real(None, body=self.acceptance),
            ("get", VERSION + READS): Real(auditor.keys, lambda: {"case": chain.case}),
            ("get", VERSION + WRAPS): Real(self.mother.keys, lambda: place),
            ("get", VERSION + STRUCTURE): Real(auditor.keys, lambda: {"case": chain.case}),
        }

    def entry(self) -> Values:
        """The requester's next message, ready to be stored."""
        return envelope(self.world, self.mother, self._chain.case, self._chain.name)

    def upload(self) -> str:
        """The hash of sealed bytes to be sent; those sent before are no longer on their way."""
        with self.world.opened.store.entries.turn() as cursor:
            cursor.execute("DELETE FROM uploads")
        self.sent = os.urandom(len(self.sent))
        return b64(sha256(self.sent))

    def acceptance(self) -> Values:
        """Someone who says that she was invited."""
        card = self.mother.card.fields()
        return {"invitation": os.urandom(16).hex(), "card": card, "tag": "A" * 43}

    def roster(self) -> Values:
        """The next roster, signed by the registrar."""
        ceremony = self.world.ceremony
        newest = self.worker.directory.refresh().roster
        assert newest is not None
        del ceremony.rosters[newest.version :]  # made for a request that was refused
        document = ceremony.roster(int(time.time()))
        signatures = [ceremony.registrar.sign_document(0, ROSTER_LABEL, document)]
        ceremony.rosters.append(document)
        return {"what": "roster", "bytes": b64(document), "signatures": signatures, "cards": []}

    def signing(self, app: Any) -> Any:
        """The application; requests are proven by `signer` just before they come in."""

        def hook(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
            signer = self.signer
            if signer is not None:
                received = Received(environ, shallow=False)
                body = received.get_data(cache=True)
                environ["wsgi.input"] = io.BytesIO(body)
                query = received.query_string.decode("latin-1")
                authority = self.world.settings.authority
                asked = Request(received.method, authority, received.path, f"?{query}", body)
                nonce = b64(next(self._nonces).to_bytes(16, "big"))
                stated = parameters(asked, signer.card().device, int(time.time()), nonce)
                signature = signer.sign_raw(signature_base(asked, stated))
                for name, value in proof_headers(asked, stated, signature).items():
                    environ["HTTP_" + name.upper().replace("-", "_")] = value
            answer: Iterator[bytes] = app(environ, start_response)
            return answer

        return hook


def envelope(
    world: World, session: Session, case: str, compartment: str, text: str = "a message"
) -> Values:
    """A message of a session, as it is posted."""
    world.settle()
    chain = session.read(case, compartment)
    assert chain is not None
    trust = session.directory.refresh()
    assert trust.roster is not None
    draft = draft_entry(
        chain.compartment,
        case,
        "MessageSent",
        {},
        message(text),
        chain.epoch_keys[chain.compartment.epoch],
        session.device,
        trust.roster.version,
        int(time.time()),
    )
    header, signature = draft.signed(session.keys)
    return {"header": b64(header), "signature": b64(signature), **show_parts(draft.parts)}
