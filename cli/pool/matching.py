"""`zegel deployment match, candidates, invite, confirm`: from a request to a team. What is one
entry is a step of the table (`cli.desk.commands`)."""

import time
from collections.abc import Sequence
from typing import Any

import click

from cli.desk.step import done_in
from cli.home.folder import device_session
from cli.pool.matrix import matrix_lines
from cli.screen.asking import confirm as asks
from cli.screen.show import clock_time, local_time, print_json, say
from cli.screen.spoken import JSON, command
from cli.screen.terminal import heading, paged, put_lines, table
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name
from cli.sentences.matching import called, sentence_of
from cli.sentences.next_steps import SEE
from cli.sentences.worked_out import sentences, tags
from client.cases.casework import open_casework
from client.cases.consultation import payload
from client.pool import inviting
from client.pool.deployments import Candidate, Deployment
from client.pool.desk import Desk
from client.pool.masking import Masked, mask
from client.pool.match import Match, shortlist_of
from client.pool.match import match as match_experts
from client.session import Session

CASE = click.argument("case")
REASON = click.option("--why", default="", help="Why you take another than was proposed.")
ROLE = click.option(
    "--as",
    "role",
    type=click.Choice(["author", "reviewer"]),
    default="author",
    help="As an author, or to review what others wrote.",
)


def deployment(session: Session, case: str) -> Deployment:
    """A deployment by its number. Raises NotPossible for another case."""
    work = open_casework(session, case)
    if work.service != "deployment":
        raise CannotDo(_("this is no deployment: it is a case of {}").format(name(work.service)))
    return Deployment(work)


def _person(session: Session, person: str) -> str:
    return session.numbers.name(person) or person[:8]


# --- matching ------------------------------------------------------------------------------------


@command("match")
@CASE
@click.option("--show", is_flag=True, help="Show it, and propose nothing.")
@click.option("--yes", is_flag=True, help="Propose it without asking.")
@JSON
def match(case: str, show: bool, yes: bool, as_json: bool) -> None:
    """Find the experts who fit a request, each with the reason why, and propose them.

    It is worked out on this machine: the server is told neither a tag nor a reason.
    """
    session = device_session()
    one = deployment(session, case)
    asked, desk = one.asked(), Desk(session).look()
    experts, brief = desk.experts(), asked.brief(session.now())
    found = match_experts(brief, experts, asked.seed)
    told = mask(brief, experts, desk.briefs(one.work.case))
    if as_json:
        print_json({"case": one.work.case, **shortlist_of(found), **_more(found, told)})
    else:
        with paged():
            _show_match(session, asked.value, found, told)
    if show or not found.team:
        return
    if yes or (not as_json and asks(_("Propose this shortlist?"))):
        inviting.propose_shortlist(one, found)
        if not as_json:
            say(_("Proposed. Invite with `zegel deployment invite`."))


def _more(found: Match, told: Masked) -> dict[str, Any]:
    return {
        "coverage": [
            {"tag": [*tag], "covered": dict(zip(found.team, covered, strict=True))}
            for tag, covered in found.coverage
        ],
        "missing": [one.as_value() for one in found.missing],
        "masked": [*told.masked],
    }


def _show_match(session: Session, value: dict[str, Any], found: Match, told: Masked) -> None:
    heading(_("Asked for"))
    put_lines(tags({tag: value[tag] for tag in value if tag in TAGS}))
    heading(_("Candidates"))
    table(
        "",
        ["", _("expert"), "", _("why")],
        [
            [
                str(one.rank or "-"),
                _person(session, one.person),
                name(one.verdict.value),
                sentences([reason.as_value() for reason in one.reasons]),
            ]
            for one in found.candidates
        ],
    )
    for one in found.missing:
        say(f"! {sentence_of(one.reason.value, one.facts)}")
    if found.team:
        heading(_("What the team covers"))
        people = [_person(session, one) for one in found.team]
        put_lines(
            matrix_lines([(called(tag.code), covered) for tag, covered in found.coverage], people)
        )
    if told.masked:
        masked = ", ".join(map(name, told.masked))
        say(f"{_('Candidates are not told, because few would fit it')}: {masked}.")


TAGS = ("disciplines", "form", "competence", "care", "language", "province", "registration")


# --- inviting ------------------------------------------------------------------------------------


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
                    _person(session, each.person),
                    name(each.answer),
                    local_time(each.invited_at),
                    local_time(each.answer_by),
                ]
                for each in found
            ],
        )
        if not found:
            say(_("Nobody was invited yet."))
        if following:
            told = _people(session, following)
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
@REASON
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
    chosen = [_number(session, one, desk, each) for each in person] or following
    if not chosen:
        raise CannotDo(_("nobody is next: the team is complete, or the shortlist is at its end"))
    others = [each for each in chosen if each not in following]
    if others and not why:
        told = _people(session, others)
        raise CannotDo(_("{} is not next on the shortlist: say why with --why").format(told))
    if others:
        session.write(one.pool, "MatchOverridden", {}, payload("note/1", text=why))
    inviting.lapse(one, now)
    experts = desk.experts()
    told_of = mask(asked.brief(now), experts, desk.briefs(one.work.case))
    until = inviting.answer_by(now, acute=asked.acute) if minutes is None else now + minutes * 60
    for each in chosen:
        profile = desk.profile_of(each)
        if profile is None:
            raise CannotDo(_("{} has no profile in the pool").format(_person(session, each)))
        inviting.invite(one, profile, told_of, until)
    if as_json:
        print_json({"case": one.work.case, "invited": chosen, "answer_by": until})
        return
    told = _people(session, chosen)
    say(f"{_('Invited')}: {told}. {_('They answer by')} {clock_time(until)}.")
    if told_of.masked:
        masked = ", ".join(map(name, told_of.masked))
        say(f"{_('Not told, because few would fit it')}: {masked}.")


def _number(session: Session, one: Deployment, desk: Desk, said: str) -> str:
    """A person of the pool by the beginning of the number or by the local name. Raises
    NotPossible."""
    people = sorted({each.person for each in desk.experts()})
    beginning = session.numbers.beginning(said, people)
    found = [each for each in people if each.startswith(beginning)]
    if len(found) != 1:
        raise CannotDo(_("{} is not one expert of the pool").format(said))
    return found[0]


# --- confirming ----------------------------------------------------------------------------------


@command("confirm")
@CASE
@click.argument("person", nargs=-1)
@ROLE
@JSON
def confirm(case: str, person: tuple[str, ...], role: str, as_json: bool) -> None:
    """Confirm those who accepted and signed, or PERSON of them.

    Where the child protection board asked, its own coordinator confirms: whoever the pool proposed.
    """
    session = device_session()
    one = deployment(session, case)
    if one.work.role == "lat_coordinator":
        confirmed, told = inviting.confirm_proposed(one, role), []
    else:
        confirmed = _confirmed(session, one, person, role)
        told = inviting.tell_confirmed(one, session.now())
    if not confirmed and not told:
        raise CannotDo(_("nobody accepted and signed who is not confirmed yet"), SEE)
    what = _("Proposed to who asked, who confirms") if _proposes(one) else _("Confirmed")
    said = ((what, confirmed), (_("Told that they are confirmed"), told))
    lines = [f"{what}: {_people(session, people)}." for what, people in said if people]
    done_in(one.work, as_json, " ".join(lines), confirmed=confirmed, was_told=told)


def _proposes(one: Deployment) -> bool:
    """Whether the pool's coordinator proposes, and another confirms."""
    asks = one.pool.state.facts.get("requester_role")
    return asks == "lat_coordinator" and one.work.role != asks


def _people(session: Session, persons: Sequence[str]) -> str:
    return ", ".join(_person(session, each) for each in persons)


def _confirmed(session: Session, one: Deployment, said: Sequence[str], role: str) -> list[str]:
    """Confirm those who said yes, or propose them to who confirms."""
    found = []
    for each in one.candidates(session.now()):
        called = session.numbers.name(each.person)
        meant = not said or any(each.person.startswith(who) or who == called for who in said)
        if meant and each.is_ready:
            inviting.confirm(one, each, role)
            found.append(each.person)
    return found
