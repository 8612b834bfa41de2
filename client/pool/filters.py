"""Who cannot be deployed on a brief, with every reason for it, and what the others bring to a team:
the hard filters of PRACTICE.md 6.2. Who of them is to be preferred is not here.

An expert has to bring some of the expertise that is asked of her discipline; that all of it is
brought, and by both disciplines where both are asked, is asked of the team (6.3, 3).
"""

from collections.abc import Iterator

from client.pool.experts import Brief, Expert, Limits, Tag, day_of
from client.pool.reasons import Because, Reason, because

EXPERTISE = {
    "form": Reason.NO_FORM,
    "competence": Reason.NO_COMPETENCE,
    "care": Reason.NO_CARE,
}


def exclusions(expert: Expert, brief: Brief, limits: Limits) -> tuple[Because, ...]:
    """Every reason why she cannot be deployed; empty if she can."""
    return (*_of_herself(expert, brief, limits), *_of_her_profile(expert, brief))


def covers(expert: Expert, brief: Brief) -> frozenset[Tag]:
    """What of the brief an expert who is not excluded brings to a team."""
    serves = [one for one in brief.disciplines if not _lacks(expert, brief, one)]
    return frozenset(
        tag
        for tag in brief.to_cover
        if expert.has(tag) and not {*serves}.isdisjoint(brief.asked_of(tag))
    )


def _of_herself(expert: Expert, brief: Brief, limits: Limits) -> Iterator[Because]:
    if not expert.active:
        yield because(Reason.NOT_ACTIVE)
    if expert.suspended:
        yield because(Reason.SUSPENDED)
    # It is renewed while a deployment runs, and has to hold when it begins.
    vetted = day_of(expert.vetted_until)
    if expert.vetted_until <= brief.now or vetted <= brief.begins:
        yield because(Reason.VETTING_ENDS, day=vetted.isoformat())
    running = sum(one.ended is None or one.ended > brief.now for one in expert.deployments)
    if running >= limits.concurrent:
        yield because(Reason.TOO_MANY_DEPLOYMENTS, count=running, most=limits.concurrent)
    barred = brief.value.get("not_from", ())
    if expert.organisation in barred:
        yield because(Reason.OWN_ORGANISATION, organisation=expert.organisation)
    for organisation in expert.profile.get("organisations", ()):
        if organisation in barred and organisation != expert.organisation:
            yield because(Reason.OTHER_ORGANISATION, organisation=organisation)


def _of_her_profile(expert: Expert, brief: Brief) -> Iterator[Because]:
    profile, asks = expert.profile, brief.value
    if not profile:
        yield because(Reason.NO_PROFILE)
        return
    yield from _of_expertise(expert, brief)
    if "language" in asks and asks["language"] not in expert.spoken:
        yield because(Reason.NO_LANGUAGE, language=asks["language"])
    free = {*expert.availability.get("weeks", ())}
    if taken := [week for week in brief.weeks if week not in free]:
        yield because(Reason.UNAVAILABLE, weeks=", ".join(taken))
    if profile["hours"] < asks["hours"]:
        yield because(Reason.FEW_HOURS, hours=profile["hours"], asked=asks["hours"])
    if brief.acute and not expert.availability.get("acute", False):
        yield because(Reason.NOT_ON_CALL)
    opted_out = profile.get("opt_outs", ())
    if asks["on_site"] and "home_visits" in opted_out:
        yield because(Reason.NO_VISITS)
    if asks.get("form") in opted_out:
        yield because(Reason.OPTED_OUT, form=asks["form"])
    if "province" in asks and asks["province"] == profile["residence"]:
        yield because(Reason.LIVES_THERE, province=asks["province"])


def _of_expertise(expert: Expert, brief: Brief) -> Iterator[Because]:
    hers = [one for one in brief.disciplines if one in expert.disciplines]
    if not hers:
        yield because(Reason.NO_DISCIPLINE, disciplines=", ".join(brief.disciplines))
        return
    lacks = [_lacks(expert, brief, one) for one in hers]
    if all(lacks):
        # Each once: what is asked of both disciplines is lacked twice.
        yield from {
            (one.reason, *one.facts.items()): one for some in lacks for one in some
        }.values()


def _lacks(expert: Expert, brief: Brief, discipline: str) -> list[Because]:
    """Why she cannot serve for a discipline that is asked; empty if she can."""
    if discipline not in expert.disciplines:
        return [because(Reason.NO_DISCIPLINE, disciplines=discipline)]
    asked = [tag for tag in brief.to_cover if discipline in brief.asked_of(tag)]
    expertise = [tag for tag in asked if tag.name in EXPERTISE]
    found = []
    if expertise and not any(expert.has(tag) for tag in expertise):
        found = [because(EXPERTISE[tag.name], **{tag.name: tag.code}) for tag in expertise]
    for tag in asked:
        if tag.name == "registration":
            last = expert.registered_until(tag.code)
            if last is None:
                found.append(because(Reason.NO_REGISTRATION, registration=tag.code))
            elif last < brief.ends:
                day = last.isoformat()
                found.append(because(Reason.REGISTRATION_ENDS, registration=tag.code, day=day))
    return found
