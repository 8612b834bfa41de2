"""From received bytes to a verdict: the one path that server, client and auditor all take.

Bytes are parsed, keys looked up and signatures checked here; the facts go to `domain`, which
decides. Nothing is fetched and no clock is read: `stored` comes with the entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from crypto.device import Card
from crypto.encoding import bound_hash, unb64
from crypto.signatures import verify
from domain.check import Rules, check
from domain.entry import Entry, Header, Parts
from domain.evolve import evolve
from domain.guard import Linked
from domain.state import Case
from domain.trust import (
    Root,
    Roster,
    Trust,
    check_root,
    check_roster,
    evolve_root,
    evolve_roster,
)
from wire.header import ENTRY_SIGNATURE_LABEL, entry_hash, parse_header
from wire.trust_documents import (
    ROOT_LABEL,
    ROSTER_LABEL,
    parse_root,
    parse_roster,
    root_signatures,
    roster_signatures,
    signers,
)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A root or roster with what is proven of its bytes. own: indexes of its own keys that signed
    it (of a root); known: of the keys that were known before it; None if a signature does not
    verify."""

    document: Root | Roster
    own: tuple[int, ...] | None
    known: tuple[int, ...] | None


def known_signers(
    trust: Trust, what: str, received: bytes, signatures: Any
) -> tuple[int, ...] | None:
    """Indexes of the keys known before it that signed a document: registrars of the newest root, or
    keys of the root before; None if a signature given does not verify. Nothing of the document is
    parsed. Raises Refused(malformed) for signatures of another shape."""
    newest = trust.root
    if what == "root":
        root_signatures(signatures, "signatures")
        keys = newest.keys if newest else ()
        return signers(keys, signatures["previous"], ROOT_LABEL, received)
    roster_signatures(signatures, "signatures")
    return signers(newest.registrars if newest else (), signatures, ROSTER_LABEL, received)


def document_facts(trust: Trust, what: str, received: bytes, signatures: Any) -> DocumentFacts:
    """What is proven of a root or roster, whichever `what` says. Raises Refused (malformed,
    unsupported-version)."""
    if what == "root":
        root = parse_root(received)
        known = known_signers(trust, what, received, signatures)
        own = signers(root.keys, signatures["own"], ROOT_LABEL, received)
        return DocumentFacts(root, own, known)
    return DocumentFacts(
        parse_roster(received), None, known_signers(trust, what, received, signatures)
    )


def accept_document(trust: Trust, facts: DocumentFacts, stored: int) -> Trust:
    """Trust after a root or a roster. facts: found with this very trust. Raises Refused."""
    if isinstance(facts.document, Root):
        check_root(trust, facts.document, facts.own, facts.known, stored)
        return evolve_root(trust, facts.document)
    check_roster(trust, facts.document, facts.known, stored)
    return evolve_roster(trust, facts.document)


def receive_document(
    trust: Trust, what: str, received: bytes, signatures: Any, stored: int
) -> Trust:
    """Trust after a root or a roster, from its bytes. Raises Refused."""
    return accept_document(trust, document_facts(trust, what, received, signatures), stored)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader holds of one case after each entry: trust, cards and the fold of the case."""

    trust: Trust
    rules: Rules
    cards: Mapping[str, Card] = field(default_factory=dict)
    case: Case | None = None

    def with_trust(self, trust: Trust) -> "Reading":
        return self if trust is self.trust else replace(self, trust=trust)

    def with_entry(self, entry: Entry) -> "Reading":
        """The reading after an entry that was accepted."""
        case = evolve(self.case, entry, self.trust, self.rules.services)
        return Reading(self.trust, self.rules, self.cards, case)

    def receive(
        self,
        received: bytes,
        signature: bytes,
        stored: int,
        parts: Parts = Parts.NOT_LOOKED_AT,
        linked: Linked | None = None,
    ) -> tuple["Reading", Entry]:
        """The reading after this entry, and the entry. linked: the entry of another case that it
        names, for who holds that case too. Raises Refused with the rule it breaks."""
        header = parse_header(received)
        entry = entry_facts(header, received, signature, stored, self.trust, self.cards, parts)
        check(self.case, entry, self.trust, self.rules, linked)
        return self.with_entry(entry), entry


def as_linked(header: Header, stored: int, trust: Trust) -> Linked:
    """An entry as guards of another case see it. trust: what its roster certified."""
    return Linked(
        header.kind,
        header.case,
        header.author,
        trust.person_of(header.author),
        header.body,
        stored,
        header.opens and fits_case(header),
    )


def entry_facts(
    header: Header,
    received: bytes,
    signature: bytes,
    stored: int,
    trust: Trust,
    cards: Mapping[str, Card],
    parts: Parts,
) -> Entry:
    """An entry with everything proven about its bytes that the rules ask for."""
    sign = author_key(header.author, trust, cards)
    return Entry(
        header=header,
        hash=entry_hash(received),
        stored=stored,
        fits_case=header.opens and fits_case(header),
        signature_good=sign is not None
        and verify(sign, ENTRY_SIGNATURE_LABEL, received, signature),
        carded=frozenset(
            [device for device in named_devices(header) if has_card(device, trust, cards)]
        ),
        parts=parts,
    )


def named_devices(header: Header) -> set[str]:
    """The devices whose cards matter to a header."""
    devices = {header.author}
    if header.changes_members:
        devices |= {line.device for line in header.lines}
    if header.kind == "RequesterKeyReplaced":
        devices.add(header.body["device"])
    return devices


def author_key(device: str, trust: Trust, cards: Mapping[str, Card]) -> bytes | None:
    """The signing key of a device: rosters speak for those they list, cards for all others."""
    listed = trust.device(device)
    if listed is not None:
        return _sign_key(listed.sign)
    card = cards.get(device)
    return card.sign if card is not None and card.device == device else None


@lru_cache(maxsize=4096)  # a roster is read for each entry
def _sign_key(sign: str) -> bytes:
    return unb64(sign)


def has_card(device: str, trust: Trust, cards: Mapping[str, Card]) -> bool:
    """Whether there is a card that fits the id and, for a listed device, the roster."""
    card = cards.get(device)
    return (
        card is not None and card.device == device and author_key(device, trust, cards) == card.sign
    )


def fits_case(header: Header) -> bool:
    """Whether the case id is that of this opener and salt."""
    return case_id(header.author, header.body["salt"]) == header.case


def case_id(opener: str, salt: str) -> str:
    return bound_hash("zegel/v1/case", [opener, salt])[:16].hex()
