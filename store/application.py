"""Accepting entries and trust documents: judged, ordered and stored in one transaction.

The server runs the same pipeline as everyone else, with the state of the case kept beside its head:
a post reads only what was stored since, never the whole case.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.sqlite import SQLiteCursor

from crypto.device import Card, parse_card
from crypto.encoding import canonical
from crypto.log_signer import LogSigner
from domain.check import Rules, check
from domain.entry import Entry, Header
from domain.refusal import Refusal, Refused, refuse_unless
from domain.service import Service
from domain.state import Case
from domain.trust import Trust
from store import releases
from store.blobs import Blobs, FolderBlobs
from store.documents import cards_that_fit, find_document, refuse_unvouched
from store.erasure import ERASED, erase, erase_again, wipe_log
from store.events import DOCUMENTS, TRUST_STREAM, EntryMapper, EntryStored
from store.folds import Folds
from store.invitations import Acceptance, note_invitation, select_acceptances
from store.listing import CasesBegun, cases_begun
from store.placed import Placed, linked_in, linked_to, placed
from store.releases import Attached, Released
from store.sqlite import Beside, EntryKey, EntryRecorder
from store.standing import as_known, shows_itself
from store.uploads import Uploads
from wire.header import entry_hash, parse_header
from wire.parts import SealedParts, find_parts
from wire.pipeline import (
    accept_document,
    author_key,
    document_facts,
    entry_facts,
    named_devices,
)

MAX_MISSED = 100
T = TypeVar("T")


class NoSuchCase(Exception):
    """The one answer to everyone who has not proven to stand in a case."""


class Conflict(Exception):
    """A member lost a race: `missed` are the entries stored meanwhile, with their positions."""

    def __init__(self, refused: Refused, missed: "list[Placed]") -> None:
        super().__init__(str(refused))
        self.refused = refused
        self.missed = missed


@dataclass(frozen=True, slots=True)
class Post:
    """An entry as it comes in, with the card of a device that it names for the first time."""

    header: bytes
    signature: bytes
    parts: SealedParts
    card: Card | None = None


class Receipt(NamedTuple):
    """The server's signed word that an entry is stored (PROTOCOL.md section 5)."""

    position: int
    stated: bytes
    signature: bytes


class CaseStore(Application[UUID]):
    """The event-sourced application: one stream a case, and one for roots and rosters.

    clock: unix time in seconds. pin: the hash of root 1, in base64url. blobs: where attachments
    lie; a folder beside the store if not given.
    """

    name = "zegel"

    def __init__(
        self,
        path: str,
        pin: str,
        signer: LogSigner,
        services: Mapping[str, Service],
        clock: Callable[[], float],
        *,
        blobs: Blobs | None = None,
        create: bool = False,
    ) -> None:
        super().__init__(
            {
                "PERSISTENCE_MODULE": "store.sqlite:Factory",
                "SQLITE_DBNAME": path,
                "CREATE_TABLE": "y" if create else "n",
            }
        )
        assert isinstance(self.recorder, EntryRecorder)
        self.entries: EntryRecorder = self.recorder
        self._folds = Folds(self.entries, pin, services)
        self._rules = Rules(services)
        self._signer = signer
        self._clock = clock
        self.uploads = Uploads(
            self.entries, blobs or FolderBlobs(Path(path).parent / "blobs"), clock
        )

    def construct_mapper(self) -> EntryMapper:
        return EntryMapper()

    def post(self, post: Post) -> Receipt:
        """Store an entry and answer for it. Posting it again gives the same receipt.

        Raises Refused, Conflict (with the missed entries), NoSuchCase, and PersistenceError when
        the store cannot write: then nothing is stored.
        """
        header = parse_header(post.header)
        case_id = UUID(header.case)
        # What the bytes alone show is found before the turn: others wait only for the order.
        with self.entries.reading() as cursor:
            trust = self._folds.trust(cursor)
            entry = self._facts(cursor, header, post, trust)
        with self.entries.turn() as cursor:
            known = self.entries.select_entry(cursor, case_id, header.id)
            if known is not None:
                before = placed(known)
                if (before.entry.header, before.entry.signature) == (post.header, post.signature):
                    return self._receipt(header, before)
            attaches = header.payload is not None and header.payload.attachments
            if attaches or self._folds.trust(cursor) is not trust:
                trust = self._folds.trust(cursor)
                entry = self._facts(cursor, header, post, trust)
            entry = replace(entry, stored=int(self._clock()))
            folded = self._folds.case(cursor, header.case)
            known_to_author = as_known(folded.case, entry, trust)
            if not shows_itself(known_to_author, entry, trust):
                raise NoSuchCase
            try:
                linked = linked_to(self.entries, self._folds, cursor, header)
                check(known_to_author, entry, trust, self._rules, linked)
                free = known_to_author is folded.case
                refuse_unless(free, Refusal.OUT_OF_ORDER, "this name is taken; draw another")
            except Refused as refused:
                raise self._refusal(cursor, refused, entry, folded.case) from refused
            stored = EntryStored(
                case_id, folded.version + 1, entry.stored, post.signature, post.header
            )
            key = EntryKey(header.compartment, header.seq, header.id)
            new = _new_card(post.card, header).items()
            cards = {device: canonical(card.fields()) for device, card in new}
            beside = Beside(key, post.parts, cards)
            (recording,) = self.save(stored, cursor=cursor, beside=beside)
            self.uploads.take_over(cursor, header)
            note_invitation(cursor, header)
            erased = erase(self.entries, cursor, header) if header.kind == ERASED else None
        self._folds.advance(folded, entry, trust)
        if erased is not None and erased.parts:
            self.uploads.delete(erased.blobs)
            wipe_log(self.entries)
        return self._receipt(header, Placed(recording.notification.id - 1, stored))

    def _facts(self, cursor: SQLiteCursor, header: Header, post: Post, trust: Trust) -> Entry:
        """The entry with what is proven about its bytes; the time of storing is still to come."""
        cards = self.cards_in(cursor, named_devices(header))
        cards = _new_card(post.card, header) | cards
        parts = find_parts(header, post.parts, self.uploads.sizes(cursor, header))
        return entry_facts(header, post.header, post.signature, 0, trust, cards, parts)

    def _refusal(
        self, cursor: SQLiteCursor, refused: Refused, entry: Entry, case: Case | None
    ) -> Exception:
        """What a poster is told; the missed entries go to present members alone."""
        header = entry.header
        compartment = case.compartments.get(header.compartment) if case else None
        member = compartment is not None and compartment.line(header.author) is not None
        if refused.refusal is not Refusal.OUT_OF_ORDER or not member:
            return refused
        missed = self.entries.select_chain(
            cursor, UUID(header.case), header.compartment, header.seq, MAX_MISSED
        )
        return Conflict(refused, [placed(row) for row in missed])

    def _receipt(self, header: Header, placed: Placed) -> Receipt:
        fields: list[Any] = [header.case, header.compartment, header.seq, header.id]
        fields += [entry_hash(placed.entry.header), placed.position, placed.entry.stored]
        return Receipt(placed.position, *self._signer.receipt(fields))

    def publish(
        self, what: str, document: bytes, signatures: Any, cards: Iterable[Card] = ()
    ) -> tuple[int, int]:
        """Store a root or roster, with cards of devices that a roster lists. Gives position and
        unix time of storing; the same document again gives the same. Raises Refused."""
        kind = DOCUMENTS[what]
        with self.entries.reading() as cursor:
            trust = self._folds.trust(cursor)
        refuse_unvouched(trust, what, document, signatures)
        facts = document_facts(trust, what, document, signatures)
        with self.entries.turn() as cursor:
            known = find_document(self.entries, cursor, kind, document)
            if known is not None:
                return known
            if self._folds.trust(cursor) is not trust:
                trust = self._folds.trust(cursor)
                facts = document_facts(trust, what, document, signatures)
            stored = int(self._clock())
            trust = accept_document(trust, facts, stored)
            version = self.entries.select_version(cursor, TRUST_STREAM) + 1
            recorded = kind(TRUST_STREAM, version, stored, canonical(signatures), document)
            beside = Beside(cards=cards_that_fit(trust, cards))
            (recording,) = self.save(recorded, cursor=cursor, beside=beside)
        return recording.notification.id - 1, stored

    def erase_again(self) -> int:
        """Delete what erasures name and a restored backup has brought back; how many parts. Before
        anything is answered (PROTOCOL.md section 3)."""
        return erase_again(self.entries, self.uploads)

    # Reading

    def trust(self) -> Trust:
        with self.entries.reading() as cursor:
            return self._folds.trust(cursor)

    def case(self, case: str) -> Case | None:
        """A case as it stands now."""
        with self.entries.reading() as cursor:
            return self._folds.case(cursor, case).case

    def device_key(self, device: str, *, also_revoked: bool = False) -> bytes | None:
        """The signing key of a device that rosters do not call revoked, None for any other."""
        with self.entries.reading() as cursor:
            trust = self._folds.trust(cursor)
            listed = trust.device(device)
            if listed is not None and listed.revoked and not also_revoked:
                return None
            return author_key(device, trust, self.cards_in(cursor, {device}))

    def cards(self, devices: Iterable[str]) -> dict[str, Card]:
        with self.entries.reading() as cursor:
            return self.cards_in(cursor, devices)

    def cards_in(self, cursor: SQLiteCursor, devices: Iterable[str]) -> dict[str, Card]:
        found = self.entries.select_cards(cursor, devices)
        return {device: parse_card(card) for device, card in found.items()}

    def cases(self, after: int, limit: int) -> CasesBegun:
        """As `store.listing` says."""
        with self.entries.reading() as cursor:
            return cases_begun(self.entries, cursor, after, limit)

    def holds_case(self, case: str) -> bool:
        """Whether there is such a case, without folding it: that takes time, which tells."""
        return case != TRUST_STREAM.hex and bool(self.structure(case, 0, 1))

    def structure(self, case: str, after: int, limit: int) -> list[Placed]:
        """Entries of a case in store order, after the given count of them."""
        with self.entries.reading() as cursor:
            rows = self.entries.select_stream(cursor, UUID(case), after, limit)
            return [placed(row) for row in rows]

    def _release(self, give: Callable[..., T], case: str, *asked: Any) -> T:
        """What is given out of a case as it stands, as `store.releases` says."""
        with self.entries.reading() as cursor:
            return give(self.entries, cursor, self._folds.case(cursor, case).case, *asked)

    def linked(self, header: bytes) -> Placed | None:
        """The entry of another case that a stored header names, if that case holds it."""
        return linked_in(self.entries, header)

    def parts_for(self, case: str, entry_id: str, device: str) -> SealedParts | None:
        return self._release(releases.parts_for, case, entry_id, device)

    def many_parts_for(
        self, case: str, compartment: str, device: str, runs: Iterable[tuple[int, int]]
    ) -> Released:
        return self._release(releases.many_parts_for, case, compartment, device, runs)

    def attachment_for(self, case: str, entry_id: str, device: str, number: int) -> Attached | None:
        return self._release(releases.attachment_for, case, entry_id, device, number)

    def wraps(self, case: str, compartment: str, device: str) -> list[tuple[str, bytes]]:
        return self._release(releases.wraps_for, case, compartment, device)

    def acceptances(self, case: str, compartment: str) -> list[Acceptance]:
        with self.entries.reading() as cursor:
            return select_acceptances(cursor, case, compartment)

    def now(self) -> float:
        return self._clock()

    def position(self) -> int:
        """Position of the last entry or document, -1 in an empty store."""
        with self.entries.reading() as cursor:
            return self.entries.select_position(cursor)


def _new_card(card: Card | None, header: Header) -> dict[str, Card]:
    """The card that came with an entry, if it is of a device that the entry names."""
    return {card.device: card} if card and card.device in named_devices(header) else {}
