"""The consultation (SERVICES.md 2.1): the front office's work from the first question to the end.

Its walls, and where its parts stand: states, rows, conditions and terms have files of their own.
"""

from domain.service import Service
from domain.services.consultation.guards import (
    HIS,
    MAY_CHANGE_WORKERS,
    ONLY_OTHERS_GO,
    ONLY_THE_CHARGED_COME,
)
from domain.services.consultation.kinds import KINDS
from domain.services.consultation.rows import (
    DIALOGUE,
    REQUESTER,
    STEPS,
    SUPERVISOR,
    WORKER,
)
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
            opened_by=REQUESTER | WORKER,
            holds=REQUESTER | WORKER,
            adds={"consultation_worker": WORKER, "requester": WORKER},
            removes={"consultation_worker": WORKER},
            guards=(MAY_CHANGE_WORKERS, ONLY_THE_CHARGED_COME, ONLY_OTHERS_GO),
        ),
        "worknotes": Wall(
            opened_by=WORKER,
            holds=WORKER,
            adds={"consultation_worker": WORKER},
            removes={"consultation_worker": WORKER},
            guards=HIS,
        ),
        "governance": Wall(
            opened_by=WORKER,
            holds=WORKER | SUPERVISOR,
            adds={"consultation_worker": WORKER | SUPERVISOR, "supervisor": WORKER | SUPERVISOR},
            removes={"consultation_worker": WORKER, "supervisor": WORKER | SUPERVISOR},
        ),
    },
    steps=STEPS,
    terms=TERMS,
    done=DONE,
    kinds=KINDS,
    askers=REQUESTER,
)
