"""Coming in by an invitation: someone whom no list of people knows."""

import click

from cli.case.people import compared
from cli.home.folder import device_session
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, command
from cli.sentences.language import _
from client.people.invitations import accept, typed_invitation
from client.session import Session
from crypto.secret.invitation import Invitation


@command()
@click.argument("link", required=False)
@JSON
def join(link: str | None, as_json: bool) -> None:
    """Accept an invitation with this machine's device: LINK, or its words. Read the safety words
    to who invited you.

    Without LINK you are asked for it. Who has a code uses `zegel return --join`.
    """
    typed = link or click.prompt(_("The link, or the words"), err=True)
    words = accepted(device_session(), typed_invitation(typed))
    if as_json:
        print_json({"safety_words": words.split()})
    else:
        tell(words)


def accepted(session: Session, invitation: Invitation) -> str:
    """Accept an invitation; the safety words. Raises ServerRefused."""
    accept(session.transport, session.card, invitation)
    place = (invitation.case, invitation.compartment)
    return compared(place, invitation.inviter, session.device)


def tell(words: str) -> None:
    say(f"{_('Read these words to who invited you; they must have the same')}:\n    {words}")
