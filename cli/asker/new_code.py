"""Another return code in the place of one that may be known to others."""

import click

from cli.asker.codes import show_new, typed_code, words_of
from cli.asker.session import session_of
from cli.screen.asking import at_a_terminal, confirm
from cli.screen.show import print_json, say
from cli.screen.terminal import notify
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from client.errors import ClientError
from client.people import membership
from client.place.chain import Chain
from client.session import Session
from crypto.secret.seeds import new_code


def another_code(
    session: Session, chains: list[Chain], server: str | None, pin: str | None, as_json: bool
) -> None:
    """Put a new code in the place of the one that was typed, everywhere it stands, once the person
    knows what that closes and has the new one. Raises as `membership.replace_key`."""
    notify(
        _(
            "The code that you have now will open nothing any more. With the new one you read what "
            "is written from now on; what was said before stays closed to it, for good."
        )
    )
    if at_a_terminal() and not confirm(_("Take a new code?"), default=False):
        raise CannotDo(_("the code stays as it was"))
    entropy = new_code()
    after, _keys = session_of(entropy, server, pin)
    sent = False
    try:
        if not as_json:
            # Before anything is sent: if the connection breaks now, the way back is not lost.
            show_new(entropy)
            if at_a_terminal():
                _typed_back(entropy)
        sent = True
        membership.replace_key(session, after, chains)
    except ClientError as error:
        error.also = words_of(entropy)
        _tell_which(sent, as_json)
        raise
    except (click.Abort, KeyboardInterrupt):
        if as_json:
            print_json(words_of(entropy))
        _tell_which(sent, as_json)
        raise
    if as_json:
        print_json({**words_of(entropy), "replaced": [one.name for one in chains]})
    else:
        say(_("The old code opens nothing any more. What was said before stays closed to the new."))


def _tell_which(sent: bool, as_json: bool) -> None:
    """Which of the two codes opens what, when it was broken off. sent: whether anything was."""
    if as_json:
        return
    if sent:
        told = _(
            "It is not known whether the new code is in the place of the old one everywhere. Keep "
            "both, and try each with"
        )
        notify(told, command="zegel return")
    else:
        notify(_("Nothing has changed: keep the code that you had. The new one opens nothing."))


def _typed_back(entropy: bytes) -> None:
    """Ask for the new code until it is typed: whoever types it has it."""
    notify(_("Write the new code down. Then type it here, to be sure that you have it."))
    while typed_code(None) != entropy:
        notify(_("That is another code. Type the new one."))
