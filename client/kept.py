"""What is kept on a person's own machine, sealed to her own device: nobody else who finds the file
reads it, and it can be written without her passphrase.

HPKE to the device's own card; the context names what it is and the file, so that none passes for
another. A file is replaced as a whole.
"""

import os
from pathlib import Path
from typing import Any

from crypto.device import Card
from crypto.encoding import Malformed, bind, canonical, parse_canonical
from crypto.secret.seeds import DeviceKeys
from crypto.secret.wrap import CannotOpen, hpke_open, hpke_seal

MAX_KEPT_BYTES = 16 * 2**20


def keep_sealed(file: Path, card: Card, what: str, value: dict[str, Any]) -> None:
    """Write a value, whole or not at all. what: the kind of thing, such as "draft".

    Raises OSError, Malformed for what JSON cannot say.
    """
    sealed = hpke_seal(card, _info(what, file), canonical(value))
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(sealed)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(beside, file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_sealed(file: Path, keys: DeviceKeys, what: str) -> dict[str, Any]:
    """The value of a file. Raises FileNotFoundError, OSError, and CannotOpen for one that is
    another device's, of another kind or name, or damaged."""
    try:
        opened = hpke_open(keys, _info(what, file), file.read_bytes())
        return dict(parse_canonical(opened, MAX_KEPT_BYTES))
    except (Malformed, TypeError, ValueError) as error:
        raise CannotOpen(f"{file.name} is not what this device kept") from error


def _info(what: str, file: Path) -> bytes:
    return bind(f"zegel/v1/kept-{what}", [file.name])
