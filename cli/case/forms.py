"""The commands of a support case that ask for one form and do one thing with it; and how any of its
commands that asks for a text is tried beforehand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

import click

from cli.case.view import support_of
from cli.desk.form import form_options
from cli.desk.sent_before import stored_after_all
from cli.desk.step import Writing, read_in, wrote
from cli.home.names import tell_to
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, Spoken
from cli.sentences.language import _
from client.cases.beforehand import rehearsal_of
from client.cases.support import Support
from client.place.chain import Item


def done(support: Support, as_json: bool, told: str) -> None:
    if as_json:
        print_json({"case": support.work.case})
    else:
        say(f"{told} {_('Case')} {support.work.case[:8]}.")


@dataclass(frozen=True, slots=True)
class Form:
    """A command that asks for one form and does one thing with it. place: the type of where it is
    written. done: what is said then."""

    called: str
    place: str
    schema: str
    help: str
    done: str
    act: Callable[[Support, dict[str, Any]], Any]


def _rehearsal(support: Support) -> Support:
    """The same case, in which nothing is sent."""
    return Support(rehearsal_of(support.work))


def rehearse_saying(support: Support, place: str, text: str) -> None:
    tried = _rehearsal(support)
    tried.say(tried.named(place), text)


def rehearse_excerpt(support: Support, place: str, of: Item, text: str) -> None:
    tried = _rehearsal(support)
    tried.excerpt(tried.named(place), of, text)


def writing_in(
    support: Support,
    schema: str,
    what: str,
    read_by: str,
    given: dict[str, Any],
    file: IO[Any] | None,
) -> Writing:
    return Writing(support.session, support.work.case, schema, what, read_by, given, file)


def form_command(form: Form) -> click.Command:
    def run(case: str, file: IO[Any] | None, as_json: bool, **given: Any) -> None:
        support = support_of(case)
        with stored_after_all(support.session, support.work.case, form.schema, given):
            there = [one for one in support.chains() if one.compartment.type == form.place]
            to = tell_to(support.session, there[0]) if len(there) == 1 else ""
            read_by = read_in(form.place, to)
            wrote(
                writing_in(support, form.schema, _(form.help), read_by, given, file),
                lambda value: form.act(support, value),
                rehearsed=lambda value: form.act(_rehearsal(support), value),
            )
        done(support, as_json, _(form.done))

    decorated = click.argument("case")(form_options(form.schema)(JSON(run)))
    return click.command(form.called, cls=Spoken, help=form.help)(decorated)


FORMS = (
    Form(
        "request",
        "worknotes",
        "note/1",
        "Note that experts are needed, and for what.",
        "Noted. Deploy experts with `zegel case deploy`.",
        lambda support, value: support.request(value["text"]),
    ),
    Form(
        "decline",
        "conflict",
        "note/1",
        "As an expert: say that you have a conflict of interest.",
        "Noted. You get no key of the case.",
        lambda support, value: support.decline(value["text"]),
    ),
    Form(
        "contribute",
        "analysis",
        "contribution/1",
        "As an expert: write your own analysis. Nobody reads it before the others are in.",
        "Your analysis is stored, sealed; the others know that it is in.",
        lambda support, value: support.contribute(value),
    ),
    Form(
        "propose-advice",
        "governance",
        "note/1",
        "Put advice before a supervisor. Leave the experts' names out.",
        "Proposed. A supervisor releases it with `zegel case release`.",
        lambda support, value: support.propose_advice(value["text"]),
    ),
)
