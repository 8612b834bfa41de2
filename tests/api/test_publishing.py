"""Anyone may send a root or roster. What no known key signed costs the server a signature, never
the turn in which others write, nor the memory of one machine.

Holds api/directory.py, store/documents.py, wire/trust_documents.py.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from api.config import LIMITS
from api.counters import Counters
from api.limits import PUBLISHED_BYTES
from client.cases import consulting
from client.server.transport import Transport
from crypto.encoding import b64
from crypto.secret.long_lived import new_long_lived
from tests.support.asking import asker
from tests.support.world import World, read, texts
from wire.paths import TRUST, path
from wire.problems import TYPE_PREFIX
from wire.schemas import Published
from wire.trust_documents import ROSTER_LABEL


@pytest.fixture
def office(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, counters=Counters(), limits=LIMITS) as running:
        yield running


def made(world: World, **changes: Any) -> dict[str, Any]:
    """The next roster, signed by a stranger unless told otherwise."""
    document = world.ceremony.roster(int(world.clock()))
    signed = [new_long_lived().sign_document(0, ROSTER_LABEL, document)]
    body = {"what": "roster", "bytes": b64(document), "signatures": signed, "cards": []}
    return body | changes


def refusal(world: World, body: dict[str, Any]) -> str:
    """By name, asked once: a client would wait where it is told to."""
    answer = requests.post(f"{world.url}{path(TRUST)}", json=body, timeout=30)
    assert answer.status_code >= 400
    return str(answer.json()["type"]).removeprefix(TYPE_PREFIX)


def test_what_a_stranger_signed_is_refused_while_others_hold_the_turn(office: World) -> None:
    office.staff("consultation_worker")
    with office.opened.store.entries.turn():
        assert refusal(office, made(office)) == "bad-signature"
        assert refusal(office, made(office, what="root")) == "malformed"  # of its signatures
        keys = {"own": [], "previous": []}
        assert refusal(office, made(office, what="root", signatures=keys)) == "bad-signature"


def test_what_a_stranger_signed_is_not_parsed(office: World) -> None:
    """A document of any shape, or none, is refused by the signature before anything of it is."""
    office.staff("consultation_worker")
    for junk in (b"[" * 100_000, b"{}", b'{"v":2}', b"\xff" * 64):
        assert refusal(office, made(office, bytes=b64(junk))) == "bad-signature"


def test_a_source_may_try_so_often_and_everybody_else_goes_on(office: World) -> None:
    (worker,) = office.staff("consultation_worker")
    names = [refusal(office, made(office)) for _ in range(25)]
    assert set(names[:15]) == {"bad-signature"} and names[-1] == "too-many"
    mother, asked, _ = office.mother()
    consulting.take(worker, read(office, worker, asked))
    assert texts(mother, read(office, mother, asked)) == ["a question"]


def test_no_more_is_read_than_the_newest_roster_gives_reason_for(office: World) -> None:
    office.staff("consultation_worker")
    ask = asker(office.app, office.settings.authority)
    newest = office.opened.store.trust().roster
    assert newest is not None
    sent = json.dumps(made(office))
    for n_bytes, status in ((PUBLISHED_BYTES, 403), (PUBLISHED_BYTES + 5 * newest.size, 413)):
        padded = sent + " " * (n_bytes - len(sent))
        answer = ask(path(TRUST), method="POST", data=padded, content_type="application/json")
        assert answer.status_code == status, answer.get_data()


def test_the_newest_may_be_sent_again_whoever_is_registrar_by_now(office: World) -> None:
    """Its answer was lost: the same bytes are answered as the first time."""
    office.staff("consultation_worker")
    document = office.ceremony.rosters[-1]
    signed = [office.ceremony.registrar.sign_document(0, ROSTER_LABEL, document)]
    body = {"what": "roster", "bytes": b64(document), "signatures": signed, "cards": []}
    first, again = (Transport(office.url).post(Published, path(TRUST), body) for _ in range(2))
    assert first == again
