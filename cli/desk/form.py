"""What a person writes, asked for by the schema of its payload: given as options, in a file, or in
the editor. It is checked here, before anything is sealed.

A form is text with a head for each field, at the beginning of a line; what follows up to the next
head is the field's, without the empty lines around it:

    [yourself] Stay in touch.
    He wrote:
    [sic] #tomorrow

    [contact_again]
    As soon as you hear of a day or a plan.

Only the names of the form's own fields are heads: [sic] is text. A schema of one field has no head:
all of the text is the field. A field of several values has one on each line, or commas between
them; what is typed becomes a value in `values`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any, TypeVar

import click
from marshmallow import fields

from cli.desk.values import (
    Answer,
    allowed,
    choices,
    limits,
    read,
    stand_in_for,
    text_of,
    value_of,
)
from cli.screen.spoken import NamedSeveral
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, dutch
from cli.sentences.next_steps import NOTHING_SENT
from cli.writing.again import AGAIN
from cli.writing.encodings import passes_by, read_text, unbroken
from cli.writing.template import Template, left_out, marked
from cli.writing.text import as_typed
from cli.writing.unsent import OnScreen, Unsent, typed_in
from client.errors import NotPossible
from client.why import Why
from wire.payloads.book import SCHEMAS, BadPayload, check_payload
from wire.payloads.fields import About, about

F = TypeVar("F", bound=Callable[..., Any])


def asked(schema: str) -> dict[str, fields.Field[Any]]:
    """The fields of a schema that a person fills in, by name."""
    every = SCHEMAS[schema].fields
    return {name: field for name, field in every.items() if not about(field).kept_back}


def form_options(schema: str | None) -> Callable[[F], F]:
    """One option for each field, -f for a file with the form, and the draft that waits."""

    def decorate(command: F) -> F:
        if schema is None:
            return command
        command = click.option(
            "--send-draft", is_flag=True, help="Send the draft that waits here as it is."
        )(command)
        command = click.option(
            "--draft", is_flag=True, help="Go on with the draft that waits here, in the editor."
        )(command)
        command = click.option(
            "-f",
            "--file",
            type=click.File("rb"),
            help="Read the text or the form from a file.",
        )(command)
        for name, field in reversed(asked(schema).items()):
            one = about(field)
            flags = ["-m", "--message", name] if one.message else [_flag(name), name]
            command = click.option(*flags, help=one.sentence, **_kind(field))(command)
        return AGAIN(command)

    return decorate


def _kind(field: fields.Field[Any]) -> dict[str, Any]:
    """How an option takes the value of a field: as text, which is what a form and a draft hold."""
    codes = choices(field)
    if isinstance(field, fields.List):
        kind = NamedSeveral(codes) if codes else _checked_text(field)
        shown = None if codes else f"{about(field).example},…"
        return {"type": kind, "multiple": True, "callback": _together, "metavar": shown}
    if isinstance(field, fields.Integer):
        least, most = limits(field)
        return {"type": _checked_text(field), "metavar": f"{least}-{most}"}
    return {"type": click.Choice(codes) if codes else None}


def _checked_text(field: fields.List[Any] | fields.Integer) -> Answer:
    return Answer("text", lambda typed: str(text_of(read(field, typed))))


def _together(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> str | None:
    return ", ".join(given) if given else None


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def options_of(schema: str, given: Mapping[str, Any]) -> dict[str, str]:
    """The fields that were given as options. Raises NotPossible for what is no text."""
    return {name: unbroken(given[name]) for name in asked(schema) if given.get(name) is not None}


def missing(schema: str, given: Mapping[str, Any], file: IO[Any] | None) -> list[str]:
    """The fields that an editor is opened for; empty if it is not."""
    names = [name for name in asked(schema) if given.get(name) is None]
    wanted = file is None and any(asked(schema)[name].required for name in names)
    return names if wanted else []


def filled(
    schema: str,
    given: Mapping[str, Any],
    file: IO[Any] | None,
    what: str,
    *,
    read_by: str = "",
    unsent: Unsent | None = None,
    begun: str = "",
    opens: bool = True,
) -> dict[str, Any]:
    """The payload: from options and the file; the editor asks for what is missing. what: is asked;
    read_by: who reads it, the first lines of what the editor shows. unsent: where what was typed
    waits; on screen, at the end of the command, if nothing is said. begun: what stands in the
    editor at first; without `opens` it is taken as it is.

    Raises NotPossible for what is no form; what was typed is with `unsent` by then.
    """
    values, unsent = options_of(schema, given), unsent or OnScreen.of_command()
    if file is not None:
        text = read_text(file)
        if passes_by(file):
            unsent.keep(text)
        return checked(schema, read_form(schema, text, only=_only(schema, values)) | values)
    names = missing(schema, given, file)
    if not names:
        return checked(schema, values)

    def read(said: str) -> dict[str, Any]:
        only = names[0] if len(names) == 1 else None
        return checked(schema, values | read_form(schema, said, names, only))

    if not opens:
        return read(begun)
    head = [line for line in (*read_by.split("\n"), what, left_out()) if line]
    blank = empty_form(schema, names)
    template = Template(head, blank, lambda form: _labelled(schema, names, form))
    return typed_in(unsent, template, begun, read)


def _only(schema: str, values: Mapping[str, str]) -> str | None:
    """The one field that is needed and was not given as an option, if it is one."""
    needed = [name for name, one in asked(schema).items() if one.required and name not in values]
    return needed[0] if len(needed) == 1 else None


def typed_of(
    value: Mapping[str, Any] | None, given: Mapping[str, Any], file: IO[Any] | None
) -> dict[str, Any]:
    """What of a payload was typed, and stands nowhere else."""
    if value is None or (file is not None and not passes_by(file)):
        return {}
    schema = value["schema"]
    typed = [key for key in asked(schema) if key in value and given.get(key) is None]
    return {key: text_of(value[key]) for key in typed}


def empty_form(schema: str, names: list[str]) -> str:
    """The heads of these fields, each with room below it; nothing for the one field of a schema."""
    if len(asked(schema)) == 1:
        return ""
    return "".join(f"[{name}]\n\n\n" for name in names)


def _labelled(schema: str, names: Iterable[str], form: str) -> str:
    """A form with what each field is for above its head."""

    def label(head: re.Match[str]) -> str:
        return f"{marked(_label(schema, head[1]))}\n{head[0]}"

    if len(asked(schema)) == 1:
        return form
    return re.sub(_heads(names), label, form, flags=re.MULTILINE)


def _label(schema: str, name: str) -> str:
    field = asked(schema)[name]
    told = allowed(field)
    if not field.required and (not told or isinstance(field, fields.List | fields.Integer)):
        told.append(_("may stay empty"))
    return _(about(field).sentence).rstrip(".") + (f" ({'; '.join(told)})" if told else "")


def _heads(names: Iterable[str]) -> str:
    return rf"^\[({'|'.join(names)})\]"


def read_form(
    schema: str, text: str, names: Iterable[str] | None = None, only: str | None = None
) -> dict[str, str]:
    """The values of a form. names: its fields, all of the schema's if not given. only: the field
    that a text without any head is.

    Raises NotPossible for a text outside the fields, and for a field that stands twice.
    """
    if len(asked(schema)) == 1:
        return {next(iter(asked(schema))): as_typed(text)}
    before, *parts = re.split(_heads(names or asked(schema)), text, flags=re.MULTILINE)
    if not parts and only is not None:
        return {only: _unframed(text)}
    if before.strip():
        raise CannotDo(_("a text stands outside the fields of the form"))
    values: dict[str, str] = {}
    for name, said in zip(parts[::2], parts[1::2], strict=True):
        if name in values:
            raise CannotDo(
                _("the field [{}] stands twice; put a space before it where it is text").format(
                    name
                )
            )
        values[name] = _said(about(asked(schema)[name]), said)
    return values


def _said(one: About, said: str) -> str:
    """What was said in a field. What an earlier form printed behind its head was not said."""
    first, end, rest = said.partition("\n")
    in_dutch = dutch()["sentences"].get(one.sentence, one.sentence)
    printed = {one.label, in_dutch.rstrip(".")}
    label = re.sub(r" \([^()]*\)$", "", first.strip())
    first = "" if label in printed else first.removeprefix(" ")
    return _unframed(f"{first}{end}{rest}")


def _unframed(said: str) -> str:
    """Without the empty lines before and after; what stands in a line stays."""
    return re.sub(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z", "", said)


def checked(schema: str, values: Mapping[str, str]) -> dict[str, Any]:
    """The payload of these values. Raises NotPossible, naming the fields."""
    of_schema = asked(schema)
    filled_in = {name: value for name, value in values.items() if value.strip()}
    said = {name: value_of(of_schema[name], value) for name, value in filled_in.items()}
    said = {name: value for name, value in said.items() if value != []}
    empty = [name for name, field in asked(schema).items() if field.required and name not in said]
    if empty == list(asked(schema)):
        raise CannotDo(_("nothing was written"), NOTHING_SENT)
    if empty:
        listed = ", ".join(f"[{name}]" for name in empty)
        raise CannotDo(f"{_('these fields are still empty')}: {listed}")
    # What is stated, the command has asked of who sends it.
    said |= {name: True for name, one in SCHEMAS[schema].fields.items() if about(one).stated}
    value = {"schema": schema, **said, "attachments": []}
    try:
        return check_payload(schema, value)
    except BadPayload as error:
        raise NotPossible(Why.NOT_AS_ASKED, faults=str(error)) from error


def stand_in(schema: str) -> dict[str, Any]:
    """A payload of a schema that says nothing, to try beforehand what may be sent. What may stay
    empty does: all of it together may be more than a schema takes."""
    needed = {name: one for name, one in asked(schema).items() if one.required}
    return checked(schema, {name: stand_in_for(one) for name, one in needed.items()})
