"""`zegel deployment candidates, invite`: who is asked, each in a place of her own."""

import time
from typing import Any

import click

from cli.home.folder import device_session
from cli.pool.reading import CASE, deployment, named, people, whom
from cli.screen.show import clock_time, local_time, print_json, say
from cli.screen.spoken import JSON, command
from cli.screen.terminal import paged, table
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name
from cli.sentences.worked_out import ANSWERS
from client.cases.consultation import payload
from client.pool import inviting
from client.pool.deployments import Candidate
from client.pool.desk import Desk
from client.pool.masking import mask
from client.pool.profiles import Profile, refuse_gone
from client.session import Session


@command("candidates")
@CASE
@JSON
def candidates(case: str, as_json: bool) -> None:
    """Who was invited and how they answered, and who is next."""
    session = device_session()
    one, now = deployment(session, case), time.time()
    found = one.candidates(now)
    following = inviting.next_to_invite(one, now) if one.shortlist() else []
    if as_json:
        rows = [_fields(each) for each in found]
        print_json({"case": one.work.case, "candidates": rows, "next": following})
        return
    with paged():
        table(
            _("Candidates"),
            [_("expert"), _("answer"), _("invited"), _("answer by")],
            [
                [
                    named(session, each.person),
                    _(ANSWERS[each.answer]),
                    local_time(each.invited_at),
                    local_time(each.answer_by),
                ]
                for each in found
            ],
        )
        if not found:
            say(_("Nobody was invited yet."))
        if following:
            told = people(session, following)
            say(f"{_('Next')}: {told}. zegel deployment invite {one.work.case[:8]}")


def _fields(one: Candidate) -> dict[str, Any]:
    return {
        "person": one.person,
        "compartment": one.chain.name,
        "answer": one.answer,
        "invited_at": one.invited_at,
        "answer_by": one.answer_by,
    }


@command("invite")
@CASE
@click.argument("person", nargs=-1)
@click.option("--minutes", type=click.IntRange(2, 30 * 1440), help="How long they have to answer.")
@click.option("--why", default="", help="Why you take another than was proposed.")
@JSON
def invite(
    case: str, person: tuple[str, ...], minutes: int | None, why: str, as_json: bool
) -> None:
    """Invite those who are next on the shortlist, or PERSON; each in a place of her own.

    Another than the shortlist puts next is invited with a reason (--why), which is kept.
    """
    session = device_session()
    one, now = deployment(session, case), int(time.time())
    asked, desk = one.asked(), Desk(session).look()
    following = inviting.next_to_invite(one, now)
    known = sorted({each.person for each in desk.experts()})
    chosen = [*dict.fromkeys(whom(session.numbers, each, known) for each in person)] or following
    if not chosen:
        raise CannotDo(_("nobody is next: the team is complete, or the shortlist is at its end"))
    others = [each for each in chosen if each not in following]
    if others and not why:
        told = people(session, others)
        raise CannotDo(_("{} is not next on the shortlist: say why with --why").format(told))
    profiles = [_profile(session, desk, each) for each in chosen]
    if others:
        session.write(one.pool, "MatchOverridden", {}, payload("note/1", text=why))
    inviting.lapse(one, now)
    experts = desk.experts()
    told_of = mask(asked.brief(now), experts, desk.briefs())
    until = inviting.answer_by(now, acute=asked.acute) if minutes is None else now + minutes * 60
    for profile in profiles:
        inviting.invite(one, profile, told_of, until)
    if as_json:
        print_json({"case": one.work.case, "invited": chosen, "answer_by": until})
        return
    told = people(session, chosen)
    say(f"{_('Invited')}: {told}. {_('They answer by')} {clock_time(until)}.")
    if told_of.masked:
        masked = ", ".join(map(name, told_of.masked))
        say(f"{_('Not told, because few would fit it')}: {masked}.")


def _profile(session: Session, desk: Desk, person: str) -> Profile:
    """Of somebody who can be invited, before anything is written. Raises NotPossible."""
    profile = desk.profile_of(person)
    if profile is None:
        raise CannotDo(_("{} has no profile in the pool").format(named(session, person)))
    refuse_gone(profile, session.now())
    return profile
