"""A step of somebody who asks, as the table of her case has it, whatever the service: `--do`. The
steps of a consultation have options of their own."""

from collections.abc import Sequence
from typing import Any

from cli.desk.body import may_be, said_of
from cli.desk.form import asked, filled, options_of, typed_of
from cli.desk.step import posted
from cli.screen.asking import said_yes
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from client.cases import consultation
from client.cases.casework import open_casework
from client.cases.charge import table_of
from client.cases.steps import asked_of, body_of, fits, schema_of
from client.place.chain import Chain
from client.session import Session
from domain.fields import Field, Origin
from domain.step import Command

TEXT, YES = "text", "yes"


def possible(session: Session, chain: Chain) -> list[str]:
    """The names of the steps that she can take now."""
    table, trust = table_of(session, chain), session.directory.newest
    line, kind = chain.compartment.line(session.device), chain.compartment.type
    state = chain.state.state if table.tells_state(kind) else None
    return [
        called
        for called, step in table.commands.items()
        if line is not None
        and step.place == kind
        and fits(table, step, line.role, state, chain.state, trust)
    ]


def take(
    session: Session, chain: Chain, called: str, said: Sequence[str], message: str | None
) -> None:
    """Take a step. said: what it states, as field=value. message: its text, if it was given; the
    editor asks for what is missing. Raises NotPossible and as `consultation.write_to_office`."""
    if called not in possible(session, chain):
        raise CannotDo(_("you cannot do {} here now").format(called))
    table = table_of(session, chain)
    step = table.commands[called]
    schema = schema_of(table, step)
    form = asked(schema) if schema is not None else {}
    if message is not None and TEXT not in form:
        raise CannotDo(_("no text goes with {}").format(called))
    stated = _stated({*asked_of(step), *form}, said)
    body = body_of(open_casework(session, chain.case), step, _checked(step, stated))
    value, typed = None, {}
    if schema is not None:
        given = {name: stated.get(name) for name in form}
        if message is not None:
            given[TEXT] = message
        value = filled(schema, given, None, _(step.help))
        typed = typed_of(value, options_of(schema, given), None)
    posted(lambda: consultation.write_to_office(session, chain, step.kind, body, value), typed)


def _stated(fields: set[str], said: Sequence[str]) -> dict[str, str]:
    """What was said, by field. Raises NotPossible for what is said of none, or of one twice:
    nothing that a person says is passed over."""
    stated: dict[str, str] = {}
    for one in said:
        name, is_said, value = one.partition("=")
        if not is_said or name not in fields:
            known = ", ".join(sorted(fields))
            raise CannotDo(_("{} is no FIELD=VALUE of this: {}").format(one, known or "-"))
        if name in stated:
            raise CannotDo(_("{} was said twice").format(name))
        stated[name] = value
    return stated


def _checked(step: Command, stated: dict[str, str]) -> dict[str, Any]:
    """The fields of its body, as they are stored. Raises NotPossible for what is missing or is
    none of them."""
    checked: dict[str, Any] = {}
    for name, field in asked_of(step).items():
        among = (YES,) if field.origin is Origin.STATED else may_be(field)
        value = _value(field, stated.get(name, ""))
        if value is not None:
            checked[name] = value
        elif name in stated or (field.usual is None and not field.optional):
            raise CannotDo(_("say --say {}=…, one of: {}").format(name, ", ".join(among)))
    return checked


def _value(field: Field, typed: str) -> Any:
    """None for what it cannot be."""
    if field.origin is Origin.STATED:
        return said_yes(typed) or None
    try:
        return said_of(field, typed)
    except CannotDo:
        return None
