"""The public fields of a step, as options of its command: what each asks for follows from where its
value comes from (`domain.fields`). What was not given is asked for once it is known that the rest
of the step is there: nobody answers in vain."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from cli.desk.form import F
from cli.screen.asking import confirm
from cli.screen.spoken import Named, prompted
from cli.sentences.language import _
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
    if field.origin is Origin.STATED:
        return click.option(flag(name), name, is_flag=True, help=field.asks)
    choices = _choices(table, field)
    kind = click.Choice(choices) if choices else str
    return click.option(flag(name), name, type=kind, help=field.asks or FOLLOWS)


def _choices(table: Service, field: Field) -> list[str]:
    """The codes that may be chosen, none for what is no choice."""
    if field.origin is Origin.TERM:
        return [term.name for term in table.terms]
    return [*field.of] if field.origin is Origin.CHOICE else []


def unsaid(step: Command, given: Mapping[str, Any]) -> dict[str, Field]:
    """The fields that a person has still to say."""
    return {
        name: field
        for name, field in asked_of(step).items()
        if field.origin is not Origin.LINK
        and not given.get(name)
        and field.asks
        and field.usual is None
        and not field.optional
    }


def stand_ins(table: Service, step: Command, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is tried beforehand in the place of what has still to be said; people have none."""
    return {
        name: True if field.origin is Origin.STATED else next(iter(_choices(table, field)), "")
        for name, field in unsaid(step, given).items()
        if field.origin is not Origin.DEVICE
    }


def asked_for(table: Service, step: Command, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a person says when asked."""
    said: dict[str, Any] = {}
    for name, field in unsaid(step, given).items():
        if field.origin is Origin.STATED:
            said[name] = confirm(_(field.asks), default=False)
        else:
            choices = _choices(table, field)
            said[name] = prompted(_(field.asks), Named(choices) if choices else click.STRING)
    return said


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
