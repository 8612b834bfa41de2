"""Going on after a server was put back to an earlier day, deliberately and with the evidence kept.

A server that shows less than before shuts out whoever saw more: nothing tells a backup that was put
back from a server that hides what was said. A person can, who was told of it in another way.
"""

from dataclasses import dataclass
from typing import Any

from client.errors import NotPossible
from client.place.chain import Chain
from client.server.pins import Pins
from client.session import Session
from client.why import Why


@dataclass(frozen=True, slots=True)
class WentBack:
    """A compartment that was seen further than it is shown. last: the number of the last message
    that was seen; shown: of the last one that is shown, -1 where nothing is. other: whether
    something else stands in the place of what was seen."""

    compartment: str
    last: int
    shown: int
    other: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of a case. heads: as they are shown, by case and compartment."""

    case: str
    places: tuple[WentBack, ...]
    heads: dict[str, dict[str, Any]]


def look(session: Session, case: str) -> Restored:
    """Compare what is shown of a case with what was seen, without taking either for true.

    Raises NotPossible where nothing went back, and Distrust for what does not hold by itself: a
    backup that was put back does.
    """
    seen = session.pins
    others = Pins(root=dict(seen.root), roster=dict(seen.roster))
    places = []
    session.pins = others
    try:
        for compartment in sorted(seen.compartments(case)):
            head = seen.heads[f"{case}/{compartment}"]
            chain = session.read(case, compartment)
            hashes = chain.hashes if chain else []
            there = head["seq"] < len(hashes)
            other = there and hashes[head["seq"]] != head["hash"]
            if not there or other or _is_before(chain, head["seq"], seen.whole, compartment):
                places.append(WentBack(compartment, head["seq"], len(hashes) - 1, there))
    finally:
        session.pins = seen
    if not places:
        raise NotPossible(Why.NOTHING_TO_ACCEPT)
    return Restored(case, tuple(places), others.heads)


def _is_before(chain: Chain | None, last: int, whole: dict[str, int], compartment: str) -> bool:
    """Whether an entry after the last one seen stands where nothing stood when that was seen: its
    position was given out anew."""
    if chain is None:
        return False
    until = whole.get(f"{chain.case}/{compartment}", -1)
    return any(one.entry.header.seq > last and one.position <= until for one in chain.items)


def accept(session: Session, found: Restored) -> str:
    """Go on from what is shown; what was seen is kept in a file of its own, which this names.

    Raises OSError, NotPossible.
    """
    return str(session.pins.put_back(found.case, found.heads, session.now()))
