"""Posting an entry, and what is known of it when no answer comes."""

from collections.abc import Callable
from typing import Any

from client.errors import UNDECIDED, ServerRefused, Unanswered, Unreachable
from client.server.transport import Transport, patiently
from wire.paths import ENTRIES, path
from wire.schemas import Receipt


def post(
    transport: Transport, body: dict[str, Any], once_more: Callable[[Unreachable], bool]
) -> dict[str, Any]:
    """Post the same bytes until there is an answer: posting them again stores nothing twice.
    once_more: asked when patience has run out.

    Raises Unanswered where one of the tries may have come, also if the server then says no more
    than that it is busy; Unreachable where none did; ServerRefused, Distrust.
    """
    come = False

    def try_it() -> dict[str, Any]:
        nonlocal come
        try:
            return transport.post(Receipt, path(ENTRIES), body)
        except Unreachable as error:
            come = come or error.sent
            raise

    while True:
        try:
            return patiently(try_it)
        except Unreachable as error:
            silence = Unanswered() if come else error
            if not once_more(silence):
                raise silence from error
        except ServerRefused as refused:
            if come and refused.name in UNDECIDED:
                raise Unanswered() from refused
            raise
