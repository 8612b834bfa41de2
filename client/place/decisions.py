"""Which entry a decision is about. Headers alone: an auditor reads them as members do."""

from collections.abc import Mapping

from domain.services.registry import DECIDED_BY


def is_decision(kind: str) -> bool:
    """Whether entries of this kind answer a proposal."""
    return any(kind in answers for answers in DECIDED_BY.values())


def decided(body: Mapping[str, object]) -> str:
    """The id of the entry that a decision is about, or that a step acts upon; empty for none."""
    return str(body.get("of") or body.get("proposal") or "")
