"""Taking back, proposing to erase, and erasing (PROTOCOL.md section 3).

Who writes in a case takes back her own words. A supervisor proposes and a privacy officer erases
from outside: both see the structure of the case, and hold no key of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from client.errors import NotPossible
from client.people.outside import Structure, structure, write
from client.place.chain import Chain
from client.place.compose import Draft, draft_entry
from client.session import Session
from client.why import Why
from domain.entry import Header

PROPOSED = ("ErasureProposed", "MessageWithdrawn")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An erasure that was proposed and not carried out. entries: their ids, None for all before.
    author: the device that proposed it. contents: the headers of what would be erased."""

    id: str
    kind: str
    compartment: str
    entries: tuple[str, ...] | None
    ground: str
    author: str
    contents: tuple[Header, ...]


def ids_of(chain: Chain, seqs: Sequence[int]) -> list[str]:
    """The ids of entries by their numbers. Raises NotPossible."""
    by_seq = {item.entry.header.seq: item.entry.header for item in chain.items}
    for seq in seqs:
        if seq not in by_seq or by_seq[seq].payload is None:
            raise NotPossible(Why.NO_SUCH_MESSAGE, number=seq)
    return [by_seq[seq].id for seq in seqs]


def withdraw(session: Session, chain: Chain, seqs: Sequence[int]) -> None:
    """Take back messages of one's own: hidden at once, and proposed for erasure."""
    body = {"entries": ids_of(chain, seqs), "ground": "withdrawn"}
    session.write(chain, "MessageWithdrawn", body)


def correct(session: Session, chain: Chain, seq: int, value: dict[str, Any]) -> None:
    """Put a correction beside a message of one's own."""
    session.write(chain, "MessageCorrected", {"of": ids_of(chain, [seq])[0]}, value)


def proposals(found: Structure) -> list[Proposal]:
    """What was proposed for erasure and is not erased, oldest first."""
    return [
        Proposal(
            header.id,
            header.kind,
            header.compartment,
            None if header.body["entries"] is None else tuple(header.body["entries"]),
            header.body["ground"],
            header.author,
            _contents(found, header),
        )
        for header in found.headers
        if header.kind in PROPOSED and header.id not in found.case.used
    ]


def _contents(found: Structure, proposal: Header) -> tuple[Header, ...]:
    named = proposal.body["entries"]
    return tuple(
        header
        for header in found.headers
        if header.compartment == proposal.compartment
        and header.payload is not None
        and (header.seq < proposal.seq if named is None else header.id in named)
    )


def propose(
    session: Session, case: str, compartment: str, seqs: Sequence[int] | None, ground: str
) -> None:
    """Propose to erase messages of a compartment, None for all of it. For supervisors."""
    headers = structure(session, case).headers
    here = {header.seq: header for header in headers if header.compartment == compartment}
    if not here or any(seq not in here or here[seq].payload is None for seq in seqs or ()):
        raise NotPossible(Why.NO_SUCH_MESSAGES)
    ids = None if seqs is None else [here[seq].id for seq in seqs]
    _write(session, case, compartment, "ErasureProposed", {"entries": ids, "ground": ground})


def erase(session: Session, case: str, proposal: Proposal) -> None:
    """Erase what was proposed. For privacy officers; it cannot be undone."""
    ids = None if proposal.entries is None else list(proposal.entries)
    body = {"entries": ids, "ground": proposal.ground, "proposal": proposal.id}
    _write(session, case, proposal.compartment, "PayloadErased", body)


def _write(session: Session, case: str, compartment: str, kind: str, body: dict[str, Any]) -> None:
    write(session, case, lambda found: entry_of(session, found, compartment, kind, body))


def entry_of(
    session: Session, found: Structure, compartment: str, kind: str, body: dict[str, Any]
) -> Draft:
    """An entry without payload by someone from outside."""
    here, version = found.compartment(compartment), session.roster_version()
    device, now = session.device, session.now()
    return draft_entry(here, found.case.case, kind, body, None, None, device, version, now)
