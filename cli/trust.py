"""The key ceremony as commands. None of these keys ever goes to the server."""

import time
from pathlib import Path

import click

from cli import network
from cli.asking import confirm
from cli.enrol import fingerprint
from cli.home import passphrase
from cli.language import _
from cli.screen import notify
from cli.spoken import Spoken, SpokenGroup
from client import ceremony
from client.directory import Directory
from client.pins import Pins
from domain.kinds import ROLES

IN_FORCE = "It holds from `zegel trust publish` on."
FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


@click.group(cls=SpokenGroup)
def trust() -> None:
    """The key ceremony: who is certified for what, and as what."""


@trust.command(cls=Spoken)
@FOLDER
@click.option("--log", required=True, help="The server's log key, as `zegel release` prints it.")
@click.option(
    "--roster-days",
    type=click.IntRange(1, 366),
    default=14,
    show_default=True,
    help="For how many days the list of certified people is valid.",
)
def init(folder: Path, log: str, roster_days: int) -> None:
    """Make three root keys and a registrar's key, and sign root 1 with two of the three.

    Each key file gets a passphrase of its own person. Print the pin: clients need it.
    """
    pin = ceremony.init(
        folder, log, roster_days, lambda name: passphrase(name, new=True), int(time.time())
    )
    click.echo(f"Pin: {pin}")


@trust.command(cls=Spoken)
@FOLDER
@click.argument("card", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(ROLES),
    help="As what the person works here.",
)
@click.option("--organisation", default="", help="A code such as lse.")
@click.option("--discipline", "disciplines", multiple=True, help="A code such as psychology.")
@click.option("--person", help="Id of someone listed, to add a device or change roles.")
@click.option("--yes", is_flag=True, help="The fingerprint has been compared.")
def certify(
    folder: Path,
    card: Path,
    roles: tuple[str, ...],
    organisation: str,
    disciplines: tuple[str, ...],
    person: str | None,
    yes: bool,
) -> None:
    """Put a person's CARD on the list of the next roster, after comparing fingerprints."""
    read = ceremony.read_enrolment(card)
    notify(f"{_('Fingerprint')}: {fingerprint(read.device)}")
    if not yes and not confirm(_("Does the person read the same?")):
        raise click.Abort
    listed = ceremony.certify(
        folder, read, roles, organisation, disciplines, person, int(time.time())
    )
    click.echo(f"{_('Person')}: {listed}\n{_(IN_FORCE)}")


@trust.command(cls=Spoken)
@FOLDER
@click.argument("device")
def revoke(folder: Path, device: str) -> None:
    """Revoke a DEVICE (its id or the beginning): it writes and reads nothing from then on."""
    revoked = ceremony.revoke(folder, device.replace(" ", ""), int(time.time()))
    click.echo(f"{_('Revoked')}: {revoked}\n{_(IN_FORCE)}")


@trust.command(cls=Spoken)
@FOLDER
@click.option("--server", required=True, help="Address of the server.")
def publish(folder: Path, server: str) -> None:
    """Sign the list as the next roster and send it; the root goes first if the server has none."""
    transport = network.transport(server)
    pins = Pins.load(folder / "pins.json")
    directory = Directory(transport, ceremony.pin_of(folder), pins)
    newest = ceremony.publish(folder, transport, directory, passphrase, int(time.time()))
    pins.save()
    roster = newest.roster
    assert roster is not None  # just sent
    expires = time.strftime("%Y-%m-%d %H:%M", time.localtime(roster.expires))
    told = _("List {}: {} people, valid until {}.")
    click.echo(told.format(roster.version, len(roster.people), expires))
