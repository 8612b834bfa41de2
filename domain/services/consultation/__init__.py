"""The consultation (SERVICES.md 2.1): the front office's work from the first question to the end.

Its walls, and where its parts stand: states, rows, conditions and terms have files of their own.
"""

from domain.service import Service
from domain.services.consultation.guards import (
    HIS,
    MAY_CHANGE_WORKERS,
    ONLY_OTHERS_GO,
    ONLY_THE_CHARGED_COME,
    workers_or_two,
)
from domain.services.consultation.kinds import COMMANDS, KINDS
from domain.services.consultation.places import (
    ASK,
    ASKED,
    DIALOGUE,
    OFFICER,
    SUPERVISOR,
    WORKER,
)
from domain.services.consultation.rows import STEPS
from domain.services.consultation.states import DONE, OPENED, STATES
from domain.services.consultation.terms import TERMS
from domain.services.opening import GROUNDS, by_rules
from domain.shapes import exactly
from domain.step import Wall

CONSULTATION = Service(
    name="consultation",
    begins=OPENED,
    states=STATES,
    first=DIALOGUE,
    opening={
        "requester_mode": exactly("anonymous", "named", "professional"),
        **by_rules(1, "lse"),
    },
    grounds=GROUNDS,
    purposes=frozenset({"consultation"}),
    walls={
        "dialogue": Wall(
            opened_by=ASK | WORKER,
            holds=ASK | WORKER,
            adds={"consultation_worker": WORKER | ASK, **dict.fromkeys(sorted(ASK), WORKER)},
            removes={"consultation_worker": WORKER},
            guards=(MAY_CHANGE_WORKERS, ONLY_THE_CHARGED_COME, ONLY_OTHERS_GO),
            lists=("consultation_worker",),
            ground="consent",
            purpose="consultation",
        ),
        "worknotes": Wall(
            opened_by=WORKER,
            holds=WORKER | ASKED,
            adds={"consultation_worker": WORKER},
            removes={"consultation_worker": WORKER | ASKED},
            guards=HIS,
            listings=(workers_or_two(),),
            lists=("charged",),
            purpose="consultation",
        ),
        "governance": Wall(
            opened_by=WORKER,
            holds=WORKER | SUPERVISOR | OFFICER,
            adds={
                "consultation_worker": WORKER | SUPERVISOR | OFFICER,
                "supervisor": WORKER | SUPERVISOR | OFFICER,
            },
            removes={
                "consultation_worker": WORKER | SUPERVISOR,
                "supervisor": WORKER | SUPERVISOR | OFFICER,
            },
            lists=("supervisor", "charged"),
            purpose="consultation",
        ),
    },
    steps=STEPS,
    terms=TERMS,
    done=DONE,
    kinds=KINDS,
    askers=ASK,
    commands=COMMANDS,
)
