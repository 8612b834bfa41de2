"""Trying again: when the server is silent, and when the same was written just before."""

import click

from cli.screen.asking import at_a_terminal, confirm
from cli.screen.bar import Bar
from cli.screen.show import local_time
from cli.screen.terminal import notify
from cli.sentences.language import _
from cli.sentences.plain import plain
from client.errors import Unanswered, Unreachable
from client.place.chain import Item
from client.session import Session

WANTED = "cli.writing.again"  # in what a command was called with


def _remember(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    context.meta[WANTED] = wanted


AGAIN = click.option(
    "--again",
    is_flag=True,
    expose_value=False,
    callback=_remember,
    help="Send it although you wrote exactly the same last.",
)


def attended(session: Session) -> Session:
    """A session that shows how far it is, and asks whoever is at the terminal."""
    session.progress = Bar()
    session.once_more = _once_more
    session.again = _again
    return session


def _once_more(silence: Unreachable) -> bool:
    """Whether the same bytes are to be sent again at once."""
    if not at_a_terminal():
        return False
    if isinstance(silence, Unanswered):
        told = _("No answer came. It is not known whether this was stored.")
    else:
        told = _("The server does not answer. Nothing came to it yet.")
    notify(told)
    try:
        return confirm(_("Try again now? It is not stored twice."), default=True)
    except click.Abort:
        return False


def _again(last: Item) -> bool:
    """Whether to write once more what was written last."""
    context = click.get_current_context(silent=True)
    if context is not None and context.meta.get(WANTED):
        return True
    when = local_time(last.entry.stored)
    told = f"{_('You wrote exactly this last, and it is stored')}: {when}."
    notify(plain(told))
    if at_a_terminal():
        return confirm(_("Send it once more?"), default=False)
    notify(_("Nothing was sent now. With --again it is sent once more."))
    return False
