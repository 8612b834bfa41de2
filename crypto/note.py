"""Names of log keys, as C2SP signed-note writes them.

log.example/zegel/0+03c313ee+AUpy5ANbtDXQqkLUO4hz2fB8ub9Hb+Kt4KukmYPuvUJe
"""

import base64
import binascii
from typing import NamedTuple

from crypto.encoding import Malformed, sha256

ED25519 = 1


class Verifier(NamedTuple):
    """A log's key. origin: the name of the log. sign: Ed25519, 32 bytes."""

    origin: str
    sign: bytes


def key_id(origin: str, sign: bytes) -> bytes:
    """The first 4 bytes of H(name ‖ newline ‖ algorithm ‖ key)."""
    return sha256(origin.encode() + b"\n" + bytes([ED25519]) + sign)[:4]


def show_vkey(origin: str, sign: bytes) -> str:
    key = base64.b64encode(bytes([ED25519]) + sign).decode()
    return f"{origin}+{key_id(origin, sign).hex()}+{key}"


def read_vkey(text: str) -> Verifier:
    """A vkey of an Ed25519 signer. Raises Malformed."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not parts[0] or any(c.isspace() for c in parts[0]):
        raise Malformed("not a vkey")
    try:
        key = base64.b64decode(parts[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not a vkey") from error
    verifier = Verifier(parts[0], key[1:])
    if key[:1] != bytes([ED25519]) or len(key) != 33 or show_vkey(*verifier) != text:
        raise Malformed("not a vkey of an Ed25519 key")
    return verifier
