"""What the server answers to those who may ask: pages, receipts, and nothing that stays behind.

Holds api/cases.py, api/entries.py, api/rendering.py, wire/schemas.py.
"""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from werkzeug.test import TestResponse

from client.cases import consultation, consulting
from client.place.chain import Chain
from client.place.compose import draft_entry
from client.session import Session
from crypto.encoding import b64, unb64
from tests.support.asking import asker
from tests.support.people import speaking
from tests.support.world import World, read
from wire.header import entry_hash, parse_header
from wire.paths import (
    CARDS,
    CASES,
    ENTRIES,
    HEALTH,
    MANY_PARTS,
    MAX_PAGE,
    MAX_WAIT_SECONDS,
    PARTS,
    STANDINGS,
    STRUCTURE,
    TIMELINE,
    TRUST,
    WORK_LIST,
    WRAPS,
    path,
)
from wire.schemas import show_parts

MESSAGES = 8
FAR = 2**40  # no store has come that far


@dataclass
class Scene:
    """A case of some length, a member of it and an auditor."""

    world: World
    worker: Session
    auditor: Session
    chain: Chain
    ask: Callable[..., TestResponse]

    def draft(self) -> tuple[bytes, dict[str, Any]]:
        """Header bytes of an entry that may follow now, and the envelope to post it in."""
        chain = read(self.world, self.worker, self.chain)
        compartment = chain.compartment
        draft = draft_entry(
            compartment,
            chain.case,
            "MessageSent",
            {},
            consultation.message("hello"),
            chain.epoch_keys[compartment.epoch],
            self.worker.device,
            1,
            int(time.time()),
        )
        header, signature = draft.signed(self.worker.keys)
        envelope = {"header": b64(header), "signature": b64(signature), **show_parts(draft.parts)}
        return header, envelope


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with World(tmp_path_factory.mktemp("scene")) as world:
        worker, auditor = world.staff("consultation_worker", "auditor")
        _, asked, _ = world.mother()
        chain = read(world, worker, asked)
        consulting.take(worker, chain)
        for number in range(MESSAGES):
            speaking.answer(worker, chain, f"message {number}")
        world.settle()
        ask = asker(world.app, world.settings.authority)
        yield Scene(world, worker, auditor, chain, ask)


def pages(scene: Scene, target: str, session: Session, limit: int) -> list[list[dict[str, Any]]]:
    """All pages of a list, by going on from where each one says."""
    found, after = [], -1
    while after is not None:
        answer = scene.ask(target, f"after={after}&limit={limit}", session.keys)
        assert answer.status_code == 200
        page = answer.get_json()
        found.append(page["entries"])
        assert page["next"] is None or page["next"] > after, "pages that never end"
        after = page["next"]
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 5, MAX_PAGE])
def test_pages_give_each_entry_once_and_in_order(scene: Scene, limit: int) -> None:
    scene.chain = read(scene.world, scene.worker, scene.chain)
    wanted = [b64(item_header(scene, number)) for number in range(len(scene.chain.items))]
    timeline = path(TIMELINE, case=scene.chain.case, compartment=scene.chain.name)
    for target, session in (
        (timeline, scene.worker),
        (path(STRUCTURE, case=scene.chain.case), scene.auditor),
    ):
        found = pages(scene, target, session, limit)
        assert [entry["header"] for page in found for entry in page] == wanted
        assert all(len(page) == limit for page in found[:-1]) and 0 < len(found[-1]) <= limit


def item_header(scene: Scene, number: int) -> bytes:
    """The bytes of an entry as the store keeps them."""
    (placed,) = scene.world.opened.store.structure(scene.chain.case, number, 1)
    return placed.entry.header


@pytest.mark.parametrize("query", ["limit=0", f"limit={MAX_PAGE + 1}", "limit=-1", "limit=all"])
def test_a_page_has_between_one_and_five_hundred_entries(scene: Scene, query: str) -> None:
    target = path(TIMELINE, case=scene.chain.case, compartment=scene.chain.name)
    assert scene.ask(target, query, scene.worker.keys).status_code == 400
    assert scene.ask(target, "limit=1", scene.worker.keys).status_code == 200
    assert scene.ask(target, f"limit={MAX_PAGE}", scene.worker.keys).status_code == 200


def test_a_cursor_past_the_end_gives_an_empty_last_page(scene: Scene) -> None:
    target = path(TIMELINE, case=scene.chain.case, compartment=scene.chain.name)
    page = scene.ask(target, "after=9007199254740991", scene.worker.keys).get_json()
    assert (page["entries"], page["next"]) == ([], None)


def test_nobody_holds_the_server_up_by_waiting_for_what_was_never_stored(scene: Scene) -> None:
    started = time.monotonic()
    answer = scene.ask(path(WORK_LIST), f"wait={FAR}", scene.worker.keys)
    assert answer.get_json()["type"] == "urn:zegel:problem:not-yet"
    assert scene.ask(path(TRUST), f"wait={FAR}").status_code == 200
    assert time.monotonic() - started < MAX_WAIT_SECONDS  # for what can still come


# Receipts


def test_an_accepted_entry_is_answered_201_with_a_receipt_by_the_log_that_the_root_names(
    scene: Scene,
) -> None:
    header, envelope = scene.draft()
    answer = scene.ask(path(ENTRIES), method="POST", json=envelope)
    assert answer.status_code == 201
    receipt, signature = (unb64(answer.get_json()[name]) for name in ("receipt", "signature"))
    (vkey,) = json.loads(scene.world.root)["logs"]
    origin, _, key = vkey.split("+", 2)
    log = Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:])
    log.verify(signature, b"zegel/v1/receipt\0" + receipt)
    with pytest.raises(InvalidSignature):
        log.verify(signature, b"zegel/v1/receipt\0" + receipt + b" ")

    stated = parse_header(header)
    position = scene.world.opened.store.position()
    *said, stored = json.loads(receipt)
    about = [stated.case, stated.compartment, stated.seq, stated.id, entry_hash(header)]
    assert said == [origin, *about, position]
    assert abs(stored - time.time()) < 10


def test_the_same_entry_posted_again_gets_the_same_receipt_and_is_kept_once(scene: Scene) -> None:
    _, envelope = scene.draft()
    first, second = (scene.ask(path(ENTRIES), method="POST", json=envelope) for _ in "ab")
    assert (first.status_code, first.get_data()) == (second.status_code, second.get_data())
    scene.world.settle()
    target = path(TIMELINE, case=scene.chain.case, compartment=scene.chain.name)
    kept = scene.ask(target, keys=scene.worker.keys).get_json()["entries"]
    assert [entry["header"] for entry in kept].count(envelope["header"]) == 1


# Every answer


def answers(scene: Scene) -> dict[str, TestResponse]:
    """One answer of each sort: each route, each status that the server gives without a fault."""
    names = {"case": scene.chain.case, "compartment": scene.chain.name}
    entry = scene.chain.items[-1].entry.header.id
    worker = {"keys": scene.worker.keys}
    asked: list[tuple[str, dict[str, Any]]] = [
        (path(TIMELINE, **names), worker),
        (path(TIMELINE, **names), {}),
        (path(PARTS, **names, entry=entry), worker),
        (path(MANY_PARTS, **names), {**worker, "query": "seqs=0-9"}),
        (path(WRAPS, **names), worker),
        (path(STRUCTURE, case=scene.chain.case), {"keys": scene.auditor.keys}),
        (path(CASES), {"keys": scene.auditor.keys}),
        (path(STANDINGS), {"keys": scene.auditor.keys, "query": f"device={scene.worker.device}"}),
        (path(WORK_LIST), worker),
        (path(WORK_LIST), {}),
        (path(TRUST), {}),
        (path(TRUST), {"query": f"wait={FAR}"}),
        (path(WORK_LIST), {**worker, "query": f"wait={FAR}"}),
        (path(TRUST), {"method": "HEAD"}),
        (path(TRUST), {"method": "DELETE"}),
        (path(TRUST), {"method": "POST"}),
        (path(CARDS), {"query": f"device={scene.worker.device}"}),
        (path(CARDS), {}),
        (path(ENTRIES), {"method": "POST", "json": scene.draft()[1]}),
        (path(ENTRIES), {"method": "POST", "json": {}}),
        (path(HEALTH).removeprefix("/v1"), {}),
        ("/docs", {}),
        ("/openapi.json", {}),
        ("/nothing", {}),
    ]
    return {f"{target} {options}": scene.ask(target, **options) for target, options in asked}


def test_no_answer_is_kept_by_anyone_on_the_way_or_leaves_a_cookie(scene: Scene) -> None:
    statuses = set()
    for asked, answer in answers(scene).items():
        assert answer.headers.getlist("Cache-Control") == ["no-store"], asked
        assert "Set-Cookie" not in answer.headers, asked
        assert "ETag" not in answer.headers and "Last-Modified" not in answer.headers, asked
        statuses.add(answer.status_code)
    assert statuses == {200, 201, 400, 401, 404, 405, 415, 503}


def test_no_answer_is_taken_for_another_type_or_tells_others_where_it_was_read(
    scene: Scene,
) -> None:
    for asked, answer in answers(scene).items():
        assert answer.headers["X-Content-Type-Options"] == "nosniff", asked
        assert answer.headers["Referrer-Policy"] == "no-referrer", asked
        assert "Access-Control-Allow-Origin" not in answer.headers, asked
