"""The steps of those who work here, one command each, made from the tables of the services.

Which fields a step asks for, where it is written and when it may be, is not said here again: it
stands in `domain.services` and in the schemas of payloads.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

import click

from cli.desk.attach import ATTACHING, attach_options, enclosures
from cli.desk.body import (
    asked_for,
    body_options,
    opening_options,
    stand_ins,
    unsaid,
)
from cli.desk.form import F, asked, form_options, stand_in
from cli.desk.sent_before import stored_after_all
from cli.desk.step import Writing, read_among, read_at, report, wrote
from cli.home.folder import device_session
from cli.home.names import said_place
from cli.screen.asking import confirm
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, Spoken, SpokenGroup, prompted
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name
from cli.sentences.next_steps import SEE
from client.cases.beforehand import Rehearsal, rehearsal_of
from client.cases.casework import CHARGED, Casework, open_casework
from client.cases.opening import is_unanswered, open_by
from client.cases.steps import (
    TO_CASE,
    asked_of,
    begins,
    body_of,
    is_hers,
    place_of,
    possible,
    rows_of,
    schema_of,
    take_step,
)
from client.place.chain import Chain
from domain.service import Service
from domain.services.registry import SERVICES
from domain.step import Command

Given = dict[str, Any]


def groups() -> dict[str, list[Service]]:
    """The services that have steps, by the name of the group in which they stand."""
    found: dict[str, list[Service]] = {}
    for one in SERVICES.values():
        if one.commands:
            found.setdefault(one.grouped, []).append(one)
    return found


def closes(table: Service, step: Command) -> bool:
    """Whether a step ends the case with an outcome."""
    schema = schema_of(table, step)
    ends = any(row.to in table.done for row in rows_of(table, step))
    return ends and schema is not None and "outcome" in asked(schema)


def _sure_to_close(work: Casework, value: dict[str, Any], anyway: bool) -> None:
    """Ask once more before what was asked last is closed as answered without an answer."""
    if anyway or value.get("outcome") != "answered" or work.first is None:
        return
    if is_unanswered(work.first, work.table) and not confirm(
        _("The last message of who asked has had no answer. Close it as answered all the same?")
    ):
        raise CannotDo(_("it is not closed: answer first, or choose another outcome"))


def _in_this_case(work: Casework, called: str, typed: Command) -> Command:
    """The step as the table has it by which this case goes. typed: as that of the command has it,
    which may be of another service. Raises NotPossible."""
    step = work.table.commands.get(called)
    if step is None or step.kind != typed.kind or begins(work.table, step):
        raise CannotDo(
            _("there is no step {} in a case of {}").format(called, name(work.service)), SEE
        )
    return step


def _take(
    step: Command, work: Casework, where: str, file: IO[Any] | None, as_json: bool, given: Given
) -> None:
    files = enclosures(given.pop("attach", ()), given.pop("checked", False))
    schema = schema_of(work.table, step)
    where = said_place(work, where) if where else ""
    if unsaid(step, given):
        _try(work, step, schema, where, given | stand_ins(work.table, step, given))
        given |= asked_for(work.table, step, given)

    def taken(value: dict[str, Any] | None) -> Chain:
        return take_step(work, step, value, files, where, **given)

    if schema is None:
        report(work, taken(None), as_json, _(step.done))
        return
    anyway = given.pop("unanswered", False)
    read_by = read_at(work, place_of(work, step, where))
    writing = Writing(work.session, work.case, schema, _(step.help), read_by, given, file)
    chain = wrote(
        writing,
        taken,
        rehearsed=lambda value: take_step(rehearsal_of(work), step, value, (), where, **given),
        sure=lambda value: _sure_to_close(work, value, anyway),
    )
    report(work, chain, as_json, _(step.done))


def _try(work: Casework, step: Command, schema: str | None, where: str, given: Given) -> None:
    """Tell what is not there before anyone answers. given: with stand-ins for what has still to be
    said; for people there are none, and nothing is tried then. Raises as take_step."""
    if unsaid(step, given):
        return
    body_of(work, step, given)
    if step not in possible(work).values():
        value = stand_in(schema) if schema else None
        said = {one: given[one] for one in (*asked_of(step), TO_CASE) if one in given}
        take_step(rehearsal_of(work), step, value, (), where, **said)


UNANSWERED = click.option(
    "--unanswered",
    is_flag=True,
    help="Close it as answered though the last message has had no answer.",
)
WHERE = click.option("--in", "where", default="", help="In which place, by its name.")


def step_command(service: str, called: str) -> click.Command:
    """The command of a step of a service."""
    table = SERVICES[service]
    step = table.commands[called]
    return _opening(table, called) if begins(table, step) else _going_on(table, called)


def _going_on(table: Service, called: str) -> click.Command:
    step = table.commands[called]
    schema = schema_of(table, step)

    def run(
        case: str,
        where: str = "",
        file: IO[Any] | None = None,
        as_json: bool = False,
        **given: Any,
    ) -> None:
        session = device_session()
        work = open_casework(session, case)
        with stored_after_all(session, work.case, schema, given):
            _take(_in_this_case(work, called, step), work, where, file, as_json, given)

    decorated = _with_text(schema, run)
    if closes(table, step):
        decorated = UNANSWERED(decorated)
    if step.place not in table.first and CHARGED not in table.walls[step.place].lists:
        decorated = WHERE(decorated)
    decorated = body_options(table, step)(decorated)
    decorated = click.argument("case")(JSON(decorated))
    return click.command(called, cls=Spoken, help=step.help)(decorated)


def _opening(table: Service, called: str) -> click.Command:
    step = table.commands[called]
    schema = schema_of(table, step)

    def run(
        beside: tuple[str, ...],
        file: IO[Any] | None = None,
        as_json: bool = False,
        **given: Any,
    ) -> None:
        session = device_session()
        files = enclosures(given.pop("attach", ()), given.pop("checked", False))
        if not beside and any(
            one.name == "lists_one_of" for one in table.walls[step.place].opening
        ):
            beside = (prompted(_("Who is it for, by the beginning of the number?"), click.STRING),)

        def tried(value: dict[str, Any] | None, said: Given) -> Chain:
            return open_by(Rehearsal(session), table, step, value, beside, (), said)

        if unsaid(step, given):
            said = given | stand_ins(table, step, given)
            if not unsaid(step, said):
                tried(stand_in(schema) if schema else None, said)
            given |= asked_for(table, step, given)

        def opened(value: dict[str, Any] | None) -> Chain:
            return open_by(session, table, step, value, beside, files, given)

        if schema is None:
            _report_opened(opened(None), as_json, _(step.done))
            return
        read_by = read_among(table=table)
        writing = Writing(session, "", schema, _(step.help), read_by, given, file)
        chain = wrote(writing, opened, rehearsed=lambda value: tried(value, given))
        _report_opened(chain, as_json, _(step.done))

    decorated = body_options(table, step)(opening_options(table)(_with_text(schema, run)))
    return click.command(called, cls=Spoken, help=step.help)(JSON(decorated))


def _with_text(schema: str | None, run: F) -> F:
    decorated = form_options(schema)(run)
    return attach_options(decorated) if schema in ATTACHING else decorated


def _report_opened(chain: Chain, as_json: bool, told: str) -> None:
    if as_json:
        print_json({"case": chain.case, "compartment": chain.name})
    else:
        say(f"{told} {_('Case')} {chain.case}")


class Steps(SpokenGroup):
    """The steps of the services of one group, each made when it is asked for. beside: commands
    that are written by hand, by name as load finds them; one that is called as a step is stands in
    its place."""

    def __init__(
        self,
        group: str,
        tables: Sequence[Service],
        beside: Mapping[str, str],
        load: Callable[[str], Any],
    ) -> None:
        self._beside, self._load = beside, load
        self._service_of = {
            called: table.name
            for table in tables
            for called, step in table.commands.items()
            if not is_hers(table, step)
        }
        super().__init__(group, help="Each step is a command of its own.")

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list({**self._service_of, **self._beside})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._beside:
            command = self._load(self._beside[cmd_name])
            assert isinstance(command, click.Command)
            return command
        service = self._service_of.get(cmd_name)
        return step_command(service, cmd_name) if service else None
