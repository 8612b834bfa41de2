"""Where a person's own things lie: server and pin, the sealed device key, the pins.

settings.json   {"pin":"…","server":"https://…"}
device.key      the device's seeds, sealed with the passphrase
pins.json       what was seen and may not go back
outbox/         sealed files on their way up
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

import click

from cli import unlocked
from cli.bar import Bar
from cli.drafts import take_in_cut_off
from cli.language import _
from client.errors import NotPossible
from client.pins import Pins
from client.session import Session
from client.transport import Transport
from crypto.encoding import Malformed, b64, unb64
from crypto.secret.keyfile import WrongPassphrase, read_key_file, write_key_file
from crypto.secret.seeds import DeviceKeys

KEY_FILE = "device.key"


class Place(NamedTuple):
    """A server, and the pin by which its people are known."""

    server: str
    pin: str


def home_folder() -> Path:
    return Path(os.environ.get("ZEGEL_HOME") or Path.home() / ".zegel")


def place(server: str | None, pin: str | None) -> Place:
    """Server and pin, from options, the environment or the home folder. Raises NotPossible."""
    settings = home_folder() / "settings.json"
    kept = json.loads(settings.read_text()) if settings.exists() else {}
    server = server or os.environ.get("ZEGEL_SERVER") or kept.get("server")
    pin = pin or os.environ.get("ZEGEL_PIN") or kept.get("pin")
    if not server or not pin:
        raise NotPossible(
            "no server or pin is known: give --server and --pin; the pin stands on the letter or "
            "page of the support point"
        )
    try:
        unb64(pin, 32)
    except Malformed as error:
        raise NotPossible(f"{pin} is no pin: it has 43 characters") from error
    return Place(server, pin)


def keep_place(where: Place) -> None:
    folder = home_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "settings.json").write_text(json.dumps(where._asdict()))


def passphrase(what: str, *, new: bool = False) -> str:
    """The passphrase of a key file: from ZEGEL_PASSPHRASE for scripts, else asked for."""
    given = os.environ.get("ZEGEL_PASSPHRASE")
    if given is not None:
        return given
    asked = click.prompt(
        f"{_('Passphrase of')} {what}", hide_input=True, confirmation_prompt=new, err=True
    )
    return str(asked)


def keep_device(keys: DeviceKeys) -> None:
    """Raises NotPossible if this home has a device already."""
    folder = home_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    value = {"sign": b64(keys.sign), "kem": b64(keys.kem)}
    secret = passphrase(_("the new device key"), new=True)
    try:
        write_key_file(folder / KEY_FILE, "device", value, secret)
    except FileExistsError as error:
        raise NotPossible(f"{folder} holds a device key already") from error


def open_device_file() -> dict[str, str]:
    """The seeds of the device in this home, opened with the passphrase. Raises NotPossible."""
    file = home_folder() / KEY_FILE
    if not file.exists():
        raise NotPossible(f"{file} is not there: make a device key with `zegel enrol`")
    try:
        return dict(read_key_file(file, "device", passphrase(_("the device key"))))
    except WrongPassphrase as error:
        raise NotPossible("the passphrase does not open the device key") from error
    except Malformed as error:
        raise NotPossible(f"{file} is damaged: {error}") from error


def device_session(server: str | None = None, pin: str | None = None) -> Session:
    """The session of the device in this home. Raises NotPossible."""
    where = place(server, pin)
    value = unlocked.ask(home_folder()) or open_device_file()
    keys = DeviceKeys(unb64(value["sign"], 32), unb64(value["kem"], 32))
    take_in_cut_off(home_folder(), keys)
    try:
        pins = Pins.load(home_folder() / "pins.json")
    except (Malformed, TypeError, KeyError) as error:
        raise NotPossible(f"{home_folder() / 'pins.json'} is damaged: {error}") from error
    outbox = home_folder() / "outbox"
    session = Session(Transport(where.server), where.pin, keys, pins, outbox=outbox)
    session.progress = Bar()
    return session
