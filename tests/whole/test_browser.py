"""How tests come to a browser: one that is there, else one that is fetched or installed; where none
can be had, a sentence says what to install.

Holds tests/support/audit/browser.py.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.audit.browser import NoBrowser, Ran, browser, run

AWAY = Path("/nonexistent/chromium")
FETCH = f"{Path(sys.executable).name} -m playwright install chromium"
UPDATE = "apt-get update"
INSTALL = "apt-get install --yes --no-install-recommends chromium"


def command(folder: Path, name: str) -> str:
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o700)
    return str(file)


class Machine:
    """Runs nothing: notes what it is asked to, and lets it fail unless it was told what it does."""

    def __init__(self, can: Mapping[str, Callable[[], object]] | None = None) -> None:
        self.asked: list[str] = []
        self._can = can or {}

    def run(self, command: Sequence[str], seconds: float) -> Ran:
        asked = " ".join([Path(command[0]).name, *command[1:]])
        self.asked.append(asked)
        if asked in self._can:
            self._can[asked]()
        succeeded = asked in self._can or asked.endswith("--version")
        return Ran(succeeded, "" if succeeded else "no way out of here")


def test_a_browser_that_is_there_is_taken(tmp_path: Path) -> None:
    machine, there = Machine(), {"PATH": str(tmp_path)}
    chrome, own, hers = (command(tmp_path, one) for one in ("google-chrome", "own", "hers"))
    assert browser(Path(own), there, machine.run, root=True) == chrome
    assert browser(Path(own), {"PATH": ""}, machine.run, root=True) == own
    named = {**there, "ZEGEL_BROWSER": hers}
    assert browser(Path(own), named, machine.run, root=True) == hers
    assert machine.asked == ["google-chrome --version", "own --version", "hers --version"]


def test_a_browser_is_fetched(tmp_path: Path) -> None:
    own = tmp_path / "own"
    machine = Machine({FETCH: lambda: command(tmp_path, "own")})
    assert browser(own, {"PATH": ""}, machine.run, root=True) == str(own)
    assert machine.asked == [FETCH, "own --version"]


def test_a_browser_is_installed_where_none_can_be_fetched(tmp_path: Path) -> None:
    command(tmp_path, "apt-get")
    machine = Machine({UPDATE: lambda: None, INSTALL: lambda: command(tmp_path, "chromium")})
    there = {"PATH": str(tmp_path)}
    assert browser(AWAY, there, machine.run, root=True) == str(tmp_path / "chromium")
    assert machine.asked == [FETCH, UPDATE, INSTALL, "chromium --version"]


def test_a_command_that_only_says_what_to_install_is_no_browser(tmp_path: Path) -> None:
    stub = tmp_path / "chromium-browser"
    stub.write_text("#!/bin/sh\necho 'install the snap' >&2\nexit 1\n")
    stub.chmod(0o700)
    working = command(tmp_path, "google-chrome")
    assert browser(AWAY, {"PATH": str(tmp_path)}, run, root=False) == working


@pytest.mark.parametrize("root", [True, False])
@pytest.mark.parametrize("apt", [True, False])
def test_where_no_browser_can_be_had_a_sentence_says_what_to_install(
    tmp_path: Path, root: bool, apt: bool
) -> None:
    if apt:
        command(tmp_path, "apt-get")
    with pytest.raises(NoBrowser) as none:
        browser(AWAY, {"PATH": str(tmp_path)}, Machine().run, root=root)
    said = str(none.value)
    assert said.startswith("a browser is not there for this test: install Chromium (on Debian and ")
    assert "apt-get install chromium" in said and "ZEGEL_BROWSER" in said
    assert "playwright install chromium: no way out of here" in said
    assert ("apt-get update: no way out of here" in said) == (root and apt)


def test_a_browser_that_was_named_and_is_not_there_is_not_replaced(tmp_path: Path) -> None:
    command(tmp_path, "chromium")
    machine, named = Machine(), {"PATH": str(tmp_path), "ZEGEL_BROWSER": "hers"}
    with pytest.raises(NoBrowser, match="hers is not there for this test: install Chromium"):
        browser(AWAY, named, machine.run, root=True)
    assert machine.asked == []


def test_a_command_that_takes_too_long_is_stopped_with_all_it_started() -> None:
    assert run(["sh", "-c", "echo begun; sleep 600 & wait"], 1) == Ran(
        False, "begun (stopped after 1 s)"
    )


def test_of_what_a_command_says_the_last_lines_are_kept() -> None:
    assert run(["sh", "-c", "seq 9; exit 3"], 30) == Ran(False, "5 / 6 / 7 / 8 / 9")
    assert run(["sh", "-c", "echo done"], 30) == Ran(True, "done")
