"""By when what is to be done in a consultation (SERVICES.md 2.1, PRACTICE.md 7.5).

No public service levels of the support point were found: the amounts are ours, and configuration.
"""

from domain.services.consultation.states import (
    CLOSED,
    EVERY,
    IN_DIALOGUE,
    IN_TRIAGE,
    RECEIVED,
    TALKING,
    at,
)
from domain.terms import ALARM, Amount, Term, Unit

DIALOGUE = frozenset({"dialogue"})
OFFICE = frozenset({"consultation_worker"})
BOTH = OFFICE | {"supervisor"}

TERMS = (
    Term(
        "urgent_triage",
        "crisis_at",
        at(RECEIVED),
        DIALOGUE,
        OFFICE,
        Amount(2, Unit.OFFICE_HOURS),
        "who writes of a crisis is seen by a person before the next meal, not the next day",
    ),
    Term(
        "triage",
        "asked_at",
        at(RECEIVED),
        DIALOGUE,
        OFFICE,
        Amount(0, Unit.OFFICE_DAYS),
        "every question is looked at on the day it comes in",
    ),
    Term(
        "first_answer",
        "asked_at",
        at(RECEIVED, IN_TRIAGE),
        DIALOGUE,
        OFFICE,
        Amount(1, Unit.OFFICE_DAYS),
        "who dared to ask should not lie awake a second night without a word from a person",
    ),
    Term(
        "short_advice",
        "asked_at",
        at(RECEIVED, IN_TRIAGE, IN_DIALOGUE),
        DIALOGUE,
        OFFICE,
        Amount(10, Unit.OFFICE_DAYS),
        "a consultation is short: what takes longer needs another form of support",
    ),
    Term(
        ALARM,
        "crisis_at",
        EVERY,
        DIALOGUE | {"governance"},
        BOTH,
        Amount(1, Unit.HOURS),
        "two people decide within the hour, by the clock and not by office hours",
    ),
    Term(
        "rest",
        "said_at",
        TALKING,
        DIALOGUE,
        OFFICE,
        Amount(14, Unit.DAYS),
        "after two silent weeks the requester is told that it rests, and can always go on",
    ),
    Term(
        "stopped",
        "stopped_at",
        at(CLOSED),
        DIALOGUE,
        OFFICE,
        Amount(1, Unit.OFFICE_DAYS),
        "who ended it may want it erased: somebody looks, and notes why it ended",
    ),
    Term(
        "reassign",
        "reassigned_at",
        EVERY,
        frozenset({"governance"}),
        BOTH,
        Amount(1, Unit.OFFICE_DAYS),
        "whoever it was given to writes within a day, or the supervisor gives it to another",
    ),
)
