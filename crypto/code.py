"""The return code as characters (PROTOCOL.md section 1): 104 random bits and a 6-bit checksum.

    000G40R40M30E209185GSV

What the code opens is derived in `crypto.secret.seeds`, its ten words are in `crypto.wordlists`;
here are its 110 bits and its characters.
"""

import re
import unicodedata

from crypto.encoding import b64, bound_hash
from crypto.mistakes import Mistake, Mistyped

ENTROPY_BYTES = 13
N_CHARACTERS = 22
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ = {**{c: i for i, c in enumerate(CROCKFORD)}, "O": 0, "I": 1, "L": 1}
_COUNTS = re.compile(r"[^\W_]+")


class NotACode(Mistyped):
    """What was typed is no return code."""


def with_checksum(entropy: bytes) -> int:
    """The 110 bits of 13 bytes: 104 random ones, then the first 6 of the checksum."""
    check = bound_hash("zegel/v1/code-check", b64(entropy))[0] >> 2
    return int.from_bytes(entropy, "big") << 6 | check


def without_checksum(bits: int) -> bytes | None:
    """The 13 bytes of 110 bits; None if the checksum does not fit."""
    entropy = (bits >> 6).to_bytes(ENTROPY_BYTES, "big")
    return entropy if with_checksum(entropy) == bits else None


def show_code(entropy: bytes) -> str:
    """A code of 13 bytes as 22 Crockford characters."""
    bits = with_checksum(entropy)
    return "".join(CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(N_CHARACTERS)))


def seen(typed: str) -> str:
    """What a person sees of what was typed or pasted: without the marks that take no place, such as
    zero-width spaces and the direction of writing, and full-width characters as common ones."""
    shown = "".join(one for one in typed if unicodedata.category(one) != "Cf")
    return unicodedata.normalize("NFKC", shown)


def characters_in(typed: str) -> str:
    """The letters and digits of what was typed, in capitals; all else only stands between them."""
    return "".join(_COUNTS.findall(seen(typed))).upper()


def read_code(typed: str) -> bytes:
    """The 13 bytes of a code as a person typed it: letters and digits count, in any case; spaces,
    dashes, full stops, quotation marks and whatever else stands between or around do not.

    Raises NotACode, before any slow work is done.
    """
    characters = characters_in(typed)
    if len(characters) != N_CHARACTERS:
        raise NotACode(Mistake.CHARACTERS, most=N_CHARACTERS, count=len(characters))
    bits = 0
    for character in characters:
        if character not in _READ:
            raise NotACode(Mistake.NO_CHARACTER, character=repr(character))
        bits = bits << 5 | _READ[character]
    entropy = without_checksum(bits)
    if entropy is None:
        raise NotACode(Mistake.CHARACTERS_WRONG)
    return entropy
