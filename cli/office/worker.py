"""Commands of those who work here that are more than a row of the table."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import click

from cli.desk.attach import attach_options, enclosures
from cli.desk.conflict import NO_CONFLICT, refuse_conflict
from cli.desk.form import form_options
from cli.desk.step import Writing, read_among, read_at, read_there, report, wrote
from cli.home.folder import device_session
from cli.home.names import said_place, tell_to, tell_to_devices, usual_place
from cli.screen.asking import confirm
from cli.screen.show import print_json
from cli.screen.spoken import JSON, command
from cli.screen.terminal import notify
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from cli.sentences.next_steps import SEE
from client.cases import colleagues
from client.cases.beforehand import Rehearsal, rehearsal_of
from client.cases.casework import Casework, open_casework
from client.cases.registration import register as register_contact
from client.files.enclosures import Enclosure
from client.place.chain import Chain
from client.place.names import type_of
from domain.services.registry import BODIES

MODES = ("anonymous", "named", "professional")


@command()
@click.argument("case")
@NO_CONFLICT
@JSON
def take(case: str, no_conflict: bool, as_json: bool) -> None:
    """Take a case. Of a consultation the other workers cannot read what comes next."""
    work = open_casework(device_session(), case)
    if work.first is None:
        raise CannotDo(_("you do not stand in the dialogue of this case"), SEE)
    refuse_conflict(no_conflict)
    chain = colleagues.take(work)
    told = _("The case is yours.")
    if work.table.asks_in(chain.compartment.type):  # it is they who could have had it
        told = _("It is yours: no other worker can read what comes next.")
    report(work, chain, as_json, told)


@command()
@click.argument("case")
@click.argument("person")
@JSON
def substitute(case: str, person: str, as_json: bool) -> None:
    """Name PERSON (see `zegel colleagues`) as your substitute, who reads along from here on."""
    work = open_casework(device_session(), case)
    chain = colleagues.name_substitute(work, person)
    report(work, chain, as_json, _("Your substitute reads what comes next, and may take over."))


@command()
@click.argument("case")
@click.argument("person")
@click.option(
    "--why",
    type=click.Choice(BODIES["ConsultationReassigned"]["why"].of),
    prompt="Why?",
    help="Why it is given to another.",
)
@form_options("note/1")
@JSON
def reassign(
    case: str, person: str, why: str, file: IO[Any] | None, as_json: bool, **given: Any
) -> None:
    """As a supervisor: give a consultation to PERSON, another worker.

    Whoever asked lets that worker in with the next word that they write.
    """
    session = device_session()
    work = open_casework(session, case)
    what = _("Why do you give it to another? Leave out what is about a person's health.")
    read_by = read_at(work, "governance")
    writing = Writing(session, work.case, "note/1", what, read_by, given, file)
    chain = wrote(
        writing,
        lambda value: colleagues.reassign(work, person, why, value),
        rehearsed=lambda value: colleagues.reassign(rehearsal_of(work), person, why, value),
    )
    report(work, chain, as_json, _("Given. The new worker stands in governance from here on."))


@command()
@click.argument("case")
@click.argument("person")
@click.option("--without-names", is_flag=True, help="State that names are left out.")
@form_options("excerpt/1")
@JSON
def consult(
    case: str,
    person: str,
    without_names: bool,
    file: IO[Any] | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Ask PERSON, a colleague, by an anonymised excerpt. The colleague sees nothing else."""
    session = device_session()
    work = open_casework(session, case)
    question = _("Do you leave out all names, places and other traces of people?")
    if not without_names and not confirm(question):
        raise CannotDo(_("a colleague is asked without names"))
    what = _("Ask a colleague. Leave out whoever could be known by it.")
    read_by = read_among(tell_to_devices(session, colleagues.colleague(work, person)))
    writing = Writing(session, work.case, "excerpt/1", what, read_by, given, file)
    chain = wrote(
        writing,
        lambda value: colleagues.consult(work, person, value["excerpt"], value["question"]),
        rehearsed=lambda value: colleagues.consult(
            rehearsal_of(work), person, value["excerpt"], value["question"]
        ),
    )
    report(work, chain, as_json, _("Asked. Your colleague answers with `zegel message`."))


@command()
@click.argument("case")
@click.option(
    "--in",
    "where",
    help="Where: a place by its kind or name; asked: the colleague who was asked.",
)
@attach_options
@form_options("message/1")
@JSON
def message(
    case: str,
    where: str | None,
    attach: tuple[Path, ...],
    checked: bool,
    file: IO[Any] | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Write a message: to the person who asked, or to colleagues."""
    session = device_session()
    work = open_casework(session, case)
    where = said_place(work, where) if where and where != "asked" else where or usual_place(work)
    files = enclosures(attach, checked)
    asked = next(colleagues.asked_of_colleagues(work), None) if where == "asked" else None
    read_by = read_at(work, where) if where != "asked" else ""
    if asked is not None:
        read_by = read_there(asked, tell_to(session, asked))
    what = _("Write your message.")
    writing = Writing(session, work.case, "message/1", what, read_by, given, file)
    chain = wrote(
        writing,
        lambda value: _say(work, where, value, files),
        rehearsed=lambda value: _say(rehearsal_of(work), where, value, ()),
    )
    report(work, chain, as_json, _("Your message is stored, sealed."))


def _say(work: Casework, where: str, value: dict[str, Any], files: Sequence[Enclosure]) -> Chain:
    if where != "asked":
        return work.write(where, "MessageSent", {}, value, files)
    chain = next(colleagues.asked_of_colleagues(work), None)
    if chain is None:
        raise CannotDo(_("no colleague was asked here"))
    work.session.write(chain, "MessageSent", {}, value, files)
    return chain


@command()
@click.argument("case")
@JSON
def leave(case: str, as_json: bool) -> None:
    """Leave a case that is not yours, or that is closed. You cannot read what comes next."""
    session = device_session()
    work = open_casework(session, case)
    for row in list(work.rows):
        for chain in work.chains(type_of(row["compartment"])):
            if chain.name == row["compartment"]:
                session.write(chain, "MemberLeft", {})
    if as_json:
        print_json({"left": [row["compartment"] for row in work.rows]})
        return
    notify(_("You have left. Whoever writes next renews the keys without you."), err=False)


@command()
@click.option("--as", "mode", type=click.Choice(MODES), default="anonymous", show_default=True)
@form_options("contact/2")
@JSON
def register(mode: str, file: IO[Any] | None, as_json: bool, **given: Any) -> None:
    """Register what someone asked by telephone or at the desk, and take it."""
    session = device_session()
    what = _("Only what is necessary; leave names out.")
    writing = Writing(session, "", "contact/2", what, read_among(), given, file)
    chain = wrote(
        writing,
        lambda value: register_contact(session, mode, value),
        rehearsed=lambda value: register_contact(Rehearsal(session), mode, value),
    )
    work = open_casework(session, chain.case)
    colleagues.open_governance(work)
    report(work, chain, as_json, _("Registered, and yours."))
