"""Bars that show on a terminal how far something is; elsewhere they show nothing."""

import sys
from typing import Any

from client.files.names import safe_name


class Bar:
    """Call it with a file's name, how many bytes are done, and how many there are."""

    def __init__(self) -> None:
        self._shown: Any = None
        self._task: Any = None

    def __call__(self, name: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._shown is None:
            self._start(name, total)
        self._shown.update(self._task, completed=done)
        if done == total:
            self._shown.stop()
            self._shown = None

    def _start(self, name: str, total: int) -> None:
        # Imported here: most commands move no file.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TransferSpeedColumn,
        )

        # The name is somebody else's: no markup of it is one, and nothing of it a line of its own.
        named = TextColumn("{task.description}", markup=False)
        columns = (named, BarColumn(), DownloadColumn())
        self._shown = Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True))
        self._task = self._shown.add_task(safe_name(name), total=total)
        self._shown.start()


class Counting:
    """A bar that counts things, while it is entered: call it with how many are done and all."""

    def __init__(self, what: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._shown = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task = self._shown.add_task(what, total=None)

    def __enter__(self) -> "Counting":
        self._shown.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._shown.stop()

    def __call__(self, done: int, total: int) -> None:
        self._shown.update(self._task, completed=done, total=total)
