"""Which terms ran in a case, from when until when: a fold over its history (LAW.md, A6).

By when each was due depends on office hours, which are configuration: that is not counted here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from domain.state import Case, Compartment
from domain.terms import Term


@dataclass(frozen=True, slots=True)
class Ran:
    """A term that ran in a compartment. since, until: unix times; until is None while it runs."""

    term: Term
    compartment: str
    since: int
    until: int | None = None


def terms_that_ran(history: Iterable[tuple[int, Case]], terms: Sequence[Term]) -> list[Ran]:
    """Every running of every term, in the order in which they began.

    history: the case after each entry, with the unix time at which that was stored.
    """
    found: list[Ran] = []
    running: dict[tuple[str, str], int] = {}  # where in `found` it stands
    state, seen = "", dict[str, Compartment]()
    for stored, case in history:
        moved = case.state != state
        for name, place in case.compartments.items():
            if not moved and name in seen and place.moments == seen[name].moments:
                continue
            for term in terms:
                if place.type in term.shown_in:
                    _follow(found, running, term, place, case.state, stored)
        state, seen = case.state, dict(case.compartments)
    return found


def _follow(
    found: list[Ran],
    running: dict[tuple[str, str], int],
    term: Term,
    place: Compartment,
    state: str,
    stored: int,
) -> None:
    key = (place.name, term.name)
    since, at = term.runs(state, place.moments), running.get(key)
    if at is not None and found[at].since != since:
        found[at] = replace(found[running.pop(key)], until=stored)
        at = None
    if at is None and since is not None:
        running[key] = len(found)
        found.append(Ran(term, place.name, since))
