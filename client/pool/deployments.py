"""A deployment as who asked and the coordinators read it: what was asked, whom the shortlist names,
and how each candidate answered (TABLES.md S7)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from client.cases.casework import Casework
from client.errors import NotPossible
from client.place.chain import Chain, Item
from client.pool.experts import Brief
from client.pool.profiles import expert_there, newest_words
from client.server.directory import Directory
from client.session import Session
from client.why import Why
from domain.shapes import seconds_of

REQUESTED, INVITED, DEPLOYED = "MatchRequested", "ExpertInvited", "ExpertDeployed"
# What a candidate said, by the kind that says it; the last one counts.
ANSWERS = {
    INVITED: "invited",
    "InvitationReminded": "reminded",
    "InvitationLapsed": "no_answer",
    "InvitationDeclined": "declined",
    "ConflictDeclared": "conflict",
    "DeploymentAccepted": "accepted",
    "ConfidentialitySigned": "signed",
}
WAITING = frozenset({"invited", "reminded"})
DECLINED, CONFLICT, EXPIRED = "declined", "conflict", "no_answer"
CONFIRMED, RELEASED = "confirmed", "released"
GONE = frozenset({DECLINED, CONFLICT, EXPIRED, RELEASED})  # the next one is asked


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. value: match_brief/1."""

    item: Item
    value: dict[str, Any]

    @property
    def acute(self) -> bool:
        return bool(self.item.entry.header.body["acute"])

    @property
    def count(self) -> int:
        return int(self.item.entry.header.body["count"])

    @property
    def seed(self) -> str:
        """Of the lots that are drawn between equals: an id that whoever matches did not choose."""
        return self.item.entry.header.id

    def brief(self, now: int) -> Brief:
        return Brief(self.value, self.acute, self.count, now)


def asked_in(session: Session, pool: Chain) -> Asked | None:
    """None where nothing was asked, or it cannot be read here."""
    value = newest_words(session, pool, REQUESTED)
    kinds = (item for item in pool.items if item.entry.header.kind == REQUESTED)
    return None if value is None else Asked(next(kinds), value)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who was invited in a place of her own. answer: one of ANSWERS' words, or no_answer,
    confirmed, released. invited_at, answer_by: unix times."""

    person: str
    chain: Chain
    answer: str
    invited_at: int
    answer_by: int

    @property
    def is_gone(self) -> bool:
        return self.answer in GONE

    @property
    def is_ready(self) -> bool:
        """Whether she said yes and signed, and nobody confirmed it yet."""
        return self.answer == "signed"


def candidates_in(
    session: Session, pool: Chain, places: Iterable[Chain], now: float
) -> list[Candidate]:
    """Those who were invited, in that order. places: of the invitations."""
    named = served(pool, session.directory)
    confirmed = {one.person: one for one in named}
    found = []
    for chain in places:
        one = _candidate(session, chain, now)
        if one is not None and one.person in confirmed:
            # A decline after it counts no more than it did for the rules: she is deployed.
            ended = confirmed[one.person].released is not None
            one = replace(one, answer=RELEASED if ended else CONFIRMED)
        found += [one] if one is not None else []
    return sorted(found, key=lambda one: (one.invited_at, one.chain.name))


def _candidate(session: Session, chain: Chain, now: float) -> Candidate | None:
    said = [item for item in chain.items if item.entry.header.kind in ANSWERS]
    invited = [item for item in said if item.entry.header.kind == INVITED]
    person = expert_there(chain, session.directory.newest)
    if not invited or person is None:
        return None
    # That an invitation has ended is said of a no as well: the no is what was answered.
    answers = [ANSWERS[item.entry.header.kind] for item in said]
    answer = answers[-2] if answers[-1] == EXPIRED and answers[-2] not in WAITING else answers[-1]
    answer_by = seconds_of(invited[-1].entry.header.body["expires"])
    if answer in WAITING and answer_by <= now:
        answer = EXPIRED
    return Candidate(person, chain, answer, invited[0].entry.stored, answer_by)


@dataclass(frozen=True, slots=True)
class Served:
    """Somebody who was confirmed, and when; released: when that ended. Unix times."""

    person: str
    organisation: str
    confirmed: int
    released: int | None = None


def served(pool: Chain, directory: Directory) -> list[Served]:
    """Who was confirmed in a deployment, the last time of each."""
    found: dict[str, Served] = {}
    for item, kind, expert in _named(pool):
        person = directory.at(item.position).person(expert)
        if person is None:
            continue  # no rule lets a device in no roster be named
        if kind == DEPLOYED:
            found[person.person] = Served(person.person, person.organisation, item.entry.stored)
        elif person.person in found:
            found[person.person] = replace(found[person.person], released=item.entry.stored)
    return [*found.values()]


def _named(pool: Chain) -> Iterator[tuple[Item, str, str]]:
    for item in pool.items:
        header = item.entry.header
        if header.kind in (DEPLOYED, "ExpertReleased"):
            yield item, header.kind, header.body["expert"]


@dataclass(frozen=True, slots=True)
class Deployment:
    """A case of this service. work: the places in which this device stands."""

    work: Casework

    @property
    def session(self) -> Session:
        return self.work.session

    @property
    def pool(self) -> Chain:
        """Where it was asked for. Raises NotPossible."""
        found = next(self.work.chains("pool"), None)
        if found is None:
            raise NotPossible(Why.IN_NO_SUCH_PLACE, kind="pool")
        return found

    def asked(self) -> Asked:
        """Raises NotPossible where nothing was asked, or it cannot be read here."""
        found = asked_in(self.session, self.pool)
        if found is None:
            raise NotPossible(Why.NOTHING_OF_KIND, kinds=REQUESTED)
        return found

    def shortlist(self) -> dict[str, Any] | None:
        """The newest, shortlist/1."""
        return newest_words(self.session, self.pool, "ShortlistProposed")

    def candidates(self, now: float) -> list[Candidate]:
        """Those who were invited; who asked sees none of them."""
        return candidates_in(self.session, self.pool, self.work.chains("conflict"), now)
