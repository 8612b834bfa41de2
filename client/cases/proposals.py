"""What someone proposed for a second person to decide, and what was decided of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from client.errors import NotPossible
from client.place.chain import Chain, Item
from client.place.decisions import decided, is_decision
from client.session import Session
from domain.services.disclosure import APPROVALS
from domain.services.registry import DECIDED_BY


@dataclass(frozen=True, slots=True)
class Proposal:
    """item: the entry that proposes, in `chain`, the governance in which it stands. answer: the
    kind of the second person's answer, empty while there is none."""

    item: Item
    answer: str
    chain: Chain

    @property
    def id(self) -> str:
        return self.item.entry.header.id

    @property
    def kind(self) -> str:
        return self.item.entry.header.kind

    @property
    def author(self) -> str:
        return self.item.entry.header.author

    @property
    def seq(self) -> int:
        """Its number in its place."""
        return self.item.entry.header.seq


def proposals(chains: Iterable[Chain]) -> list[Proposal]:
    """All that was proposed in these, with the answers, oldest first in each."""
    return [
        Proposal(item, _answers(chain).get(item.entry.header.id, ""), chain)
        for chain in chains
        for item in chain.items
        if item.entry.header.kind in DECIDED_BY
    ]


def _answers(chain: Chain) -> dict[str, str]:
    """The kinds that decided, by the id of what they decided."""
    headers = (item.entry.header for item in chain.items)
    return {decided(one.body): one.kind for one in headers if is_decision(one.kind)}


def open_for(
    session: Session, found: Iterable[Proposal], answer: str | None = None
) -> list[Proposal]:
    """Those that this person may decide, by an answer of a kind or any: of others, and not answered
    by as many as it takes, nor by her."""
    trust = session.directory.newest
    me = trust.person_of(session.device)
    return [
        one
        for one in found
        if _waits_for(one, me)
        and (answer is None or answer in DECIDED_BY[one.kind])
        and trust.person_of(one.author) != me
    ]


def _waits_for(one: Proposal, person: str | None) -> bool:
    """Whether a proposal waits for an answer of this person: some take more than one."""
    if not one.answer:
        return True
    case = one.chain.state
    said, approval = case.set("disclosures").get(one.id), case.approvals.get(one.id)
    if said is None or approval is None or one.id not in case.open:
        return False
    return person not in approval.persons and len(approval.persons) < APPROVALS[said[0]]


def the_one(found: list[Proposal], number: str | None = None) -> Proposal:
    """The only open proposal, or the one of a number (with more places than one, such as
    governance-123456789/3). Raises NotPossible: which one is meant is never guessed."""
    if not found:
        raise NotPossible("wrong-state: nothing of another person waits for an answer here")
    meant = [one for one in found if number in (None, str(one.seq), f"{one.chain.name}/{one.seq}")]
    if len(meant) == 1:
        return meant[0]
    several = len({one.chain.name for one in found}) > 1
    listed = ", ".join(f"{one.chain.name}/{one.seq}" if several else str(one.seq) for one in found)
    if number is not None:
        raise NotPossible(f"{number} is no open proposal here: these are: {listed}")
    raise NotPossible(f"{len(found)} proposals are open: name one with --of: {listed}")
