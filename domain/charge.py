"""Whose case it is: who took it, and the substitute who was named (TABLES.md 0, LEAD).

Every service remembers them under the same two names. People are compared as roster persons, so
that any device of theirs will do.
"""

from domain.state import Case, Compartment
from domain.trust import Trust

ASSIGNEE, SUBSTITUTE = "assignee", "substitute"


def person_of_fact(case: Case, trust: Trust, fact: str) -> str | None:
    """The person of the device that a case remembers by a name."""
    return trust.person_of(case.facts.get(fact, ""))


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
        if line.role == role and (person := trust.person_of(line.device))
    }
    return any(trust.person_of(device) in theirs for device in trust.holders(role))
