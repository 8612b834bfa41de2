"""Commands that speak the person's language: what stands in the code is translated when shown, and
what may be chosen is shown by name and taken by name, in either language."""

import inspect
import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import click

from cli.screen.asking import confirm
from cli.screen.terminal import PLAIN
from cli.sentences.click_words import install, of_files, said
from cli.sentences.language import _, called, code_of, language

F = TypeVar("F", bound=Callable[..., Any])

JSON_HELP = "For scripts: one JSON object."

install()


class Named(click.Choice[str]):
    """A choice among codes. Shown by name, with hyphens so that no quotes are needed; taken by
    code, or by name in Dutch or English."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        code = code_of(str(choice), self.choices)
        return str(choice) if code is None else _typed_name(code)


class NamedSeveral(Named):
    """Several of some codes by commas, each as of `Named`; as their codes by commas."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        said = (one.strip() for one in str(value).split(","))
        return ", ".join(super(NamedSeveral, self).convert(one, param, ctx) for one in said if one)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return f"{super().get_metavar(param, ctx)},…"


def _typed_name(code: str) -> str:
    return code if language() == "en" else re.sub(r"[\s_]+", "-", called(code))


def _speak(parameters: list[click.Parameter]) -> None:
    """Put help, prompts, choices and what is to be filled in into the language on screen."""
    for one in parameters:
        if type(one.type) is click.Choice:
            one.type = Named(one.type.choices)
            if isinstance(one.default, str):
                one.default = _typed_name(one.default)
        if not isinstance(one, click.Option):
            continue
        one.help = _(one.help) if one.help else None
        if one.prompt:
            one.prompt = _(str(one.prompt))
            asks = partial(_asked, one.prompt) if one.is_bool_flag else partial(_asked_for, one)
            one.prompt_for_value = asks  # type: ignore[method-assign]
        if one.metavar is None and not isinstance(one.type, click.Choice):
            one.metavar = said(one.type.name.upper())


def _asked(question: str, _context: click.Context) -> bool:
    return confirm(question, default=False)


def _asked_for(option: click.Option, context: click.Context) -> Any:
    taken = partial(option.process_value, context)
    return prompted(str(option.prompt), option.type, taken)


def prompted(
    question: str, kind: click.ParamType[Any], taken: Callable[[Any], Any] | None = None
) -> Any:
    """What a person says when asked, with the choices by name; beside what is shown, which may be
    an object for scripts. taken: what is made of the answer, that of its kind if not given. Raises
    click.Abort where there is nobody to answer."""
    if isinstance(kind, Named):
        question += f" ({', '.join(map(_typed_name, kind.choices))})"
    return click.prompt(question, type=kind, err=True, show_choices=False, value_proc=taken)


def _first_sentence(text: str | None) -> str:
    """The whole of it: a sentence that breaks off tells nobody what a command does."""
    paragraph = inspect.cleandoc(text or "").partition("\n\n")[0]
    return re.split(r"(?<=[.!?]) ", " ".join(paragraph.split()), maxsplit=1)[0]


class Spoken(click.Command):
    """A command whose help and options are shown in the language on screen."""

    def __init__(self, *given: Any, **options: Any) -> None:
        options["help"] = _(inspect.cleandoc(options.get("help") or ""))
        options.setdefault("options_metavar", said("[OPTIONS]"))
        super().__init__(*given, **options)
        _speak(self.params)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            message = of_files(error.message)
            if message == error.message:
                raise
            raise click.BadParameter(message, error.ctx, error.param, error.param_hint) from error

    def get_short_help_str(self, limit: int = 45) -> str:
        return _first_sentence(self.help)


class SpokenGroup(click.Group):
    """A command with commands of its own, whose help is shown in the language on screen."""

    def __init__(self, *given: Any, **options: Any) -> None:
        options["help"] = _(inspect.cleandoc(options.get("help") or ""))
        options.setdefault("options_metavar", said("[OPTIONS]"))
        options.setdefault("subcommand_metavar", said("COMMAND [ARGS]..."))
        super().__init__(*given, **options)

    def get_short_help_str(self, limit: int = 45) -> str:
        return _first_sentence(self.help)


def command(
    name: str | None = None, *, takes_dashes: bool = False
) -> Callable[[Callable[..., Any]], click.Command]:
    """takes_dashes: what begins with a dash and is no option is an argument."""
    settings = {"ignore_unknown_options": takes_dashes}
    return click.command(name, cls=Spoken, context_settings=settings)


def JSON(command: F) -> F:
    """--json, and beside it --plain for who has the screen read aloud."""
    plain = click.option(
        "--plain",
        is_flag=True,
        expose_value=False,
        callback=_be_plain,
        help="Draw nothing: for who has the screen read aloud. ZEGEL_PLAIN=1 does the same.",
    )
    return click.option("--json", "as_json", is_flag=True, help=JSON_HELP)(plain(command))


def _be_plain(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        context.meta[PLAIN] = True
