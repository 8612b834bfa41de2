"""A match: the team for a brief, every other expert of the pool in order, and why each stands where
she stands (PRACTICE.md 6.3). It is a proposal: the coordinator decides, and says so where she takes
others. The same input, in any order, has the same answer on any machine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from client.pool.experts import LIMITS, Brief, Expert, Limits, Tag
from client.pool.filters import covers, exclusions
from client.pool.reasons import Because, Reason, because
from client.pool.scoring import NEVER, Score, over_their_share, score
from client.pool.team import Candidate, best_team, obstacles


class Verdict(StrEnum):
    """What a match makes of an expert. NEXT: who stands first of those outside the team."""

    TEAM = "team"
    NEXT = "next"
    LOWER = "lower"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Ranked:
    """An expert in a match; rank: from 1, None for who is excluded."""

    person: str
    rank: int | None
    verdict: Verdict
    reasons: tuple[Because, ...]

    def as_value(self) -> dict[str, Any]:
        """As shortlist/1 keeps it."""
        return {
            "person": self.person,
            "rank": self.rank,
            "verdict": self.verdict.value,
            "reasons": [one.as_value() for one in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Match:
    """team: persons, best first; empty if none can be made, and `missing` says why. candidates:
    everybody, the team first, the excluded last. coverage: for each thing that is asked, whether
    each of the team brings it, in their order."""

    seed: str
    team: tuple[str, ...]
    candidates: tuple[Ranked, ...]
    coverage: tuple[tuple[Tag, tuple[bool, ...]], ...]
    missing: tuple[Because, ...]


def match(brief: Brief, experts: Iterable[Expert], seed: str, limits: Limits = LIMITS) -> Match:
    """seed: of this match, at random: it draws the lot between equals. Raises ValueError if an
    expert stands there twice."""
    everybody = [*experts]
    pool = {expert.person: expert for expert in everybody}
    if len(pool) < len(everybody):
        raise ValueError("an expert stands in the pool twice")
    crowding = over_their_share(everybody, brief.now, limits)
    excluded, free = [], []
    for person, expert in sorted(pool.items()):
        if reasons := exclusions(expert, brief, limits):
            excluded.append(Ranked(person, None, Verdict.EXCLUDED, reasons))
        else:
            brings = covers(expert, brief)
            points = score(expert, brings, brief, seed, crowding)
            free.append(Candidate(person, expert.organisation, brings, points))
    team = best_team(free, brief.to_cover, brief.count)
    others = sorted({*free} - {*team}, key=lambda one: (one.score, one.person), reverse=True)
    ranked = _ranked(brief, pool, (*team, *others), len(team))
    return Match(
        seed,
        tuple(one.person for one in team),
        (*ranked, *excluded),
        tuple((tag, tuple(tag in one.brings for one in team)) for tag in brief.to_cover),
        obstacles(free, brief.to_cover, brief.count),
    )


def shortlist_of(found: Match) -> dict[str, Any]:
    """The contents of shortlist/1. That what candidates are told is masked is stated by it: whoever
    writes it makes the invitations with `masking.mask`."""
    return {
        "seed": found.seed,
        "masking": True,
        "team": [*found.team],
        "candidates": [one.as_value() for one in found.candidates],
    }


def _ranked(
    brief: Brief, pool: dict[str, Expert], order: Sequence[Candidate], in_team: int
) -> list[Ranked]:
    """Everybody who is not excluded: whoever is in the team with what she brings, each other with
    what put her below the one above."""
    ranked = []
    for rank, one in enumerate(order[:in_team], 1):
        why = _why(brief, pool[one.person], one)
        ranked.append(Ranked(one.person, rank, Verdict.TEAM, why))
    if not in_team and order:
        why = _why(brief, pool[order[0].person], order[0])
        ranked.append(Ranked(order[0].person, 1, Verdict.NEXT, why))
    for rank, (above, one) in enumerate(pairwise(order), 2):
        if rank > max(in_team, 1):
            verdict = Verdict.NEXT if rank == in_team + 1 else Verdict.LOWER
            ranked.append(Ranked(one.person, rank, verdict, (_why_lower(brief, above, one),)))
    return ranked


def _why(brief: Brief, expert: Expert, one: Candidate) -> tuple[Because, ...]:
    """What speaks for her, by the criteria in their order."""
    asked, province = brief.value.get("language"), brief.value.get("province")
    codes = [tag.code for tag in brief.to_cover if tag in one.brings and tag.name != "language"]
    found = [because(Reason.BRINGS, codes=", ".join(codes))]
    if asked is not None:
        mother = one.score.language == 2
        tongue = Reason.MOTHER_TONGUE if mother else Reason.WORKS_IN
        found.append(because(tongue, language=asked))
    if province is not None and province in expert.profile.get("provinces", ()):
        found.append(because(Reason.TRAVELS, province=province))
    if one.score.waited == NEVER:
        found.append(because(Reason.NEVER_DEPLOYED))
    else:
        found.append(because(Reason.WAITED, days=one.score.waited))
    return tuple(found)


def _why_lower(brief: Brief, above: Candidate, one: Candidate) -> Because:
    """The first criterion that put her below the one above. Where none did, the one above is of the
    team, which needs what she brings, or that she is of another organisation."""
    if one.score > above.score:
        return because(Reason.TEAM_NEEDS)
    criterion = next(
        name for name in Score._fields if getattr(one.score, name) != getattr(above.score, name)
    )
    match criterion:
        case "expertise":
            own, most = one.score.expertise, above.score.expertise
            return because(Reason.LESS_EXPERTISE, own=own, above=most)
        case "language":
            return because(Reason.LESS_LANGUAGE, language=brief.value["language"])
        case "region":
            return because(Reason.FARTHER)
        case "share":
            return because(Reason.LARGE_SHARE, organisation=one.organisation)
        case "waited":
            if above.score.waited == NEVER:
                return because(Reason.DEPLOYED_BEFORE, days=one.score.waited)
            own, most = one.score.waited, above.score.waited
            return because(Reason.DEPLOYED_LATER, own=own, above=most)
        case _:
            return because(Reason.BY_LOT)
