"""What losing a race means for what was written: the same people read it, or others (PROTOCOL.md
section 3, "After a conflict")."""

from client.errors import EpochMoved
from client.place.chain import Chain
from client.place.compose import Draft
from domain.membership import may_stay
from domain.state import Compartment
from domain.trust import Trust


def goes_to_the_same(chain: Chain, before: Compartment, draft: Draft, trust: Trust) -> bool:
    """Whether the same people read along as before what was missed, so that a draft may be signed
    again: none of them came, left, was revoked or refused the key."""
    now, changes = chain.compartment, draft.header.changes_members
    return (
        (now.epoch, now.lines) == (before.epoch, before.lines)
        and all(may_stay(trust, line) for line in (draft.header.lines if changes else now.lines))
        and (changes or not now.owed)
    )


def moved(chain: Chain, draft: Draft, trust: Trust) -> EpochMoved:
    """Who came and who left since the epoch in which a draft was written."""
    now = {line.device for line in chain.lines if may_stay(trust, line)}
    then = {
        line.device
        for item in chain.items
        if item.entry.header.changes_members
        and item.entry.header.epoch == draft.header.epoch - draft.header.changes_members
        for line in item.entry.header.lines
    }
    return EpochMoved(tuple(sorted(now - then)), tuple(sorted(then - now)))
