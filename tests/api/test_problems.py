"""Every refusal is a problem document (RFC 9457) that a program can tell from any other.

Holds api/problems.py, wire/problems.py, wire/fields.py.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from api.app import MAX_BODY_BYTES
from client.cases import consultation, consulting
from client.place.chain import Chain
from client.place.compose import Draft, draft_entry
from client.session import Session
from crypto.encoding import b64, canonical, parse_canonical
from domain.entry import Header
from tests.support.asking import asker
from tests.support.people import speaking
from tests.support.world import World, read
from wire.header import ENTRY_SIGNATURE_LABEL, header_bytes
from wire.parts import SealedParts
from wire.paths import CARDS, ENTRIES, HEALTH, TRUST, WORK_LIST, path
from wire.schemas import show_parts
from wire.trust_documents import ROSTER_LABEL

PREFIX = "urn:zegel:problem:"


@dataclass
class Scene:
    """A case in dialogue, with its two members."""

    world: World
    worker: Session
    chain: Chain
    ask: Callable[..., TestResponse]

    def draft(self) -> Draft:
        """An entry by the worker that may follow on the last one."""
        self.chain = read(self.world, self.worker, self.chain)
        compartment = self.chain.compartment
        return draft_entry(
            compartment,
            self.chain.case,
            "MessageSent",
            {},
            consultation.message("hello"),
            self.chain.epoch_keys[compartment.epoch],
            self.worker.device,
            1,
            int(self.world.clock()),
        )

    def post(self, draft: Draft) -> TestResponse:
        header, signature = draft.signed(self.worker.keys)
        body = {"header": b64(header), "signature": b64(signature), **show_parts(draft.parts)}
        return self.ask(path(ENTRIES), method="POST", json=body)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with World(tmp_path_factory.mktemp("scene")) as world:
        (worker,) = world.staff("consultation_worker")
        _, asked, _ = world.mother()
        chain = read(world, worker, asked)
        consulting.take(worker, chain)
        speaking.answer(worker, chain, "good that you write")
        world.settle()
        yield Scene(world, worker, chain, asker(world.app, world.settings.authority))


def named(answer: TestResponse) -> str:
    """The name of the problem in an answer, which is a problem document in every point."""
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json(force=True)
    assert problem["type"].startswith(PREFIX) and problem["title"]
    assert problem["status"] == answer.status_code
    return str(problem["type"].removeprefix(PREFIX))


JSON = {"content_type": "application/json"}
POST: dict[str, Any] = {"method": "POST"}
ENTRY, PUBLISH = path(ENTRIES), path(TRUST)
FIELDS = {"header": "AA", "signature": "A" * 86}


@pytest.mark.parametrize(
    ("target", "options", "status", "name"),
    [
        ("/", {}, 404, "not-found"),
        ("/v1/nothing", {}, 404, "not-found"),
        ("/v1/trust/", {}, 404, "not-found"),
        ("/v1//trust", {}, 404, "not-found"),
        ("/static/x", {}, 404, "not-found"),
        (ENTRY, {}, 405, "method-not-allowed"),
        (PUBLISH, {"method": "DELETE"}, 405, "method-not-allowed"),
        (PUBLISH, {"method": "OPTIONS"}, 405, "method-not-allowed"),
        (HEALTH, POST, 405, "method-not-allowed"),
        (ENTRY, POST, 415, "unsupported-media-type"),
        (ENTRY, POST | {"data": "{}"}, 415, "unsupported-media-type"),
        (ENTRY, POST | {"data": {"header": "AA"}}, 415, "unsupported-media-type"),
        (ENTRY, POST | {"data": "{}", "content_type": "text/plain"}, 415, "unsupported-media-type"),
        (PUBLISH, POST | {"data": "{}", "content_type": "a/b+json"}, 415, "unsupported-media-type"),
        (ENTRY, POST | JSON | {"data": "{"}, 400, "bad-request"),
        (ENTRY, POST | JSON | {"data": b"\xff"}, 400, "bad-request"),
        (ENTRY, POST | JSON | {"data": ""}, 400, "bad-request"),
        (ENTRY, POST | JSON | {"data": "[" * 100_000}, 400, "bad-request"),
        (ENTRY, POST | JSON | {"data": "1" * 5_000}, 400, "bad-request"),
        (ENTRY, POST | JSON | {"data": "null"}, 400, "bad-request"),
        (ENTRY, POST | {"json": []}, 400, "bad-request"),
        (ENTRY, POST | {"json": {}}, 400, "bad-request"),
        (ENTRY, POST | {"json": FIELDS | {"more": 1}}, 400, "bad-request"),
        (ENTRY, POST | {"json": FIELDS | {"card": {"v": 1}}}, 400, "bad-request"),
        (ENTRY, POST | {"json": FIELDS | {"header": "AB"}}, 400, "bad-request"),
        (ENTRY, POST | {"json": FIELDS | {"header": "AA\n"}}, 400, "bad-request"),
        (ENTRY, POST | {"json": FIELDS | {"wraps": {"0" * 32 + "\n": ""}}}, 400, "bad-request"),
        (ENTRY + "?x=1", POST | {"json": FIELDS}, 400, "bad-request"),
        (PUBLISH, POST | {"json": {"what": "else", "bytes": "AA"}}, 400, "bad-request"),
        (PUBLISH + "?x=1", {}, 400, "bad-request"),
        (PUBLISH + "?after=-2", {}, 400, "bad-request"),
        (PUBLISH + "?after=" + "9" * 5_000, {}, 400, "bad-request"),
        (HEALTH + "?x=1", {}, 400, "bad-request"),
        (path(CARDS), {}, 400, "bad-request"),
        (path(CARDS) + "?device=" + "0" * 32 + "%0A", {}, 400, "bad-request"),
        (path(WORK_LIST), {}, 401, "unproven"),
        (ENTRY, POST | {"json": FIELDS}, 400, "malformed"),
    ],
)
def test_a_request_that_cannot_be_served_is_answered_with_its_named_problem(
    scene: Scene, target: str, options: dict[str, Any], status: int, name: str
) -> None:
    answer = scene.ask(target, **options)
    assert (answer.status_code, named(answer)) == (status, name)


@pytest.mark.parametrize("bytes_", [MAX_BODY_BYTES + 1, 2**40])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(scene: Scene, bytes_: int) -> None:
    said = {"CONTENT_LENGTH": str(bytes_)}
    answer = scene.ask(ENTRY, **POST, **JSON, environ_overrides=said)
    assert (answer.status_code, named(answer)) == (413, "too-large")


def test_a_wrong_method_is_told_which_would_be_right(scene: Scene) -> None:
    assert scene.ask(ENTRY).headers["Allow"] == "POST"
    assert set(scene.ask(PUBLISH, method="PUT").headers["Allow"].split(", ")) == {
        "GET",
        "HEAD",
        "POST",
    }


def changed(draft: Draft, **fields: Any) -> Draft:
    return replace(draft, header=replace(draft.header, **fields))


def test_an_entry_without_a_fault_is_taken_so_the_others_are_refused_for_theirs(
    scene: Scene,
) -> None:
    assert scene.post(scene.draft()).status_code == 201


REFUSED: list[tuple[str, int, Callable[[Header], dict[str, Any]]]] = [
    ("out-of-order", 409, lambda header: {"seq": header.seq - 1}),
    ("out-of-order", 409, lambda header: {"prev": "A" * 43}),
    ("stale-roster", 409, lambda header: {"roster": 9}),
    ("stale-view", 409, lambda header: {"seen_size": 1}),
    ("wrong-epoch", 409, lambda header: {"epoch": 7}),
    ("wrong-state", 409, lambda header: {"kind": "ConsultationReopened"}),
    ("not-allowed", 403, lambda header: {"kind": "ConsultationReceived"}),
    ("clock", 400, lambda header: {"at": header.at - 3600}),
    ("malformed", 400, lambda header: {"body": {"more": 1}}),
    ("malformed", 400, lambda header: {"kind": "Nothing"}),
    (
        "payload-mismatch",
        400,
        lambda header: {"payload": header.payload and header.payload._replace(hash="A" * 43)},
    ),
]


@pytest.mark.parametrize(("name", "status", "change"), REFUSED)
def test_a_member_is_told_by_name_which_rule_an_entry_breaks(
    scene: Scene, name: str, status: int, change: Callable[[Header], dict[str, Any]]
) -> None:
    draft = scene.draft()
    answer = scene.post(changed(draft, **change(draft.header)))
    assert (named(answer), answer.status_code) == (name, status)


def test_a_member_whose_sealed_parts_did_not_come_along_is_told_so(scene: Scene) -> None:
    assert named(scene.post(replace(scene.draft(), parts=SealedParts()))) == "missing-payload"


def test_a_member_whose_id_is_taken_is_told_so(scene: Scene) -> None:
    taken = scene.chain.items[-1].entry.header.id
    assert named(scene.post(changed(scene.draft(), id=taken))) == "duplicate-entry"


def test_a_member_who_lost_a_race_is_sent_the_entries_that_he_missed(scene: Scene) -> None:
    draft = scene.draft()
    items = scene.chain.items
    behind = changed(draft, seq=items[-2].entry.header.seq, prev=items[-3].entry.hash)
    answer = scene.post(behind)
    assert named(answer) == "out-of-order"
    missed = [one["position"] for one in json.loads(answer.get_data())["missed"]]
    assert missed == [item.position for item in items[-2:]]


def test_another_version_of_the_protocol_is_refused_by_that_name(scene: Scene) -> None:
    fields = parse_canonical(header_bytes(scene.draft().header), 2**20)
    header = canonical(fields | {"v": 2})
    signature = scene.worker.keys.sign_with(ENTRY_SIGNATURE_LABEL, header)
    body = {"header": b64(header), "signature": b64(signature)}
    answer = scene.ask(ENTRY, **POST, json=body)
    assert named(answer) == "unsupported-version"


def test_a_trust_document_that_is_refused_names_the_rule(scene: Scene) -> None:
    world = scene.world
    document = world.ceremony.roster(int(world.clock()))
    body = {"what": "roster", "bytes": b64(document), "signatures": []}
    assert named(scene.ask(PUBLISH, **POST, json=body)) == "bad-signature"
    garbage = body | {"bytes": b64(os.urandom(40))}  # which nobody signed, so nobody parses it
    assert named(scene.ask(PUBLISH, **POST, json=garbage)) == "bad-signature"
    junk = os.urandom(40)
    signed = [world.ceremony.registrar.sign_document(0, ROSTER_LABEL, junk)]
    vouched = body | {"bytes": b64(junk), "signatures": signed}
    assert named(scene.ask(PUBLISH, **POST, json=vouched)) == "malformed"
    twice = body | {
        "signatures": [world.ceremony.registrar.sign_document(0, ROSTER_LABEL, document)] * 2
    }
    assert named(scene.ask(PUBLISH, **POST, json=twice)) == "malformed"
    for signatures in (1, "x", [1], {"own": []}, 1.5):
        wrong = body | {"signatures": signatures}
        assert named(scene.ask(PUBLISH, **POST, json=wrong)) == "malformed"
