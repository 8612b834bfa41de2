"""Independent analyses: who is deployed, what was contributed, and when it is shared (SERVICES.md
2.3, 2.7). Each expert writes in a compartment of her own, and reads the other's only once hers is
out of her hands too.
"""

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


def _round(case: Case, compartment: str) -> frozenset[str] | None:
    """The compartments whose analyses were unsealed together with this one's."""
    for note in _notes(case, "AnalysesUnsealed"):
        named = (case.entries.get(entry_id) for entry_id in note.names)
        places = frozenset(one.compartment for one in named if one is not None)
        if compartment in places:
            return places
    return None


def unsealed(case: Case, compartment: str) -> bool:
    """Whether the analysis in a compartment may be shared."""
    return _round(case, compartment) is not None


def held_back(case: Case, compartment: str) -> bool:
    """Whether grants in a compartment are not given out yet: those of an analysis, until each that
    was unsealed with it has been granted too. So nobody reads the other's and keeps her own."""
    places = _round(case, compartment)
    if places is None:
        return False
    granted = {note.compartment for note in _notes(case, "HistoryGranted")}
    return not places <= granted
