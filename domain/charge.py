"""Whose case it is: who took it, and the substitute who was named (TABLES.md 0, LEAD).

Every service remembers them under the same two names. People are compared as roster persons, so
that any device of theirs will do.
"""

from domain.state import Case, Compartment
from domain.trust import Trust

ASSIGNEE, SUBSTITUTE = "assignee", "substitute"


def roster_person(trust: Trust, device: str) -> str | None:
    """The roster person of a device, None for a device that is in no roster."""
    person = trust.person(device)
    return person.person if person else None


def person_of_fact(case: Case, trust: Trust, fact: str) -> str | None:
    """The person of the device that a case remembers by a name."""
    return roster_person(trust, case.facts.get(fact, ""))


def charged(case: Case, trust: Trust) -> set[str]:
    """The persons whose case this is."""
    found = (person_of_fact(case, trust, fact) for fact in (ASSIGNEE, SUBSTITUTE))
    return {person for person in found if person is not None}


def someone_is_left(case: Case, compartment: Compartment, trust: Trust, role: str) -> bool:
    """Whether one of those whose case it is, or before it is taken one of those of this role who
    could take it, is still certified."""
    theirs = charged(case, trust) or {
        person
        for line in compartment.lines
        if line.role == role and (person := roster_person(trust, line.device))
    }
    return any(roster_person(trust, device) in theirs for device in trust.holders(role))
