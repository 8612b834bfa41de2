"""Who can read what, as someone who stands in a part of a case can know it: from the entries that
she verified herself, with no word of the server's."""

from collections.abc import Iterable, Sequence

from client.place.chain import Chain
from client.session import Session
from domain.access import Access, Moment, Readable, access
from domain.entry import Header


def access_in(session: Session, chains: Iterable[Chain], until: int | None = None) -> Access:
    """Who could read what of these compartments. until: the last position that counts."""
    return access(placed(chains), session.directory.at, until)


def placed(chains: Iterable[Chain]) -> list[tuple[Moment, Header]]:
    """The entries of these compartments in store order."""
    items = (item for chain in chains for item in chain.items)
    found = [(Moment(one.position, one.entry.stored), one.entry.header) for one in items]
    return sorted(found, key=lambda one: one[0])


def parts_of(session: Session, beginning: str) -> list[Chain]:
    """The compartments in which this device stands, of cases whose number begins so."""
    rows = [one for one in session.work() if one["case"].startswith(beginning.lower())]
    found = (session.read(one["case"], one["compartment"]) for one in rows)
    return [chain for chain in found if chain is not None]


def own_words(session: Session, chain: Chain) -> list[Readable]:
    """What this device wrote in a conversation, and the devices whose place it took."""
    mine = _own_devices(chain)
    return [one for one in access_in(session, [chain]).entries.values() if one.author in mine]


def _own_devices(chain: Chain) -> set[str]:
    replaced = [
        (item.entry.header.author, item.entry.header.body["device"])
        for item in chain.items
        if item.entry.header.kind == "RequesterKeyReplaced"
    ]
    mine = {chain.device}
    for old, new in reversed(replaced):
        if new in mine:
            mine.add(old)
    return mine


def by_person(entry: Readable, besides: str = "") -> Sequence[tuple[str, str, int, int]]:
    """The readers of an entry but for one device, as role, through what (`epoch` or `grant`), since
    which unix time, and how many people; a person with several devices counts once."""
    told: dict[tuple[str, str, int], set[str]] = {}
    known: set[str] = set()
    for one in entry.readers:
        who = one.person or one.device
        if one.device != besides and who not in known:
            known.add(who)
            how = one.through.partition(" ")[0]
            told.setdefault((one.role, how, one.since.stored), set()).add(who)
    return [(*how, len(people)) for how, people in told.items()]
