"""Which kinds of entries decide a proposal, and which entry a decision is about. Headers alone: an
auditor reads them as members do."""

from collections.abc import Mapping

from domain.services.consultation_guards import PROPOSALS

# What decides a proposal of each kind: the first says yes.
DECIDED_BY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(sorted(PROPOSALS), ("ApprovalGiven", "ApprovalRefused")),
    "CaseProposed": ("CaseAccepted", "CaseNotAccepted"),
    "AdviceProposed": ("AdviceReleased",),
}
DECISIONS = frozenset(kind for kinds in DECIDED_BY.values() for kind in kinds)


def decided(body: Mapping[str, object]) -> str:
    """The id of the entry that a decision is about, or that a step acts upon; empty for none."""
    return str(body.get("of") or body.get("proposal") or "")
