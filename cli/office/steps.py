"""The steps of someone who works here, one command each, made from the table of the service.

Which fields a step asks for, where it is written and when it may be, is not said here again: it
stands in `domain.services` and `wire.payloads`.
"""

from collections.abc import Mapping
from typing import IO, Any

import click

from cli.desk.attach import ATTACHING, attach_options, enclosures
from cli.desk.form import form_options
from cli.desk.sent_before import stored_after_all
from cli.desk.step import Writing, read_in, report, wrote
from cli.home.folder import device_session
from cli.home.names import tell_to_place
from cli.office.body import body_of, body_options
from cli.screen.asking import confirm
from cli.screen.spoken import JSON, Spoken, SpokenGroup
from cli.sentences.language import _
from client.cases.beforehand import rehearsal_of
from client.cases.casework import Casework, open_casework
from client.cases.consulting import is_unanswered
from client.errors import NotPossible
from domain.services.consultation import CONSULTATION
from domain.step import Command

Options = Mapping[str, Any]
STEPS: Mapping[str, Command] = CONSULTATION.commands


def schema_of(step: Command) -> str | None:
    """The schema of what a step's text is, None where it carries none."""
    rows = (row for row in CONSULTATION.steps if row.kind == step.kind)
    staffed = (row for row in rows if row.writers - CONSULTATION.askers)
    return next(row.payload for row in staffed if step.place in row.compartments)


def _sure_to_close(work: Casework, value: dict[str, Any], anyway: bool) -> None:
    """Ask once more before what she wrote last is closed as answered without an answer."""
    dialogue = work.dialogue
    if anyway or value.get("outcome") != "answered" or dialogue is None:
        return
    if is_unanswered(dialogue) and not confirm(
        _("The last message of who asked has had no answer. Close it as answered all the same?")
    ):
        raise NotPossible(_("it is not closed: answer first, or choose another outcome"))


def _take(
    step: Command, work: Casework, file: IO[Any] | None, as_json: bool, given: dict[str, Any]
) -> None:
    body = body_of(step, work, given)
    files = enclosures(given.pop("attach", ()), given.pop("checked", False))
    schema = schema_of(step)
    if schema is None:
        report(work, work.write(step.place, step.kind, body, None, files), as_json, _(step.done))
        return
    anyway = given.pop("unanswered", False)
    read_by = read_in(step.place, tell_to_place(work, step.place))
    writing = Writing(work.session, work.case, schema, _(step.help), read_by, given, file)
    chain = wrote(
        writing,
        lambda value: work.write(step.place, step.kind, body, value, files),
        rehearsed=lambda value: rehearsal_of(work).write(step.place, step.kind, body, value),
        sure=lambda value: _sure_to_close(work, value, anyway),
    )
    report(work, chain, as_json, _(step.done))


UNANSWERED = click.option(
    "--unanswered",
    is_flag=True,
    help="Close it as answered though the last message has had no answer.",
)


def step_command(called: str) -> click.Command:
    """The command of a step."""
    step = STEPS[called]
    schema = schema_of(step)

    def run(case: str, file: IO[Any] | None = None, as_json: bool = False, **given: Any) -> None:
        session = device_session()
        work = open_casework(session, case)
        with stored_after_all(session, work.case, schema, given):
            _take(step, work, file, as_json, given)

    decorated = form_options(schema)(run)
    if schema in ATTACHING:
        decorated = attach_options(decorated)
    if called == "close":
        decorated = UNANSWERED(decorated)
    decorated = body_options(step)(decorated)
    decorated = click.argument("case")(JSON(decorated))
    return click.command(called, cls=Spoken, help=step.help)(decorated)


consultation = SpokenGroup(
    "consultation",
    help="Every step of a consultation; those of every day have commands of their own as well.",
    commands={called: step_command(called) for called in STEPS},
)
