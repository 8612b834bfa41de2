"""What can go wrong at a client. Each says what happened; the command line adds what to do next.

They cross from process to process as they are.
"""

from typing import Any


class ClientError(Exception):
    """Base of everything the SDK raises on purpose."""


class Unreachable(ClientError):
    """The server does not answer."""


class ServerRefused(ClientError):
    """The server answered with a problem. name: of the refusal or problem, see wire.problems."""

    def __init__(self, name: str, title: str, detail: str, missed: list[dict[str, Any]]) -> None:
        super().__init__(f"{title} {detail}".strip())
        self.name = name
        self.title = title
        self.detail = detail
        self.missed = missed

    def __reduce__(self) -> Any:
        return ServerRefused, (self.name, self.title, self.detail, self.missed)


class Distrust(ClientError):
    """What the server sent does not hold. name: a refusal of PROTOCOL.md section 4, or one of the
    client's own: went-back, forked, bad-receipt, bad-wrap, bad-read-log, not-answering."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail

    def __reduce__(self) -> Any:
        return Distrust, (self.name, self.detail)


class Unreadable(ClientError):
    """An entry came as its author signed it, and what he sealed in it does not open or is not as
    its schema asks: his doing, not the server's. What others wrote is shown all the same."""


class EpochMoved(ClientError):
    """Someone came or left while this was written: it is to be read again and sealed anew."""

    def __init__(self, came: tuple[str, ...], left: tuple[str, ...]) -> None:
        super().__init__(
            f"came: {', '.join(came) or 'nobody'}; left: {', '.join(left) or 'nobody'}"
        )
        self.came = came
        self.left = left


class NotPossible(ClientError):
    """What was asked cannot be done now; the text says why."""
