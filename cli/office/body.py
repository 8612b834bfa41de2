"""The public fields of a step, as options of its command: what each asks for follows from where its
value comes from (`domain.fields`)."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from cli.desk.form import F
from cli.sentences.language import _
from client.cases.body_values import link_to, newest
from client.cases.casework import Casework
from client.cases.consulting import retention_class
from client.errors import NotPossible
from domain.fields import Field, Origin
from domain.services.consultation import CONSULTATION
from domain.services.registry import BODIES
from domain.step import Command

# What people are asked for each field that is theirs to say: the question, and what the option is.
ASKED: Mapping[str, tuple[str, str]] = {
    "term": ("Which term?", "The term that has passed."),
    "ground": ("On which legal ground?", "The legal ground."),
    "disclosure": ("What is it?", "What kind of disclosure it is."),
    "recipient": ("To whom?", "To which kind of recipient."),
    "reporting_code": ("Were the steps of the reporting code taken?", "Whether its steps were."),
    "how": ("How do you know?", "How you know."),
    "answer": ("What was the answer?", "The answer."),
    "to": ("Which service was it allowed for?", "The service that the link is allowed for."),
    "retention_class": ("", "The class by which it is kept; it follows from who asked."),
}
SAID = (Origin.CHOICE, Origin.TERM)


def _is_asked(step: Command, name: str, field: Field) -> bool:
    return field.origin in SAID and name not in step.fixed


def body_options(step: Command) -> Callable[[F], F]:
    """One option for each field that is the person's to say."""

    def decorate(command: F) -> F:
        for name, field in reversed([*BODIES[step.kind].items()]):
            if field.origin is Origin.LINK:
                option = click.option(
                    "--to-case", required=True, help="The number of the case, or its beginning."
                )
                command = option(command)
            elif _is_asked(step, name, field):
                terms = [term.name for term in CONSULTATION.terms]
                choices = terms if field.origin is Origin.TERM else list(field.of)
                question, told = ASKED[name]
                flag = f"--{name.replace('_', '-')}"
                # How long it is kept follows from who asked, unless somebody says otherwise.
                asks = question if name != "retention_class" else None
                kind = click.Choice(choices)
                command = click.option(flag, name, type=kind, prompt=asks, help=told)(command)
        return command

    return decorate


def body_of(step: Command, work: Casework, given: dict[str, Any]) -> dict[str, Any]:
    """The body of a step, of what was given and of what stands in the case. Raises NotPossible."""
    body: dict[str, Any] = dict(step.fixed)
    for name, field in BODIES[step.kind].items():
        if name in body:
            continue
        if field.origin is Origin.LINK:
            return {**body, **link_to(work, given.pop("to_case"))}
        body[name] = _value(step, name, field, work, given)
    return body


def _value(step: Command, name: str, field: Field, work: Casework, given: dict[str, Any]) -> Any:
    match field.origin:
        case Origin.OWN_DEVICE:
            return work.session.device
        case Origin.STATED:
            return True
        case Origin.CHOICE | Origin.TERM:
            said = given.pop(name)
            if said is None and name == "retention_class" and work.dialogue is not None:
                return retention_class(work.dialogue.state)
            return said
        case Origin.PROPOSAL:
            return work.approved(field.of[0])
        case Origin.ENTRY:
            return newest(work, field.of) if field.of else None
        case Origin.GIVEN:
            return None
    raise NotPossible(_("this step is taken by a command of its own"))
