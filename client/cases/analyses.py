"""Independent analyses as an expert's own device shares them and holds the others' to their
announcements (docs/adr/0012). Who may announce and unseal is judged by the rules.

An announcement names the hash of the entry in which the analysis is sealed, so that whoever shares
on it knows that the other was written by then, and cannot be changed any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from client.errors import Distrust, NotPossible
from client.people.membership import grant
from client.place.chain import GRANTED, Chain, Item
from client.server.directory import whose
from domain.entry import Line
from domain.services.support.guards import EXPERTS
from domain.trust import Trust

if TYPE_CHECKING:
    from client.cases.support import Support

ANALYSIS = "analysis"
CONTRIBUTED, ANNOUNCED, UNSEALED = "ExpertContributed", "ContributionAnnounced", "AnalysesUnsealed"


class Announced(NamedTuple):
    """hash: of the entry with the analysis. person: who announced it."""

    hash: str
    person: str


def announced(chain: Chain, trust: Trust) -> dict[str, Announced]:
    """What was announced among experts, by the analysis's id; the newest of each person last."""
    return {
        item.entry.header.body["analysis"]: Announced(
            item.entry.header.body["hash"], whose(trust, item.entry.header.author)
        )
        for item in _of_kind(chain, ANNOUNCED)
    }


def unsealed(chain: Chain) -> set[str]:
    """The ids of the analyses that were unsealed among experts."""
    return {one for item in _of_kind(chain, UNSEALED) for one in item.entry.header.body["analyses"]}


def refuse_another(own: Chain, experts: Iterable[Chain], trust: Trust) -> None:
    """Raises Distrust(payload-mismatch) for an analysis that is not the very entry that was
    announced before it was unsealed. own: its place. experts: where experts stand together, those
    read before first; a device that stands in none has nothing to hold it against."""
    known: Mapping[str, Announced] = {}
    open_: set[str] = set()
    for chain in experts:
        known = {**announced(chain, trust), **known}
        open_ |= unsealed(chain)
    me = whose(trust, own.device)
    for item in _of_kind(own, CONTRIBUTED):
        header, who = item.entry.header, whose(trust, item.entry.header.author)
        if who == me or not known:
            continue
        if known.get(header.id) != Announced(item.entry.hash, who) or header.id not in open_:
            raise Distrust("payload-mismatch", "an analysis is not the one that was announced")


def contribute(support: "Support", value: dict[str, Any]) -> None:
    """Write one's own analysis where nobody else reads it, and say that it is in."""
    item = support.session.write(support.work.open("analysis"), CONTRIBUTED, {}, value)
    said = {"analysis": item.entry.header.id, "hash": item.entry.hash}
    support.session.write(support.only("expert"), ANNOUNCED, said)


def unseal(support: "Support", given_up: str | None) -> None:
    """Let the analyses that are in be shared together, the newest of each expert."""
    chain, trust = support.only("expert"), support.session.directory.refresh()
    newest = {one.person: analysis for analysis, one in announced(chain, trust).items()}
    done = unsealed(chain)
    waiting = [one for one in newest.values() if one not in done]
    if not waiting:
        raise NotPossible("wrong-state: no analysis is in that was not unsealed")
    support.session.write(chain, UNSEALED, {"analyses": waiting, "given_up": given_up})


def share(support: "Support") -> int:
    """Give one's own unsealed analyses to the casemanagers among the experts, and to those experts
    of whom another was unsealed; to how many devices."""
    chain, given = support.only("expert"), 0
    trust = support.session.directory.refresh()
    open_, known = unsealed(chain), announced(chain, trust)
    bound = {one.person for analysis, one in known.items() if analysis in open_}
    # Who gave none is told nothing yet: he could write his own after reading hers.
    readers = [one for one in chain.lines if one.role not in EXPERTS]
    readers += [one for one in chain.lines if whose(trust, one.device) in bound]
    for own in support.work.chains("analysis"):
        said = [item for item in own.items if item.entry.header.id in open_]
        authors = {whose(trust, item.entry.header.author) for item in said}
        if authors == {whose(trust, support.session.device)}:
            given += _share(support, own, said, sorted(set(readers)))
    return given


def _share(support: "Support", own: Chain, said: list[Item], readers: list[Line]) -> int:
    """Let the readers in, and give them what was said before, as it was corrected since."""
    support.session.settle(own)
    standing = {line.device for line in own.lines}
    coming = [line for line in readers if line.device not in standing]
    if coming:
        lines = tuple(sorted((*own.lines, *coming)))
        support.session.change_members(own, "joined", lines)
    ids = {item.entry.header.id for item in said}
    said = [*said, *(item for of, item in own.corrected().items() if of in ids)]
    holding = own.members_of(said[0].entry.header.epoch)
    granted = {item.entry.header.body["to"] for item in _of_kind(own, GRANTED)}
    missing = [line.device for line in readers if line.device not in granted | holding]
    for device in missing:
        grant(support.session, own, device, "unsealed", items=said)
    return len(missing)


def _of_kind(chain: Chain, kind: str) -> Iterator[Item]:
    return (item for item in chain.items if item.entry.header.kind == kind)
