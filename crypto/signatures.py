"""Checking signatures: Ed25519 by libsodium's rule, and ML-DSA-65 beside it for long-lived signers.

libsodium's verification rule is normative (PROTOCOL.md section 0): other libraries accept more.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey
from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from crypto.encoding import labelled

SIGN_KEY_BYTES = 32
SIGNATURE_BYTES = 64
MLDSA_KEY_BYTES = 1952
MLDSA_SIGNATURE_BYTES = 3309
RECEIPT_LABEL = "zegel/v1/receipt"
READ_HEAD_LABEL = "zegel/v1/read-head"


def is_valid_point(sign: bytes) -> bool:
    """Whether an Ed25519 public key is canonical, on the curve and in the main subgroup."""
    return len(sign) == SIGN_KEY_BYTES and bool(crypto_core_ed25519_is_valid_point(sign))


def verify(sign: bytes, label: str, received: bytes, signature: bytes) -> bool:
    """Whether this is an Ed25519 signature with the label over the received bytes."""
    return verify_raw(sign, labelled(label, received), signature)


def verify_raw(sign: bytes, message: bytes, signature: bytes) -> bool:
    if len(sign) != SIGN_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        VerifyKey(sign).verify(message, signature)
    except BadSignatureError:
        return False
    return True


def verify_both(
    sign: bytes, mldsa: bytes, label: str, received: bytes, ed25519: bytes, post_quantum: bytes
) -> bool:
    """Whether a long-lived signer (root, registrar) made both its signatures: Ed25519 and
    ML-DSA-65 with empty context."""
    if not verify(sign, label, received, ed25519) or len(mldsa) != MLDSA_KEY_BYTES:
        return False
    try:
        key = MLDSA65PublicKey.from_public_bytes(mldsa)
        key.verify(post_quantum, labelled(label, received))
    except (InvalidSignature, ValueError):
        return False
    return True
