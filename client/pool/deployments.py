"""A deployment as who asked and the coordinator read it: the brief, the shortlist, and how each
candidate answered (TABLES.md S7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from client.cases.casework import Casework, open_casework
from client.errors import NotPossible
from client.place.chain import Chain, Item
from client.place.names import type_of
from client.pool.experts import Brief, Deployed
from client.pool.profiles import newest_words
from client.session import Session
from client.why import Why
from domain.services.pool.common import EXPERTS
from domain.services.pool.deployment import DEPLOYMENT
from domain.shapes import seconds_of

INVITED = "ExpertInvited"
# What a candidate said, by the kind that says it; the last one counts.
ANSWERS = {
    INVITED: "invited",
    "InvitationReminded": "reminded",
    "InvitationDeclined": "declined",
    "ConflictDeclared": "conflict",
    "DeploymentAccepted": "accepted",
    "ConfidentialitySigned": "signed",
}
WAITING = frozenset({"invited", "reminded"})
EXPIRED, CONFIRMED, RELEASED = "no_answer", "confirmed", "released"
GONE = frozenset({"declined", "conflict", EXPIRED, RELEASED})  # the next one is asked


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who was invited. answer: one of ANSWERS' words, or no_answer, confirmed, released;
    invited_at, answer_by: unix times."""

    person: str
    chain: Chain
    answer: str
    invited_at: int
    answer_by: int

    @property
    def is_gone(self) -> bool:
        return self.answer in GONE


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, once. brief: match_brief/1. seed: of ties, the id of the request, which
    nobody chose who matches."""

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
        return self.item.entry.header.id

    def brief(self, now: int) -> Brief:
        return Brief(self.value, self.acute, self.count, now)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A case of the service `deployment`. work: the places in which this device stands."""

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

    def request(self) -> Request:
        """Raises NotPossible for a case in which nothing was asked, or cannot be read here."""
        pool = self.pool
        value = newest_words(self.session, pool, "MatchRequested")
        for item in pool.items if value is not None else ():
            if item.entry.header.kind == "MatchRequested":
                return Request(item, value)
        raise NotPossible(Why.NOTHING_OF_KIND, kinds="MatchRequested")

    def shortlist(self) -> dict[str, Any] | None:
        """The newest, shortlist/1."""
        return newest_words(self.session, self.pool, "ShortlistProposed")

    def candidates(self, now: float) -> list[Candidate]:
        """Those who were invited, by when they were invited last; as who asked there is nobody to
        be seen."""
        pool = self.pool
        confirmed, released = (_named(self.session, pool, kind) for kind in CONFIRMS)
        found = []
        for chain in self.work.chains("conflict"):
            one = _candidate(self.session, chain, now)
            if one is None:
                continue
            if one.person in confirmed and one.answer == "signed":
                gone = released.get(one.person, -1) > confirmed[one.person]
                one = _answered(one, RELEASED if gone else CONFIRMED)
            found.append(one)
        return sorted(found, key=lambda one: (one.invited_at, one.chain.name))


CONFIRMS = ("ExpertDeployed", "ExpertReleased")


def _answered(one: Candidate, answer: str) -> Candidate:
    return Candidate(one.person, one.chain, answer, one.invited_at, one.answer_by)


def _named(session: Session, pool: Chain, kind: str) -> dict[str, int]:
    """The persons whom entries of a kind name, each with the position of the last."""
    found = {}
    for item in pool.items:
        header = item.entry.header
        if header.kind == kind:
            person = session.directory.at(item.position).person_of(header.body["expert"])
            found[str(person)] = item.position
    return found


def _candidate(session: Session, chain: Chain, now: float) -> Candidate | None:
    answer, invited = "", None
    for item in chain.items:
        kind = item.entry.header.kind
        if kind in ANSWERS:
            answer = ANSWERS[kind]
            invited = item if kind == INVITED else invited
    person = expert_of(session, chain)
    if invited is None or person is None:
        return None
    answer_by = seconds_of(invited.entry.header.body["expires"])
    if answer in WAITING and answer_by <= now:
        answer = EXPIRED
    return Candidate(person, chain, answer, invited.entry.stored, answer_by)


def expert_of(session: Session, chain: Chain) -> str | None:
    """The person who is asked in a place."""
    trust = session.directory.newest
    experts = (trust.person_of(line.device) for line in chain.lines if line.role in EXPERTS)
    return next(experts, None)


def deployments(session: Session) -> Iterator[Deployment]:
    """Every deployment in which this device stands, in the order of their numbers."""
    cases = {row["case"] for row in session.work() if row["service"] == DEPLOYMENT.name}
    for case in sorted(cases):
        work = open_casework(session, case)
        if any(type_of(row["compartment"]) == "pool" for row in work.rows):
            yield Deployment(work)


def is_open(one: Deployment) -> bool:
    """Whether something was asked and not withdrawn."""
    kinds = {item.entry.header.kind for item in one.pool.items}
    return "MatchRequested" in kinds and "MatchWithdrawn" not in kinds


def served(session: Session, found: list[Deployment]) -> Mapping[str, list[Deployed]]:
    """Who was deployed from when to when, by person: of the deployments that this device holds."""
    by: dict[str, list[Deployed]] = {}
    for one in found:
        begun: dict[str, int] = {}
        for item in one.pool.items:
            header = item.entry.header
            if header.kind not in CONFIRMS:
                continue
            trust = session.directory.at(item.position)
            person = str(trust.person_of(header.body["expert"]))
            if header.kind == CONFIRMS[0]:
                begun[person] = item.entry.stored
            elif person in begun:
                by.setdefault(person, []).append(Deployed(begun.pop(person), item.entry.stored))
        for person, since in begun.items():
            by.setdefault(person, []).append(Deployed(since, None))
    return by
