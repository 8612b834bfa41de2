"""What a body names of a case that somebody works on: an entry that is there, or another case."""

from collections.abc import Sequence

from client.cases.casework import Casework, open_casework
from client.errors import NotPossible


def newest(work: Casework, kinds: Sequence[str]) -> str:
    """The newest entry of one of these kinds that this device holds. Raises NotPossible."""
    found = [
        item
        for row in work.rows
        for item in work.chain(row["compartment"]).items
        if item.entry.header.kind in kinds
    ]
    if not found:
        raise NotPossible(f"wrong-state: there is no {' or '.join(kinds)} here")
    return max(found, key=lambda item: item.position).entry.header.id


def link_to(work: Casework, beginning: str) -> dict[str, str]:
    """How an entry names another case of this person, by its first entry. beginning: of its number.
    Raises NotPossible, Distrust."""
    other = open_casework(work.session, beginning)
    first = next((one for one in other.places() if one.items[0].entry.fits_case), None)
    if first is None:
        raise NotPossible("you hold the beginning of no such case: let who opened it do this")
    entry = first.items[0].entry
    return {"case": other.case, "id": entry.header.id, "hash": entry.hash}
