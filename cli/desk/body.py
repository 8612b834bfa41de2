"""The public fields of a step, as options of its command: what each asks for follows from where its
value comes from (`domain.fields`). What was not given is asked for once it is known that the rest
of the step is there: nobody answers in vain."""

import time
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import click

from cli.desk.form import F
from cli.desk.values import DAY, TIME, Answer, moment_of, one_of, whole_number
from cli.screen.asking import confirm
from cli.screen.spoken import Named, prompted
from cli.sentences.language import _
from client.cases.steps import TO_CASE, asked_of
from domain.fields import Field, Origin
from domain.service import Service
from domain.shapes import data_of
from domain.step import Command
from domain.terms import OFFICE_ZONE
from wire.header import minute_of

DAY_SECONDS = 86_400
YES_OR_NO = ("yes", "no")
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
        return click.option(flag(TO_CASE), TO_CASE, required=not field.optional, help=told)
    if field.origin is Origin.STATED:
        return click.option(flag(name), name, is_flag=True, help=field.asks)
    told = field.asks or FOLLOWS
    if field.origin is Origin.YES_NO:
        either = f"{flag(name)}/{flag(f'no-{name}')}"
        return click.option(either, name, default=None, help=told)
    choices = _choices(table, field)
    if choices:
        return click.option(flag(name), name, type=click.Choice(choices), help=told)
    shown = [*may_be(field)[-1:], None][0]
    return click.option(flag(name), name, type=_kind(field), metavar=shown, help=told)


def _kind(field: Field) -> click.ParamType[Any]:
    """How what is no choice is taken."""
    if field.origin not in (Origin.NUMBER, Origin.MOMENT):
        return click.STRING
    return Answer("text", lambda typed: said_of(field, typed))


def said_of(field: Field, typed: str) -> Any:
    """The value of a field whose shape is all there is to it: a choice, a number, yes or no, a
    moment by the clock of the office. Raises CannotDo."""
    match field.origin:
        case Origin.NUMBER:
            return whole_number(typed, *_limits(field))
        case Origin.MOMENT:
            return moment_of(typed, ZoneInfo(OFFICE_ZONE))
        case Origin.YES_NO:
            return one_of(typed, YES_OR_NO) == YES_OR_NO[0]
    return one_of(typed, field.of)


def _limits(field: Field) -> tuple[int, int]:
    least, most = data_of(field.shape)["integer"]
    return least, most


def may_be(field: Field) -> tuple[str, ...]:
    """What may be said, by codes or by example; empty where that depends on the service."""
    match field.origin:
        case Origin.NUMBER:
            return ("{}-{}".format(*_limits(field)),)
        case Origin.MOMENT:
            return DAY, TIME
        case Origin.YES_NO:
            return YES_OR_NO
    return field.of if field.origin is Origin.CHOICE else ()


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
        if field.origin not in (Origin.LINK, Origin.ENTRY)  # of several entries it is told which
        and not _is_said(field, given.get(name))
        and field.asks
        and field.usual is None
        and not field.optional
    }


def _is_said(field: Field, value: Any) -> bool:
    """No and 0 are said too."""
    return bool(value) if field.origin is Origin.STATED else value not in (None, "")


def stand_ins(table: Service, step: Command, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is tried beforehand in the place of what has still to be said; people have none."""
    return {
        name: _stand_in(table, field)
        for name, field in unsaid(step, given).items()
        if field.origin is not Origin.DEVICE
    }


def _stand_in(table: Service, field: Field) -> Any:
    match field.origin:
        case Origin.STATED | Origin.YES_NO:
            return True
        case Origin.NUMBER:
            return _limits(field)[0]
        case Origin.MOMENT:
            return minute_of(int(time.time()) + DAY_SECONDS)
    return next(iter(_choices(table, field)), "")


def asked_for(table: Service, step: Command, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a person says when asked."""
    said: dict[str, Any] = {}
    for name, field in unsaid(step, given).items():
        if field.origin is Origin.STATED:
            said[name] = confirm(_(field.asks), default=False)
        elif field.origin is Origin.YES_NO:
            said[name] = confirm(_(field.asks))
        else:
            choices = _choices(table, field)
            shown = "" if choices else ", ".join(may_be(field))
            question = f"{_(field.asks)} ({shown})" if shown else _(field.asks)
            said[name] = prompted(question, Named(choices) if choices else _kind(field))
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
