"""What can go wrong at a client. Each says what happened; the command line adds what to do next.

They cross from process to process as they are.
"""

from collections.abc import Mapping
from typing import Any

from client.why import Fact, Why
from crypto.mistakes import Mistake
from domain.refusal import Refused


class ClientError(Exception):
    """Base of everything the SDK raises on purpose. also: what scripts are told besides, such as
    the code to come back with."""

    also: Mapping[str, Any] = {}

    def __reduce__(self) -> Any:
        return _as_it_was, (type(self), self.args, vars(self))


def _as_it_was(kind: type[ClientError], args: tuple[Any, ...], held: dict[str, Any]) -> ClientError:
    """An error that came from another process: as it was raised, and not raised anew."""
    error = kind.__new__(kind, *args)
    vars(error).update(held)
    return error


class Unreachable(ClientError):
    """The server does not answer. why, facts: as of NotPossible. sent: whether what was asked may
    have come to it all the same; False only where it is known that it did not."""

    def __init__(self, why: Why, *, sent: bool = True, **facts: Fact) -> None:
        super().__init__(why.filled(facts))
        self.why = why
        self.facts = facts
        self.sent = sent


class Unanswered(Unreachable):
    """Something was sent to be stored and no answer came: whether it was stored is not known."""

    def __init__(self) -> None:
        super().__init__(Why.NO_ANSWER_CAME)


class ServerRefused(ClientError):
    """The server answered with a problem. name: of the refusal or problem, see wire.problems. As
    text it is that name: the server's own words, `title` and `detail`, are for scripts alone."""

    def __init__(self, name: str, title: str, detail: str, missed: list[dict[str, Any]]) -> None:
        super().__init__(name)
        self.name = name
        self.title = title
        self.detail = detail
        self.missed = missed


class Distrust(ClientError):
    """What the server sent does not hold. name: a refusal of PROTOCOL.md section 4, or one of the
    client's own: went-back, forked, gone, bad-receipt, bad-wrap, bad-read-log, not-answering."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail


class Unreadable(ClientError):
    """An entry came as its author signed it, and what he sealed in it does not open or is not as
    its schema asks: his doing, not the server's. What others wrote is shown all the same."""


class OffSchema(Unreadable):
    """What was sealed opens, and is not as its schema asks. sealed: the value, without the keys of
    files: it is its author's, and is shown with a warning."""

    def __init__(self, text: str, sealed: Any) -> None:
        super().__init__(text)
        self.sealed = sealed


class EpochMoved(ClientError):
    """Someone came or left while this was written: it is to be read again and sealed anew."""

    def __init__(self, came: tuple[str, ...], left: tuple[str, ...]) -> None:
        super().__init__(
            f"came: {', '.join(came) or 'nobody'}; left: {', '.join(left) or 'nobody'}"
        )
        self.came = came
        self.left = left


class NotPossible(ClientError):
    """What was asked cannot be done now. why: None for what was said in other words, by a kind of
    this error that says so. facts: what is filled in. As text it is English, for scripts."""

    why: Why | Mistake | None
    facts: Mapping[str, Fact]

    def __init__(self, why: Why | Mistake, **facts: Fact) -> None:
        super().__init__(why.filled(facts))
        self.why = why
        self.facts = facts


class AgainstRules(NotPossible):
    """The rules refuse what was to be written, before the server was asked. refused: what they
    say."""

    def __init__(self, refused: Refused) -> None:
        ClientError.__init__(self, str(refused))
        self.why, self.facts = None, {}
        self.refused = refused


# Problems that say nothing of whether an earlier try of the same was stored.
UNDECIDED = frozenset({"busy", "too-many", "too-slow", "internal"})


def not_stored(error: BaseException) -> bool:
    """Whether it is certain that what was to be written when this was raised is not stored: it was
    refused by name, or nothing ever came to the server. Of anything else it is not known."""
    if isinstance(error, Unreachable):
        return not error.sent
    if isinstance(error, ServerRefused):
        return error.name != "internal"
    return isinstance(error, NotPossible | EpochMoved)
