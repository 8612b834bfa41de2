"""A header is read at sight, by one expression, or parsed: both say the same of what comes in.

Holds wire/header.py, domain/shapes.py.
"""

import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.encoding import Malformed, canonical, parse_canonical, unb64
from domain.entry import Attachment, Header, Payload
from domain.refusal import Refusal, Refused
from domain.services.registry import KINDS
from domain.shapes import Spelled, code, compartment_name, hash_, identifier, minute, number, salt
from tests.support.vectors import golden
from wire.header import (
    MAX_ATTACHMENTS,
    header_at_sight,
    header_bytes,
    parse_header,
    parsed_header,
)

GOLDEN = [unb64(item["header"]) for item in golden()["chain"]["store"] if "header" in item]
PLAIN = next(header for header in GOLDEN if b'"kind":"AnswerGiven"' in header)


def fits(kind: str, body: Any) -> bool:
    try:
        KINDS[kind](body, "body")
    except Refused:
        return False
    return True


BODIES = {
    kind: bodies
    for kind in sorted(KINDS)
    if (
        bodies := [
            body
            for body in (
                {},
                {"proposal": "ab" * 16},
                {"of": "cd" * 16},
                {"entries": ["ef" * 16], "ground": "data_subject"},
            )
            if fits(kind, body)
        ]
    )
}
NUMBERS = st.integers(0, 30) | st.integers(0, 10**15 - 1)
HASHES = st.sampled_from(["A" * 43, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"])
IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
FILES = st.builds(Attachment, HASHES, NUMBERS)


@st.composite
def headers(draw: st.DrawFn) -> Header:
    kind = draw(st.sampled_from(sorted(BODIES)))
    payload = st.builds(
        Payload, HASHES, NUMBERS, HASHES, st.lists(FILES, max_size=MAX_ATTACHMENTS).map(tuple)
    )
    return Header(
        draw(IDS),
        draw(st.from_regex(r"\A[a-z]{1,9}-[1-9][0-9]{8}\Z")),
        draw(NUMBERS),
        draw(HASHES),
        kind,
        draw(NUMBERS),
        draw(IDS),
        draw(NUMBERS),
        draw(NUMBERS),
        draw(HASHES),
        draw(IDS),
        draw(st.integers(0, 250_000_000_000 // 60)) * 60,
        draw(st.sampled_from(BODIES[kind])),
        draw(st.none() | payload),
    )


VALID = st.sampled_from(GOLDEN) | headers().map(header_bytes)
ODD = [
    b"0", b"00", b"-1", b"1.0", b"1e3", b"true", b"null", b"{}", b"[]", b" ", b"\n", b'"', b",",
    b"\\", b"\\u0041", b"\\/", b"\xc3\xa9", b"\xff", b"\xed\xa0\x80", b"\x00", b"A", b"Z", b"_",
    b"9007199254740991", b"9007199254740992", b"999999999999999", b"9999999999999999",
    b'{"a":{"b":[{}]}}', b'"v":1', b'"v":2', b'"v":1}', b'},"v":1}', b'{"case":"x"}',
    b'2028-02-29T00:00Z', b"2027-02-29T00:00Z", b"2027-04-31T00:00Z", b"0000-01-01T00:00Z",
    b"2027-01-01T24:00Z", b"2027-13-01T00:00Z",
]  # fmt: skip
WORD = re.compile(rb'[0-9A-Za-z_:-]+|[{}\[\],"]')


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The bytes of a header with a piece of them replaced, taken away or put in."""
    received = draw(VALID)
    for _ in range(draw(st.integers(1, 2))):
        begins, ends = draw(st.sampled_from([word.span() for word in WORD.finditer(received)]))
        if draw(st.booleans()):
            begins = draw(st.sampled_from([begins, ends]))
        instead = st.sampled_from([b"", *ODD]) | st.binary(max_size=2)
        received = received[:begins] + draw(instead) + received[ends:]
    return received


@st.composite
def spliced(draw: st.DrawFn) -> bytes:
    """Two headers in one: the beginning of one, and another from some earlier place on, so that
    much of it may lie in the body."""
    one, other = draw(VALID), draw(VALID)
    places = [match.start() for match in re.finditer(b'[{,]"', other)]
    body = one.index(b'"body":') + len(b'"body":')
    cut = draw(st.sampled_from([body, body + 1, one.index(b',"case":'), one.index(b',"kind":')]))
    return (
        one[:cut]
        + draw(st.sampled_from([b"", b"{}", b'{"x":']))
        + other[draw(st.sampled_from(places)) :]
    )


@st.composite
def rearranged(draw: st.DrawFn) -> bytes:
    """A header's fields in any order, some not there, some there twice, with bodies of any kind."""
    fields = json.loads(draw(VALID))
    fields["kind"] = draw(st.sampled_from([fields["kind"], *sorted(KINDS), "Unheard"]))
    inner = {"case": fields["case"], "compartment": fields["compartment"]}
    bodies = [fields["body"], {}, inner, {"x": json.dumps(fields)}, [inner], "é", {"a": [[{}]]}]
    fields["body"] = draw(st.sampled_from(bodies))
    names = sorted(fields)
    if draw(st.booleans()):
        names = draw(st.lists(st.sampled_from([*names, "w"]), min_size=10, max_size=16))
    if draw(st.booleans()):
        names.sort()
    written = (f"{json.dumps(name)}:{canonical(fields.get(name)).decode()}" for name in names)
    return ("{" + ",".join(written) + "}").encode()


def deep(levels: int) -> bytes:
    return PLAIN.replace(b'"body":{}', b'"body":{"a":' + b"[" * levels + b"]" * levels + b"}")


@given(damaged() | spliced() | rearranged() | VALID)
@example(deep(14))
@example(deep(15))
@example(deep(16))
@example(PLAIN.replace(b'"v":1', b'"v":2'))
@example(PLAIN + b"\n")
@example(PLAIN.replace(b'"body":{}', b'"body":{"a":1,"a":1}'))
@example(PLAIN.replace(b'"body":{}', b'"body":{},"body":{}'))
def test_what_is_read_at_sight_is_what_parsing_gives(received: bytes) -> None:
    seen = header_at_sight(received)
    try:
        parsed = parsed_header(received)
    except Refused:
        assert seen is None
        return
    assert seen in (None, parsed)
    if seen is not None:
        assert [type(part) for part in values(seen)] == [type(part) for part in values(parsed)]


def values(header: Header) -> list[Any]:
    """Every value, for True is 1 and equal is not the same."""
    payload = header.payload
    files = [part for one in payload.attachments for part in one] if payload else []
    return [*(getattr(header, name) for name in header.__slots__), *(payload or ()), *files]


@given(headers())
def test_what_is_written_is_read_at_sight(header: Header) -> None:
    """The other way: parsing is for what is odd, not for what everyone writes."""
    received = header_bytes(header)
    assert header_at_sight(received) == (None if b"-02-29T" in received else header)


def test_every_header_of_the_vectors_is_read_at_sight() -> None:
    for received in GOLDEN:
        assert header_at_sight(received) == parsed_header(received)


@pytest.mark.parametrize(
    ("instead", "refused"),
    [
        (b'"seq":9007199254740991', None),
        (b'"seq":9007199254740992', Refusal.MALFORMED),
        (b'"seq":01', Refusal.MALFORMED),
        (b'"seq":1.0', Refusal.MALFORMED),
        (b'"seq":-0', Refusal.MALFORMED),
    ],
)
def test_what_does_not_fit_is_parsed(instead: bytes, refused: Refusal | None) -> None:
    received = re.sub(rb'"seq":[0-9]+', instead, PLAIN)
    if refused is None:
        assert header_bytes(parse_header(received)) == received
        return
    with pytest.raises(Refused) as caught:
        parse_header(received)
    assert caught.value.refusal is refused


@pytest.mark.parametrize("files", [0, 1, MAX_ATTACHMENTS, MAX_ATTACHMENTS + 1])
def test_so_many_files_and_no_more(files: int) -> None:
    fields = json.loads(PLAIN)
    fields["payload"]["attachments"] = [{"hash": "A" * 43, "size": 1}] * files
    seen = header_at_sight(canonical(fields))
    assert (seen is not None) == (files <= MAX_ATTACHMENTS)
    if seen and seen.payload:
        assert len(seen.payload.attachments) == files


SPELLED = {
    "code": code,
    "compartment": compartment_name,
    "hash": hash_,
    "id": identifier,
    "minute": minute,
    "number": number,
    "salt": salt,
}


@pytest.mark.parametrize("shape", SPELLED.values(), ids=SPELLED)
@given(data=st.data())
def test_whatever_fits_a_spelling_is_canonical_and_of_that_shape(
    shape: Spelled, data: st.DataObject
) -> None:
    text = data.draw(st.from_regex(re.compile(shape.spelling, re.ASCII), fullmatch=True))
    try:
        value = parse_canonical(text.encode(), len(text))
    except Malformed as error:
        raise AssertionError(f"{text!r} is not canonical") from error
    shape(value, "it")
