"""Going on in a case after the server was put back to an earlier day."""

import click

from cli.home.folder import device_session
from cli.screen.asking import confirm
from cli.screen.show import say
from cli.screen.spoken import command
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name
from client.cases import restore
from client.place.names import type_of


@command("accept-restore")
@click.argument("case")
def accept_restore(case: str) -> None:
    """Go on in a CASE of which the server shows less than you saw, once you know why."""
    session = device_session()
    number = session.numbers.number(case) or case
    found = restore.look(session, number)
    say(_("The server shows less of this case than this device saw, or something else:"))
    for one in found.places:
        place = name(type_of(one.compartment))
        told = _("{}: you saw up to message {}; now it goes to {}.")
        say(told.format(place, one.last, one.shown))
        if one.other:
            say(_("Something else stands in the place of what you saw."))
    say(_("A backup that was put back looks like this, and so does a server that hides words."))
    say(_("Ask whoever runs the server, by telephone or face to face; never go by this screen."))
    say(
        _(
            "What you saw and the server's receipts for it stay in a file on this machine. Nothing "
            "that was lost comes back: whoever wrote it must write it again."
        )
    )
    if not confirm(_("Were you told by a person that a backup was put back?"), default=False):
        raise CannotDo(_("it stays as it was: nothing was accepted"))
    kept = restore.accept(session, found)
    say(f"{_('You can go on. The evidence is kept in')} {kept}")
