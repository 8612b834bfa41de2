"""The list of certified people as commands: put on it, shown, changed, revoked, and put back before
it is published."""

import time
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.home.enrol import fingerprint
from cli.screen.asking import confirm
from cli.screen.show import local_time, print_json, say
from cli.screen.spoken import JSON, Spoken
from cli.screen.terminal import notify, paged
from cli.sentences.cannot import CannotDo
from cli.sentences.counting import counted
from cli.sentences.language import _, name
from client.people import next_roster
from client.people.ceremony_folder import roots_of
from domain.kinds import ROLES
from domain.refusal import Refused
from domain.shapes import code, seconds_of

T = TypeVar("T", str, tuple[str, ...])
IN_FORCE = "It holds from `zegel trust publish` on."
FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
WHO = click.argument("who")
ROLE = click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(ROLES),
    help="As what the person works here.",
)


def _code(_context: click.Context, _option: click.Parameter, given: T) -> T:
    """Held to the roster's own shape before anything is asked."""
    for one in (given,) if isinstance(given, str) else given:
        try:
            if one:
                code(one, "")
        except Refused as error:
            told = _("{} is no code: begin with a letter, and use small letters, digits and _")
            raise click.BadParameter(told.format(one)) from error
    return given


ORGANISATION = click.option(
    "--organisation", default="", callback=_code, help="A code such as lse."
)
DISCIPLINE = click.option(
    "--discipline",
    "disciplines",
    multiple=True,
    callback=_code,
    help="A code such as psychology.",
)


@click.command(cls=Spoken)
@FOLDER
@click.argument("card", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@ROLE
@ORGANISATION
@DISCIPLINE
@click.option("--person", help="Number or id of someone listed, to add a device to.")
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
    read = next_roster.read_enrolment(card)
    notify(f"{_('Fingerprint')}: {fingerprint(read.device)}")
    if not yes and not confirm(_("Does the person read the same?")):
        raise CannotDo(_("nobody was certified: this card is not what the person made"))
    listed = next_roster.certify(
        folder, read, roles, organisation, disciplines, person, int(time.time())
    )
    click.echo(f"{_('Person')}: {listed}\n{_(IN_FORCE)}")


def _about(number: int, one: dict[str, Any]) -> str:
    """1. casemanager, lse (psychology), number 3f2a 91c0"""
    roles = ", ".join(name(role) for role in one["roles"])
    disciplines = f" ({', '.join(one['disciplines'])})" if one["disciplines"] else ""
    begins = fingerprint(one["person"][:8])
    return f"{number}. {roles}, {one['organisation']}{disciplines}, {_('number')} {begins}"


def _device(one: dict[str, Any]) -> str:
    since = f"{_('since')} {local_time(seconds_of(one['from']))}"
    gone = one["revoked"] and f", {_('revoked')} {local_time(seconds_of(one['revoked']))}"
    return f"   {fingerprint(one['device'])}, {since}{gone or ''}"


@click.command("list", cls=Spoken)
@FOLDER
@JSON
def list_(folder: Path, as_json: bool) -> None:
    """Everybody on the list, by number, with what is not published yet."""
    now, last, root = (
        next_roster.listed(folder),
        next_roster.published(folder),
        roots_of(folder)[-1].root,
    )
    waiting = next_roster.changed(last.people, now)
    if as_json:
        roster = {"version": last.version, "expires": last.expires}
        both = {"people": now, "unpublished": sorted(waiting), "roster": roster}
        print_json(both | {"root": {"version": root.version, "expires": root.expires}})
        return
    with paged():
        for number, one in enumerate(now, 1):
            marked = f" – {_('not published yet')}" if one["person"] in waiting else ""
            say(f"{_about(number, one)}{marked}")
            for device in one["devices"]:
                say(_device(device))
        if not now:
            say(_("Nobody is on the list."))
        if last.version:
            expires = local_time(seconds_of(last.expires))
            told = _("List {}: {} people, valid until {}.")
            say(counted(told.format(last.version, len(last.people), expires)))
        told = _("Root {} is valid until {}; renew it 60 days before with `zegel trust renew`.")
        say(told.format(root.version, local_time(root.expires)))


@click.command(cls=Spoken)
@FOLDER
@WHO
@ROLE
@ORGANISATION
@DISCIPLINE
def edit(
    folder: Path,
    who: str,
    roles: tuple[str, ...],
    organisation: str,
    disciplines: tuple[str, ...],
) -> None:
    """Give someone listed other roles, another organisation or other disciplines.

    WHO is a number in `zegel trust list`, or the beginning of an id. What is given takes the place
    of all that was there.
    """
    if not (roles or organisation or disciplines):
        raise click.UsageError(_("say what is to change: --role, --organisation or --discipline"))
    found = next_roster.find(next_roster.listed(folder), who)
    click.echo(f"{_('Before')}: {_about(found.number, found.person)}")
    now = next_roster.edit(folder, found.person["person"], roles, organisation, disciplines)
    click.echo(f"{_('Now')}: {_about(found.number, now)}\n{_(IN_FORCE)}")


@click.command(cls=Spoken)
@FOLDER
@WHO
@click.option("--yes", is_flag=True, help="Do not ask.")
def revoke(folder: Path, who: str, yes: bool) -> None:
    """Revoke a device, or all of a person's: they write and read nothing from then on.

    WHO is a number in `zegel trust list`, or the beginning of the id of a person or device.
    """
    found = next_roster.find(next_roster.listed(folder), who)
    notify(_about(found.number, found.person))
    for one in found.devices:
        notify(_device(one))
    if all(one["revoked"] for one in found.devices):
        click.echo(_("Nothing of this stands any more: it was revoked before."))
        return
    asked = _("Revoke this? It cannot be taken back once it is published.")
    if not yes and not confirm(asked):
        raise CannotDo(_("nothing was revoked"))
    for device in next_roster.revoke(folder, who, int(time.time())):
        click.echo(f"{_('Revoked')}: {device}")
    click.echo(_(IN_FORCE))


@click.command(cls=Spoken)
@FOLDER
@click.option("--yes", is_flag=True, help="Do not ask.")
def undo(folder: Path, yes: bool) -> None:
    """Put the list back as it was published last."""

    def sure(differing: set[str]) -> bool:
        for number, one in enumerate(next_roster.listed(folder), 1):
            if one["person"] in differing:
                notify(_about(number, one))
        return yes or confirm(_("Take back what was changed for these people?"))

    undone = next_roster.undo(folder, sure)
    click.echo(_("Nothing was changed.") if not undone else _("The list is as it was published."))


COMMANDS = (certify, list_, edit, revoke, undo)
