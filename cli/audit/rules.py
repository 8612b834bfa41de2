"""The rules as data, for whoever judges by them with a program of his own."""

import click

from cli.screen.spoken import Spoken, SpokenGroup
from crypto.encoding import canonical
from domain.rule_book import rule_book


@click.group(cls=SpokenGroup)
def rules() -> None:
    """The rules by which server, clients and auditors judge every step."""


@rules.command(cls=Spoken)
def export() -> None:
    """Print every rule as JSON, for a program of your own that judges by the same rules."""
    click.echo(canonical(rule_book()))
