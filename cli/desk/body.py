"""The public fields of a step, as options of its command: what each asks for follows from where its
value comes from (`domain.fields`)."""

from collections.abc import Callable

import click

from cli.desk.form import F
from client.cases.steps import TO_CASE, asked_of
from domain.fields import Field, Origin
from domain.service import Service
from domain.shapes import data_of
from domain.step import Command

FOLLOWS = "It follows from the case, unless you say it."
OPENED_WITH = frozenset({"rules", "controller"})  # by the table itself


def flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def body_options(table: Service, step: Command) -> Callable[[F], F]:
    """One option for each field that is a person's to say, by its name."""

    def decorate(command: F) -> F:
        for name, field in reversed([*asked_of(step).items()]):
            command = _option(table, name, field)(command)
        return command

    return decorate


def _option(table: Service, name: str, field: Field) -> Callable[[F], F]:
    if field.origin is Origin.LINK:
        told = "The number of the case, or its beginning."
        return click.option(flag(TO_CASE), TO_CASE, required=True, help=told)
    asks = field.asks if field.usual is None and not field.optional else None
    if field.origin is Origin.STATED:
        return click.option(flag(name), name, is_flag=True, prompt=asks, help=field.asks)
    choices = {
        Origin.TERM: [term.name for term in table.terms],
        Origin.CHOICE: [*field.of],
    }.get(field.origin)
    kind = click.Choice(choices) if choices else str
    help_ = field.asks or FOLLOWS
    return click.option(flag(name), name, type=kind, prompt=asks or None, help=help_)


def opening_options(table: Service) -> Callable[[F], F]:
    """One option for each field that an opening of this service states besides, and who comes in
    beside those whom the table lists."""

    def decorate(command: F) -> F:
        told = "Who comes in besides, by the beginning of the number."
        command = click.option("--with", "beside", multiple=True, help=told)(command)
        for name, shape in reversed([*table.opening.items()]):
            if name not in OPENED_WITH:
                among = (data_of(shape) or {}).get("one of")
                kind = click.Choice(among) if among else str
                command = click.option(flag(name), name, type=kind, required=True)(command)
        return command

    return decorate


def opening_fields(table: Service) -> frozenset[str]:
    return frozenset(table.opening) - OPENED_WITH
