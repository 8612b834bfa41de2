"""The one spelling of everything (PROTOCOL.md section 0): canonical JSON, base64url, bind.

bind("zegel/v1/device", ["a", 1])  =  zegel/v1/device 00 ["a",1]
"""

import base64
import hashlib
import json
from typing import Any

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Malformed(ValueError):
    """Bytes that are not in their one spelling."""


def canonical(value: Any) -> bytes:
    """RFC 8785 of objects with ASCII keys, arrays, strings, integers 0 to 2^53-1, booleans, null.

    Raises Malformed for anything else: floats, lone surrogates, more than 16 containers deep.
    """
    _check(value, 1)
    try:
        return _encode(value).encode()
    except UnicodeEncodeError as error:
        raise Malformed("a lone surrogate") from error


def _check(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if not 0 <= value <= MAX_INTEGER:
            raise Malformed("an integer out of range")
    elif kind is list or kind is dict:
        if depth > MAX_DEPTH:
            raise Malformed("nested too deep")
        if kind is dict:
            for key in value:
                if type(key) is not str or not key.isascii():
                    raise Malformed("a key that is not ASCII")
            value = value.values()
        for item in value:
            _check(item, depth + 1)
    else:
        raise Malformed(f"a {kind.__name__} has no canonical form")


def parse_canonical(received: bytes, max_bytes: int) -> Any:
    """The value of canonical JSON. Raises Malformed unless re-encoding gives the same bytes."""
    if len(received) > max_bytes:
        raise Malformed(f"more than {max_bytes} bytes")
    try:
        value = json.loads(received.decode())
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if canonical(value) != received:
        raise Malformed("not in canonical form")
    return value


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str, n_bytes: int | None = None) -> bytes:
    """Bytes of base64url in its one spelling. Raises Malformed, also for another length."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Malformed("not base64url") from error
    if b64(raw) != text:
        raise Malformed("not the one spelling in base64url")
    if n_bytes is not None and len(raw) != n_bytes:
        raise Malformed(f"not {n_bytes} bytes")
    return raw


def bind(label: str, value: Any) -> bytes:
    """ASCII label, a zero byte, canonical JSON: what every hash and context starts with."""
    return label.encode("ascii") + b"\0" + canonical(value)


def sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def hash_of(stored: bytes) -> str:
    """H of stored bytes, as fields carry it."""
    return b64(sha256(stored))


def bound_hash(label: str, value: Any) -> bytes:
    """H(bind(label, value)), 32 bytes."""
    return sha256(bind(label, value))


def labelled(label: str, received: bytes) -> bytes:
    """What a signature or entry hash with this label is over: the label, a zero byte, the bytes."""
    return label.encode("ascii") + b"\0" + received
