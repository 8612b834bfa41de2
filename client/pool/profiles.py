"""The profiles of the pool as its coordinator reads them: who is an expert, vetted until when, and
what she wrote of herself (TABLES.md S7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from client.errors import NotPossible, Unreadable
from client.place.chain import Chain
from client.place.names import type_of
from client.pool.experts import Deployed, Expert
from client.session import Session
from domain.services.pool.common import EXPERTS
from domain.services.pool.profile import ACTIVE, EXPERT_PROFILE, SUSPENDED
from domain.shapes import seconds_of

DISCIPLINES = {"duidingsexpert": "duiding", "zorgexpert": "care"}


@dataclass(frozen=True, slots=True)
class Vetting:
    """The newest entry in which both checks were in order, as an invitation names it; until: as it
    stands there."""

    link: Mapping[str, str]
    until: str


@dataclass(frozen=True, slots=True)
class Profile:
    """An expert's profile. person: of the expert, None before she is vetted or let in. words,
    availability: what she wrote last, None where she wrote nothing."""

    chain: Chain
    person: str | None
    words: Mapping[str, Any] | None
    availability: Mapping[str, Any] | None
    vetting: Vetting | None

    @property
    def state(self) -> str:
        return self.chain.state.state


def profiles(session: Session) -> list[Profile]:
    """Every profile in which this device stands, by their case's number. Raises Distrust,
    ServerRefused."""
    rows = sorted(
        {
            (row["case"], row["compartment"])
            for row in session.work()
            if row["service"] == EXPERT_PROFILE.name and type_of(row["compartment"]) == "profile"
        }
    )
    read = (session.read(case, compartment) for case, compartment in rows)
    return [profile_in(session, chain) for chain in read if chain is not None]


def profile_in(session: Session, chain: Chain) -> Profile:
    """The profile that a place holds. Raises Distrust, ServerRefused."""
    trust = session.directory.newest
    stands = (trust.person_of(line.device) for line in chain.lines if line.role in EXPERTS)
    person = chain.state.facts.get("expert") or next(iter(stands), None)
    return Profile(
        chain,
        person,
        newest_words(session, chain, "ProfileUpdated"),
        newest_words(session, chain, "AvailabilityUpdated"),
        _vetting(chain),
    )


def expert_in(session: Session, profile: Profile, deployed: Iterable[Deployed]) -> Expert | None:
    """The expert as matching knows her; None for who is not vetted, certified or told of yet.
    deployed: what she does and did for cases."""
    trust = session.directory.newest
    listed = trust.roster.people.get(profile.person or "") if trust.roster else None
    if listed is None or profile.vetting is None or profile.words is None:
        return None
    state, until = profile.state, profile.chain.compartment.moments.get("vetted_until", 0)
    return Expert(
        person=listed.person,
        organisation=listed.organisation,
        disciplines=frozenset(DISCIPLINES[role] for role in listed.roles & EXPERTS),
        vetted_until=until,
        suspended=state == SUSPENDED,
        active=state == ACTIVE,
        profile=profile.words,
        availability=profile.availability or {},
        deployments=tuple(deployed),
    )


def newest_words(session: Session, chain: Chain, *kinds: str) -> dict[str, Any] | None:
    """What was said last by one of these kinds, as far as this device can open it."""
    for item in reversed(chain.items):
        if item.entry.header.kind in kinds and chain.can_open(item):
            try:
                return session.open(chain, item)
            except (Unreadable, NotPossible):
                continue  # erased or off its schema: what was said before stands
    return None


def _vetting(chain: Chain) -> Vetting | None:
    for item in reversed(chain.items):
        header = item.entry.header
        if header.kind != "ExpertVetted":
            continue
        body = header.body
        if not (body["clearance"] and body["registration"]):
            return None
        link = {"case": chain.case, "id": header.id, "hash": item.entry.hash}
        return Vetting(link, body["expires"])
    return None


def is_vetted(profile: Profile, now: float) -> bool:
    """Whether an invitation may name her vetting at a unix time."""
    return profile.vetting is not None and seconds_of(profile.vetting.until) > now
