"""`zegel unlock` and `zegel lock`: opening a key file costs a second on purpose (Argon2id), and is
paid once for a while. Who keeps the key meanwhile is `cli.home.keeper`."""

import time

import click

from cli.home.folder import home_folder, open_device_file
from cli.home.keeper import ask, socket_path, start
from cli.screen.spoken import command
from cli.screen.terminal import notify
from cli.sentences.language import _

MAX_MINUTES = 480


@command()
@click.option(
    "--minutes",
    type=click.IntRange(1, MAX_MINUTES),
    default=30,
    show_default=True,
    help="For how long.",
)
def unlock(minutes: int) -> None:
    """Type your passphrase once: for a while commands do not ask for it.

    A process of yours keeps the opened key in memory, and only your own programs can ask it. Use
    `zegel lock` when you walk away.
    """
    start(home_folder(), open_device_file(), minutes * 60)
    until = time.strftime("%H:%M", time.localtime(time.time() + minutes * 60))
    notify(_("Unlocked until {}. When you walk away: `zegel lock`.").format(until), err=False)


@command()
def lock() -> None:
    """Forget the opened key at once."""
    ask(home_folder(), "lock")
    # A keeper that is held up ends when it finds its socket gone; nobody reaches it from here on.
    socket_path(home_folder()).unlink(missing_ok=True)
    click.echo(_("Locked."))
