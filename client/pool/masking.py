"""What a candidate may be told of a brief: a combination of tags that fits several experts or
several briefs, so that nobody is known by it (PRACTICE.md 6.4, step 3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from client.pool.experts import LIMITS, Brief, Expert, Limits, Tag
from wire.payloads.matching import SPECIFIC

# Of equally rare tags the first is masked first: it tells most of a person.
MASKED_FIRST = ("language", "province", "form", "care", "competence", "registration", "discipline")
COMMON = {"nl", "en"}  # a language that is not told is none of these


@dataclass(frozen=True, slots=True)
class Masked:
    """kept: what is told, as the tags of invitation/1; masked: the names of tags that are not, in
    their order. A language that is masked is told as "specific" as long as that fits enough."""

    kept: Mapping[str, Any]
    masked: tuple[str, ...]


def mask(
    brief: Brief,
    experts: Iterable[Expert],
    briefs: Iterable[Brief],
    limits: Limits = LIMITS,
) -> Masked:
    """The rarest tag is masked first, until the rest fits as many active experts or briefs as
    limits.fits_at_least says. briefs: those that are open or recent, this one among them."""
    active = [one for one in experts if one.active and one.profile]
    asked, least = [one.value for one in briefs], limits.fits_at_least
    told = [*brief.tags]
    while told and max(_fits(told, active, asked)) < least:
        rarest = min(told, key=lambda tag: (*_rarity(tag, active, asked), told.index(tag)))
        where = told.index(rarest)
        unsaid = rarest.name == "language" and rarest.code not in {SPECIFIC, *COMMON}
        told[where : where + 1] = [Tag("language", SPECIFIC)] if unsaid else []
    return Masked(_record(told), _names({*brief.tags} - {*told}))


def _fits(
    told: Sequence[Tag], experts: Sequence[Expert], briefs: Sequence[Mapping[str, Any]]
) -> tuple[int, int]:
    """How many experts and how many briefs a combination fits."""
    return (
        sum(_fits_expert(told, one) for one in experts),
        sum(all(_fits_brief(tag, one) for tag in told) for one in briefs),
    )


def _fits_expert(told: Sequence[Tag], expert: Expert) -> bool:
    """Of several disciplines one is enough: a team shares them."""
    disciplines = {tag.code for tag in told if tag.name == "discipline"}
    others = (tag for tag in told if tag.name != "discipline")
    return (not disciplines or bool(disciplines & expert.disciplines)) and all(
        bool(expert.spoken - COMMON) if tag.code == SPECIFIC else expert.has(tag) for tag in others
    )


def _fits_brief(tag: Tag, value: Mapping[str, Any]) -> bool:
    if tag.name == "discipline":
        return tag.code in value["disciplines"]
    if tag.code == SPECIFIC:
        return value.get("language", "nl") not in COMMON
    return bool(value.get(tag.name) == tag.code)


def _rarity(
    tag: Tag, experts: Sequence[Expert], briefs: Sequence[Mapping[str, Any]]
) -> tuple[int, int]:
    return max(_fits([tag], experts, briefs)), MASKED_FIRST.index(tag.name)


def _record(told: Sequence[Tag]) -> dict[str, Any]:
    disciplines = [tag.code for tag in told if tag.name == "discipline"]
    others = {tag.name: tag.code for tag in told if tag.name != "discipline"}
    return ({"disciplines": disciplines} if disciplines else {}) | others


def _names(masked: Iterable[Tag]) -> tuple[str, ...]:
    names = {tag.name for tag in masked}
    return tuple(
        "disciplines" if name == "discipline" else name for name in MASKED_FIRST if name in names
    )
