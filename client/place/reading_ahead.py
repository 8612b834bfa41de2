"""Opening a whole conversation: its messages are fetched many at once and opened in order.

One request a message would meet the server's limits, and take minutes where each takes a second.
"""

from collections.abc import Iterator
from typing import Any

from client.errors import ServerRefused, Unreadable
from client.place.chain import Chain, Item
from client.place.reader import Reader
from client.server.transport import next_page
from crypto.encoding import unb64
from wire.part_schemas import ManyParts
from wire.parts import SealedParts
from wire.paths import MANY_PARTS, path
from wire.problems import NO_SUCH_CASE
from wire.seqs import read_seqs, show_seqs


def open_all(reader: Reader, chain: Chain) -> Iterator[tuple[Item, dict[str, Any] | Unreadable]]:
    """What each entry says that this device was given a key to, in order, or why it cannot be read.
    Of what was erased or taken back nothing is asked for. Raises Distrust."""
    gone = chain.erased().keys() | chain.withdrawn()
    items = [item for item in chain.items if chain.can_open(item)]
    left = [one.entry.header.seq for one in items if one.entry.header.id not in gone]
    held: dict[str, SealedParts] = {}
    for item in items:
        header = item.entry.header
        if left and header.seq >= left[0]:
            left = _fetch(reader, chain, left, held)
        try:
            yield item, reader.open(chain, item, held.pop(header.id, None))
        except Unreadable as error:
            yield item, error


def _fetch(
    reader: Reader, chain: Chain, seqs: list[int], held: dict[str, SealedParts]
) -> list[int]:
    """Fetch the parts of the first of these entries into `held`; the seqs that are still left."""
    asked = show_seqs(seqs)
    where = path(MANY_PARTS, case=chain.case, compartment=chain.name)
    try:
        answer = reader.transport.get(ManyParts, where, {"seqs": asked}, reader.keys)
    except ServerRefused as refused:
        if refused.name != NO_SUCH_CASE:
            raise
        return []  # each is asked for by itself, and its absence explained
    for one in answer["parts"]:
        held[one["entry"]] = SealedParts(unb64(one["payload"]), unb64(one["keybox"]))
    following = next_page(seqs[0], answer["next"])
    begin = read_seqs(asked)[-1][1] + 1 if following is None else following
    return [seq for seq in seqs if seq >= begin]
