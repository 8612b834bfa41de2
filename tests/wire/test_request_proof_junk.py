"""Junk in the headers of a proof (architecture, section 4): never more than an unproven request.

Holds wire/proof.py, api/proof.py.
"""

import base64
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.secret.seeds import DeviceKeys
from tests.support.world import World
from wire.paths import WORK_LIST, path
from wire.proof import (
    Request,
    Unproven,
    Untimely,
    content_digest,
    parameters,
    proof_headers,
    proves,
    read_proof,
    signature_base,
)

WORK = path(WORK_LIST)
ASKED = Request("GET", "zegel.example", WORK, "?", b"{}")
KEYS = DeviceKeys(b"\1" * 32, b"\2" * 32)
KEYID = KEYS.card().device
NOW = 1_795_428_060
STATED = parameters(ASKED, KEYID, NOW, "A" * 22)
GOOD = proof_headers(ASKED, STATED, KEYS.sign_raw(signature_base(ASKED, STATED)))
HEADERS = ("Signature-Input", "Signature", "Content-Digest")


@given(st.tuples(*(st.one_of(st.text(), st.just(GOOD[name])) for name in HEADERS)))
@settings(max_examples=300, deadline=None)
def test_any_junk_in_the_headers_is_unproven_and_nothing_worse(junk: tuple[str, ...]) -> None:
    if junk == tuple(GOOD[name] for name in HEADERS):
        assert proves(read_proof(ASKED, *junk, NOW), KEYS.card().sign)
        return
    try:
        proof = read_proof(ASKED, *junk, NOW)
    except Unproven:
        return
    assert not proves(proof, KEYS.card().sign)


def changes_of(text: str) -> Iterator[str]:
    """The text with one character dropped, doubled, put in or replaced, at every place."""
    for place in range(len(text) + 1):
        before, after = text[:place], text[place:]
        yield before + after[1:]
        yield before + after[:1] * 2 + after[1:]
        for character in 'Aa0=:";,() \t\n\x00é/+_z':
            yield before + character + after
            yield before + character + after[1:]


@pytest.mark.parametrize("name", HEADERS)
def test_no_character_of_a_proof_can_be_changed_added_or_dropped(name: str) -> None:
    for changed in set(changes_of(GOOD[name])) - {GOOD[name]}:
        headers = [changed if one == name else GOOD[one] for one in HEADERS]
        try:
            proof = read_proof(ASKED, *headers, NOW)
        except (Unproven, Untimely):
            continue
        assert not proves(proof, KEYS.card().sign), changed


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("office")) as world:
        yield world


@given(st.text(alphabet=st.characters(max_codepoint=255)), st.binary(max_size=90))
@settings(max_examples=60, deadline=None)
def test_the_server_answers_unproven_to_any_junk(office: World, text: str, raw: bytes) -> None:
    stated = STATED.replace(str(NOW), str(int(time.time())))
    signature = f"zegel=:{base64.b64encode(raw).decode()}:"
    for signature_input, signed in ((text, text), (f"zegel={stated}", signature)):
        junk = {"HTTP_SIGNATURE_INPUT": signature_input, "HTTP_SIGNATURE": signed}
        body = {"HTTP_CONTENT_DIGEST": content_digest(b"{}")}
        client = office.app.test_client(use_cookies=False)
        answer = client.get(WORK, data=b"{}", environ_overrides=junk | body)
        assert answer.status_code == 401
