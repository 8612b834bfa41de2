"""A command in a terminal that is broken off at a certain moment of it."""

import signal
from pathlib import Path
from typing import NamedTuple

from tests.support.kills.held_server import HeldServer
from tests.support.people.terminal import Terminal

CTRL_C, TERM, HUP, KILL = signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL
DANGER, FILES = "Is there danger right now?", "Does a name, a face or a place stand in it"
CODE, WRITE = "Code, or nothing to type", "Do you want to write something now?"
CONFLICT, NAMES = "no conflict of interest here?", "Do you leave out all names"
PEOPLE = "Do these people belong in this case?"
UNANSWERED = "Close it as answered all the same?"
# Where a command can be broken off, beside its questions.
EDITOR, CLOSED = "the editor is open", "the editor was closed just now"
OPENING, OPENED = "the case is sent", "the case is opened"
SENT, STORED = "the text is sent", "the text is stored"

OPENING_FIRST = {"ask", "consult", "register"}  # they send two entries


class Moment(NamedTuple):
    """command: which is broken off; at: a place, or a question; by: a signal."""

    command: str
    at: str
    by: signal.Signals


class Break:
    """A command that is broken off. text: what is typed in it, which nothing else of the day says.
    folder: for the editor, outside of what is searched."""

    def __init__(self, server: HeldServer, moment: Moment, folder: Path) -> None:
        self.moment, self.text = moment, f"an hour of work on {folder.name}"
        self._server = server
        self._closes, self._typed = folder / "closes", folder / "typed"
        self.editor = folder / "editor.sh"
        waits = f"touch {self._typed}; until [ -e {self._closes} ]; do sleep 0.02; done"
        self.editor.write_text(f'#!/bin/sh\necho "{self.text}" >> "$1"; {waits}\n')
        self.editor.chmod(0o700)

    def happens(self, terminal: Terminal, questions: dict[str, str]) -> None:
        """Go through a command up to the moment, and end it there. questions: that are asked
        before the editor opens, in their order, with the answers to those before the moment."""
        try:
            self._go_to(terminal, questions)
            self._ends(terminal)
            while not terminal.ended(5):  # what comes right before input waits is not seen
                self._ends(terminal)
            terminal.end()
        finally:
            self._server.go_on()

    def _ends(self, terminal: Terminal) -> None:
        if self.moment.by == CTRL_C:
            terminal.type("\x03")
        else:
            terminal.signal(self.moment.by, all_of_it=self.moment.by == KILL)

    def _go_to(self, terminal: Terminal, questions: dict[str, str]) -> None:
        place = self.moment.at
        for question, answer in questions.items():
            terminal.expect(question)
            if question == place:
                return
            terminal.line(answer)
        if self.moment.command != "take":
            terminal.until(self._typed.exists, "the editor")
            if place == EDITOR:
                return
            if place == CLOSED:
                self._server.hold(only_posts=False)
            self._closes.touch()
        if place == UNANSWERED:
            terminal.expect(UNANSWERED)
        else:
            terminal.until(self._server.is_reached, "a request")

    def begins(self) -> None:
        """Tell the server which request is to be held, before the command is started."""
        first = 2 if self.moment.command in OPENING_FIRST else 1
        nth = {OPENING: 1, OPENED: 1, SENT: first, STORED: first}.get(self.moment.at)
        if nth is not None:
            self._server.hold(nth, after=self.moment.at in (OPENED, STORED))
