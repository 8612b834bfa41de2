"""Root and registrar keys: two signatures each, Ed25519 and ML-DSA-65 (PROTOCOL.md section 2).

They live offline, in key files of people who meet; no server ever sees them.
"""

import os
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from nacl.signing import SigningKey

from crypto.encoding import b64, labelled


class LongLivedKeys(NamedTuple):
    """Seeds of 32 bytes each."""

    sign: bytes
    mldsa: bytes

    def __repr__(self) -> str:
        return "LongLivedKeys(not shown)"

    def public(self) -> dict[str, str]:
        """As root documents list it."""
        return {
            "sign": b64(bytes(SigningKey(self.sign).verify_key)),
            "mldsa": b64(
                MLDSA65PrivateKey.from_seed_bytes(self.mldsa).public_key().public_bytes_raw()
            ),
        }

    def sign_document(self, key: int, label: str, received: bytes) -> dict[str, Any]:
        """Both signatures, as documents carry them; key is this key's index in the document."""
        message = labelled(label, received)
        return {
            "key": key,
            "sign": b64(SigningKey(self.sign).sign(message).signature),
            "mldsa": b64(MLDSA65PrivateKey.from_seed_bytes(self.mldsa).sign(message)),
        }


def new_long_lived() -> LongLivedKeys:
    return LongLivedKeys(os.urandom(32), os.urandom(32))
