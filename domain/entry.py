"""One entry as the rules see it: its header, and what was proven about its bytes elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from domain.kinds import CHANGED, OPENED


class Attachment(NamedTuple):
    hash: str
    size: int


class Payload(NamedTuple):
    """What the header says of the sealed parts; sizes are bytes of ciphertext."""

    hash: str
    size: int
    keybox: str
    attachments: tuple[Attachment, ...]

    @property
    def hashes(self) -> tuple[str, ...]:
        return (self.hash, *[attachment.hash for attachment in self.attachments])


class Line(NamedTuple):
    """A member of an epoch."""

    device: str
    role: str
    invitation: str | None


class Parts(Enum):
    """What was found of the sealed parts that an entry names."""

    NOT_LOOKED_AT = 0
    COMPLETE = 1
    MISSING = 2
    MISMATCHED = 3


@dataclass(frozen=True, slots=True)
class Header:
    """A header of the right shape (PROTOCOL.md section 3). `at` is unix time in seconds."""

    case: str
    compartment: str
    seq: int
    prev: str
    kind: str
    epoch: int
    author: str
    roster: int
    seen_size: int
    seen_root: str
    id: str
    at: int
    body: Mapping[str, Any]
    payload: Payload | None

    @property
    def type(self) -> str:
        """The compartment's type: what stands before the hyphen."""
        return self.compartment.partition("-")[0]

    @property
    def opens(self) -> bool:
        return self.kind == OPENED

    @property
    def changes_members(self) -> bool:
        return self.kind in (OPENED, CHANGED)

    @property
    def recovers(self) -> bool:
        return self.kind == CHANGED and self.body["reason"] == "recovered"

    @property
    def lines(self) -> tuple[Line, ...]:
        """The members that an opening or a change of members lists."""
        return tuple(
            Line(line["device"], line["role"], line.get("invitation"))
            for line in self.body["members"]
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A header with its facts.

    hash: the entry hash. stored: unix time in seconds, allotted by the server.
    fits_case: opener and salt give the case id (openings only).
    signature_good: by the author's own key, over the received bytes.
    carded: of the devices that the body names, those with a card that fits.
    parts: what was found of ciphertext, key box, attachments and wraps.
    """

    header: Header
    hash: str
    stored: int
    fits_case: bool = False
    signature_good: bool = False
    carded: frozenset[str] = frozenset()
    parts: Parts = Parts.NOT_LOOKED_AT
