"""The places of a consultation, and who writes in them (TABLES.md S1)."""

from domain.services.consultation.guards import ASKERS

ASK = frozenset(ASKERS)
WORKER = frozenset({"consultation_worker"})
SUPERVISOR = frozenset({"supervisor"})
OFFICER = frozenset({"privacy_officer"})
CUSTODIAN = frozenset({"key_custodian"})
ASKED = frozenset({"casemanager", "duidingsexpert", "zorgexpert"})  # for their opinion, in notes
DIALOGUE = frozenset({"dialogue"})
WORKNOTES = frozenset({"worknotes"})
GOVERNANCE = frozenset({"governance"})
EVERYWHERE = DIALOGUE | WORKNOTES | GOVERNANCE
FOR_HER, FOR_OFFICE, FOR_SECOND, FOR_NOBODY = "requester", "consultation_worker", "supervisor", ""
SAID = ("said_at",)
ASKING = ("said_at", "asked_at")
