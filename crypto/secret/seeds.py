"""A device's two seeds, and how a return code becomes one (PROTOCOL.md section 1)."""

import hashlib
import os
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from nacl.bindings import crypto_pwhash_alg, crypto_pwhash_ALG_ARGON2ID13
from nacl.signing import SigningKey

from crypto.code import ENTROPY_BYTES
from crypto.device import Card
from crypto.encoding import b64, bound_hash, labelled

SEED_BYTES = 32
MLKEM_SEED_BYTES = 64
CODE_PASSES = 3
CODE_MEMORY_BYTES = 64 * 2**20


def expand(key: bytes, info: str, n_bytes: int) -> bytes:
    """HKDF-Expand-SHA-256 of a 32-byte key."""
    return HKDFExpand(SHA256(), n_bytes, info.encode("ascii")).derive(key)


def argon2id(password: bytes, salt: bytes, passes: int, memory_bytes: int, n_bytes: int) -> bytes:
    """Argon2id version 1.3 with one lane. salt: 16 bytes."""
    return crypto_pwhash_alg(
        n_bytes, password, salt, passes, memory_bytes, crypto_pwhash_ALG_ARGON2ID13
    )


class DeviceKeys(NamedTuple):
    """The seeds of a device: sign (Ed25519) and kem (X-Wing), 32 bytes each."""

    sign: bytes
    kem: bytes

    def __repr__(self) -> str:
        return "DeviceKeys(not shown)"

    def x_wing(self) -> MLKEM768X25519PrivateKey:
        """The X-Wing key, deserialised from its seed: HPKE's DeriveKeyPair is something else."""
        stream = hashlib.shake_256(self.kem).digest(MLKEM_SEED_BYTES + 32)
        return MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(stream[:MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(stream[MLKEM_SEED_BYTES:]),
        )

    def card(self) -> Card:
        stream = hashlib.shake_256(self.kem).digest(MLKEM_SEED_BYTES + 32)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(stream[:MLKEM_SEED_BYTES]).public_key()
        x25519 = X25519PrivateKey.from_private_bytes(stream[MLKEM_SEED_BYTES:]).public_key()
        return Card(
            bytes(SigningKey(self.sign).verify_key),
            mlkem.public_bytes_raw() + x25519.public_bytes_raw(),
        )

    def sign_with(self, label: str, message: bytes) -> bytes:
        return self.sign_raw(labelled(label, message))

    def sign_raw(self, message: bytes) -> bytes:
        """A signature whose message brings its own context (RFC 9421)."""
        return SigningKey(self.sign).sign(message).signature


def new_device() -> DeviceKeys:
    return DeviceKeys(os.urandom(SEED_BYTES), os.urandom(SEED_BYTES))


def new_code() -> bytes:
    """The 104 random bits of a return code, as 13 bytes."""
    return os.urandom(ENTROPY_BYTES)


class CodeKeys:
    """What a return code opens: a device, and for each n a case with its first compartment.

    Slow to make by intent (Argon2id over 64 MiB): once a session.
    """

    def __init__(self, entropy: bytes, root_pin: bytes) -> None:
        salt = bound_hash("zegel/v1/code-salt", b64(root_pin))[:16]
        self._master = argon2id(entropy, salt, CODE_PASSES, CODE_MEMORY_BYTES, 32)
        self.keys = DeviceKeys(
            expand(self._master, "zegel/v1/code-sign", SEED_BYTES),
            expand(self._master, "zegel/v1/code-kem", SEED_BYTES),
        )

    def salt(self, n: int) -> bytes:
        """The salt of the n-th case opened with this code, from 0."""
        return expand(self._master, f"zegel/v1/code-case/{n}", 16)

    def compartment(self, n: int) -> str:
        """The name of the first compartment of the n-th case."""
        drawn = int.from_bytes(expand(self._master, f"zegel/v1/code-name/{n}", 8), "big")
        return f"dialogue-{100_000_000 + drawn % 900_000_000}"
