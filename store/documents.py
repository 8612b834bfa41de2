"""What is asked of a root or roster before and while it is stored; how it is judged stands in
`wire.pipeline`."""

from collections.abc import Iterable
from typing import Any

from eventsourcing.sqlite import SQLiteCursor

from crypto.device import Card
from crypto.encoding import canonical, hash_of
from domain.refusal import Refusal, refuse_unless
from domain.trust import Trust
from store.events import TRUST_STREAM, DocumentStored, event
from store.sqlite import EntryRecorder
from wire.pipeline import author_key, known_signers


def refuse_unvouched(trust: Trust, what: str, document: bytes, signatures: Any) -> None:
    """Refuse what neither the pin nor a key that is known here vouches for, unparsed: anyone can
    send it. The newest may come again. Raises Refused (bad-signature, malformed)."""
    newest = trust.root if what == "root" else trust.roster
    if newest is not None and hash_of(document) == newest.hash:
        return
    if what == "root" and trust.root is None:
        vouched = hash_of(document) == trust.pin
    else:
        vouched = bool(known_signers(trust, what, document, signatures))
    refuse_unless(vouched, Refusal.BAD_SIGNATURE, "no key that is known here signed it")


def newest_document(entries: EntryRecorder, cursor: SQLiteCursor) -> int:
    """Position of the root or roster that was stored last, -1 if there is none."""
    cursor.execute(
        f"SELECT rowid FROM {entries.events_table_name} WHERE originator_id=? "
        "ORDER BY originator_version DESC LIMIT 1",
        (TRUST_STREAM.hex,),
    )
    row = cursor.fetchone()
    return -1 if row is None else row["rowid"] - 1


def find_document(
    entries: EntryRecorder, cursor: SQLiteCursor, kind: type[DocumentStored], document: bytes
) -> tuple[int, int] | None:
    """Position and unix time of storing of the very same document, if it is stored."""
    for position, row in entries.select_stream(cursor, TRUST_STREAM):
        known = event(row)
        if isinstance(known, kind) and known.document == document:
            return position, known.stored
    return None


def cards_that_fit(trust: Trust, cards: Iterable[Card]) -> dict[str, bytes]:
    """Of cards that came with a roster those of devices that it lists, as they are stored."""
    return {
        card.device: canonical(card.fields())
        for card in cards
        if author_key(card.device, trust, {}) == card.sign
    }
