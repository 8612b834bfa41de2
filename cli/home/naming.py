"""`zegel name`: give a case, a place or somebody a name of your own; list them; forget one."""

import click

from cli.home.folder import device_session
from cli.home.names import Names
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, command
from cli.screen.terminal import table
from cli.sentences.language import _
from client.errors import NotPossible
from client.session import Session


@command("name")
@click.argument("number", required=False)
@click.argument("called", required=False)
@click.option("--remove", is_flag=True, help="Forget the name of NUMBER.")
@JSON
def name_(number: str | None, called: str | None, remove: bool, as_json: bool) -> None:
    """Call a case, a place, a person or a device (NUMBER) by a name of your own; or list the names.

    Names stay on this machine, sealed to your device, and never go to the server. They are shown
    where numbers are, and can be typed where a number is asked.
    """
    session = device_session()
    names = session.numbers
    assert isinstance(names, Names)  # whoever has a device keeps them
    if number is None:
        if as_json:
            print_json({"names": names.all()})
        elif names.all():
            rows = [[one, whole] for whole, one in names.all().items()]
            table(_("Local names"), [_("name"), _("number")], rows)
        else:
            say(_("You gave no names yet."))
        return
    if remove == (called is not None):
        raise NotPossible(_("give a name, or --remove"))
    if called is None:
        whole = names.number(number) or _named(names.all(), number)
        names.take(whole)
    else:
        whole = names.number(number) or _whole(session, number)
        names.give(whole, called)
    if as_json:
        print_json({"number": whole, "name": called})
    elif called is None:
        say(f"{_('Forgotten')}: {whole[:8]}.")
    else:
        say(f"{_('On this machine alone')}: {whole} {_('is called')} {names.name(whole)}.")


def _named(names: dict[str, str], beginning: str) -> str:
    found = [one for one in names if one.startswith(beginning.lower())]
    if len(found) != 1:
        raise NotPossible(f"{len(found)} of your names are of a number beginning {beginning}")
    return found[0]


def _whole(session: Session, beginning: str) -> str:
    """The one number that begins so: of a case, a place, or somebody; whoever only stands in a case
    of yours is looked for there. Raises NotPossible."""
    typed = beginning.strip().lower()
    rows = session.work()
    trust = session.directory.refresh()
    known: set[str] = {row["case"] for row in rows}
    listed = trust.roster.devices.values() if trust.roster else ()
    known |= {one.device for one in listed} | {one.person for one in listed}
    found = {one for one in known if one.startswith(typed)}
    found |= {
        f"{row['case']}/{row['compartment']}"
        for row in rows
        if "-" in typed and row["compartment"].startswith(typed)
    }
    if not found:
        chains = (session.read(row["case"], row["compartment"]) for row in rows)
        lines = (line for chain in chains if chain for line in chain.lines)
        found = {line.device for line in lines if line.device.startswith(typed)}
    if len(found) != 1 or not typed:
        raise NotPossible(f"{len(found)} numbers begin with {beginning}: give one whole")
    return found.pop()
