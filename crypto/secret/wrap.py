"""Epoch keys and how each member gets his own wrap of one (PROTOCOL.md section 3)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PublicKey,
    Suite,
)

from crypto.device import Card
from crypto.encoding import b64, bind, bound_hash
from crypto.secret.seeds import DeviceKeys

EPOCH_KEY_BYTES = 32
WRAP_BYTES = 1168
_MLKEM_BYTES = 1184
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class CannotOpen(Exception):
    """Sealed bytes that do not open with the key and context given."""


def new_epoch_key() -> bytes:
    return os.urandom(EPOCH_KEY_BYTES)


def commitment(case: str, compartment: str, epoch: int, key: bytes) -> str:
    """What an epoch's opening commits to: no member can be given another key."""
    return b64(bound_hash("zegel/v1/epoch-key", [case, compartment, epoch, b64(key)]))


def wrap_info(
    case: str, compartment: str, epoch: int, recipient: str, sender: str, commit: str
) -> bytes:
    return bind("zegel/v1/wrap", [case, compartment, epoch, recipient, sender, commit])


def grant_info(case: str, compartment: str, entry_id: str, to: str, sender: str) -> bytes:
    return bind("zegel/v1/grant", [case, compartment, entry_id, to, sender])


def hpke_seal(card: Card, info: bytes, plaintext: bytes) -> bytes:
    """enc ‖ ct, base mode, empty AAD. Raises CannotOpen if the card holds no usable key."""
    try:
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(card.kem[:_MLKEM_BYTES]),
            X25519PublicKey.from_public_bytes(card.kem[_MLKEM_BYTES:]),
        )
        return SUITE.encrypt(plaintext, key, info)
    except ValueError as error:
        raise CannotOpen("the card's encapsulation key is not valid") from error


def hpke_open(keys: DeviceKeys, info: bytes, sealed: bytes) -> bytes:
    """Raises CannotOpen."""
    try:
        return SUITE.decrypt(sealed, keys.x_wing(), info)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("this is not sealed for this device and place") from error


def open_wrap(keys: DeviceKeys, info: bytes, sealed: bytes) -> bytes:
    """An epoch key. Raises CannotOpen, for another length unopened."""
    if len(sealed) != WRAP_BYTES:
        raise CannotOpen(f"a wrap has {WRAP_BYTES} bytes, this has {len(sealed)}")
    return hpke_open(keys, info, sealed)
