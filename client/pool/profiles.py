"""The profile of an expert as the pool's coordinators read it: vetted until when, and what she
wrote of herself (TABLES.md S7)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from client.errors import NotPossible, Unreadable
from client.place.chain import Chain, Item
from client.pool.experts import Deployed, Expert
from client.session import Session
from client.why import Why
from domain.services.pool.common import EXPERTS
from domain.services.pool.profile import ACTIVE, LEFT, NOMINATED, OPENED, SUSPENDED
from domain.shapes import seconds_of
from domain.trust import Trust

DISCIPLINES = {"duidingsexpert": "duiding", "zorgexpert": "care"}


@dataclass(frozen=True, slots=True)
class Vetting:
    """The newest entry in which both checks were in order, as an invitation names it; until: as it
    stands there."""

    link: Mapping[str, str]
    until: str

    def counts(self, now: float) -> bool:
        """Whether it does at a unix time."""
        return seconds_of(self.until) > now


@dataclass(frozen=True, slots=True)
class Profile:
    """An expert's profile. person: of the expert, None before she is vetted or let in. words,
    availability: what was written last, None where nothing was."""

    chain: Chain
    person: str | None
    words: Mapping[str, Any] | None
    availability: Mapping[str, Any] | None
    vetting: Vetting | None

    @property
    def state(self) -> str:
        return self.chain.state.state


def profile_in(session: Session, chain: Chain) -> Profile:
    """The profile that a place holds. Raises Distrust, ServerRefused."""
    person = chain.state.facts.get("expert") or expert_there(chain, session.directory.newest)

    def said(kind: str) -> dict[str, Any] | None:
        """Of an expert by herself or a coordinator: another who stood here before is not her."""
        return newest_words(session, chain, kind, by=lambda one: _is_of(session, one, person))

    words, weeks = said("ProfileUpdated"), said("AvailabilityUpdated")
    return Profile(chain, person, words, weeks, _vetting(chain))


def _is_of(session: Session, item: Item, person: str | None) -> bool:
    author = session.directory.at(item.position).person_of(item.entry.header.author)
    return item.role not in EXPERTS or author == person


def expert_in(profile: Profile, trust: Trust, deployed: Iterable[Deployed]) -> Expert | None:
    """The expert as matching knows her; None for who is certified no more, or not vetted yet.
    deployed: what she does and did for cases."""
    listed = trust.roster.people.get(profile.person or "") if trust.roster else None
    if listed is None or profile.vetting is None:
        return None
    return Expert(
        person=listed.person,
        organisation=listed.organisation,
        disciplines=frozenset(DISCIPLINES[role] for role in listed.roles & EXPERTS),
        vetted_until=profile.chain.compartment.moments.get("vetted_until", 0),
        suspended=profile.state == SUSPENDED,
        active=profile.state == ACTIVE,
        profile=profile.words or {},
        availability=profile.availability or {},
        deployments=tuple(deployed),
    )


def counting(profiles: Iterable[Profile]) -> Profile | None:
    """Of the profiles of one person that by which she is in the pool: the newest. One in which she
    is suspended comes before: a supervisor ends that, and no new profile. One in which she was only
    nominated comes last."""
    return max(
        profiles,
        key=lambda one: (
            one.state == SUSPENDED,
            one.state not in (OPENED, NOMINATED),
            one.chain.items[0].position,
        ),
        default=None,
    )


def refuse_gone(profile: Profile | None, now: float) -> None:
    """Raises NotPossible for who is suspended, has left or is not vetted at a unix time: the rules
    of a deployment know her vetting as it was named when she was invited, and no more (TABLES.md
    S7)."""
    if profile is None or profile.state in (SUSPENDED, LEFT):
        raise NotPossible(Why.NOT_IN_POOL)
    if profile.vetting is None or not profile.vetting.counts(now):
        raise NotPossible(Why.NOT_VETTED)


def expert_there(chain: Chain, trust: Trust) -> str | None:
    """The person of the expert who stands in a place."""
    return next((trust.person_of(one.device) for one in chain.lines if one.role in EXPERTS), None)


def newest_words(
    session: Session, chain: Chain, kind: str, by: Callable[[Item], bool] = lambda _: True
) -> dict[str, Any] | None:
    """What was said last by a kind, as far as this device can open it. by: of which entries."""
    for item in reversed(chain.items):
        if item.entry.header.kind == kind and by(item) and chain.can_open(item):
            try:
                return session.open(chain, item)
            except (Unreadable, NotPossible):
                continue  # erased or off its schema: what was said before stands
    return None


def _vetting(chain: Chain) -> Vetting | None:
    """The newest, unless it says that something is not in order."""
    for item in reversed(chain.items):
        header, body = item.entry.header, item.entry.header.body
        if header.kind == "ExpertVetted":
            link = {"case": chain.case, "id": header.id, "hash": item.entry.hash}
            in_order = body["clearance"] and body["registration"]
            return Vetting(link, body["expires"]) if in_order else None
    return None
