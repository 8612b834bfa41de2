"""The states of a support case, its places, and who stands in them (TABLES.md S2)."""

from domain.services.consultation.states import at
from domain.services.support.guards import CASEMANAGER, EXPERTS, FAMILY

OPENED, PROPOSED, INTAKE, ACTIVE, NOT_ACCEPTED = (
    "opened",
    "proposed",
    "intake",
    "active",
    "not_accepted",
)
STATES = (OPENED, PROPOSED, INTAKE, ACTIVE, NOT_ACCEPTED)
EVERY, LIVE = frozenset(STATES), at(INTAKE, ACTIVE)

WORKER = frozenset({"consultation_worker"})
MANAGER = frozenset({CASEMANAGER})
SUPERVISOR = frozenset({"supervisor"})
PARTY = frozenset({"local_party"})
GOVERNANCE, NOTES = frozenset({"governance"}), frozenset({"worknotes"})
DIALOGUE, EXPERT = frozenset({"dialogue"}), frozenset({"expert"})
ANALYSIS, SESSION, CONFLICT = (frozenset({one}) for one in ("analysis", "session", "conflict"))
OUTSIDE = frozenset({"partners", "commission", "product"})
STAFFED = frozenset(
    {"worknotes", "identity", "expert", "care", "partners", "commission", "product"}
)
EVERYWHERE = GOVERNANCE | STAFFED | DIALOGUE | ANALYSIS | SESSION | CONFLICT | {"child"}
STAND = {
    "governance": WORKER | MANAGER | SUPERVISOR,
    "worknotes": MANAGER,
    "identity": MANAGER,
    "dialogue": FAMILY | MANAGER,
    "expert": MANAGER | EXPERTS,
    "analysis": MANAGER | EXPERTS,
    "care": MANAGER | {"zorgexpert"},
    "partners": MANAGER | PARTY,
    "commission": MANAGER | PARTY,
    "product": MANAGER | PARTY,
    "conflict": MANAGER | EXPERTS,
    "session": MANAGER | {"interpreter"},
    "child": MANAGER | {"lat_coordinator", "guardian"},
}


FOR_SECOND, FOR_LEAD, FOR_NOBODY = "supervisor", CASEMANAGER, ""
