"""What a grant of history carries: keys of earlier epochs, or of single entries (PROTOCOL.md 3).

{"entries":{"<id>":"<K>"},"epochs":{"2":"<E>"}}   sealed to the device by HPKE
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crypto.device import Card
from crypto.encoding import Malformed, b64, canonical, parse_canonical, unb64
from crypto.secret.payload import KEY_BYTES
from crypto.secret.seeds import DeviceKeys
from crypto.secret.wrap import CannotOpen, hpke_open, hpke_seal

MAX_GRANT_BYTES = 256 * 1024


class Granted(NamedTuple):
    """Keys by epoch, and by entry id."""

    epochs: Mapping[int, bytes]
    entries: Mapping[str, bytes]


def seal_grant(card: Card, info: bytes, granted: Granted) -> bytes:
    """Raises CannotOpen if the card holds no usable key."""
    value = {
        "epochs": {str(epoch): b64(key) for epoch, key in granted.epochs.items()},
        "entries": {entry: b64(key) for entry, key in granted.entries.items()},
    }
    return hpke_seal(card, info, canonical(value))


def open_grant(
    keys: DeviceKeys,
    info: bytes,
    sealed: bytes,
    epochs: Sequence[int],
    entries: Sequence[str],
) -> Granted:
    """The keys, if they are for exactly what the body names. Raises CannotOpen."""
    opened = hpke_open(keys, info, sealed)
    try:
        value = parse_canonical(opened, MAX_GRANT_BYTES)
        named = {"epochs": {str(one) for one in epochs}, "entries": set(entries)}
        if not isinstance(value, dict) or value.keys() != named.keys():
            raise CannotOpen("a grant of another form")
        for part, wanted in named.items():
            if not isinstance(value[part], dict) or value[part].keys() != wanted:
                raise CannotOpen("it holds other keys than the entry names")
        return Granted(
            {int(epoch): unb64(key, KEY_BYTES) for epoch, key in value["epochs"].items()},
            {entry: unb64(key, KEY_BYTES) for entry, key in value["entries"].items()},
        )
    except (Malformed, TypeError, AttributeError) as error:
        raise CannotOpen("a grant of another form") from error
