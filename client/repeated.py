"""Whether what is to be written is what this device wrote last: a try whose answer was lost.

The chain is the memory. Nothing has to be kept on the machine for it, and it holds across runs.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from client.chain import Chain, Item
from client.compose import Written
from client.enclosures import Enclosure
from client.errors import NotPossible, Unreadable
from client.reader import Reader

if TYPE_CHECKING:
    from client.session import Session

DAY_SECONDS = 86_400
# One and the same word of a requester, by what had happened to her consultation meanwhile.
SAYING = frozenset({"ConsultationReceived", "ConsultationReopened", "MessageSent"})


def stored(
    session: "Session", chain: Chain, written: Written | None, since: int = -1
) -> Item | None:
    """What this device wrote last here after an entry of this seq, if it is the same. Always None
    where the session's `again` is not looked at. Raises Distrust."""
    if session.again is None or written is None or written.value is None:
        return None
    return _last(session, chain, written, since)


def opened_with(
    session: "Session", place: str, opening: Mapping[str, Any], written: Written
) -> Chain | None:
    """The case that this device opened within a day with this very word, unless the session's
    `again` says that another is to be opened. place: the type of its first compartment; opening:
    what its opening states. Raises Distrust."""
    if session.again is None:
        return None
    since = session.now() - DAY_SECONDS
    for row in session.work():
        if row["opened"] < since or not row["compartment"].startswith(f"{place}-"):
            continue
        chain = session.read(row["case"], row["compartment"])
        if chain is None:
            continue
        first = chain.items[0].entry.header
        if first.author == session.device and opening.items() <= dict(first.body).items():
            item = stored(session, chain, written)
            if item is not None:
                return None if session.again(item) else chain
    return None


def _last(reader: Reader, chain: Chain, written: Written, since: int) -> Item | None:
    """The newest entry with a payload of this device here, if it says the same; its files are told
    apart by name, type and size."""
    own = (
        item
        for item in reversed(chain.items)
        if item.entry.header.author == reader.device and item.entry.header.payload is not None
    )
    item = next(own, None)
    if item is None or item.entry.header.seq <= since:
        return None
    header = item.entry.header
    alike = header.kind == written.kind or {header.kind, written.kind} <= SAYING
    if not alike or dict(header.body) != dict(written.body):
        return None
    moved = item.state_after not in (item.state_before, chain.state.state)
    if moved and header.kind not in SAYING:
        return None  # others went on since: such as closing what was opened again
    try:
        held = reader.open(chain, item)
    except (Unreadable, NotPossible):
        return None
    return item if _content(held) == _content(written.value or {}, written.files) else None


def _content(value: Mapping[str, Any], files: Sequence[Enclosure] = ()) -> Any:
    named = [(one["name"], one["type"], one["size"]) for one in value.get("attachments", ())]
    named += [(one.name, one.type, one.size) for one in files]
    return named, {key: said for key, said in value.items() if key != "attachments"}
