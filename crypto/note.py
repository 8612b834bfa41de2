"""Names of log keys and of cosigners' keys, as C2SP signed-note and tlog-cosignature write them.

log.example/zegel/0+03c313ee+AUpy5ANbtDXQqkLUO4hz2fB8ub9Hb+Kt4KukmYPuvUJe
"""

import base64
import binascii
from collections.abc import Mapping
from typing import NamedTuple

from crypto.encoding import Malformed, sha256

ED25519 = 1  # of a log
KEY_BYTES = {ED25519: 32}
# Of who cosigns checkpoints: Ed25519, or ML-DSA-44.
COSIGNER_KEY_BYTES = {4: 32, 6: 1312}


class Verifier(NamedTuple):
    """A log's key. origin: the name of the log. sign: Ed25519, 32 bytes."""

    origin: str
    sign: bytes


class Cosigner(NamedTuple):
    """A witness's key. kind: 4 for Ed25519, 6 for ML-DSA-44."""

    name: str
    kind: int
    key: bytes


def key_id(origin: str, sign: bytes, kind: int = ED25519) -> bytes:
    """The first 4 bytes of H(name ‖ newline ‖ algorithm ‖ key)."""
    return sha256(origin.encode() + b"\n" + bytes([kind]) + sign)[:4]


def show_vkey(origin: str, sign: bytes, kind: int = ED25519) -> str:
    key = base64.b64encode(bytes([kind]) + sign).decode()
    return f"{origin}+{key_id(origin, sign, kind).hex()}+{key}"


def read_vkey(text: str) -> Verifier:
    """A vkey of an Ed25519 signer. Raises Malformed."""
    name, _kind, key = _read(text, KEY_BYTES, "an Ed25519 key")
    return Verifier(name, key)


def read_cosigner(text: str) -> Cosigner:
    """A vkey of one who cosigns: type 04 (Ed25519) or 06 (ML-DSA-44). Raises Malformed."""
    return Cosigner(*_read(text, COSIGNER_KEY_BYTES, "a cosigner, type 04 or 06"))


def _read(text: str, sizes: Mapping[int, int], what: str) -> tuple[str, int, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not parts[0] or any(c.isspace() for c in parts[0]):
        raise Malformed("not a vkey")
    try:
        key = base64.b64decode(parts[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not a vkey") from error
    kind, material = int.from_bytes(key[:1], "big"), key[1:]
    if sizes.get(kind) != len(material) or show_vkey(parts[0], material, kind) != text:
        raise Malformed(f"not a vkey of {what}")
    return parts[0], kind, material
