"""The key ceremony as commands: roots, and what is sent. Who is certified stands in
`trust_people`. None of these keys ever goes to the server."""

import time
from pathlib import Path

import click

from cli.desk.step import root_warning
from cli.home import network
from cli.home.folder import passphrase
from cli.operator import trust_people
from cli.operator.trust_people import FOLDER
from cli.screen.show import local_time
from cli.screen.spoken import Spoken, SpokenGroup
from cli.screen.terminal import notify
from cli.sentences.counting import counted
from cli.sentences.language import _
from client.people import ceremony, ceremony_folder, publishing
from client.people.ceremony_folder import Passphrase
from client.server.directory import Directory
from client.server.pins import Pins


@click.group(cls=SpokenGroup)
def trust() -> None:
    """The key ceremony: who is certified for what, and as what."""


for one in trust_people.COMMANDS:
    trust.add_command(one)


def _new_or_kept(folder: Path) -> Passphrase:
    """Asks for the passphrase of each key file of a ceremony: a new one where there is no file."""
    return lambda name: passphrase(name, new=not (folder / f"{name}.json").exists())


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
@click.option(
    "--previous-pin",
    "previous_pins",
    multiple=True,
    help="A pin of before, if all root keys are new: codes made under it still open.",
)
def init(folder: Path, log: str, roster_days: int, previous_pins: tuple[str, ...]) -> None:
    """Make three root keys and a registrar's key, and sign root 1 with two of the three.

    Each key file gets a passphrase of its own person. Print the pin: clients need it.
    """
    keys, now = _new_or_kept(folder), int(time.time())
    pin = ceremony.init(folder, log, roster_days, keys, now, previous_pins)
    click.echo(f"Pin: {pin}")
    (root,) = ceremony_folder.roots_of(folder)
    _tell_end(root.root.version, root.root.expires)


def _tell_end(version: int, expires: int) -> None:
    told = _("Root {} is valid until {}; renew it 60 days before with `zegel trust renew`.")
    click.echo(told.format(version, local_time(expires)))


@trust.command(cls=Spoken)
@FOLDER
@click.option(
    "--new-root-key",
    "root_keys",
    type=int,
    multiple=True,
    help="Number of a root key that is made anew: its person goes, or lost it.",
)
@click.option("--new-registrar", is_flag=True, help="Make the registrar's key anew.")
@click.option("--log", help="The server's new log key.")
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    help="Key of a witness, type 04 or 06; those given take the place of all before.",
)
@click.option("--witnesses-needed", type=int, help="How many witnesses must cosign.")
@click.option(
    "--signer",
    "signers",
    type=int,
    multiple=True,
    help="Number of an old root key whose person is here; without it the first that stay.",
)
def renew(
    folder: Path,
    root_keys: tuple[int, ...],
    new_registrar: bool,
    log: str | None,
    witnesses: tuple[str, ...],
    witnesses_needed: int | None,
    signers: tuple[int, ...],
) -> None:
    """Sign the next root, valid for another year; `zegel trust publish` sends it.

    Two people with root keys type their passphrases. Clients follow by themselves: the pin stays.
    """
    change = ceremony.Change(root_keys, new_registrar, log, witnesses or None, witnesses_needed)
    root = ceremony.renew(folder, change, _new_or_kept(folder), int(time.time()), signers)
    _tell_end(root.version, root.expires)
    click.echo(_(trust_people.IN_FORCE))


@trust.command(cls=Spoken)
@FOLDER
@click.option("--server", required=True, envvar="ZEGEL_SERVER", help="Address of the server.")
def publish(folder: Path, server: str) -> None:
    """Sign the list as the next roster and send it; roots that the server has not go first."""
    transport = network.transport(server)
    pins = Pins.load(folder / "pins.json")
    directory = Directory(transport, ceremony_folder.pin_of(folder), pins)
    try:
        newest = publishing.publish(folder, transport, directory, passphrase, int(time.time()))
    finally:
        pins.save()  # a root that was stored is known, whatever became of the list
    roster = newest.roster
    assert roster is not None  # just sent
    told = _("List {}: {} people, valid until {}.")
    until = local_time(roster.expires)
    click.echo(counted(told.format(roster.version, len(roster.people), until)))
    warning = root_warning(newest.root, time.time())
    if warning:
        notify(warning)
