"""Which kinds of entries decide a proposal, and which entry a decision is about. Headers alone: an
auditor reads them as members do."""

from collections.abc import Mapping

from domain.services.registry import SERVICES

# What decides a proposal of each kind: the first says yes.
DECIDED_BY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        sorted({kind for service in SERVICES.values() for kind in service.proposals}),
        ("ApprovalGiven", "ApprovalRefused"),
    ),
    "CaseProposed": ("CaseAccepted", "CaseNotAccepted"),
    "AdviceProposed": ("AdviceReleased",),
}
DECISIONS = frozenset(kind for kinds in DECIDED_BY.values() for kind in kinds)


def decided(body: Mapping[str, object]) -> str:
    """The id of the entry that a decision is about, or that a step acts upon; empty for none."""
    return str(body.get("of") or body.get("proposal") or "")
