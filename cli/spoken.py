"""Commands that speak the person's language: what stands in the code is translated when shown."""

import inspect
from collections.abc import Callable
from typing import Any

import click

from cli.language import _

JSON_HELP = "For scripts: one JSON object."


class Spoken(click.Command):
    """A command whose help and options are shown in the language on screen."""

    def __init__(self, *given: Any, **options: Any) -> None:
        options["help"] = _(inspect.cleandoc(options.get("help") or ""))
        super().__init__(*given, **options)
        for parameter in self.params:
            if isinstance(parameter, click.Option):
                parameter.help = _(parameter.help) if parameter.help else None
                if parameter.prompt:
                    parameter.prompt = _(str(parameter.prompt))


class SpokenGroup(click.Group):
    """A command with commands of its own, whose help is shown in the language on screen."""

    def __init__(self, *given: Any, **options: Any) -> None:
        options["help"] = _(inspect.cleandoc(options.get("help") or ""))
        super().__init__(*given, **options)


def command(name: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    return click.command(name, cls=Spoken)


JSON = click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
