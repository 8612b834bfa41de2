"""What a coordinator does with a match: propose a shortlist, invite candidates one by one, each in
a place of her own, and confirm who accepted (TABLES.md S7, PRACTICE.md 6.4)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from client.cases.casework import listed
from client.cases.charge import lines_of
from client.cases.consultation import payload
from client.errors import NotPossible
from client.place.chain import Chain, Item
from client.pool.deployments import (
    CONFIRMED,
    CONFLICT,
    DECLINED,
    EXPIRED,
    Candidate,
    Deployment,
)
from client.pool.masking import Masked
from client.pool.match import Match, shortlist_of
from client.pool.profiles import Profile, expert_there, refuse_gone
from client.server.directory import whose
from client.why import Why
from domain.entry import Line
from domain.services.pool.common import COORDINATOR, EXPERTS
from domain.services.pool.deployment_states import REQUESTERS
from wire.header import minute_of

# SERVICES.md 2.7: two working days; four hours for all that is acute, the next one asked included.
ACUTE_MINUTES, ANSWER_DAYS = 45, 2
SATURDAY = 5
AUTHOR, CONFIRMATION = "author", "ConfirmationTold"
TOLD = ("from_week", "weeks", "hours")  # of the brief, beside its tags


def propose_shortlist(one: Deployment, found: Match) -> None:
    """Put a match before the other coordinators and who asked: without those who are excluded, for
    why somebody is (suspended, opted out) is for coordinators alone, who can match again. Raises as
    `Session.write`."""
    told = shortlist_of(found)
    told["candidates"] = [each for each in told["candidates"] if each["rank"] is not None]
    value = payload("shortlist/1", **told)
    body = {"size": len(value["candidates"])}
    one.session.write(one.pool, "ShortlistProposed", body, value)


def answer_by(now: int, *, acute: bool) -> int:
    """Until when an invitation waits, in unix time. Office hours are the server's to count: here
    Saturday and Sunday are no working days, and every other day is one."""
    if acute:
        return now + ACUTE_MINUTES * 60
    until, days = datetime.fromtimestamp(now, UTC), ANSWER_DAYS
    while days:
        until += timedelta(days=1)
        days -= until.weekday() < SATURDAY
    return int(until.timestamp())


def invite(one: Deployment, profile: Profile, told: Masked, until: int) -> Chain:
    """Invite an expert, in a place that no other candidate sees. told: what she is told of the
    brief. until: by when she answers, in unix time; half way she may be reminded. Doing it again
    finishes what was cut short.

    Raises NotPossible for who is not vetted, suspended or gone, EpochMoved, ServerRefused,
    Distrust.
    """
    session, asked = one.session, one.asked()
    now = session.now()
    refuse_gone(profile, now)
    vetting = profile.vetting
    if profile.person is None or vetting is None:
        raise NotPossible(Why.NOT_VETTED)
    body = {
        "profile": dict(vetting.link),
        "vetted_until": vetting.until,
        "remind": minute_of((now + until) // 2),
        "expires": minute_of(until),
    }
    chain = place_of(one, profile.person) or _open_for(one, profile.person)
    value = payload(
        "invitation/1",
        tags=dict(told.kept),
        masked=[*told.masked],
        acute=asked.acute,
        **{name: asked.value[name] for name in TOLD},
    )
    session.write(chain, "ExpertInvited", body, value)
    return chain


def lapse(one: Deployment, now: float) -> None:
    """Note of whom no answer is waited for any more: who said no, and who has not answered in time.
    Raises as `Session.write`."""
    for each in one.candidates(now):
        place = each.chain.compartment
        silent = each.answer == EXPIRED and "answer_by" in place.moments
        if silent or (each.answer in (DECLINED, CONFLICT) and place.waits_for in COORDINATOR):
            one.session.write(each.chain, "InvitationLapsed", {})


def place_of(one: Deployment, person: str) -> Chain | None:
    """The place in which somebody was or is asked."""
    trust = one.session.directory.newest
    chains = one.work.chains("conflict")
    return next((chain for chain in chains if expert_there(chain, trust) == person), None)


def _open_for(one: Deployment, person: str) -> Chain:
    """With all devices of the expert, in one role, and the other coordinators."""
    trust = one.session.directory.refresh()
    hers: list[Line] = []
    for role in sorted(EXPERTS):
        hers = hers or [*lines_of(trust, {person}, role)]
    if not hers:
        raise NotPossible(Why.NO_HOLDER, role=" or ".join(sorted(EXPERTS)))
    office = listed(trust, sorted(COORDINATOR))
    others = [line for line in office if trust.person_of(line.device) != person]
    return one.work.open("conflict", beside=(*hers, *others))


def confirm_candidate(one: Deployment, candidate: Candidate, role: str = AUTHOR) -> bool:
    """Confirm an expert who accepted and signed; where the child protection board asked, propose
    her to it, who confirms: once. role: author or reviewer. Whether anything was written. Raises as
    `Session.write`."""
    accepted = _acceptance(candidate.chain).entry
    device = next(line.device for line in candidate.chain.lines if line.role in EXPERTS)
    link = {"case": candidate.chain.case, "id": accepted.header.id, "hash": accepted.hash}
    if one.pool.state.facts.get("requester_role") == "lat_coordinator":
        if link in _named(one, "ExpertProposed"):
            return False
        one.session.write(one.pool, "ExpertProposed", {"expert": device, "match": link})
    else:
        _deploy(one, device, link, role)
    return True


def _named(one: Deployment, kind: str) -> list[Mapping[str, str]]:
    """The acceptances that entries of a kind name."""
    entries = (item.entry.header for item in one.pool.items)
    return [header.body["match"] for header in entries if header.kind == kind]


def tell_confirmed(one: Deployment, now: float) -> list[str]:
    """Tell those who are confirmed, each in her own place, once; their persons. Raises as
    `Session.write`."""
    told = []
    for each in one.candidates(now):
        before = any(item.entry.header.kind == CONFIRMATION for item in each.chain.items)
        if each.answer == CONFIRMED and not before:
            one.session.write(each.chain, CONFIRMATION, {})
            told.append(each.person)
    return told


def confirm_proposed(one: Deployment, role: str = AUTHOR) -> list[str]:
    """As the coordinator of the child protection board: confirm whom the pool proposed and nobody
    confirmed yet; their persons. Raises as `Session.write`."""
    bodies = [(item.entry.header.kind, item.entry.header.body) for item in one.pool.items]
    done, found = _named(one, "ExpertDeployed"), []
    for kind, body in bodies:
        if kind == "ExpertProposed" and body["match"] not in done:
            _deploy(one, body["expert"], body["match"], role)
            found.append(whose(one.session.directory.newest, body["expert"]))
    return found


def _deploy(one: Deployment, device: str, link: Mapping[str, str], role: str) -> None:
    body: dict[str, Any] = {
        "expert": device,
        "as": role,
        "match": dict(link),
        "proposal": None,
        "for": asks(one).device,
    }
    one.session.write(one.pool, "ExpertDeployed", body)


def asks(one: Deployment) -> Line:
    """For whom it is confirmed: who asked, or who stands there in that role now. Raises
    NotPossible."""
    author = one.asked().item.entry.header.author
    here = [line for line in one.pool.lines if line.role in REQUESTERS]
    if not here:
        raise NotPossible(Why.NO_HOLDER, role=" or ".join(REQUESTERS))
    return next((line for line in here if line.device == author), here[0])


def _acceptance(chain: Chain) -> Item:
    """Raises NotPossible where nobody accepted."""
    for item in reversed(chain.items):
        if item.entry.header.kind == "DeploymentAccepted":
            return item
    raise NotPossible(Why.NOTHING_OF_KIND, kinds="DeploymentAccepted")


def next_to_invite(one: Deployment, now: float) -> list[str]:
    """The persons to be invited next, in the order of the shortlist: so many that with those who
    wait or said yes the team is complete. Raises NotPossible without a shortlist."""
    proposed = one.shortlist()
    if proposed is None:
        raise NotPossible(Why.NOTHING_OF_KIND, kinds="ShortlistProposed")
    asked = one.candidates(now)
    places = max(one.asked().count, len(proposed["team"]))
    free = places - sum(not each.is_gone for each in asked)
    known = {each.person for each in asked}
    ranked = [each for each in proposed["candidates"] if each["rank"] is not None]
    order = [each["person"] for each in sorted(ranked, key=lambda each: int(each["rank"]))]
    return [person for person in order if person not in known][: max(free, 0)]
