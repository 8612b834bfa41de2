"""Taking back, proposing to erase, and erasing (PROTOCOL.md section 3).

Who writes in a case takes back her own words. A supervisor proposes and a privacy officer erases
from outside: both see the structure of the case, and hold no key of it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from client.audit import fetch, replay
from client.chain import Chain
from client.compose import draft_entry
from client.errors import Distrust, NotPossible, ServerRefused
from client.receipts import check_receipt
from client.session import Session
from crypto.encoding import b64
from domain.entry import Header
from domain.refusal import Refusal
from domain.state import Case
from wire.header import parse_header
from wire.paths import ENTRIES, path
from wire.schemas import Receipt

MAX_TRIES = 5
PROPOSED = ("ErasureProposed", "MessageWithdrawn")


@dataclass(frozen=True, slots=True)
class Structure:
    """A case as headers alone, verified. headers: in store order."""

    case: Case
    headers: tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An erasure that was proposed and not carried out. entries: their ids, None for all before."""

    id: str
    kind: str
    compartment: str
    entries: tuple[str, ...] | None
    ground: str


def ids_of(chain: Chain, seqs: Sequence[int]) -> list[str]:
    """The ids of entries by their numbers. Raises NotPossible."""
    by_seq = {item.entry.header.seq: item.entry.header for item in chain.items}
    for seq in seqs:
        if seq not in by_seq or by_seq[seq].payload is None:
            raise NotPossible(f"there is no message {seq} here")
    return [by_seq[seq].id for seq in seqs]


def withdraw(session: Session, chain: Chain, seqs: Sequence[int]) -> None:
    """Take back messages of one's own: hidden at once, and proposed for erasure."""
    body = {"entries": ids_of(chain, seqs), "ground": "withdrawn"}
    session.write(chain, "MessageWithdrawn", body)


def correct(session: Session, chain: Chain, seq: int, value: dict[str, Any]) -> None:
    """Put a correction beside a message of one's own."""
    session.write(chain, "MessageCorrected", {"of": ids_of(chain, [seq])[0]}, value)


def structure(session: Session, case: str) -> Structure:
    """The structure of a case, verified. Raises ServerRefused, Distrust."""
    session.directory.refresh()
    evidence, cards = fetch(session.transport, session.keys, case)
    report = replay(case, evidence, cards, session.directory)
    if report.finding is not None or report.case is None:
        found = report.finding
        raise Distrust(found.rule if found else "out-of-order", found.detail if found else "empty")
    return Structure(report.case, tuple(parse_header(one.header) for one in evidence))


def proposals(found: Structure) -> list[Proposal]:
    """What was proposed for erasure and is not erased, oldest first."""
    return [
        Proposal(
            header.id,
            header.kind,
            header.compartment,
            None if header.body["entries"] is None else tuple(header.body["entries"]),
            header.body["ground"],
        )
        for header in found.headers
        if header.kind in PROPOSED and header.id not in found.case.used
    ]


def propose(
    session: Session, case: str, compartment: str, seqs: Sequence[int] | None, ground: str
) -> None:
    """Propose to erase messages of a compartment, None for all of it. For supervisors."""
    headers = structure(session, case).headers
    here = {header.seq: header for header in headers if header.compartment == compartment}
    if not here or any(seq not in here or here[seq].payload is None for seq in seqs or ()):
        raise NotPossible("there is no such message here")
    ids = None if seqs is None else [here[seq].id for seq in seqs]
    _write(session, case, compartment, "ErasureProposed", {"entries": ids, "ground": ground})


def erase(session: Session, case: str, proposal: Proposal) -> None:
    """Erase what was proposed. For privacy officers; it cannot be undone."""
    ids = None if proposal.entries is None else list(proposal.entries)
    body = {"entries": ids, "ground": proposal.ground, "proposal": proposal.id}
    _write(session, case, proposal.compartment, "PayloadErased", body)


def _write(session: Session, case: str, compartment: str, kind: str, body: dict[str, Any]) -> None:
    """Write from outside, after the newest entry. Raises NotPossible, ServerRefused, Distrust."""
    for _ in range(MAX_TRIES):
        here = structure(session, case).case.compartments[compartment]
        trust = session.directory.newest
        version = trust.roster.version if trust.roster else 0
        device, now = session.device, int(time.time())
        draft = draft_entry(here, case, kind, body, None, None, device, version, now)
        header, signature = draft.signed(session.keys)
        envelope = {"header": b64(header), "signature": b64(signature)}
        try:
            answer = session.transport.post(Receipt, path(ENTRIES), envelope)
        except ServerRefused as refused:
            if refused.name not in (Refusal.OUT_OF_ORDER, Refusal.STALE_ROSTER):
                raise
            continue
        check_receipt(trust, header, answer)
        session.pins.keep_receipt(answer["receipt"], answer["signature"])
        session.pins.save()
        return
    raise NotPossible("others keep writing at the same time: try again")
