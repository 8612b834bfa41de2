"""`zegel deployment match, candidates, invite, confirm`: from a request to a team. What is one
entry is a step of the table (`cli.desk.commands`)."""

from typing import Any

import click

from cli.home.folder import device_session
from cli.pool.matrix import matrix_lines
from cli.pool.reading import CASE, deployment, named
from cli.screen.asking import confirm
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, command
from cli.screen.terminal import heading, paged, put_lines, table
from cli.sentences.language import _, name
from cli.sentences.matching import called, sentence_of
from cli.sentences.worked_out import sentences, tags
from client.pool import inviting
from client.pool.desk import Desk
from client.pool.masking import Masked, mask
from client.pool.match import Match, shortlist_of
from client.pool.match import match as match_experts
from client.session import Session


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
    told = mask(brief, experts, desk.briefs())
    if as_json:
        print_json({"case": one.work.case, **shortlist_of(found), **_more(found, told)})
    else:
        with paged():
            _show_match(session, asked.value, found, told)
    if show or not found.team:
        return
    if yes or (not as_json and confirm(_("Propose this shortlist?"))):
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
                named(session, one.person),
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
        people = [named(session, one) for one in found.team]
        put_lines(
            matrix_lines([(called(tag.code), covered) for tag, covered in found.coverage], people)
        )
    if told.masked:
        masked = ", ".join(map(name, told.masked))
        say(f"{_('Candidates are not told, because few would fit it')}: {masked}.")


TAGS = ("disciplines", "form", "competence", "care", "language", "province", "registration")
