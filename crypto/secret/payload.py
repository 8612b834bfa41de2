"""Sealing and opening what an entry says (PROTOCOL.md section 3).

One fresh key K an entry; Cobblestone-256 under K for the text; the key box holds K under the
epoch's key.
"""

import os
from typing import Any, NamedTuple

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from crypto.encoding import Malformed, bind, canonical, parse_canonical
from crypto.padding import pad, unpad
from crypto.secret.seeds import expand
from crypto.secret.wrap import CannotOpen

KEY_BYTES = 32
NONCE_BYTES = 24
KEYBOX_BYTES = NONCE_BYTES + KEY_BYTES + 16
MAX_PLAINTEXT_BYTES = 2 * 2**20


class Place(NamedTuple):
    """Where an entry stands: what its ciphertext and key box are bound to."""

    case: str
    compartment: str
    id: str
    author: str


class Sealed(NamedTuple):
    ciphertext: bytes
    keybox: bytes


def part_context(place: Place, part: int) -> bytes:
    """What the ciphertext of a part is bound to; part 0 is the payload, i the i-th attachment."""
    return bind("zegel/v1/payload", [*place, part])


def seal_part(key: bytes, place: Place, part: int, padded: bytes) -> bytes:
    """Cobblestone-256 of padded bytes."""
    encryptor = Cobblestone256Encryptor(key, part_context(place, part))
    return encryptor.update(padded) + encryptor.finalize()


def open_part(key: bytes, place: Place, part: int, ciphertext: bytes) -> bytes:
    """Padded bytes. Raises CannotOpen."""
    decryptor = Cobblestone256Decryptor(key, part_context(place, part))
    try:
        return decryptor.update(ciphertext) + decryptor.finalize()
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the ciphertext does not open with this key in this place") from error


def seal_keybox(epoch_key: bytes, place: Place, epoch: int, key: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(
        key, _keybox_aad(place, epoch), nonce, expand(epoch_key, "zegel/v1/keybox", KEY_BYTES)
    )


def open_keybox(epoch_key: bytes, place: Place, epoch: int, keybox: bytes) -> bytes:
    """K. Raises CannotOpen."""
    if len(keybox) != KEYBOX_BYTES:
        raise CannotOpen(f"a key box has {KEYBOX_BYTES} bytes, this has {len(keybox)}")
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
            keybox[NONCE_BYTES:],
            _keybox_aad(place, epoch),
            keybox[:NONCE_BYTES],
            expand(epoch_key, "zegel/v1/keybox", KEY_BYTES),
        )
    except CryptoError as error:
        raise CannotOpen("the key box does not open with this epoch's key") from error


def _keybox_aad(place: Place, epoch: int) -> bytes:
    return bind("zegel/v1/keybox", [*place, epoch])


def seal_payload(epoch_key: bytes, place: Place, epoch: int, value: Any) -> Sealed:
    """Seal the value of a payload schema under a fresh key."""
    key = os.urandom(KEY_BYTES)
    return Sealed(
        seal_part(key, place, 0, pad(canonical(value))), seal_keybox(epoch_key, place, epoch, key)
    )


def open_payload(key: bytes, place: Place, ciphertext: bytes) -> Any:
    """The value that was sealed, not yet held against a schema. Raises CannotOpen."""
    padded = open_part(key, place, 0, ciphertext)
    try:
        return parse_canonical(unpad(padded), MAX_PLAINTEXT_BYTES)
    except (Malformed, ValueError) as error:
        raise CannotOpen("what is inside is not written as the protocol asks") from error
