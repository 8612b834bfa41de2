"""Invitations: a secret that goes to a person by another way than through the server (PROTOCOL.md
section 2), with all that she needs to know whom and what she was invited to.

    secret 16 ‖ case 16 ‖ inviter's device 16 ‖ compartment type 1 ‖ number u32 ‖ role 1 ‖ check 1

These 55 bytes are a link's fragment in base64url, or 40 words of 11 bits of a frozen list.
"""

import hmac
import os
from hashlib import sha256
from typing import NamedTuple

from crypto.encoding import Malformed, b64, bind, bound_hash, unb64
from crypto.mistakes import Mistake, Mistyped
from crypto.wordlists import WORD_BITS, spell, unspell

SECRET_BYTES = 16
BYTES = 55
N_WORDS = BYTES * 8 // WORD_BITS
# Their places are stored in links that are on their way: these lists grow at their end.
TYPES = (
    *("dialogue", "identity", "worknotes", "expert", "care", "partners", "child", "governance"),
    *("analysis", "conflict", "session", "pool", "commission", "product"),
)
INVITED = ("requester", "minor", "relative", "professional", "foster_family", "local_party")


class NotAnInvitation(Mistyped):
    """What was typed is no invitation."""


class Invitation(NamedTuple):
    """secret: 16 bytes. inviter: the device of the person who invites."""

    secret: bytes
    case: str
    compartment: str
    role: str
    inviter: str

    def __repr__(self) -> str:
        return "Invitation(not shown)"

    @property
    def id(self) -> str:
        """What stands in the case: the server never learns the secret."""
        return sha256(self.secret).digest()[:16].hex()

    def tag(self, device: str) -> str:
        """What proves that this device was given the secret, in base64url."""
        key = bound_hash("zegel/v1/invitation", b64(self.secret))
        said = [self.case, self.compartment, self.role, self.id, device]
        return b64(hmac.digest(key, bind("zegel/v1/invitation-tag", said), "sha256"))

    def fits(self, device: str, tag: str) -> bool:
        """Whether a tag is this device's, in constant time."""
        return hmac.compare_digest(self.tag(device), tag)

    def to_bytes(self) -> bytes:
        kind, _, number = self.compartment.partition("-")
        held = self.secret + bytes.fromhex(self.case) + bytes.fromhex(self.inviter)
        held += bytes([TYPES.index(kind)]) + int(number).to_bytes(4, "big")
        held += bytes([INVITED.index(self.role)])
        return held + _check(held)

    def fragment(self) -> str:
        """As it stands behind the # of a link: no browser sends that to a server."""
        return b64(self.to_bytes())

    def words(self, language: str) -> list[str]:
        """As it is read aloud."""
        return spell(int.from_bytes(self.to_bytes(), "big"), N_WORDS, language)


def new_secret() -> bytes:
    return os.urandom(SECRET_BYTES)


def _check(held: bytes) -> bytes:
    return bound_hash("zegel/v1/invitation-check", b64(held))[:1]


def read_invitation(typed: str) -> Invitation:
    """An invitation from a link, its fragment, or its words. Raises NotAnInvitation."""
    if len(typed.split()) > 1 or typed.count("-") >= N_WORDS - 1:
        found = unspell(typed, N_WORDS)
        if not found:
            raise NotAnInvitation(Mistake.INVITATION_WORDS, most=N_WORDS)
        candidates = [bits.to_bytes(BYTES, "big") for bits in found]
    else:
        try:
            candidates = [unb64(typed.strip().rpartition("#")[2], BYTES)]
        except Malformed as error:
            raise NotAnInvitation(Mistake.NOT_WHOLE) from error
    for held in candidates:
        if _check(held[:-1]) == held[-1:]:
            return _read(held)
    raise NotAnInvitation(Mistake.INVITATION_WRONG)


def _read(held: bytes) -> Invitation:
    kind, number, role = held[48], int.from_bytes(held[49:53], "big"), held[53]
    if kind >= len(TYPES) or role >= len(INVITED) or not 10**8 <= number < 10**9:
        raise NotAnInvitation(Mistake.NEWER_KIND)
    return Invitation(
        held[:16],
        held[16:32].hex(),
        f"{TYPES[kind]}-{number}",
        INVITED[role],
        held[32:48].hex(),
    )
