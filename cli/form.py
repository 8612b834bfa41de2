"""What a person writes, asked for by the schema of its payload: given as options, in a file, or in
the editor. It is checked here, before anything is sealed.

A form is text; whole lines that begin with # are left out:

    [yourself] What you can do yourself
    Stay in touch.

    [contact_again] When to contact us again
    As soon as you hear of a day or a plan.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TextIO, TypeVar

import click
from marshmallow import fields, validate

from cli.language import _, called, code_of
from client.errors import NotPossible
from wire.payload_schemas import SCHEMAS, BadPayload, check_payload

F = TypeVar("F", bound=Callable[..., Any])
YES = {"yes": True, "ja": True, "no": False, "nee": False}

# English as people ask for a field; Dutch stands in the catalogue.
LABELS = {
    "text": "What you want to say",
    "yourself": "What the person can do",
    "professional_help": "Where professional help is to be found",
    "possible_reports": "Reports that may be needed, and to whom",
    "contact_again": "When to contact us again",
    "outcome": "How it ended",
    "reason": "Why it ends",
    "pointers": "Where the person was pointed to",
    "channel": "How you spoke",
    "to": "Which kind of help or report",
    "name": "How you want to be called",
    "contact": "How you can be reached",
    "excerpt": "What happened, newly written and without names",
    "question": "What you want to know",
    "observed": "When and where it was seen",
    "observed_by": "Who saw it",
    "fact": "The fact: what was seen or heard, and nothing else",
    "quote": "The words themselves, if someone said them",
    "opinion": "An opinion about it, and whose",
    "hypothesis": "What it may mean, and what else",
    "source": "Where it comes from",
    "reliability": "How reliable the source is, from A (sure) to E (not)",
    "contradicts": "Does it speak against the worry?",
    "facts": "The facts that would be shared",
    "purpose": "For what purpose",
    "necessity": "Why it is needed, and in proportion",
    "alternative": "What less would do, and why not",
    "advice_asked": "Whose advice was asked",
    "talked_with": "Whether the person was spoken with, or why not",
    "consent": "Whether consent was asked, given or refused",
    "informed": "Whether the person was informed, or why not yet",
    "discipline": "From which discipline you write",
    "findings": "What you found",
    "other_explanations": "What else it may be, with what speaks for and against each",
    "contra_indications": "What speaks against the worry",
    "confidence": "How sure you are",
    "would_change": "What would change your mind",
    "what_to_whom": "What exactly would go to whom, and when",
}


def asked(schema: str) -> dict[str, fields.Field[Any]]:
    """The fields of a schema that a person fills in, by name."""
    return {
        name: field
        for name, field in SCHEMAS[schema].fields.items()
        if name not in ("schema", "attachments", "anonymised", "rewritten")
    }


def choices(field: fields.Field[Any]) -> list[str]:
    """What may stand in a field; empty for free text."""
    if isinstance(field, fields.Boolean):
        return ["yes", "no"]
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            return [str(choice) for choice in check.choices]
    return []


def form_options(schema: str | None) -> Callable[[F], F]:
    """One option for each field, and -f for a file with the form."""

    def decorate(command: F) -> F:
        if schema is None:
            return command
        command = click.option(
            "-f",
            "--file",
            type=click.File(encoding="utf-8"),
            help="Read the text or the form from a file.",
        )(command)
        for name, field in reversed(asked(schema).items()):
            flags = ["-m", "--message", name] if name == "text" else [_flag(name), name]
            kind = click.Choice(found) if (found := choices(field)) else None
            command = click.option(*flags, type=kind, help=f"{LABELS[name]}.")(command)
        return command

    return decorate


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def filled(schema: str, given: Mapping[str, Any], file: TextIO | None, what: str) -> dict[str, Any]:
    """The payload: from options and the file; the editor asks for what is missing.

    Raises NotPossible, with what was typed, so that it is not lost.
    """
    values = {name: given[name] for name in asked(schema) if given.get(name) is not None}
    if file is not None:
        values = read_form(schema, file.read()) | values
    missing = [name for name, field in asked(schema).items() if name not in values]
    if file is None and any(asked(schema)[name].required for name in missing):
        return _typed(schema, values, missing, what)
    return _checked(schema, values)


def typed_of(
    value: Mapping[str, Any] | None, given: Mapping[str, Any], file: TextIO | None
) -> dict[str, Any]:
    """What of a payload was typed in the editor, and stands nowhere else."""
    if value is None or file is not None:
        return {}
    schema = value["schema"]
    return {key: value[key] for key in asked(schema) if key in value and given.get(key) is None}


def _typed(schema: str, values: dict[str, Any], missing: list[str], what: str) -> dict[str, Any]:
    """Open the editor until the form is right, or is given up empty."""
    form, problem = empty_form(schema, missing), ""
    while True:
        head = [problem, what, _("Whole lines that begin with # are left out.")]
        shown = "".join(f"# {line}\n" for line in head if line) + "\n" + form
        typed = click.edit(shown, require_save=False)
        form = _without_comments(typed or "")
        if not any(read_form(schema, form, strict=False).values()):
            raise NotPossible(_("nothing was written"))
        try:
            return _checked(schema, values | read_form(schema, form))
        except NotPossible as error:
            problem = str(error)


def empty_form(schema: str, names: list[str]) -> str:
    if names == ["text"]:
        return "\n"
    return "".join(f"[{name}] {_label(schema, name)}\n\n\n" for name in names)


def _label(schema: str, name: str) -> str:
    field = asked(schema)[name]
    allowed = ", ".join(map(called, choices(field)))
    optional = "" if field.required else f" ({_('may stay empty')})"
    return _(f"{LABELS[name]}.").rstrip(".") + (f" ({allowed})" if allowed else optional)


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")).strip()


def read_form(schema: str, text: str, *, strict: bool = True) -> dict[str, Any]:
    """The values of a form; a text without heads is the one field of its schema.

    Raises NotPossible for a head that is no field, and for a text that no field takes.
    """
    text = _without_comments(text)
    # Where there is one field, a line such as "[sic]" is what somebody wrote.
    names = "[a-z_]+" if len(asked(schema)) > 1 else next(iter(asked(schema)))
    before, *parts = re.split(rf"^\[({names})\].*$", text, flags=re.MULTILINE)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    values = {name: said.strip() for name, said in pairs if said.strip()}
    if before.strip():
        only = [name for name, field in asked(schema).items() if field.required]
        if strict and (len(only) != 1 or values):
            raise NotPossible(_("a text stands outside the fields of the form"))
        values = {only[0]: text} if len(only) == 1 else {"": before}
    if strict and (unknown := values.keys() - asked(schema).keys()):
        raise NotPossible(f"{_('the form has no field')} [{sorted(unknown)[0]}]")
    return values


def _checked(schema: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises NotPossible, naming the fields."""
    said = {name: value.strip() for name, value in values.items() if value.strip()}
    for name, field in asked(schema).items():
        if name in said and (codes := choices(field)):
            said[name] = code_of(said[name], codes) or said[name]
        if isinstance(field, fields.Boolean) and said.get(name, "").lower() in YES:
            said[name] = YES[said[name].lower()]
    missing = [name for name, field in asked(schema).items() if field.required and name not in said]
    if missing == list(asked(schema)):
        raise NotPossible(_("nothing was written"))
    if missing:
        listed = ", ".join(f"[{name}]" for name in missing)
        raise NotPossible(f"{_('these fields are still empty')}: {listed}")
    if "anonymised" in SCHEMAS[schema].fields:
        said["anonymised"] = True  # who sends it is asked to state it
    value = {"schema": schema, **said, "attachments": []}
    try:
        return check_payload(schema, value)
    except BadPayload as error:
        raise NotPossible(str(error)) from error
