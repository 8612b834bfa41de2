"""All that a coordinator's device holds of the pool: profiles, requests and how they went. A place
is read again only when something was written in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from client.errors import NotPossible
from client.place.chain import Chain
from client.place.names import type_of
from client.pool.deployments import (
    CONFLICT,
    DECLINED,
    EXPIRED,
    Asked,
    asked_in,
    candidates_in,
    served,
)
from client.pool.experts import LIMITS, Brief, Deployed, Expert
from client.pool.fairness import MatchRecord, Placed
from client.pool.profiles import Profile, counting, expert_in, profile_in, refuse_gone
from client.session import Session
from client.why import Why
from domain.services.pool.deployment import DEPLOYMENT
from domain.services.pool.profile import EXPERT_PROFILE

Row = dict[str, Any]
RECENT_DAYS = 365  # of the briefs that a combination of tags may fit (PRACTICE.md 6.4)
DAY = 86_400  # seconds


@dataclass
class Desk:
    """rows: of the work list, as they are when `look` was called last."""

    session: Session
    rows: list[Row] = field(default_factory=list)
    _read: dict[tuple[str, str], tuple[int, Chain]] = field(default_factory=dict)
    _asked: dict[str, Asked] = field(default_factory=dict)
    _profiles: dict[tuple[str, str], tuple[int, Profile]] = field(default_factory=dict)

    def look(self) -> "Desk":
        """As the server has it now. Raises Distrust, ServerRefused."""
        self.rows = self.session.work()
        return self

    # --- profiles ------------------------------------------------------------------------------

    def profiles(self) -> list[Profile]:
        """Every profile, by the number of its case. Raises Distrust, ServerRefused."""
        return [self._profile(row) for row in self._of(EXPERT_PROFILE.name, "profile")]

    def _profile(self, row: Row) -> Profile:
        key, position = (row["case"], row["compartment"]), row["position"]
        if self._profiles.get(key, (-1,))[0] != position:
            self._profiles[key] = (position, profile_in(self.session, self._chain(row)))
        return self._profiles[key][1]

    def experts(self) -> list[Expert]:
        """Everybody who was vetted and is certified, each once, as matching knows them."""
        trust = self.session.directory.newest
        deployed: dict[str, list[Deployed]] = {}
        for pool in self._pools():
            for one in served(pool, self.session.directory):
                deployed.setdefault(one.person, []).append(Deployed(one.confirmed, one.released))
        of_each: dict[str, list[Profile]] = {}
        for profile in self.profiles():
            of_each.setdefault(profile.person or "", []).append(profile)
        counted = ((person, counting(profiles)) for person, profiles in of_each.items())
        found = (expert_in(one, trust, deployed.get(who, ())) for who, one in counted if one)
        return [one for one in found if one is not None]

    def profile_of(self, person: str) -> Profile | None:
        """The profile of a person, the one that counts if she has several."""
        return counting(one for one in self.profiles() if one.person == person)

    def refuse_gone(self, person: str) -> None:
        """Raises NotPossible for who is not in the pool any more, or not vetted."""
        refuse_gone(self.profile_of(person), self.session.now())

    def refuse_busy(self, person: str) -> None:
        """Raises NotPossible for who serves as many cases as one expert may at a time (TABLES.md
        S7: the coordinator's client refuses, and no rule)."""
        for one in self.experts():
            if one.person == person and one.running >= LIMITS.concurrent:
                raise NotPossible(Why.TOO_BUSY, count=one.running)

    # --- deployments ---------------------------------------------------------------------------

    def briefs(self) -> list[Brief]:
        """What was asked for, of the last year."""
        now = self.session.now()
        since = now - RECENT_DAYS * DAY
        asked = (self._asked_in(pool) for pool in self._pools())
        return [one.brief(now) for one in asked if one and one.item.entry.stored >= since]

    def records(self, year: int, now: float) -> list[MatchRecord]:
        """How the matches went that were asked for in a year of UTC."""
        places: dict[str, list[Chain]] = {}
        found = []
        for pool in self._pools():
            asked = self._asked_in(pool)
            if asked is None or _year(asked.item.entry.stored) != year:
                continue
            if not places:
                for row in self._of(DEPLOYMENT.name, "conflict"):
                    places.setdefault(row["case"], []).append(self._chain(row))
            answers = [
                one.answer
                for one in candidates_in(self.session, pool, places.get(pool.case, ()), now)
            ]
            team = served(pool, self.session.directory)
            full = sorted(one.confirmed for one in team)[asked.count - 1 : asked.count]
            found.append(
                MatchRecord(
                    asked.item.entry.stored,
                    full[0] if full else None,
                    any(one.entry.header.kind == "MatchOverridden" for one in pool.items),
                    tuple(Placed(one.person, one.organisation) for one in team),
                    *(answers.count(one) for one in (DECLINED, CONFLICT, EXPIRED)),
                )
            )
        return found

    def _asked_in(self, pool: Chain) -> Asked | None:
        """What was asked for there: it is asked once."""
        if pool.case not in self._asked:
            asked = asked_in(self.session, pool)
            if asked is None:
                return None
            self._asked[pool.case] = asked
        return self._asked[pool.case]

    def _pools(self) -> Iterator[Chain]:
        return (self._chain(row) for row in self._of(DEPLOYMENT.name, "pool"))

    def _of(self, service: str, kind: str) -> list[Row]:
        found = {
            (row["case"], row["compartment"]): row
            for row in self.rows
            if row["service"] == service and type_of(row["compartment"]) == kind
        }
        return [found[key] for key in sorted(found)]

    def _chain(self, row: Row) -> Chain:
        """A place as it was at the position of its row."""
        key = (row["case"], row["compartment"])
        known = self._read.get(key)
        if known is None or known[0] != row["position"]:
            chain = self.session.read(*key)
            if chain is None:
                raise NotPossible(Why.OUT_OF_CASE)
            known = self._read[key] = (row["position"], chain)
        return known[1]


def _year(moment: int) -> int:
    return datetime.fromtimestamp(moment, UTC).year
