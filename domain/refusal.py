"""The names of broken rules (PROTOCOL.md section 4), in the order in which they are looked at.

The names are stored in receipts of refusals, problem documents and audits: they never change.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class Refusal(StrEnum):
    """A broken rule."""

    MALFORMED = "malformed"
    UNSUPPORTED_VERSION = "unsupported-version"
    WRONG_CASE = "wrong-case"
    DUPLICATE_ENTRY = "duplicate-entry"
    OUT_OF_ORDER = "out-of-order"
    UNKNOWN_AUTHOR = "unknown-author"
    REVOKED = "revoked"
    BAD_SIGNATURE = "bad-signature"
    STALE_ROSTER = "stale-roster"
    STALE_VIEW = "stale-view"
    CLOCK = "clock"
    NOT_A_MEMBER = "not-a-member"
    WRONG_EPOCH = "wrong-epoch"
    ROTATION_OWED = "rotation-owed"
    UNCERTIFIED_MEMBER = "uncertified-member"
    NOT_ALLOWED = "not-allowed"
    WRONG_STATE = "wrong-state"
    FOUR_EYES = "four-eyes"
    MISSING_PAYLOAD = "missing-payload"
    PAYLOAD_MISMATCH = "payload-mismatch"
    TOO_MANY = "too-many"


SENTENCES = {
    Refusal.MALFORMED: "This is not written as the protocol asks.",
    Refusal.UNSUPPORTED_VERSION: "This speaks another version of the protocol.",
    Refusal.WRONG_CASE: "This does not belong to this case.",
    Refusal.DUPLICATE_ENTRY: "An entry with this id is in the case already.",
    Refusal.OUT_OF_ORDER: "This does not follow on what is stored.",
    Refusal.UNKNOWN_AUTHOR: "Nobody vouches for the key that signed this.",
    Refusal.REVOKED: "The device that signed this has been revoked.",
    Refusal.BAD_SIGNATURE: "The signature is not over these bytes by this key.",
    Refusal.STALE_ROSTER: "The roster that this names is not the newest, or has expired.",
    Refusal.STALE_VIEW: "The author's view of the log is not one that counts here.",
    Refusal.CLOCK: "The times in this are too far from the time of storing.",
    Refusal.NOT_A_MEMBER: "The author is no member of this compartment.",
    Refusal.WRONG_EPOCH: "This is sealed for another epoch than the current one.",
    Refusal.ROTATION_OWED: "Someone left: new keys come first.",
    Refusal.UNCERTIFIED_MEMBER: "Someone listed here is not certified for that role.",
    Refusal.NOT_ALLOWED: "This role may not do this here.",
    Refusal.WRONG_STATE: "This cannot be done in the state the case is in.",
    Refusal.FOUR_EYES: "This needs a second person.",
    Refusal.MISSING_PAYLOAD: "A sealed part that this names is not there.",
    Refusal.PAYLOAD_MISMATCH: "The sealed parts are not the ones that this names.",
    Refusal.TOO_MANY: "There is a limit, and this is over it.",
}
RANK = {refusal: rank for rank, refusal in enumerate(Refusal)}


class Unmet(NamedTuple):
    """A condition of a table that does not hold: its name, its arguments, and its sentence."""

    name: str
    arguments: Mapping[str, Any]
    meaning: str


class Refused(Exception):
    """An entry, root or roster breaks a rule: `refusal` names it, `detail` says where; `unmet` is
    the condition of a table that it breaks, if it is one."""

    def __init__(self, refusal: Refusal, detail: str = "", unmet: Unmet | None = None) -> None:
        super().__init__(f"{refusal}: {detail}" if detail else str(refusal))
        self.refusal = refusal
        self.detail = detail
        self.unmet = unmet

    def __reduce__(self) -> Any:
        return Refused, (self.refusal, self.detail, self.unmet)


def refuse_unless(holds: bool, refusal: Refusal, detail: str = "") -> None:
    """Raise `Refused` unless the rule holds."""
    if not holds:
        raise Refused(refusal, detail)
