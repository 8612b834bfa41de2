"""A step of somebody who asks, as the table of her case has it, whatever the service: `--do`. The
steps of a consultation have options of their own."""

from collections.abc import Sequence

from cli.desk.form import asked, filled, options_of, typed_of
from cli.desk.step import posted
from cli.sentences.language import _
from client.cases import consultation
from client.cases.casework import open_casework
from client.cases.charge import table_of
from client.cases.steps import asked_of, body_of, fits, is_hers, schema_of
from client.errors import NotPossible
from client.place.chain import Chain
from client.session import Session
from domain.step import Command


def possible(session: Session, chain: Chain) -> list[str]:
    """The names of the steps that she can take now."""
    table, trust = table_of(session, chain), session.directory.newest
    line, kind = chain.compartment.line(session.device), chain.compartment.type
    state = chain.state.state if table.tells_state(kind) else None
    return [
        called
        for called, step in table.commands.items()
        if line is not None
        and is_hers(table, step)
        and step.place == kind
        and fits(table, step, line.role, state, chain.state, trust)
    ]


def take(
    session: Session, chain: Chain, called: str, said: Sequence[str], message: str | None
) -> None:
    """Take a step. said: what it states, as field=value. message: its text, if it was given; the
    editor asks for what is missing. Raises NotPossible and as `consultation.write_to_office`."""
    if called not in possible(session, chain):
        raise NotPossible(f"you cannot do {called} here now")
    table = table_of(session, chain)
    step = table.commands[called]
    stated = dict(one.split("=", 1) for one in said if "=" in one)
    _refuse_unsaid(step, stated)
    body = body_of(open_casework(session, chain.case), step, stated)
    schema = schema_of(table, step)
    value, typed = None, {}
    if schema is not None:
        given = {name: stated.get(name) for name in asked(schema)}
        given["text"] = message if message is not None else given.get("text")
        value = filled(schema, given, None, _(step.help))
        typed = typed_of(value, options_of(schema, given), None)
    posted(lambda: consultation.write_to_office(session, chain, step.kind, body, value), typed)


def _refuse_unsaid(step: Command, stated: dict[str, str]) -> None:
    for name, field in asked_of(step).items():
        if field.usual is None and not field.optional and stated.get(name) not in field.of:
            raise NotPossible(f"say --say {name}=…, one of: {', '.join(field.of)}")
