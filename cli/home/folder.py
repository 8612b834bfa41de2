"""Where a person's own things lie: server and pin, the sealed device key, the pins.

settings.json   {"pin":"…","server":"https://…"}
device.key      the device's seeds, sealed with the passphrase
pins.json       what was seen and may not go back
names.sealed    local names of cases, places and people, sealed to the device
outbox/         sealed files on their way up
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

import click

from cli.home import keeper
from cli.home.names import NAMES, Names
from cli.home.network import transport
from cli.home.passphrases import weakness
from cli.screen.terminal import notify
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from cli.sentences.next_steps import PIN_ON_THE_LETTER
from cli.writing.again import attended
from cli.writing.drafts import take_in_cut_off
from client.errors import NotPossible
from client.own_files import owned
from client.server.pins import Pins
from client.session import Session
from client.why import Why
from crypto.encoding import Malformed, b64, unb64
from crypto.secret.keyfile import WrongPassphrase, read_key_file, write_key_file
from crypto.secret.seeds import DeviceKeys

KEY_FILE = "device.key"
PIN_CHARACTERS = 43


class Place(NamedTuple):
    """A server, and the pin by which its people are known."""

    server: str
    pin: str


def home_folder() -> Path:
    return Path(os.environ.get("ZEGEL_HOME") or Path.home() / ".zegel")


def place(server: str | None, pin: str | None) -> Place:
    """Server and pin, from options, the environment or the home folder. Raises NotPossible,
    OSError."""
    server = (server or os.environ.get("ZEGEL_SERVER") or "").strip()
    pin = (pin or os.environ.get("ZEGEL_PIN") or "").strip()
    if not server or not pin:
        kept = _settings()
        server, pin = server or kept.server, pin or kept.pin
    if not server or not pin:
        raise CannotDo(
            _(
                "no server or pin is known: give --server and --pin; the pin stands on the "
                "letter or page of the support point"
            )
        )
    try:
        unb64(pin, 32)
    except Malformed as error:
        if len(pin) == PIN_CHARACTERS:
            raise CannotDo(
                _("{} is no pin: one or more characters are wrong").format(pin), PIN_ON_THE_LETTER
            ) from error
        raise CannotDo(
            _("{} is no pin: it has 43 characters").format(pin), PIN_ON_THE_LETTER
        ) from error
    return Place(server, pin)


def _settings() -> Place:
    """What this home keeps of them; empty where it keeps none. Raises NotPossible, OSError."""
    file = home_folder() / "settings.json"
    try:
        kept = json.loads(file.read_bytes().decode("utf-8-sig"))  # editors put a mark before it
        found = [kept.get(name, "") for name in Place._fields]
        return Place(*(one.strip() for one in found))
    except FileNotFoundError:
        return Place("", "")
    except (ValueError, AttributeError, RecursionError) as error:
        raise CannotDo(
            _("{} is damaged: it does not say a server and a pin").format(file),
            "Move that file away, and give both again: with --server and --pin, or in "
            "ZEGEL_SERVER and ZEGEL_PIN.",
        ) from error


def _own_folder() -> Path:
    """The home folder, made if it is not there. Raises NotPossible, OSError."""
    folder = home_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise CannotDo(
            _("{} is a file, and is to be a folder").format(folder),
            "Name another folder in ZEGEL_HOME, or move the file.",
        ) from error
    return folder


def keep_place(where: Place) -> None:
    """Raises NotPossible, OSError."""
    with open(_own_folder() / "settings.json", "w", encoding="utf-8", opener=owned) as file:
        file.write(json.dumps(where._asdict()))


def passphrase(what: str, *, new: bool = False) -> str:
    """The passphrase of a key file: from ZEGEL_PASSPHRASE for scripts, else asked for. new: of a
    file that is to be made; one that is easy to guess is asked for again.

    Raises NotPossible if the one for scripts is.
    """
    given = os.environ.get("ZEGEL_PASSPHRASE")
    if given is not None:
        if new and (told := weakness(given)):
            raise CannotDo(told)
        return given
    while True:
        asked = click.prompt(
            f"{_('Passphrase of')} {what}", hide_input=True, confirmation_prompt=new, err=True
        )
        told = weakness(str(asked)) if new else ""
        if not told:
            return str(asked)
        notify(told)


def keep_device(keys: DeviceKeys) -> None:
    """Raises NotPossible if this home has a device already, OSError."""
    folder = _own_folder()
    value = {"sign": b64(keys.sign), "kem": b64(keys.kem)}
    secret = passphrase(_("the new device key"), new=True)
    try:
        write_key_file(folder / KEY_FILE, "device", value, secret)
    except FileExistsError as error:
        raise CannotDo(_("{} holds a device key already").format(folder)) from error


def open_device_file() -> dict[str, str]:
    """The seeds of the device in this home, opened with the passphrase. Raises NotPossible,
    OSError."""
    file = home_folder() / KEY_FILE
    try:
        file.open("rb").close()  # told before a passphrase is asked for
    except FileNotFoundError as error:
        raise CannotDo(
            _("{} is not there: make a device key with `zegel enrol`").format(file)
        ) from error
    try:
        return dict(read_key_file(file, "device", passphrase(_("the device key"))))
    except WrongPassphrase as error:
        raise CannotDo(
            _("the passphrase does not open the device key"),
            "Try again. Who forgot it makes a new device key with `zegel enrol`, and lets"
            " the registrar certify it.",
        ) from error
    except Malformed as error:
        raise NotPossible(Why.DAMAGED, file=file, reason=str(error)) from error
    except OSError as error:
        raise NotPossible(Why.UNREADABLE, file=file, reason=str(error.strerror)) from error


def device_session(server: str | None = None, pin: str | None = None) -> Session:
    """The session of the device in this home. Raises NotPossible, OSError."""
    where = place(server, pin)
    value = keeper.ask(home_folder()) or open_device_file()
    keys = DeviceKeys(unb64(value["sign"], 32), unb64(value["kem"], 32))
    take_in_cut_off(home_folder(), keys)
    file = home_folder() / "pins.json"
    try:
        pins = Pins.load(file)
    except Malformed as error:
        raise NotPossible(Why.SEEN_DAMAGED, file=file) from error
    pins.unkept = _Unkept(file)
    outbox = home_folder() / "outbox"
    session = attended(Session(transport(where.server), where.pin, keys, pins, outbox=outbox))
    session.numbers = Names(session.keys, session.card, home_folder() / NAMES)
    return session


class _Unkept:
    """Tells once that what was seen could not be noted, and shows every receipt that is not kept:
    it is the proof that the server stored what was written."""

    def __init__(self, file: Path) -> None:
        self._file, self._told = file, False

    def __call__(self, error: OSError, receipts: list[dict[str, str]]) -> None:
        if not self._told:
            told = _(
                "What was seen could not be noted: a server that goes back on it may not be noticed"
            )
            notify(f"{told} ({error.strerror}: {self._file})")
            self._told = True
        for one in receipts:
            told = _("Keep this receipt: it proves that the server stored what you wrote")
            notify(f"{told}:\n{one['receipt']}\n{one['signature']}")
