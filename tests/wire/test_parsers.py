"""Whatever comes in: a named refusal, never another exception.

Holds wire/header.py, wire/trust_documents.py, crypto/encoding.py, crypto/note.py,
crypto/padding.py.
"""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from pytest import raises

from crypto.code import NotACode, read_code, show_code
from crypto.device import parse_card
from crypto.encoding import Malformed, canonical, parse_canonical, unb64
from crypto.note import read_vkey
from crypto.padding import pad, unpad
from domain.ledger import Ledger
from domain.refusal import Refused
from tests.support.vectors import golden
from wire.header import MAX_HEADER_BYTES, header_bytes, parse_header
from wire.trust_documents import parse_root, parse_roster

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
HEADERS = [unb64(item["header"]) for item in golden()["chain"]["store"] if "header" in item]
DOCUMENTS = [unb64(document["bytes"]) for document in golden()["documents"][:2]]


@st.composite
def mutated(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """A valid document with one field, at any depth, taken away or replaced."""
    value = json.loads(draw(st.sampled_from(originals)))
    place: Any = value
    while True:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = draw(st.sampled_from(list(keys)))
        inner = place[key]
        if isinstance(inner, (dict, list)) and inner and draw(st.booleans()):
            place = inner
            continue
        if draw(st.booleans()):
            del place[key]
        else:
            place[key] = draw(JSON)
        break
    try:
        return canonical(value)
    except Malformed:
        return json.dumps(value).encode()


@given(st.binary(max_size=200) | mutated(HEADERS))
@example(b"[" * 10_000)
@example(HEADERS[0].replace(b'"at":"2026', b'"at":"0026'))
@example(b"9" * 5_000)
@example(b'{"v":true}')
@example(b"x" * (MAX_HEADER_BYTES + 1))
def test_a_header_is_read_or_refused_by_name(received: bytes) -> None:
    try:
        header = parse_header(received)
    except Refused:
        return
    assert header_bytes(header) == received


@given(st.binary(max_size=200) | mutated(DOCUMENTS))
def test_a_trust_document_is_read_or_refused_by_name(received: bytes) -> None:
    for parse in (parse_root, parse_roster):
        try:
            parse(received)
        except Refused:
            pass


@given(JSON)
def test_canonical_json_round_trips_or_is_malformed(value: Any) -> None:
    try:
        received = canonical(value)
    except Malformed:
        return
    assert parse_canonical(received, len(received)) == value


@given(st.binary(min_size=13, max_size=13))
def test_every_code_reads_back(entropy: bytes) -> None:
    assert read_code(show_code(entropy)) == entropy


@given(st.text(max_size=40))
def test_what_is_no_code_is_told_so(typed: str) -> None:
    try:
        read_code(typed)
    except NotACode:
        pass


@given(st.text(max_size=80) | st.binary(max_size=80))
def test_cards_keys_and_base64_are_read_or_malformed(received: str | bytes) -> None:
    for parse in (unb64, read_vkey) if isinstance(received, str) else (parse_card,):
        try:
            parse(received)  # type: ignore[operator]
        except Malformed:
            pass


@given(st.binary(max_size=3_000))
def test_padding_comes_off_as_it_went_on(text: bytes) -> None:
    assert unpad(pad(text)) == text


@given(st.lists(st.integers(), unique=True), st.integers(min_value=0))
def test_an_older_ledger_does_not_see_what_came_later(keys: list[int], cut: int) -> None:
    ledgers = [Ledger[int, int]()]
    for key in keys:
        ledgers.append(ledgers[-1].adding(key, -key))
    for length, ledger in enumerate(ledgers):
        assert ledger.items() == [(key, -key) for key in keys[:length]]
        assert all((key in ledger) == (place < length) for place, key in enumerate(keys))
    # Two futures of one past do not see each other.
    past = ledgers[cut % len(ledgers)]
    one, other = past.adding(10**30, 1), past.adding(10**31, 2)
    assert one.get(10**31) is None and other.get(10**30) is None and len(past) < len(one)
    for key in (10**30, *keys[: len(past)]):
        with raises(KeyError):
            one.adding(key, 2)
