"""Independent analyses: who is deployed, what was contributed, and when it is shared (SERVICES.md
2.3, 2.7). Each expert writes in a compartment of her own, and reads the other's only once hers is
out of her hands too.
"""

from typing import NamedTuple

from domain.state import Case, Note
from domain.trust import Trust


def _notes(case: Case, *kinds: str) -> list[Note]:
    return [note for _, note in case.entries.items() if note.kind in kinds]


def deployed(case: Case, trust: Trust) -> set[str]:
    """The persons who were deployed and not released since."""
    persons: set[str] = set()
    for note in _notes(case, "ExpertDeployed", "ExpertReleased"):
        for device in note.names:
            person = trust.person(device)
            if person is None:
                continue
            if note.kind == "ExpertDeployed":
                persons.add(person.person)
            else:
                persons.discard(person.person)
    return persons


def contributions(case: Case) -> list[tuple[str, Note]]:
    """Every analysis that is in, with its entry's id."""
    return [
        (entry_id, note)
        for entry_id, note in case.entries.items()
        if note.kind == "ExpertContributed"
    ]


def contributed(case: Case, compartment: str) -> bool:
    return any(note.compartment == compartment for _, note in contributions(case))


def authors(case: Case) -> set[str | None]:
    """The persons who wrote an analysis."""
    return {note.person for _, note in contributions(case)}


def waited_for(case: Case, trust: Trust) -> set[str]:
    """The persons who are deployed and of whom no analysis was unsealed yet."""
    done = {note.person for _, note in contributions(case) if unsealed(case, note.compartment)}
    return deployed(case, trust) - done


class _Round(NamedTuple):
    """Analyses that were unsealed together: their compartments, and who was released since."""

    places: frozenset[str]
    released: frozenset[str]


def _round(case: Case, compartment: str) -> _Round | None:
    found: _Round | None = None
    for note in _notes(case, "AnalysesUnsealed", "ExpertReleased"):
        if note.kind == "ExpertReleased":
            found = found and _Round(found.places, found.released | set(note.names))
            continue
        named = (case.entries.get(entry_id) for entry_id in note.names)
        places = frozenset(one.compartment for one in named if one is not None)
        if compartment in places:
            found = _Round(places, frozenset())
    return found


def unsealed(case: Case, compartment: str) -> bool:
    """Whether the analysis in a compartment may be shared."""
    return _round(case, compartment) is not None


def held_back(case: Case, compartment: str) -> bool:
    """Whether grants in a compartment are not given out yet: those of an analysis, until each that
    was unsealed with it has been granted to whoever wrote the others and was not released since. So
    nobody reads the other's and keeps her own."""
    found = _round(case, compartment)
    if found is None:
        return False
    author = {note.compartment: note.person for _, note in contributions(case)}
    granted = {
        (note.compartment, to) for note in _notes(case, "HistoryGranted") for to in note.names
    }
    return not found.places <= {place for place, _ in granted} or any(
        (place, author[other]) not in granted
        for place in found.places
        for other in found.places
        if other != place and author[other] not in found.released
    )
