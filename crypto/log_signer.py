"""The one secret of the server: the log's signing key, with which it signs receipts.

It opens nothing: it only makes the server answer for the order it gave (PROTOCOL.md section 5).
"""

import os
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from crypto.encoding import Malformed, b64, canonical, labelled, parse_canonical, unb64
from crypto.note import show_vkey
from crypto.signatures import READ_HEAD_LABEL, RECEIPT_LABEL


class LogSigner:
    def __init__(self, origin: str, seed: bytes) -> None:
        self.origin = origin
        self._key = SigningKey(seed)

    @property
    def vkey(self) -> str:
        return show_vkey(self.origin, bytes(self._key.verify_key))

    def receipt(self, fields: list[Any]) -> tuple[bytes, bytes]:
        """Canonical bytes of a receipt and the signature over them."""
        stated = canonical([self.origin, *fields])
        return stated, self._key.sign(labelled(RECEIPT_LABEL, stated)).signature

    def read_head(self, stated: bytes) -> bytes:
        """The signature over what is said of the newest line of a read log."""
        return self._key.sign(labelled(READ_HEAD_LABEL, stated)).signature


def make_log_key(path: Path, origin: str) -> LogSigner:
    """Make a log key and keep it in a file that only its owner reads. Raises FileExistsError."""
    seed = os.urandom(32)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(canonical({"v": 1, "origin": origin, "seed": b64(seed)}))
        file.flush()
        os.fsync(file.fileno())
    return LogSigner(origin, seed)


def read_log_key(path: Path) -> LogSigner:
    """Raises FileNotFoundError, Malformed."""
    fields = parse_canonical(path.read_bytes(), 4096)
    if not isinstance(fields, dict) or fields.keys() != {"v", "origin", "seed"}:
        raise Malformed("not a log key file")
    return LogSigner(fields["origin"], unb64(fields["seed"], 32))
