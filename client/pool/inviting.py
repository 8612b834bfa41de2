"""What a coordinator does with a match: propose a shortlist, invite candidates one by one, each in a
place of her own, and confirm who accepted (TABLES.md S7, PRACTICE.md 6.4)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from client.cases.casework import listed
from client.cases.charge import lines_of
from client.cases.consultation import payload
from client.errors import NotPossible
from client.place.chain import Chain, Item
from client.pool.deployments import Candidate, Deployment, deployments, expert_of, is_open, served
from client.pool.experts import Expert
from client.pool.masking import Masked, mask
from client.pool.match import Match
from client.pool.profiles import Profile, expert_in, is_vetted, profiles
from client.server.directory import whose
from client.session import Session
from client.why import Why
from domain.entry import Line
from domain.services.pool.common import COORDINATOR, EXPERTS
from domain.services.pool.deployment_rows import REQUESTERS
from wire.header import minute_of

ACUTE_MINUTES, ANSWER_DAYS = 45, 2  # SERVICES.md 2.7: two working days; acute within the four hours
SATURDAY = 5


def pool_of(session: Session) -> tuple[list[Profile], list[Deployment], list[Expert]]:
    """All that this coordinator can match with: profiles, deployments, and the experts of both."""
    read, asked = profiles(session), list(deployments(session))
    done = served(session, asked)
    found = (expert_in(session, one, done.get(one.person or "", ())) for one in read)
    return read, asked, [one for one in found if one is not None]


def masked(one: Deployment, experts: Sequence[Expert], asked: Sequence[Deployment]) -> Masked:
    """What candidates are told of a brief: tags that fit too few are kept back."""
    now = one.session.now()
    briefs = [each.request().brief(now) for each in asked if is_open(each)]
    return mask(one.request().brief(now), experts, briefs)


def propose_shortlist(one: Deployment, value: Mapping[str, Any]) -> None:
    """Put a shortlist before the coordinators and who asked. value: shortlist/1. Raises as
    `Casework.write`."""
    body = {"size": len(value["candidates"])}
    one.session.write(one.pool, "ShortlistProposed", body, payload("shortlist/1", **value))


def shortlist_of(match: Match) -> dict[str, Any]:
    """The contents of shortlist/1."""
    return {
        "seed": match.seed,
        "masking": True,
        "team": [*match.team],
        "candidates": [one.as_value() for one in match.candidates],
    }


def answer_times(now: int, acute: bool) -> tuple[int, int]:
    """Until when an invitation waits, and when it is reminded of: half way. In unix time."""
    if acute:
        return now + ACUTE_MINUTES * 60, now + ACUTE_MINUTES * 30
    until, days = datetime.fromtimestamp(now, UTC), ANSWER_DAYS
    while days:
        until += timedelta(days=1)
        days -= until.weekday() < SATURDAY
    ends = int(until.timestamp())
    return ends, (now + ends) // 2


def invite(one: Deployment, profile: Profile, told: Masked, answer_by: int | None = None) -> Chain:
    """Invite an expert, in a place that no other candidate sees. told: what she is told of the
    brief. answer_by: until when, in unix time. Doing it again finishes what was cut short, and
    invites nobody twice.

    Raises NotPossible for who is not vetted, EpochMoved, ServerRefused, Distrust.
    """
    session, now, request = one.session, one.session.now(), one.request()
    if profile.person is None or profile.vetting is None or not is_vetted(profile, now):
        raise NotPossible(Why.NOT_VETTED)
    expires, remind = answer_times(now, request.acute)
    if answer_by is not None:
        expires, remind = answer_by, (now + answer_by) // 2
    chain = asked_in(one, profile.person) or _open_for(one, profile.person)
    body = {
        "profile": dict(profile.vetting.link),
        "vetted_until": profile.vetting.until,
        "remind": minute_of(remind),
        "expires": minute_of(expires),
    }
    kept = request.value
    value = payload(
        "invitation/1",
        tags=dict(told.kept),
        masked=[*told.masked],
        from_week=kept["from_week"],
        weeks=kept["weeks"],
        hours=kept["hours"],
        acute=request.acute,
    )
    session.write(chain, "ExpertInvited", body, value)
    return chain


def asked_in(one: Deployment, person: str) -> Chain | None:
    """The place in which somebody was or is asked."""
    chains = one.work.chains("conflict")
    return next((chain for chain in chains if expert_of(one.session, chain) == person), None)


def _open_for(one: Deployment, person: str) -> Chain:
    trust = one.session.directory.refresh()
    hers = [line for role in sorted(EXPERTS) for line in lines_of(trust, {person}, role)]
    if not hers:
        raise NotPossible(Why.NOBODY_LISTED)
    # One role each: who is certified as both is asked in the first.
    lines = {line.device: line for line in reversed(hers)}
    office = listed(trust, sorted(COORDINATOR))
    others = [line for line in office if trust.person_of(line.device) != person]
    return one.work.open("conflict", beside=(*lines.values(), *others))


def confirm(one: Deployment, candidate: Candidate, role: str = "author") -> None:
    """Confirm an expert who accepted and signed; where the child protection board asked, propose
    her to it. role: author or reviewer. Raises as `Session.write`."""
    accepted = _acceptance(candidate.chain)
    device = next(line.device for line in candidate.chain.lines if line.role in EXPERTS)
    link = {
        "case": candidate.chain.case,
        "id": accepted.entry.header.id,
        "hash": accepted.entry.hash,
    }
    asking = one.pool.state.facts.get("requester_role")
    if asking == "lat_coordinator":
        one.session.write(one.pool, "ExpertProposed", {"expert": device, "match": link})
        return
    deploy(one, device, link, role)


def deploy(one: Deployment, device: str, link: Mapping[str, str], role: str) -> None:
    """Write the confirmation itself. link: of her acceptance. Raises as `Session.write`."""
    body = {
        "expert": device,
        "as": role,
        "match": dict(link),
        "proposal": None,
        "for": asked_by(one).device,
    }
    one.session.write(one.pool, "ExpertDeployed", body)


def confirm_proposed(one: Deployment, role: str = "author") -> list[str]:
    """As the coordinator of the child protection board: confirm whom the pool proposed and was not
    confirmed yet; their persons. Raises as `Session.write`."""
    directory = one.session.directory
    done = {
        item.entry.header.body["match"]["id"]
        for item in one.pool.items
        if item.entry.header.kind == "ExpertDeployed"
    }
    found = []
    for item in [*one.pool.items]:
        body = item.entry.header.body
        if item.entry.header.kind == "ExpertProposed" and body["match"]["id"] not in done:
            deploy(one, body["expert"], body["match"], role)
            found.append(whose(directory.newest, body["expert"]))
    return found


def asked_by(one: Deployment) -> Line:
    """For whom it is confirmed: who asked, or who stands there in the same role now. Raises
    NotPossible."""
    requested = one.request().item
    here = [line for line in one.pool.lines if line.role in REQUESTERS]
    own = [line for line in here if line.device == requested.entry.header.author]
    if not here:
        raise NotPossible(Why.NOBODY_LISTED)
    return (own or here)[0]


def _acceptance(chain: Chain) -> Item:
    """Raises NotPossible where nobody accepted."""
    for item in reversed(chain.items):
        if item.entry.header.kind == "DeploymentAccepted":
            return item
    raise NotPossible(Why.NOTHING_OF_KIND, kinds="DeploymentAccepted")


def next_to_invite(one: Deployment, now: float) -> list[str]:
    """The persons to be invited next, in the order of the shortlist: so many that with those who
    wait or said yes the team is complete."""
    proposed = one.shortlist()
    if proposed is None:
        raise NotPossible(Why.NOTHING_OF_KIND, kinds="ShortlistProposed")
    asked = one.candidates(now)
    free = one.request().count if len(proposed["team"]) == 0 else len(proposed["team"])
    free -= sum(not each.is_gone for each in asked)
    before = {each.person for each in asked}
    ranked = sorted(
        (each for each in proposed["candidates"] if each["rank"] is not None),
        key=lambda each: each["rank"],
    )
    return [each["person"] for each in ranked if each["person"] not in before][: max(free, 0)]
