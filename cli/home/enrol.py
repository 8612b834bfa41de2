"""Making a device key on the person's own machine."""

import json
from pathlib import Path

import click

from cli.home.folder import home_folder, keep_device, keep_place, place
from cli.home.network import transport
from cli.screen.spoken import command
from cli.screen.terminal import notify
from cli.sentences.advice import spoken_of
from cli.sentences.language import _
from client.errors import Unreachable
from client.own_files import owned
from client.server.directory import Directory
from client.server.pins import Pins
from crypto.secret.seeds import new_device


def fingerprint(device: str) -> str:
    """A device id as people read it to each other."""
    return " ".join(device[start : start + 4] for start in range(0, len(device), 4))


@command()
@click.option(
    "--server",
    required=True,
    envvar="ZEGEL_SERVER",
    help="Address of the support point's server.",
)
@click.option(
    "--pin",
    required=True,
    envvar="ZEGEL_PIN",
    help="The pin by which its people are known: on the letter or page.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A file for the registrar's card; without it enrolment.json in your zegel folder.",
)
def enrol(server: str, pin: str, out: Path | None) -> None:
    """Make this machine's device key, and the card that a registrar certifies.

    The key stays here, sealed with your passphrase. Bring the card to the registrar, and read the
    fingerprint to each other.
    """
    where = place(server, pin)
    try:
        Directory(transport(where.server), where.pin, Pins()).refresh()
    except Unreachable as error:
        notify(f"{_('Whether the pin is right could not be looked up')}: {spoken_of(error)}")
    keys = new_device()
    keep_device(keys)
    keep_place(where)
    card = keys.card()
    out = out or home_folder() / "enrolment.json"
    with open(out, "w", encoding="utf-8", opener=owned) as file:
        file.write(json.dumps(card.fields()))
    click.echo(f"{_('Card')}: {out}\n{_('Fingerprint')}: {fingerprint(card.device)}")
