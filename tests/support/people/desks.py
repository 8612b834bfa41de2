"""An office whose people run commands in this process: real keys, server and homes, and no second
spent on starting Python or opening key files."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from click.testing import CliRunner

from cli.home import keeper
from cli.main import cli
from client.errors import ClientError
from crypto.encoding import b64
from crypto.secret.seeds import DeviceKeys, new_device
from tests.support.world import World

STAFF = {"anna": "consultation_worker", "bram": "consultation_worker", "carla": "supervisor"}


class Desks:
    """A world with an office in it. folder: of the homes, one for each of the staff. organisations:
    of those who are of another than the support point."""

    def __init__(
        self,
        world: World,
        folder: Path,
        staff: Mapping[str, str] = STAFF,
        organisations: Mapping[str, str] | None = None,
    ) -> None:
        self.world = world
        self.folder = folder
        self.keys: dict[str, DeviceKeys] = {}
        for number, (person, role) in enumerate(staff.items(), 1):
            self.keys[person] = new_device()
            self.home(person).mkdir()
            world.ceremony.list_person(number, [role], self.keys[person])
            other = (organisations or {}).get(person, "lse")
            world.ceremony.people[-1]["organisation"] = other
        world.publish(*self.keys.values())

    def home(self, person: str) -> Path:
        return self.folder / person

    def run(self, person: str, *arguments: str, typed: str = "", **environment: str) -> "Done":
        """A command as a person runs it; what it raises of its own is told as people read it."""
        self.world.settle()
        told = {
            "ZEGEL_HOME": str(self.home(person)),
            "ZEGEL_SERVER": self.world.url,
            "ZEGEL_PIN": self.world.pin,
            "ZEGEL_LANG": "en",
            "XDG_RUNTIME_DIR": str(self.folder),
            "COLUMNS": "200",
            "VISUAL": "",
            "EDITOR": "false",
        }
        keys = self.keys.get(person)
        value = {"sign": b64(keys.sign), "kem": b64(keys.kem)} if keys else None
        # As after `zegel unlock`: the process that keeps the key is not what is tested here.
        with mock.patch.object(keeper, "ask", lambda *_: value):
            ran = CliRunner().invoke(
                cli, arguments, input=typed, env=told | environment, standalone_mode=False
            )
        return Done(ran.exception, ran.stdout, ran.stderr)

    def json(self, person: str, *arguments: str, typed: str = "", **environment: str) -> Any:
        done = self.run(person, *arguments, "--json", typed=typed, **environment)
        assert done.error is None, done
        return json.loads(done.out)

    def asked(self, text: str = "a question") -> str:
        """A question of somebody; the number of its case."""
        _session, chain, _code = self.world.mother(text)
        return chain.case

    def taken(self, text: str = "a question", by: str = "anna") -> str:
        """A consultation that somebody of the office has taken; its number."""
        case = self.asked(text)
        assert self.run(by, "take", case, "--no-conflict").error is None
        return case

    def said(self, person: str, case: str, place: str = "dialogue") -> list[dict[str, Any]]:
        """What was said in a place of a case, as `show --json` gives it."""
        shown = self.json(person, "show", case)
        return [
            message["content"]
            for one in shown["compartments"]
            if one["compartment"].startswith(place)
            for message in one["messages"]
        ]

    def drafts(self, person: str) -> list[dict[str, Any]]:
        return list(self.json(person, "drafts")["drafts"])


class Done:
    """How a command ended. error: what it raised, None if it did what was asked."""

    def __init__(self, error: BaseException | None, out: str, err: str) -> None:
        self.error = error
        self.out = out
        self.err = err

    def __repr__(self) -> str:
        return f"{self.error!r}\n{self.out}\n{self.err}"

    def refused(self, told: str) -> None:
        """It was refused with a sentence that says this."""
        assert isinstance(self.error, ClientError) and told in str(self.error), self


@contextmanager
def desks(folder: Path, **world: Any) -> Iterator[Desks]:
    (folder / "server").mkdir()
    with World(folder / "server", **world) as opened:
        yield Desks(opened, folder)


def editor(folder: Path, script: str) -> str:
    """An editor that is a line of shell, "$1" its file. It notes that it was opened."""
    file = folder / f"editor-{abs(hash(script))}"
    file.write_text(f'#!/bin/sh\necho x >> {folder}/opened\ncp "$1" {folder}/seen\n{script}\n')
    file.chmod(0o700)
    return str(file)


def was_opened(folder: Path) -> int:
    """How often an editor was opened, since this was asked last."""
    noted = folder / "opened"
    count = len(noted.read_text().split()) if noted.exists() else 0
    noted.unlink(missing_ok=True)
    return count


def cleared(folder: Path) -> None:
    """Without a trace of drafts."""
    shutil.rmtree(folder / "drafts", ignore_errors=True)
