"""The smallest team that covers a brief, and the best of those: exact (PRACTICE.md 6.3, step 3;
docs/adr/0014-a-team-by-exact-search.md), or why there is none.

A team is built up candidate by candidate. Of all teams that cover the same, have the same size and
stand alike with their organisations, the best alone is kept: scores are added, so whoever completes
it completes it best.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from client.pool.experts import Tag
from client.pool.reasons import Because, Reason, because
from client.pool.scoring import Score

ZERO = Score(0, 0, 0, 0, 0, 0)


class Candidate(NamedTuple):
    """An expert who is not excluded; brings: what of the brief she covers."""

    person: str
    organisation: str
    brings: frozenset[Tag]
    score: Score


class _Part(NamedTuple):
    """Some of a team. kept_to: the one organisation that it must not be wholly of, while it is."""

    covered: int
    kept_to: str | None


class _Best(NamedTuple):
    score: Score
    members: tuple[Candidate, ...]


def best_team(
    candidates: Iterable[Candidate], to_cover: Sequence[Tag], count: int
) -> tuple[Candidate, ...]:
    """The best of the smallest teams that bring all of `to_cover`, have at least `count` members
    and, unless it is one person, at least two organisations; best first. Empty if there is none."""
    ranked = sorted(candidates, key=_order, reverse=True)
    most = 0 if obstacles(ranked, to_cover, count) else len(ranked)
    teams = (_of_size(size, ranked, to_cover) for size in range(count, most + 1))
    return tuple(sorted(next(filter(None, teams), ()), key=_order, reverse=True))


def obstacles(
    candidates: Sequence[Candidate], to_cover: Sequence[Tag], count: int
) -> tuple[Because, ...]:
    """Why no team can be made; empty if one can. Without these a team there is: whoever is needed,
    then whoever is next, and one of another organisation."""
    brought = frozenset[Tag]().union(*(one.brings for one in candidates))
    found = [because(Reason.NOT_COVERED, code=tag.code) for tag in to_cover if tag not in brought]
    if len(candidates) < count:
        found.append(because(Reason.TOO_FEW, count=len(candidates), asked=count))
    organisations = {one.organisation for one in candidates}
    alone = count == 1 and any(one.brings >= {*to_cover} for one in candidates)
    if len(organisations) == 1 and not alone:
        found.append(because(Reason.ONE_ORGANISATION, organisation=organisations.pop()))
    return tuple(found)


def _order(one: Candidate) -> tuple[Score, str]:
    return one.score, one.person


def _of_size(
    size: int, ranked: Sequence[Candidate], to_cover: Sequence[Tag]
) -> tuple[Candidate, ...]:
    """The best team of this size; empty if there is none. Organisations of which a whole team was
    found are kept apart from there on: mostly none, or one."""
    bits = {tag: 1 << n for n, tag in enumerate(to_cover)}
    masks = {one.brings: sum(bits[tag] for tag in one.brings) for one in ranked}
    some = [(one, masks[one.brings]) for one in _worth_a_look(ranked, masks, size)]
    apart: frozenset[str] = frozenset()
    while True:
        team = _best(size, some, sum(bits.values()), apart)
        organisations = {one.organisation for one in team}
        if len(organisations) != 1 or size == 1:
            return team
        apart |= organisations


def _worth_a_look(
    ranked: Sequence[Candidate], masks: dict[frozenset[Tag], int], size: int
) -> list[Candidate]:
    """Of those who bring the same: as many of the best as a team has members, and the best who is
    of another organisation than the first. Any other member of a team can be exchanged for one of
    these, and the team is better (docs/adr/0014)."""
    alike = sorted(ranked, key=lambda one: masks[one.brings])  # stable: the best stays first
    found: list[Candidate] = []
    for _mask, group in groupby(alike, key=lambda one: masks[one.brings]):
        first, *others = group
        found += [first, *others[: size - 1]]
        elsewhere = (one for one in others if one.organisation != first.organisation)
        other = next(elsewhere, None)
        if other is not None and other not in found:
            found.append(other)
    return found


def _best(
    size: int, some: Sequence[tuple[Candidate, int]], whole: int, apart: frozenset[str]
) -> tuple[Candidate, ...]:
    """The best team of this size that covers the whole and is not wholly of one of `apart`."""
    by_size: list[dict[_Part, _Best]] = [{} for _ in range(size + 1)]
    for one, brings in some:
        of = one.organisation if one.organisation in apart else None
        for smaller, larger in reversed([*pairwise(by_size)]):
            for part, begun in smaller.items():
                grown = _Part(part.covered | brings, of if of == part.kept_to else None)
                _keep(larger, grown, _Best(_added(begun.score, one.score), (*begun.members, one)))
        _keep(by_size[1], _Part(brings, of), _Best(one.score, (one,)))
    best = by_size[size].get(_Part(whole, None))
    return best.members if best else ()


def _keep(parts: dict[_Part, _Best], part: _Part, best: _Best) -> None:
    if part not in parts or best.score > parts[part].score:
        parts[part] = best


def _added(one: Score, other: Score) -> Score:
    return Score(*map(sum, zip(one, other, strict=True)))
