"""The kinds of a support case: the fields of their public bodies (TABLES.md S2), and how people
call the steps of those who work on it; deeds of several entries have commands of their own."""

from collections.abc import Mapping

from domain.fields import (
    Body,
    choice,
    device_of,
    entry_of,
    given,
    maybe_link,
    maybe_proposal_of,
    optional,
    own_device,
    proposal_of,
)
from domain.services.consultation.kinds import KINDS as CONSULTED
from domain.services.consultation.kinds import no_conflict
from domain.shapes import code, distinct, hash_, identifier, list_of, nullable
from domain.step import Command

MAX_ANALYSES = 10
NOTHING: Body = {}
EXPERT_ROLES = ("duidingsexpert", "zorgexpert")
EXPERT: Body = {"expert": device_of(*EXPERT_ROLES)}
# The entry of a deployment by which the pool confirmed an expert for a case (TABLES.md S7); null
# where a supervisor approved that she comes without one.
CHECKED: Body = {**EXPERT, "match": maybe_link}
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
    "CasemanagerAssigned": {"casemanager": own_device, "no_conflict": no_conflict},
    "ExcerptShared": {"proposal": optional(proposal_of("DisclosureProposed"))},
    "ExcerptNoted": {"excerpt": entry_of("ExcerptShared"), "origin": entry_of()},
    "ExpertInputRequested": NOTHING,
    "IdentityCheckOpened": CHECKED,
    "ConflictDeclared": NOTHING,
    "NoConflictStated": NOTHING,
    # In a case for nobody: the case is his who writes it. In a deployment for whom it is confirmed.
    "ExpertDeployed": {
        **CHECKED,
        "as": choice("author", "reviewer", asks="As an author, or to review what others wrote?"),
        "proposal": maybe_proposal_of("AdmissionProposed"),
        "for": given(nullable(identifier)),
    },
    "AdmissionProposed": {
        "role": choice(*EXPERT_ROLES, asks="In which role?"),
        "ground": choice("necessity"),
    },
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
COMMANDS: Mapping[str, Command] = {
    "propose": Command(
        "CaseProposed",
        "governance",
        "Propose a support case, for a supervisor to accept; prints its number.",
        "Proposed. A supervisor answers with `zegel approve` or `zegel refuse`.",
    ),
    "request": Command(
        "ExpertInputRequested",
        "worknotes",
        "Note that experts are needed, and for what.",
        "Noted. Ask an expert for a conflict of interest with `zegel case check-conflict`.",
    ),
    "no-conflict": Command(
        "NoConflictStated",
        "conflict",
        "As an expert: state that you have no conflict of interest.",
        "Noted. The casemanager can deploy you.",
    ),
    "decline": Command(
        "ConflictDeclared",
        "conflict",
        "As an expert: say that you have a conflict of interest.",
        "Noted. You get no key of the case.",
    ),
    "propose-admission": Command(
        "AdmissionProposed",
        "governance",
        "Propose to deploy an expert whom the pool did not confirm.",
        "Proposed. A supervisor answers with `zegel approve` or `zegel refuse`.",
        fixed={"ground": "necessity"},
    ),
    "propose-disclosure": Command(
        "DisclosureProposed",
        "governance",
        "Propose to tell others something, or to report, for other people to decide.",
        "Proposed. A supervisor answers with `zegel approve` or `zegel refuse`.",
    ),
    "propose-advice": Command(
        "AdviceProposed",
        "governance",
        "Put advice before a supervisor. Leave the experts' names out.",
        "Proposed. A supervisor releases it with `zegel case release`.",
    ),
}
