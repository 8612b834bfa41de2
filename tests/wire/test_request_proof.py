"""Proving a request by a device key: RFC 9421 in one strict profile (architecture, section 4).

The library http-message-signatures is the independent peer. That a request can be sent a second
time while it is fresh is known and not hidden: nonces are not kept.

Holds wire/proof.py, api/proof.py.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request as Received

from client.server.reaching import authority_of
from crypto.secret.seeds import DeviceKeys, new_device
from tests.support.asking import COMPONENTS, digest_of, new_nonce, profile, sign_by_hand
from tests.support.world import Server, World
from wire.paths import WORK_LIST, path
from wire.proof import (
    MAX_AGE_SECONDS,
    Request,
    parameters,
    proof_headers,
    signature_base,
)
from wire.work_schemas import WorkList

WORK = path(WORK_LIST)
PROFILE = (*COMPONENTS, "content-digest")


class Recording(Server):
    """Keeps the requests that it answered."""

    seen: ClassVar[list[Received]] = []

    def answer(self, request: Received, answer: dict[str, Any]) -> dict[str, Any]:
        self.seen.append(request)
        return answer


@dataclass
class Office:
    """A server and one certified worker of it."""

    world: World
    keys: DeviceKeys
    device: str

    def ask(self, headers: dict[str, str], **options: Any) -> TestResponse:
        """Ask for the work list with these headers alone."""
        client = self.world.app.test_client(use_cookies=False)
        options = {"method": "GET", "query_string": "wait=-1", **options}
        return client.open(options.pop("path", WORK), headers=headers, **options)

    def values(self, **others: str) -> dict[str, str]:
        """The components of that question, by name."""
        authority = self.world.settings.authority
        asked = {"method": "GET", "authority": authority, "path": WORK, "query": "?wait=-1"}
        return {f"@{name}": value for name, value in (asked | others).items()}

    def signed(self, *stated: str, components: tuple[str, ...] = COMPONENTS) -> dict[str, str]:
        """Headers of a good signature with these parameters, the profile's own by default."""
        chosen = list(stated) or profile(self.device)
        values = {**self.values(), "@scheme": "http", "accept": "*/*"}
        return sign_by_hand(self.keys, values, components, chosen)


@dataclass
class Message:
    """A request as the peer reads and signs it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with World(tmp_path_factory.mktemp("office"), Recording) as world:
        (worker,) = world.staff("consultation_worker")
        yield Office(world, worker.keys, worker.device)


def peer(kind: type, keys: DeviceKeys, keyid: str) -> Any:
    key = Ed25519PrivateKey.from_private_bytes(keys.sign)
    resolver = MappingKeyResolver(public_keys={keyid: key.public_key()}, private_keys={keyid: key})
    return kind(signature_algorithm=algorithms.ED25519, key_resolver=resolver)


def peer_signs(office: Office, **changes: Any) -> dict[str, str]:
    """Headers by the peer, in our profile unless something of it is changed."""
    query = changes.pop("query", "wait=-1")
    url = changes.pop("url", f"{office.world.url}{WORK}?{query}")
    message = Message(changes.pop("method", "GET"), url)
    options: dict[str, Any] = {
        "key_id": office.device,
        "created": datetime.now(UTC),
        "nonce": new_nonce(),
        "label": "zegel",
        "tag": "zegel",
        "include_alg": False,
        "covered_component_ids": COMPONENTS,
    }
    keys = changes.pop("keys", office.keys)
    options |= changes
    peer(HTTPMessageSigner, keys, options["key_id"]).sign(message, **options)
    return message.headers


def peer_accepts(office: Office, message: Message, body: bytes | None = None) -> bool:
    found = peer(HTTPMessageVerifier, office.keys, office.device).verify(
        message,
        max_age=timedelta(seconds=MAX_AGE_SECONDS),
        expect_tag="zegel",
        expect_label="zegel",
        require_components=COMPONENTS if body is None else PROFILE,
        body=body,
    )
    return len(found) == 1


@pytest.mark.parametrize("query", [{}, {"wait": -1}, {"wait": 1}])
def test_an_independent_library_verifies_what_our_client_sends(
    office: Office, query: dict[str, Any]
) -> None:
    Recording.seen.clear()
    office.world.session(office.keys).transport.get(WorkList, WORK, query, office.keys)
    (sent,) = Recording.seen
    assert peer_accepts(office, Message(sent.method, sent.url, dict(sent.headers)))


def test_an_independent_library_verifies_our_proof_of_a_body(office: Office) -> None:
    body = b'{"a":1}'
    asked = Request("PUT", office.world.settings.authority, "/v1/file", "?", body)
    stated = parameters(asked, office.device, int(time.time()), new_nonce())
    headers = proof_headers(asked, stated, office.keys.sign_raw(signature_base(asked, stated)))
    assert peer_accepts(office, Message("PUT", office.world.url + "/v1/file", headers), body)


@pytest.mark.parametrize("query", ["", "wait=-1", "wait=%2D1"])
def test_the_server_accepts_what_an_independent_library_signs(office: Office, query: str) -> None:
    answer = office.ask(peer_signs(office, query=query), query_string=query)
    assert (answer.status_code, answer.get_json()) == (200, {"elsewhere": 0, "work": []})


def test_the_server_accepts_a_body_that_an_independent_library_signs(office: Office) -> None:
    body = b"some bytes"
    assert office.ask(peer_signs(office, body=body), data=body).status_code == 200


@pytest.mark.parametrize("seconds", [-MAX_AGE_SECONDS + 5, MAX_AGE_SECONDS - 5])
def test_a_clock_that_is_a_little_off_is_put_up_with(office: Office, seconds: int) -> None:
    created = datetime.now(UTC) + timedelta(seconds=seconds)
    assert office.ask(peer_signs(office, created=created)).status_code == 200


AGE = timedelta(seconds=MAX_AGE_SECONDS + 5)


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": new_device()},
        {"url": "/v1/trust?wait=-1"},
        {"query": "wait=0"},
        {"query": ""},
        {"method": "HEAD"},
        {"method": "POST"},
        {"url": "http://other.example/v1/work-list?wait=-1"},
        {"covered_component_ids": COMPONENTS[:-1]},
        {"covered_component_ids": ("@method", "@path", "@query")},
        {"covered_component_ids": (*COMPONENTS, "@scheme")},
        {"covered_component_ids": COMPONENTS[::-1]},
        {"covered_component_ids": ("@method", "@target-uri")},
        {"covered_component_ids": ()},
        {"tag": "other"},
        {"tag": None},
        {"nonce": None},
        {"nonce": "short"},
        {"label": "other"},
        {"include_alg": True},
        {"expires": datetime(2100, 1, 1, tzinfo=UTC)},
        {"key_id": "nobody"},
        {"body": b"a body that was not sent"},
    ],
    ids=str,
)
def test_a_signature_for_something_else_or_outside_the_profile_proves_nothing(
    office: Office, changes: dict[str, Any]
) -> None:
    if changes.get("url", "").startswith("/"):
        changes = {"url": office.world.url + changes["url"]}
    answer = office.ask(peer_signs(office, **changes))
    assert answer.status_code == 401
    assert answer.get_json()["type"] == "urn:zegel:problem:unproven"


@pytest.mark.parametrize("age", [AGE, timedelta(hours=-10)])
def test_a_proof_of_another_time_is_told_so_and_not_who_made_it(
    office: Office, age: timedelta
) -> None:
    stranger = new_device()
    asked = ({}, {"keys": stranger, "key_id": stranger.card().device})
    for whose in asked:
        answer = office.ask(peer_signs(office, created=datetime.now(UTC) - age, **whose))
        assert answer.status_code == 400 and abs(answer.get_json()["now"] - time.time()) < 60


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (0, 1, 3, 2), (3, 2, 1, 0)])
def test_parameters_in_another_order_prove_nothing_though_the_rfc_allows_it(
    office: Office, order: tuple[int, ...]
) -> None:
    stated = profile(office.device)
    headers = office.signed(*(stated[place] for place in order))
    assert peer_accepts(office, Message("GET", f"{office.world.url}{WORK}?wait=-1", headers))
    assert office.ask(headers).status_code == 401


@pytest.mark.parametrize("place", range(4))
def test_a_parameter_given_twice_or_left_out_proves_nothing(office: Office, place: int) -> None:
    stated = profile(office.device)
    for chosen in ([*stated, stated[place]], stated[:place] + stated[place + 1 :]):
        assert office.ask(office.signed(*chosen)).status_code == 401
    assert office.ask(office.signed(*stated)).status_code == 200


def test_a_component_given_twice_or_a_header_beside_them_proves_nothing(office: Office) -> None:
    for components in ((*COMPONENTS, "@query"), (*COMPONENTS, "accept"), ("@method", *COMPONENTS)):
        assert office.ask(office.signed(components=components)).status_code == 401


def test_of_two_signatures_in_one_request_none_counts(office: Office) -> None:
    good, other = office.signed(), office.signed()
    both = {name: f"{good[name]}, {other[name]}" for name in good}
    renamed = {name: f"{good[name]}, {other[name].replace('zegel=', 'b=', 1)}" for name in good}
    assert office.ask(both).status_code == 401
    assert office.ask(renamed).status_code == 401


def test_a_changed_body_is_noticed_by_its_digest(office: Office) -> None:
    body, other = b"some bytes", b"other bytes"
    headers = peer_signs(office, body=body)
    assert office.ask(headers, data=other).status_code == 401
    assert office.ask(headers, data=b"").status_code == 401
    assert (
        office.ask({**headers, "Content-Digest": digest_of(other)}, data=other).status_code == 401
    )
    without = {name: value for name, value in headers.items() if name != "Content-Digest"}
    assert office.ask(without, data=body).status_code == 401
    assert office.ask(headers, data=body).status_code == 200


def test_a_body_beside_a_proof_that_does_not_cover_it_proves_nothing(office: Office) -> None:
    headers = peer_signs(office)
    assert office.ask(headers, data=b"slipped in").status_code == 401
    digest = {"Content-Digest": digest_of(b"slipped in")}
    assert office.ask(headers | digest, data=b"slipped in").status_code == 401


def test_the_host_header_does_not_decide_which_authority_was_meant(office: Office) -> None:
    authority = "other.example"
    headers = sign_by_hand(
        office.keys, office.values(authority=authority), COMPONENTS, profile(office.device)
    )
    assert office.ask(headers, base_url=f"http://{authority}").status_code == 401
    assert office.ask(office.signed(), base_url=f"http://{authority}").status_code == 200


def test_a_device_that_nobody_knows_proves_nothing(office: Office) -> None:
    keys = new_device()
    headers = peer_signs(office, keys=keys, key_id=keys.card().device)
    assert office.ask(headers).status_code == 401


def test_a_revoked_device_proves_nothing_any_more(office: Office) -> None:
    (leaving,) = office.world.staff("consultation_worker")
    asked = {"keys": leaving.keys, "key_id": leaving.device}
    assert office.ask(peer_signs(office, **asked)).status_code == 200
    office.world.revoke(leaving)
    assert office.ask(peer_signs(office, **asked)).status_code == 401


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("http://Zegel.Example:80/", "zegel.example"),
        ("https://zegel.example:443", "zegel.example"),
        ("https://zegel.example:8443", "zegel.example:8443"),
        ("http://[::1]:8020", "[::1]:8020"),
    ],
)
def test_the_authority_has_one_spelling(url: str, authority: str) -> None:
    assert authority_of(url) == authority
