"""The stage of the demo: a server in processes of its own, and people who each run the command in a
home of their own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import click
from PIL import Image, ImageChops

MAKE = 0x010F  # EXIF: what made it
START_SECONDS = 120


def _unbroken(text: str) -> str:
    return re.sub(r"[\s│]+", "", text)


class CheckFailed(Exception):
    """Something in the demo is not as it should be; the text says what."""


class Stage:
    def __init__(self, folder: Path) -> None:
        self.checks = 0
        self._folder = folder
        self._data = folder / "server"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._address = f"127.0.0.1:{free.getsockname()[1]}"
        self.url = f"http://{self._address}"
        self.pin = ""
        self._server: subprocess.Popen[bytes] | None = None

    def title(self, text: str) -> None:
        click.secho(f"\n── {text} ".ljust(88, "─"), bold=True)

    def home(self, person: str) -> Path:
        return self._folder / person

    def check(self, what: str, holds: bool) -> None:
        """Raises CheckFailed."""
        if not holds:
            raise CheckFailed(what)
        self.checks += 1
        click.echo(f"  ✓ {what}")

    @staticmethod
    def shows(shown: str, *texts: str) -> bool:
        """Whether every text can be read in what was shown, however its lines were broken."""
        return all(_unbroken(text) in _unbroken(shown) for text in texts)

    @staticmethod
    def hides(shown: str, *texts: str) -> bool:
        """Whether none of the texts can be read in what was shown."""
        return not any(_unbroken(text) in _unbroken(shown) for text in texts)

    def find(self, pattern: str, text: str) -> str:
        found = re.search(pattern, text, re.MULTILINE)
        if found is None:
            raise CheckFailed(f"{pattern} is not in what was shown")
        return found[1]

    def run(self, person: str, *arguments: str, typed: str = "", refused: bool = False) -> str:
        """Run `zegel` as a person does; show it, and give what it printed. Raises CheckFailed
        unless it ends as it should."""
        told = ("'…'" if " " in one else one for one in arguments)
        click.echo(f"  {person}$ zegel {' '.join(told)}")
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            env=self._environment(person),
            input=typed,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        shown = done.stdout + (done.stderr if done.returncode else "")
        click.echo(textwrap.indent(shown.rstrip(), "    │ "))
        if (done.returncode != 0) != refused:
            raise CheckFailed(f"{person}: zegel {arguments[0]} ended with {done.returncode}")
        self.checks += 1
        return shown

    def _environment(self, person: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
        return kept | {
            "ZEGEL_HOME": str(self.home(person)),
            "XDG_RUNTIME_DIR": str(self._folder),  # what `unlock` keeps ends with the demo
            "ZEGEL_DATA": str(self._data),
            "ZEGEL_BIND": self._address,
            "ZEGEL_AUTHORITY": self._address,
            "ZEGEL_PASSPHRASE": f"a long passphrase of {person}",
            "ZEGEL_SERVER": self.url,
            "ZEGEL_PIN": self.pin,
            "COLUMNS": "88",
            "PYTHONUTF8": "1",
            "ZEGEL_LANG": "en",
        }

    def open_server(self) -> None:
        """Log key, root and server. Raises CheckFailed if it does not come up."""
        log = self.find(r"Log key: (\S+)", self.run("operator", "release"))
        made = self.run("registrar", "trust", "init", str(self._ceremony), "--log", log)
        self.pin = self.find(r"Pin: (\S+)", made)
        click.echo("  operator$ zegel serve   (keeps running)")
        with (self._data / "server.log").open("wb") as log_file:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "serve", "--pin", self.pin],
                env=self._environment("operator") | {"ZEGEL_PIN": ""},
                stdout=log_file,
                stderr=log_file,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._server.poll() is not None:
                raise CheckFailed("the server does not come up")
            time.sleep(0.05)

    @property
    def _ceremony(self) -> Path:
        return self._folder / "ceremony"

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def certify(self, person: str, role: str, organisation: str = "lse") -> None:
        """A person makes a device key; the registrar puts its card on the list."""
        self.run(person, "enrol", "--server", self.url, "--pin", self.pin)
        card = str(self.home(person) / "enrolment.json")
        certify = ("trust", "certify", str(self._ceremony), card, "--role", role)
        self.run("registrar", *certify, "--organisation", organisation, "--yes")

    def publish(self) -> None:
        self.run("registrar", "trust", "publish", str(self._ceremony), "--server", self.url)

    def number_of(self, person: str) -> str:
        """The number by which colleagues know a person."""
        listed = json.loads(self.run(person, "colleagues", "--json"))
        return next(str(one["person"]) for one in listed["people"] if one["you"])

    def whole_case(self, person: str, case: str) -> str:
        """The whole number of a case that a person knows by its beginning."""
        listed = self.run(person, "show", case, "--json")
        return self.find(f'"({case}[0-9a-f]{{24}})"', listed)

    def is_neutral(self, note: str, asked: str) -> bool:
        """Whether a printed note has ten words of those that were shown, numbered, and a title that
        says nothing of what it is for."""
        words = [word for word in Path(note).read_text("utf-8").split() if not word.isdigit()]
        shown = set(asked.split())
        return words[:2] == ["To", "remember"] and len(words) == 12 and set(words[2:]) <= shown

    def folder_of(self, person: str) -> str:
        """A folder that a person saves files in."""
        folder = self._folder / f"{person}-saved"
        folder.mkdir(exist_ok=True)
        return str(folder)

    def photo(self, name: str, taken_with: str) -> str:
        """A photo as a telephone makes it, with a note of what took it."""
        note = Image.Exif()
        note[MAKE] = taken_with
        file = self._folder / name
        Image.linear_gradient("L").convert("RGB").save(file, "JPEG", exif=note)
        return str(file)

    @staticmethod
    def is_bare(saved: str, photo: str, taken_with: str) -> bool:
        """Whether a saved photo shows the same and holds no note."""
        with Image.open(saved) as shown, Image.open(photo) as taken:
            differs = ImageChops.difference(shown.convert("L"), taken.convert("L"))
            same = max(differs.tobytes()) < 16  # it was compressed anew
            return same and not shown.getexif() and taken.getexif()[MAKE] == taken_with

    def files_of_server(self, folder: str) -> list[Path]:
        """The files in a folder of the server."""
        return [one for one in (self._data / folder).rglob("*") if one.is_file()]

    def search(self, words: Sequence[str]) -> list[str]:
        """Which of the words stand in any file of the server, in any encoding a file may hold."""
        held = b"".join(file.read_bytes() for file in self._data.rglob("*") if file.is_file())
        return [word for word in words if word.encode() in held or word.encode("utf-16") in held]

    def close(self) -> None:
        """End the server, with all its processes."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGTERM)
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self._server.pid, signal.SIGKILL)
