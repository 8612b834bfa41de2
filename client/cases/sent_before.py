"""Whether a text that waits here was stored after all: the command that sent it ended before it was
told so, and meanwhile the step cannot be taken any more because it was taken."""

from collections.abc import Mapping
from typing import Any

from client.errors import NotPossible, Unreadable
from client.place.chain import Item
from client.session import Session

SLACK_SECONDS = 600  # of this clock against the server's, as PROTOCOL.md allows (rule 6)


def stored_since(session: Session, case: str, value: Mapping[str, Any], at: int) -> Item | None:
    """The entry of this device in a case that says the same, if one is stored since; at: unix time.
    case: its whole number. Raises Distrust."""
    for row in session.work():
        chain = session.read(case, row["compartment"]) if row["case"] == case else None
        for item in reversed(chain.items) if chain else ():
            header = item.entry.header
            recent = item.entry.stored >= at - SLACK_SECONDS
            if not recent or header.author != session.device or header.payload is None:
                continue
            assert chain is not None  # its items are looked at
            try:
                held = session.open(chain, item)
            except (Unreadable, NotPossible):
                continue
            if _words(held) == _words(value):
                return item
    return None


def _words(value: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, without the files: the draft of a text does not hold them."""
    return {key: said for key, said in value.items() if key != "attachments"}
