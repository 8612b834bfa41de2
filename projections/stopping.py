"""How a process that runs on is told to end.

A signal's handler runs between two steps of the main thread, whatever that thread holds. It must
take no lock: `threading.Event.set` takes one, and a handler that interrupts `wait` on the same
event waits for itself.
"""

import os
import select
import signal
from typing import Protocol

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stops(Protocol):
    """What a process looks at between two steps; an event of `threading` is one as well."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool: ...


class Stop:
    """Told by signals from when it is made. Make it in the main thread, before anything starts."""

    def __init__(self) -> None:
        self._told = False
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        for number in SIGNALS:
            signal.signal(number, self.set)

    def set(self, *_: object) -> None:
        self._told = True
        try:
            os.write(self._write, b".")  # never read: whoever waits is woken, however many
        except BlockingIOError:  # full of earlier ones
            pass

    def is_set(self) -> bool:
        return self._told

    def wait(self, timeout: float) -> bool:
        """Wait for so many seconds, or until told; whether it was."""
        if not self._told:
            select.select([self._read], [], [], timeout)
        return self._told
