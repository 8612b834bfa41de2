"""Devices as others see them: cards and ids (PROTOCOL.md section 1).

{"kem":"…1216 bytes…","sign":"…32 bytes…","v":1}
"""

from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from nacl.bindings import crypto_scalarmult

from crypto.encoding import Malformed, b64, bound_hash, parse_canonical, sha256, unb64
from crypto.signatures import SIGN_KEY_BYTES, is_valid_point

KEM_KEY_BYTES = 1216
MLKEM_KEY_BYTES = 1184
ANY_SCALAR = bytes([1]) * 32
MAX_CARD_BYTES = 2048


@lru_cache(maxsize=4096)
def _device_id(sign: bytes, kem: bytes) -> str:
    return bound_hash("zegel/v1/device", [b64(sign), b64(sha256(kem))])[:16].hex()


class Card(NamedTuple):
    """Public keys of a device. sign: Ed25519, 32 bytes. kem: X-Wing, 1216 bytes."""

    sign: bytes
    kem: bytes

    @property
    def device(self) -> str:
        """The id, which commits to both keys: 32 hex digits."""
        return _device_id(self.sign, self.kem)

    def fields(self) -> dict[str, Any]:
        return {"v": 1, "sign": b64(self.sign), "kem": b64(self.kem)}


@lru_cache(maxsize=1024)  # whether a key is a valid point costs as much as a signature
def parse_card(received: bytes) -> Card:
    """A card from its stored bytes. Raises Malformed, also for a bad Ed25519 point."""
    return card_from(parse_canonical(received, MAX_CARD_BYTES))


def card_from(value: Any) -> Card:
    """A card from its parsed fields. Raises Malformed."""
    if not isinstance(value, dict) or value.keys() != {"v", "sign", "kem"} or value["v"] != 1:
        raise Malformed("not a card")
    if not isinstance(value["sign"], str) or not isinstance(value["kem"], str):
        raise Malformed("not a card")
    card = Card(unb64(value["sign"], SIGN_KEY_BYTES), unb64(value["kem"], KEM_KEY_BYTES))
    if not is_valid_point(card.sign):
        raise Malformed("the signing key is not a valid point")
    if not _can_be_sealed_to(card.kem):
        raise Malformed("nothing can be sealed to the encapsulation key")
    return card


def _can_be_sealed_to(kem: bytes) -> bool:
    """Whether both halves of an X-Wing key are valid: who lists a device must be able to wrap for
    it, or one bad card would keep everyone from renewing the keys."""
    try:
        MLKEM768PublicKey.from_public_bytes(kem[:MLKEM_KEY_BYTES])
        crypto_scalarmult(ANY_SCALAR, kem[MLKEM_KEY_BYTES:])
    except (ValueError, RuntimeError):  # libsodium's, for a point of small order
        return False
    return True
