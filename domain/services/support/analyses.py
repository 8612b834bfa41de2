"""Independent analyses: who is deployed, what was contributed, and when it is shared (SERVICES.md
2.3, 2.7). Each expert writes in a compartment of her own, and reads the other's only once hers is
out of her hands too.

What is asked of a case here stands in its sets, which the rows fill:

    deployed     person who was deployed and not released since: as author or reviewer
    analyses     an analysis that is in: its compartment, the person who wrote it, its entry's hash
    unsealed     compartment whose analysis was unsealed: after how many entries of the case
    released     person who was released: after how many entries, the last time
    granted      compartment and person to whom something of it was granted, as one key
"""

from typing import NamedTuple

from domain.state import Case


class Analysis(NamedTuple):
    """compartment: where it was written. person: who wrote it. hash, epoch: of its entry."""

    compartment: str
    person: str
    hash: str
    epoch: int


def analysis(case: Case, entry_id: str) -> Analysis | None:
    """An analysis that is in, by its entry's id."""
    found = case.set("analyses").get(entry_id)
    if not found:
        return None
    compartment, person, entry_hash, epoch = found
    return Analysis(compartment, person, entry_hash, int(epoch))


def analyses(case: Case) -> list[Analysis]:
    """Every analysis that is in."""
    found = (analysis(case, entry_id) for entry_id in case.set("analyses"))
    return [one for one in found if one]


def deployed(case: Case) -> set[str]:
    """The persons who were deployed and not released since."""
    return {*case.set("deployed")}


def writing(case: Case) -> set[str]:
    """Those of them who write, and do not review."""
    return {person for person, (role, *_) in case.set("deployed").items() if role == "author"}


def contributed(case: Case, compartment: str) -> bool:
    return any(one.compartment == compartment for one in analyses(case))


def authors(case: Case) -> set[str]:
    """The persons who wrote an analysis."""
    return {one.person for one in analyses(case)}


def waited_for(case: Case) -> set[str]:
    """The persons who are deployed to write and of whom no analysis was unsealed yet."""
    done = {one.person for one in analyses(case) if unsealed(case, one.compartment)}
    return writing(case) - done


def unsealed(case: Case, compartment: str) -> bool:
    """Whether the analysis in a compartment may be shared."""
    return compartment in case.set("unsealed")


def held_back(case: Case, compartment: str) -> bool:
    """Whether grants in a compartment are not given out yet: those of an analysis, until each that
    was unsealed with it has been granted to whoever wrote the others and was not released since. So
    nobody reads the other's and keeps her own."""
    together = case.set("unsealed").get(compartment)
    if together is None:
        return False
    author = {one.compartment: one.person for one in analyses(case)}
    places = [place for place, found in case.set("unsealed").items() if found == together]
    granted = case.set("granted")
    to_somebody = {one.partition("/")[0] for one in granted}
    gone = {
        person for person, (after,) in case.set("released").items() if int(after) > int(together[0])
    }
    return not to_somebody.issuperset(places) or any(
        f"{place}/{author[other]}" not in granted
        for place in places
        for other in places
        if other != place and author[other] not in gone
    )
