"""Whether what is to be written is what this device wrote last: a try whose answer was lost.

The chain is the memory. Nothing has to be kept on the machine for it, and it holds across runs.
What a server shows is not yet what it stored: only with its receipt is an entry told as stored.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from client.errors import UNDECIDED, Distrust, NotPossible, ServerRefused, Unreachable, Unreadable
from client.files.enclosures import Enclosure
from client.place.chain import Chain, Item
from client.place.compose import Written, envelope
from client.place.downloads import digest_of
from client.place.names import type_of
from client.place.reader import Reader
from client.server.posting import post
from client.server.receipts import check_receipt
from wire.header import ENTRY_SIGNATURE_LABEL, header_bytes

DAY_SECONDS = 86_400
# One and the same word of a requester, by what had happened to her consultation meanwhile.
SAYING = frozenset({"ConsultationReceived", "ConsultationReopened", "MessageSent"})


class Retrying(Reader):
    """A device that asks whether to try again. once_more: asked when the server stays silent,
    whether to try the same again. again: asked about what was written last when the same is to be
    written, whether to write it once more; None: that is not looked at."""

    once_more: Callable[[Unreachable], bool] = staticmethod(lambda _: False)
    again: Callable[[Item], bool] | None = None


def stored(
    session: Retrying, chain: Chain, written: Written | None, since: int = -1
) -> Item | None:
    """What this device wrote last here after an entry of this seq, if it is the same. Always None
    where the session's `again` is not looked at. Raises Distrust, Unreachable, ServerRefused."""
    if session.again is None or written is None or written.value is None:
        return None
    last = _last(session, chain, written, since)
    if last is not None and not session.pins.holds_receipt(last.entry.hash):
        _take_receipt(session, chain, last)
    return last


def _take_receipt(session: Retrying, chain: Chain, item: Item) -> None:
    """Have the server sign for an entry whose answer was lost: the same bytes again are given the
    same receipt (PROTOCOL.md section 3). Raises as `stored`."""
    header = header_bytes(item.entry.header)
    signature = session.keys.sign_with(ENTRY_SIGNATURE_LABEL, header)
    body = envelope(header, signature, session.parts(chain, item))
    try:
        answer = post(session.transport, body, session.once_more)
    except ServerRefused as refused:
        if refused.name in UNDECIDED:
            raise
        raise Distrust(
            "bad-receipt", "an entry is shown that the server does not sign"
        ) from refused
    check_receipt(session.directory.newest, header, answer)
    session.pins.keep_receipt(answer["receipt"], answer["signature"])
    session.pins.save()
    session.pins.check_receipt(item.entry.hash, item.position, item.entry.stored)


def opened_with(
    session: Retrying, place: str, opening: Mapping[str, Any], written: Written
) -> Chain | None:
    """The case that this device opened within a day with this very word, unless the session's
    `again` says that another is to be opened. place: the type of its first compartment; opening:
    what its opening states. Raises Distrust."""
    if session.again is None:
        return None
    since = session.now() - DAY_SECONDS
    for row in session.work():
        if row["opened"] < since or type_of(row["compartment"]) != place:
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
    """The newest entry with a payload of this device here, if it says the same, to the last byte of
    its files."""
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
        same = _content(reader.open(chain, item)) == _content(written.value or {}, written.files)
        same = same and all(
            digest_of(reader, chain, item, number) == one.digest()
            for number, one in enumerate(written.files, 1)
        )
    except (Unreadable, NotPossible):
        return None
    return item if same else None


def _content(value: Mapping[str, Any], files: Sequence[Enclosure] = ()) -> Any:
    named = [(one["name"], one["type"], one["size"]) for one in value.get("attachments", ())]
    named += [(one.name, one.type, one.size) for one in files]
    return named, {key: said for key, said in value.items() if key != "attachments"}
