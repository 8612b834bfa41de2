"""Correcting, taking back, proposing to erase, and erasing."""

from typing import IO, Any

import click

from cli.case.decisions import erasure_told
from cli.desk.form import form_options
from cli.desk.step import Writing, read_there, report, wrote
from cli.home.folder import device_session
from cli.home.names import said_place, tell_to, usual_place
from cli.screen.asking import confirm
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, command
from cli.sentences.language import _
from cli.sentences.plain import plain
from client.cases.beforehand import Rehearsal
from client.cases.casework import open_casework
from client.errors import NotPossible
from client.people import erasure, outside
from client.place.chain import Chain
from client.session import Session


@command()
@click.argument("case")
@click.argument("number", type=int)
@form_options("message/1")
@JSON
def correct(case: str, number: int, file: IO[Any] | None, as_json: bool, **given: Any) -> None:
    """Correct your message of this NUMBER (see `zegel show`); the first one stays beside it."""
    session = device_session()
    work = open_casework(session, case)
    chain = next(iter(work.chains("dialogue")), None)
    if chain is None:
        raise NotPossible(_("you do not stand in the dialogue of this case"))
    read_by = read_there(chain, tell_to(session, chain))
    what = _("Write your message.")
    writing = Writing(session, work.case, "message/1", what, read_by, given, file)
    wrote(
        writing,
        lambda value: erasure.correct(session, chain, number, value),
        rehearsed=lambda value: _rehearse(session, chain, number, value),
    )
    report(work, chain, as_json, _("Corrected; the first one can still be read."))


def _rehearse(session: Session, chain: Chain, number: int, value: dict[str, Any]) -> None:
    rehearsal = Rehearsal(session)
    erasure.correct(rehearsal, rehearsal.chain(chain), number, value)


@command()
@click.argument("case")
@click.argument("number", type=int, nargs=-1, required=True)
@click.option(
    "--in",
    "where",
    help="Where you wrote them: a place by its kind or name.",
)
@JSON
def withdraw(case: str, number: tuple[int, ...], where: str | None, as_json: bool) -> None:
    """Take back your messages of these NUMBERs: hidden at once, and proposed for erasure."""
    session = device_session()
    work = open_casework(session, case)
    chain = work.there(said_place(work, where) if where else usual_place(work))
    if chain is None:
        raise NotPossible(_("you do not take part there"))
    erasure.withdraw(session, chain, number)
    report(work, chain, as_json, _("Taken back. A privacy officer can erase it for good."))


@command("propose-erasure")
@click.argument("case")
@click.argument("number", type=int, nargs=-1)
@click.option("--everything", is_flag=True, help="All that was said there until now.")
@click.option("--compartment", required=True, help="Which part of the case, by its whole name.")
@click.option("--ground", required=True, help="The ground, in one word, such as data_subject.")
def propose_erasure(
    case: str, number: tuple[int, ...], everything: bool, compartment: str, ground: str
) -> None:
    """Propose to erase messages by NUMBER, or everything, of a whole CASE number. For supervisors.

    A privacy officer decides, and is another person.
    """
    if bool(number) == everything:
        raise NotPossible(_("give numbers, or --everything"))
    session = device_session()
    case = session.numbers.number(case) or case
    erasure.propose(session, case, compartment, None if everything else number, ground)
    say(_("Proposed. A privacy officer erases it with `zegel erase`."))


@command()
@click.argument("case")
@click.option("--yes", is_flag=True, help="Erase all that is proposed without asking.")
@JSON
def erase(case: str, yes: bool, as_json: bool) -> None:
    """Erase for good what was proposed in a whole CASE number. For privacy officers."""
    session = device_session()
    case = session.numbers.number(case) or case
    found = erasure.proposals(outside.structure(session, case))
    done = []
    for proposal in found:
        told = erasure_told(session, proposal)
        if yes and not as_json:
            say(told)
        if yes or confirm(f"{plain(told)}. {_('Erase it for good?')}"):
            erasure.erase(session, case, proposal)
            done.append(proposal.id)
    if as_json:
        print_json({"case": case, "erased": done})
    elif not found:
        say(_("Nothing is proposed here to be erased."))
    else:
        say(f"{_('Erased for good')}: {len(done)}.")
