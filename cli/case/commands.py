"""`zegel case`: a support case in the words of those who work on it (SERVICES.md 2.2, 2.7).

Who comes and goes stands in `cli.case.people`, and of experts in `cli.case.experts`.
"""

from pathlib import Path
from typing import IO, Any

import click

from cli.case.decisions import OF_CASES
from cli.case.experts import OF_EXPERTS
from cli.case.forms import (
    contribute,
    done,
    rehearse_excerpt,
    rehearse_saying,
    writing_in,
)
from cli.case.people import PEOPLE
from cli.case.view import place_in, show_case, support_of
from cli.desk.attach import attach_options, enclosures
from cli.desk.commands import step_command
from cli.desk.conflict import NO_CONFLICT, refuse_conflict
from cli.desk.form import form_options
from cli.desk.step import Writing, read_among, read_there, wrote
from cli.home.folder import device_session
from cli.home.names import tell_to
from cli.screen.asking import confirm
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, SpokenGroup, command
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from client.cases.beforehand import Rehearsal
from client.cases.support import open_case
from client.errors import NotPossible
from client.why import Why

KINDS = ("family_support", "individual_support")
# Steps that are rows of its table, under their old names here.
FROM_TABLE = ("request", "propose-admission", "no-conflict", "decline", "propose-advice")


@command("open")
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True)
@click.option(
    "--casemanager",
    "managers",
    multiple=True,
    help="A casemanager who may take it, by the beginning of the number.",
)
@form_options("note/1")
@JSON
def open_(
    kind: str, managers: tuple[str, ...], file: IO[Any] | None, as_json: bool, **given: Any
) -> None:
    """Propose a support case, for a supervisor to accept; prints its number.

    A consultation is handed over to it with `zegel escalate`, once the person allowed that.
    """
    session = device_session()
    what = _("Why is support needed? Leave names out.")
    writing = Writing(session, "", "note/1", what, read_among(), given, file)
    chain = wrote(
        writing,
        lambda value: open_case(session, kind, managers, value["text"]),
        rehearsed=lambda value: open_case(Rehearsal(session), kind, managers, value["text"]),
    )
    if as_json:
        print_json({"case": chain.case, "compartment": chain.name})
    else:
        say(f"{_('Proposed. The case has the number')} {chain.case}")


@command("show")
@click.argument("case")
@JSON
def show(case: str, as_json: bool) -> None:
    """A support case, place by place: what was said, who reads it, and who waits."""
    show_case(support_of(case), as_json)


@command("take")
@click.argument("case")
@NO_CONFLICT
@JSON
def take(case: str, no_conflict: bool, as_json: bool) -> None:
    """Take an accepted case as its casemanager."""
    support = support_of(case)
    refuse_conflict(no_conflict)
    support.take()
    done(support, as_json, _("The case is yours."))


@command("write")
@click.argument("case")
@click.argument("place")
@attach_options
@form_options("message/1")
@JSON
def write(
    case: str,
    place: str,
    attach: tuple[Path, ...],
    checked: bool,
    file: IO[Any] | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Write in PLACE: a compartment's name or kind, as `zegel case show` says it."""
    support = support_of(case)
    files = enclosures(attach, checked)
    chain = place_in(support, place)
    read_by = read_there(chain, tell_to(support.session, chain))
    wrote(
        writing_in(support, "message/1", _("Write your message."), read_by, given, file),
        lambda value: support.say(chain, value["text"], files),
        rehearsed=lambda value: rehearse_saying(support, chain.name, value["text"]),
    )
    done(support, as_json, _("Your message is stored, sealed."))


@command("excerpt")
@click.argument("case")
@click.argument("to")
@click.option("--of", "origin", required=True, help="The place that it is drawn from.")
@click.option("--number", type=int, required=True, help="The number of the message there.")
@click.option("--rewritten", is_flag=True, help="State that it is newly written, without names.")
@form_options("note/1")
@JSON
def excerpt(
    case: str,
    to: str,
    origin: str,
    number: int,
    rewritten: bool,
    file: IO[Any] | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Tell those in the place TO what was newly written after a message elsewhere.

    They are not told where it came from; your notes are.
    """
    support = support_of(case)
    of = place_in(support, origin)
    found = [one for one in of.items if one.entry.header.seq == number]
    if not found or found[0].entry.header.payload is None:
        raise NotPossible(Why.NO_SUCH_MESSAGE, number=number)
    there = place_in(support, to)
    to = tell_to(support.session, there)
    question = _("Do you write it anew, without the names of experts and others?")
    if not rewritten and not confirm(question):
        raise CannotDo(_("what goes behind another wall is written anew"))
    what = _("Write it anew, in plain words and without names.")
    read_by = read_there(there, to)
    wrote(
        writing_in(support, "note/1", what, read_by, given, file),
        lambda value: support.excerpt(there, found[0], value["text"]),
        rehearsed=lambda value: rehearse_excerpt(support, there.name, found[0], value["text"]),
    )
    done(support, as_json, _("Told, and noted."))


COMMANDS = (
    *(open_, show, take, write, excerpt),
    *OF_EXPERTS,
    contribute,
    *(step_command(KINDS[0], called) for called in FROM_TABLE),
    *OF_CASES,
    *PEOPLE,
)
case = SpokenGroup(
    "case",
    help="A support case: with a family, experts and others, each behind a wall of their own.",
    commands={str(one.name): one for one in COMMANDS},
)
