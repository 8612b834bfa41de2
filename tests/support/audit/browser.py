"""A browser for tests that look at a page: one that is there, else one that can be had here."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

KNOWN = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing is to be looked up or fetched that no page asks for.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LAST_LINES = 5
ANSWER_SECONDS, FETCH_SECONDS, INSTALL_SECONDS = 30, 180, 600


class NoBrowser(Exception):
    """No browser is here and none can be had: says what to install, and what was tried."""


class Ran(NamedTuple):
    """How a command ended, and its last lines."""

    succeeded: bool
    said: str


Runner = Callable[[Sequence[str], float], Ran]


def run(command: Sequence[str], seconds: float) -> Ran:
    """Run a command to its end, or to the end of its time together with all that it started."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            succeeded, ended = process.wait(seconds) == 0, ""
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            succeeded, ended = False, f" (stopped after {seconds} s)"
        output.seek(0)
        lines = output.read().decode(errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return Ran(succeeded, " / ".join(said[-LAST_LINES:]) + ended)


def browser(own: Path, environment: Mapping[str, str], run: Runner, *, root: bool) -> str:
    """The browser to start. own: where Playwright keeps its own, if it has one. root: whether
    packages may be installed here.

    Raises NoBrowser.
    """
    path, named = environment.get("PATH", ""), environment.get("ZEGEL_BROWSER")
    names = [named] if named else [*KNOWN, str(own)]
    found, tried = _there(names, path, run), []
    for way in [] if named else _ways(path, root):
        if found is None:
            tried += _failed(way, run)
            found = _there(names, path, run)
    if found is None:
        raise NoBrowser(
            f"{named or 'a browser'} is not there for this test: install Chromium (on Debian and "
            "Ubuntu: apt-get install chromium), or name one that is there in ZEGEL_BROWSER"
            + "".join(f"; {one}" for one in tried)
        )
    return found


def _there(names: Sequence[str], path: str, run: Runner) -> str | None:
    for name in names:
        found = shutil.which(name, path=path)
        # Some distributions keep a command of that name which only says what to install.
        if found and run([found, "--version"], ANSWER_SECONDS).succeeded:
            return found
    return None


Way = Sequence[tuple[Sequence[str], float]]


def _ways(path: str, root: bool) -> list[Way]:
    """How a browser can be had, each as commands with their time limits in seconds."""
    ways: list[Way] = [
        [([sys.executable, "-m", "playwright", "install", "chromium"], FETCH_SECONDS)]
    ]
    apt = shutil.which("apt-get", path=path)
    if root and apt:
        package = [apt, "install", "--yes", "--no-install-recommends", "chromium"]
        ways.append([([apt, "update"], FETCH_SECONDS), (package, INSTALL_SECONDS)])
    return ways


def _failed(way: Way, run: Runner) -> list[str]:
    """Go that way: what failed, and its last lines."""
    for command, seconds in way:
        ran = run(command, seconds)
        if not ran.succeeded:
            return [f"{' '.join(command)}: {ran.said}"]
    return []


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: tests run side by side, and packages are installed by one alone."""
    with open(Path(tempfile.gettempdir()) / f"zegel-browser-{os.geteuid()}", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def chromium() -> Iterator[Browser]:
    root = os.geteuid() == 0
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        with _alone():
            found = browser(own, os.environ, run, root=root)
        started = playwright.chromium.launch(
            executable_path=found,
            args=FLAGS,
            chromium_sandbox=not root,  # Chromium has none for root
        )
        with started:
            yield started
