"""The kinds of a support case, with the fields of their public bodies (TABLES.md S2)."""

from collections.abc import Mapping
from dataclasses import replace

from domain.fields import Body, device_of, entry_of, given, own_device, proposal_of, stated
from domain.services.consultation.kinds import KINDS as CONSULTED
from domain.shapes import code, distinct, hash_, identifier, list_of, nullable

MAX_ANALYSES = 10
NOTHING: Body = {}
EXPERT: Body = {"expert": device_of("duidingsexpert", "zorgexpert")}
SHARED = (
    "MessageSent",
    "SubstituteNamed",
    "DisclosureProposed",
    "ApprovalGiven",
    "ApprovalRefused",
)

KINDS: Mapping[str, Body] = {
    **{kind: CONSULTED[kind] for kind in SHARED},
    "CaseProposed": NOTHING,
    "CaseAccepted": {"proposal": entry_of("CaseProposed")},
    "CaseNotAccepted": {"proposal": entry_of("CaseProposed")},
    "CasemanagerAssigned": {"casemanager": own_device, "no_conflict": stated},
    "ExcerptShared": {"proposal": replace(proposal_of("DisclosureProposed"), optional=True)},
    "ExcerptNoted": {"excerpt": entry_of("ExcerptShared"), "origin": entry_of()},
    "ExpertInputRequested": NOTHING,
    "ConflictDeclared": NOTHING,
    "ExpertDeployed": EXPERT,
    "ExpertContributed": NOTHING,
    "ContributionAnnounced": {"analysis": entry_of("ExpertContributed"), "hash": given(hash_)},
    "AnalysesUnsealed": {
        "analyses": given(distinct(list_of(identifier, minimum=1, maximum=MAX_ANALYSES))),
        "given_up": given(nullable(code)),
    },
    "AdviceProposed": NOTHING,
    "AdviceReleased": {"proposal": entry_of("AdviceProposed")},
    "ExpertReleased": EXPERT,
    "SessionEnded": NOTHING,
}
