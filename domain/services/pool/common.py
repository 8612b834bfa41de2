"""Who works with the pool, and the rows that its three services share: speaking, leaving, erasing.

No case of the pool names a case of somebody's: a case names the pool's entry, never the other way
(TABLES.md S7).
"""

from collections.abc import Mapping

from domain.fields import Body
from domain.services.consultation.kinds import KINDS as CONSULTED
from domain.services.guards import granted_for, own_words
from domain.step import Step

COORDINATOR = frozenset({"pool_coordinator"})
EXPERT_ROLES = ("duidingsexpert", "zorgexpert")
EXPERTS = frozenset(EXPERT_ROLES)
SUPERVISOR = frozenset({"supervisor"})
FOR_COORDINATOR, FOR_NOBODY = "pool_coordinator", ""
PURPOSE = "pool"
GROUP = "pool"  # the commands of profiles and of meetings stand together
SHARED: Mapping[str, Body] = {
    kind: CONSULTED[kind]
    for kind in ("MessageSent", "DelayExplained", "ApprovalGiven", "ApprovalRefused")
}
FOR_A_REASON = granted_for(reasons=("handover", "substitute", "review"))


def of_a_place(
    where: str,
    staff: frozenset[str],
    others: frozenset[str],
    states: frozenset[str],
) -> tuple[Step, ...]:
    """What everybody does in a place who stands there: speak, correct it, take it back, leave.
    staff: who may give others the history; others: who else stands there."""
    place, everyone = frozenset({where}), staff | others
    return (
        Step("MessageCorrected", everyone, place, states, None, "message/1", (own_words(),)),
        Step("MessageWithdrawn", everyone, place, states),
        Step("WrapRefused", everyone, place, states),
        Step("MemberLeft", everyone, place, states),
        Step("HistoryGranted", staff, place, states, guards=(FOR_A_REASON,)),
        Step("RecoveryApproved", frozenset({"key_custodian"}), place, states),
        Step("ErasureProposed", SUPERVISOR, place, states),
        Step("PayloadErased", frozenset({"privacy_officer"}), place, states),
    )


def explaining(where: str, states: frozenset[str]) -> Step:
    """Why a term has passed, by a coordinator."""
    place = frozenset({where})
    return Step("DelayExplained", COORDINATOR, place, states, None, "note/1", explains=True)
