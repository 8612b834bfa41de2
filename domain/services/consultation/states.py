"""The states of a consultation, and the groups of them that its rows speak of (SERVICES.md 2.1)."""

OPENED, RECEIVED, IN_TRIAGE, IN_DIALOGUE = "opened", "received", "in_triage", "in_dialogue"
ADVISED, OFFERED, ESCALATED = "advised", "escalation_offered", "escalated"
DORMANT, CLOSED = "dormant", "closed"
STATES = (OPENED, RECEIVED, IN_TRIAGE, IN_DIALOGUE, ADVISED, OFFERED, ESCALATED, DORMANT, CLOSED)


def at(*states: str) -> frozenset[str]:
    return frozenset(states)


EVERY = frozenset(STATES)
TALKING = at(IN_TRIAGE, IN_DIALOGUE, ADVISED)
TAKEN = TALKING | at(OFFERED, DORMANT)
LIVE = TAKEN | at(RECEIVED)
DONE = at(CLOSED, ESCALATED)
