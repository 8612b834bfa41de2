"""`zegel case`: a support case in the words of those who work on it (SERVICES.md 2.2, 2.7).

Who comes and goes stands in `cli.case_people`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import click

from cli.attach import attach_options, enclosures
from cli.case_people import PEOPLE
from cli.case_view import show_case, support_of
from cli.desk import posted
from cli.form import filled, form_options, typed_of
from cli.home import device_session
from cli.language import _
from cli.show import print_json, say
from cli.spoken import JSON, Spoken, SpokenGroup, command
from client.errors import NotPossible
from client.support import Support, open_case

KINDS = ("family_support", "individual_support")


def done(support: Support, as_json: bool, told: str) -> None:
    if as_json:
        print_json({"case": support.work.case})
    else:
        say(f"{told} {_('Case')} {support.work.case[:8]}.")


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
    kind: str, managers: tuple[str, ...], file: TextIO | None, as_json: bool, **given: Any
) -> None:
    """Propose a support case, for a supervisor to accept; prints its number.

    A consultation is handed over to it with `zegel escalate`, once the person allowed that.
    """
    session = device_session()
    value = filled("note/1", given, file, _("Why is support needed? Leave names out."))
    typed = typed_of(value, given, file)
    chain = posted(lambda: open_case(session, kind, managers, value["text"]), typed)
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


@dataclass(frozen=True, slots=True)
class Form:
    """A command that asks for one form and does one thing with it. done: what is said then."""

    called: str
    schema: str
    help: str
    done: str
    act: Callable[[Support, dict[str, Any]], Any]


def _form_command(form: Form) -> click.Command:
    def run(case: str, file: TextIO | None, as_json: bool, **given: Any) -> None:
        support = support_of(case)
        value = filled(form.schema, given, file, _(form.help))
        posted(lambda: form.act(support, value), typed_of(value, given, file))
        done(support, as_json, _(form.done))

    decorated = click.argument("case")(form_options(form.schema)(JSON(run)))
    return click.command(form.called, cls=Spoken, help=form.help)(decorated)


FORMS = (
    Form(
        "accept",
        "note/1",
        "Accept a case that someone proposed. For supervisors.",
        "Accepted. A casemanager can take it.",
        lambda support, value: support.decide("CaseAccepted", value["text"]),
    ),
    Form(
        "refuse",
        "note/1",
        "Refuse a case that someone proposed. For supervisors.",
        "Refused.",
        lambda support, value: support.decide("CaseNotAccepted", value["text"]),
    ),
    Form(
        "request",
        "note/1",
        "Note that experts are needed, and for what.",
        "Noted. Deploy experts with `zegel case deploy`.",
        lambda support, value: support.request(value["text"]),
    ),
    Form(
        "decline",
        "note/1",
        "As an expert: say that you have a conflict of interest.",
        "Noted. You get no key of the case.",
        lambda support, value: support.decline(value["text"]),
    ),
    Form(
        "contribute",
        "contribution/1",
        "As an expert: write your own analysis. Nobody reads it before the others are in.",
        "Your analysis is stored, sealed; the others know that it is in.",
        lambda support, value: support.contribute(value),
    ),
    Form(
        "propose-advice",
        "note/1",
        "Put advice before a supervisor. Leave the experts' names out.",
        "Proposed. A supervisor releases it with `zegel case release`.",
        lambda support, value: support.propose_advice(value["text"]),
    ),
    Form(
        "release",
        "note/1",
        "Release the advice that was proposed. For supervisors.",
        "Released.",
        lambda support, value: support.release_advice(value["text"]),
    ),
)


@command("take")
@click.argument("case")
@click.option(
    "--no-conflict",
    is_flag=True,
    prompt="Do you state that you have no conflict of interest here?",
    help="State that you have no conflict of interest.",
)
@JSON
def take(case: str, no_conflict: bool, as_json: bool) -> None:
    """Take an accepted case as its casemanager."""
    if not no_conflict:
        raise NotPossible(_("who has a conflict of interest leaves it to a colleague"))
    support = support_of(case)
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
    file: TextIO | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Write in PLACE: a compartment's name or kind, as `zegel case show` says it."""
    support = support_of(case)
    files = enclosures(attach, checked)
    chain = support.named(place)
    value = filled("message/1", given, file, _("Write your message."))
    typed = typed_of(value, given, file)
    posted(lambda: support.say(chain, value["text"], files), typed)
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
    file: TextIO | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Tell those in the place TO what was newly written after a message elsewhere.

    They are not told where it came from; your notes are.
    """
    support = support_of(case)
    value = filled("note/1", given, file, _("Write it anew, in plain words and without names."))
    question = _("Is it newly written, without the names of experts and others?")
    if not rewritten and not click.confirm(question):
        raise NotPossible(_("what goes behind another wall is written anew"))
    of = support.named(origin)
    found = [one for one in of.items if one.entry.header.seq == number]
    if not found or found[0].entry.header.payload is None:
        raise NotPossible(f"there is no message {number} here")
    there, typed = support.named(to), typed_of(value, given, file)
    posted(lambda: support.excerpt(there, found[0], value["text"]), typed)
    done(support, as_json, _("Told, and noted."))


@command("deploy")
@click.argument("case")
@click.argument("person")
@JSON
def deploy(case: str, person: str, as_json: bool) -> None:
    """Deploy an expert: PERSON comes to the experts' place, and sees nothing else."""
    support = support_of(case)
    support.deploy(person)
    done(support, as_json, _("Deployed."))


@command("release-expert")
@click.argument("case")
@click.argument("person")
@JSON
def release_expert(case: str, person: str, as_json: bool) -> None:
    """End the deployment of PERSON, who cannot read what comes next."""
    support = support_of(case)
    support.release_expert(person)
    done(support, as_json, _("Released; the keys are renewed."))


@command("unseal")
@click.argument("case")
@click.option("--given-up", help="Why another analysis is not waited for, in one word.")
@JSON
def unseal(case: str, given_up: str | None, as_json: bool) -> None:
    """Let the analyses that are in be shared together."""
    support = support_of(case)
    support.unseal(given_up)
    done(support, as_json, _("Unsealed. Each expert shares with `zegel case share`."))


@command("share")
@click.argument("case")
@JSON
def share(case: str, as_json: bool) -> None:
    """As an expert: share your unsealed analysis. It is read once the others are shared too."""
    support = support_of(case)
    count = support.share()
    if not count:
        raise NotPossible(_("no analysis of yours waits to be shared"))
    done(support, as_json, _("Shared."))


COMMANDS = (
    *(open_, show, take, write, excerpt, deploy, release_expert, unseal, share),
    *map(_form_command, FORMS),
    *PEOPLE,
)
case = SpokenGroup(
    "case",
    help="A support case: with a family, experts and others, each behind a wall of their own.",
    commands={str(one.name): one for one in COMMANDS},
)
