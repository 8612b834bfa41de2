"""Completion of commands and options by a shell, as click writes it."""

import click
from click.shell_completion import get_completion_class

from cli.screen.spoken import command

VARIABLE = "_ZEGEL_COMPLETE"  # by which the shell asks the command, see click


@command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Show what makes a shell complete commands: put it in a file that your shell reads."""
    found = get_completion_class(shell)
    assert found is not None  # click has these three
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, "zegel", VARIABLE).source())
