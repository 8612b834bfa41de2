"""A client's connection: what came over it, what is still to be sent, and how long it has waited.

It never blocks: what cannot be read or sent at once is for `api.patient_worker` to wait for.
"""

import socket
import time
from enum import Enum, auto
from typing import Any

from api.gathering import Gathering

READ_BYTES = 256 * 2**10  # at a time, so that one fast client does not hold up the others
SLOWEST_BYTES_PER_SECOND = 2**10  # of a bad telephone line; slower is no use to anyone


class Waits(Enum):
    """What is waited for."""

    REQUEST = auto()  # the client is to send one
    READER = auto()  # it is to read the answer
    END = auto()  # it is to close, after us


class Connection:
    """client, server: addresses of both ends, as sockets give them. config: gunicorn's."""

    def __init__(self, sock: socket.socket, client: Any, server: Any, config: Any) -> None:
        sock.setblocking(False)
        self.sock, self.client, self.server = sock, client, server
        self.gathering = Gathering(config, client)
        self.unsent = memoryview(b"")
        self.keep = True  # whether another request may follow
        self.answered = False  # whether one went before

    @property
    def held_bytes(self) -> int:
        return self.gathering.held_bytes + len(self.unsent)

    def wait(self, waits: Waits, seconds: float) -> None:
        """Begin to wait; for so long if nothing moves."""
        self.waits, self.since, self.seconds, self.moved_bytes = waits, time.monotonic(), seconds, 0

    def is_due(self, now: float) -> bool:
        """Whether it has waited for too long, for what has moved meanwhile."""
        return now > self.since + self.seconds + self.moved_bytes / SLOWEST_BYTES_PER_SECOND

    def read(self) -> bytes | None:
        """What has come, None if nothing has. Raises ConnectionError if there will be no more."""
        try:
            received = self.sock.recv(READ_BYTES)
        except BlockingIOError:
            return None
        except OSError as error:
            raise ConnectionError from error
        if not received:
            raise ConnectionError
        return received

    def send(self) -> None:
        """Send what the kernel takes at once. Raises ConnectionError if nobody is there."""
        if not self.unsent:
            return
        try:
            sent = self.sock.send(self.unsent)
        except BlockingIOError:
            return
        except OSError as error:
            raise ConnectionError from error
        self.moved_bytes += sent
        self.unsent = self.unsent[sent:]
