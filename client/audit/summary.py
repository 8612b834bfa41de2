"""A case in a few lines, as an auditor tells it: what it is, when it was opened, who worked on it
by role, what was decided and approved, how it stands. Kinds, roles and times alone; no content."""

from collections.abc import Sequence
from typing import Any

from client.audit.replay import Line, Report
from client.place.decisions import decided, is_decision
from domain.services.registry import DECIDED_BY, SERVICES

# Decided by who may, without another's proposal, and the case goes on.
DECIDED_ALONE = frozenset(
    {"CaseSupportAccepted", "CaseSupportDeclined", "PayloadErased", "SessionEnded"}
)


def _by_two(kind: str) -> tuple[str, ...]:
    """What answers a proposal of a kind; empty for what is none. Whoever erases does so after
    another person's proposal (PROTOCOL.md, Erasure)."""
    return ("PayloadErased",) if kind == "ErasureProposed" else DECIDED_BY.get(kind, ())


def _is_told(line: Line, done: frozenset[str]) -> bool:
    """Whether an entry belongs to what a case comes to. done: the states in which it rests."""
    ends = line.before != line.after and bool({line.before, line.after} & done)
    return ends or line.kind in DECIDED_ALONE or is_decision(line.kind)


def summary(report: Report) -> dict[str, Any] | None:
    """None where no entry holds. opened: unix time, by a role. worked: roles with the number of
    people and entries, who wrote most first. decided: kinds with how often, in their order.
    stands: since when nothing was added."""
    if report.case is None:
        return None
    first, last = report.history[0], report.history[-1]
    counts: dict[str, int] = {}
    done = SERVICES[report.case.service].done
    for line in report.history:
        if _is_told(line, done):
            counts[line.kind] = counts.get(line.kind, 0) + 1
    return {
        "service": report.case.service,
        "opened": first.stored,
        "opened_by": first.role,
        "worked": _worked(report.history),
        "decided": [{"kind": kind, "times": times} for kind, times in counts.items()],
        "state": last.after,
        "last": last.stored,
    }


def _worked(history: Sequence[Line]) -> list[dict[str, Any]]:
    """Those of whom a roster knows."""
    people: dict[str, list[str]] = {}
    for line in history:
        if line.person is not None:
            people.setdefault(line.role, []).append(line.person)
    worked = [
        {"role": role, "people": len(set(wrote)), "entries": len(wrote)}
        for role, wrote in people.items()
    ]
    return sorted(worked, key=lambda one: -one["entries"])


def approvals(report: Report) -> list[dict[str, Any]]:
    """Everything that was proposed for a second person to decide: the numbers of the proposal, of
    the answer (None while there is none), and of the steps that acted upon either."""
    number = {line.id: at for at, line in enumerate(report.history)}
    about: dict[int, list[int]] = {}
    for at, header in enumerate(report.headers):
        of = number.get(decided(header.body))
        if of is not None:
            about.setdefault(of, []).append(at)
    kinds = [line.kind for line in report.history]
    found = []
    for at, kind in enumerate(kinds):
        if not _by_two(kind):
            continue
        answers = [one for one in about.get(at, []) if kinds[one] in _by_two(kind)]
        named = [*about.get(at, []), *(after for one in answers for after in about.get(one, []))]
        acted = sorted({one for one in named if one not in answers})
        answer = answers[0] if answers else None
        found.append({"proposal": at, "answer": answer, "acted_upon": acted})
    return found
