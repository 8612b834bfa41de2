"""The operator's commands: release, serve, projector. Nothing here opens a payload."""

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
import structlog
from eventsourcing.persistence import PersistenceError

from api.config import BadSettings, Settings, name_not_set, read_settings
from api.state import Opened, open_store
from cli.screen.terminal import notify
from client.own_files import owned
from crypto.encoding import Malformed, unb64
from crypto.log_signer import make_log_key, read_log_key
from domain.services.registry import SERVICES
from domain.trust import SECONDS_A_DAY, Root
from projections.projector import PROJECTIONS, ModelFault, Projector
from projections.stopping import Stop, Stops

SWEEP_SECONDS = 600
ROOT_SOON_SECONDS = 60 * SECONDS_A_DAY
ENDING_SECONDS = 4.5
PROJECTOR = ("cli.main", "projector", "run")
WEB = ("gunicorn", "--config", "python:api.gunicorn_config", "api.app:create_app()")
# A new key would not be the one that the root names: no client takes its receipts.
LOST_LOG_KEY = (
    "{} is gone, and there is a store that it belongs to: put the key back from the backup of that "
    "store. It is never replaced here"
)
log = structlog.get_logger()


def settings_or_exit() -> Settings:
    try:
        return read_settings()
    except BadSettings as error:
        raise click.UsageError(str(error)) from error


@click.command()
@click.option("--pin", help="The pin of root 1: the server takes no other root. Kept in the data.")
def release(pin: str | None) -> None:
    """Make the store ready: folder, log key, tables. Safe to run again."""
    prepare(settings_or_exit(), pin)


def prepare(settings: Settings, pin: str | None = None) -> Settings:
    """Folder, log key and tables; gives the settings with the pin in force."""
    with _told(settings):
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not settings.log_key.exists():
            if os.path.exists(settings.store):
                raise click.ClickException(LOST_LOG_KEY.format(settings.log_key))
            make_log_key(settings.log_key, settings.origin)
        click.echo(f"Log key: {read_log_key(settings.log_key).vkey}")
        if pin:
            _keep_pin(settings, pin)
            settings = settings_or_exit()
        opened = open_store(settings, create=True)
        try:
            _warn_of_root(opened.store.trust().root)
        finally:
            opened.close()
    if not settings.pin:
        click.echo("No pin is set: nothing is accepted yet. Next: zegel trust init")
    return settings


def _warn_of_root(root: Root | None) -> None:
    """In time, for whoever looks after the server is who sees it start."""
    if root is not None and root.expires - time.time() < ROOT_SOON_SECONDS:
        ends = time.strftime("%Y-%m-%d", time.localtime(root.expires))
        notify(
            f"Root {root.version} expires on {ends}: after that no list of people can be "
            "published. Two people with root keys renew it: zegel trust renew"
        )


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    """Around the opening of a store: what stands in its way ends the command with a sentence."""
    try:
        yield
    except BadSettings as error:
        raise click.UsageError(str(error)) from error
    except Malformed as error:
        raise click.ClickException(f"{settings.log_key} is no log key: {error}") from error
    except FileNotFoundError as error:
        raise click.ClickException(
            f"{error.filename} is not there: make the store ready with `zegel release`, or name "
            "its folder in ZEGEL_DATA"
        ) from error
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} is a file, and is to be a folder") from error
    except OSError as error:
        raise click.ClickException(
            f"the store in {settings.data} cannot be opened: {error.strerror}: {error.filename}"
        ) from error
    except PersistenceError as error:
        raise click.ClickException(
            f"the store in {settings.data} cannot be opened: {error}. Is it on a disk that can be "
            "written, and was it made ready with `zegel release`?"
        ) from error


def _keep_pin(settings: Settings, pin: str) -> None:
    try:
        unb64(pin, 32)
    except Malformed as error:
        raise click.UsageError(f"--pin: {error}") from error
    if settings.pin and settings.pin != pin:
        raise click.UsageError("another pin is in force; a pin is never replaced")
    with open(settings.pin_file, "w", encoding="utf-8", opener=owned) as file:
        file.write(pin)


@click.command()
@click.option("--pin", help="The pin of root 1; needed once, kept in the data.")
def serve(pin: str | None) -> None:
    """Keep a server running: web workers and the projector, on the embedded store."""
    gc.enable()  # `main` switched it off: commands are short, this one is not
    stop = Stop()
    settings = prepare(settings_or_exit(), pin)
    children = [_child(*PROJECTOR), _child(*WEB)] if not stop.is_set() else []
    click.echo(f"Listening on {settings.bind}, as {settings.authority}")
    if told := name_not_set(settings):
        notify(told)
    while not stop.wait(0.2) and all(child.poll() is None for child in children):
        pass
    codes = _end(children)
    if not stop.is_set():
        raise click.ClickException(f"a process ended by itself: exit codes {codes}")


def _child(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *arguments])


def _end(children: list[subprocess.Popen[bytes]]) -> list[int]:
    """Ask the children to end, and kill what does not in time; their exit codes. Web workers end by
    themselves when their master is gone."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + ENDING_SECONDS
    for child in children:
        try:
            child.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("killed", pid=child.pid)
            child.kill()
    return [child.wait() for child in children]


@click.group()
def projector() -> None:
    """The process that builds the read models."""


@projector.command()
def run() -> None:
    """Follow the store. A second one waits until the first is gone."""
    gc.enable()  # as in serve
    stop = Stop()
    settings = settings_or_exit()
    with _told(settings):
        opened = open_store(settings)
    # A sweep that is cut off is undone by the store, and done by the next process.
    threading.Thread(target=_sweep, args=(opened, stop), daemon=True).start()
    _projector(opened).run(stop, settings.projector_lock)


def _sweep(opened: Opened, stop: Stops) -> None:
    """Delete uploads that no entry has named in time, as long as the projector runs."""
    while not stop.wait(SWEEP_SECONDS):
        try:
            opened.store.uploads.sweep()
        except PersistenceError as error:  # busy, or out of reach: the next time will do
            log.warning("sweep", fault=type(error).__name__)


@projector.command()
@click.argument("name", type=click.Choice([one.name for one in PROJECTIONS]))
def rebuild(name: str) -> None:
    """Make one read model again from nothing. Readers see the old one until it is done."""
    settings = settings_or_exit()
    with _told(settings):
        opened = open_store(settings)
    started = time.monotonic()
    try:
        total = _projector(opened).rebuild(name)
    except ModelFault as fault:
        raise click.ClickException(f"it stays set aside: {fault}; see the log") from fault
    click.echo(f"{name}: {total} events in {time.monotonic() - started:.1f} s")


def _projector(opened: Opened) -> Projector:
    return Projector(opened.store, opened.views, opened.settings.pin, SERVICES)
