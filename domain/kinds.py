"""Every kind of entry, with the shape of its public body (PROTOCOL.md sections 2 and 3).

Kinds are stored data: this table only grows. Which role may write a kind, where and when, stands
in the table of the service.
"""

from collections.abc import Mapping
from typing import Any

from domain.shapes import (
    Shape,
    code,
    compartment_name,
    distinct,
    exactly,
    hash_,
    identifier,
    integer,
    list_of,
    malformed,
    minute,
    nullable,
    record,
    salt,
)

ROLES = (
    "requester",
    "minor",
    "relative",
    "professional",
    "consultation_worker",
    "casemanager",
    "trajectory_adviser",
    "duidingsexpert",
    "zorgexpert",
    "interpreter",
    "pool_coordinator",
    "lat_coordinator",
    "guardian",
    "local_party",
    "foster_family",
    "supervisor",
    "auditor",
    "privacy_officer",
    "key_custodian",
)
REASONS = ("opened", "joined", "left", "removed", "rotated", "recovered")
MAX_MEMBERS = 100
MAX_NAMED_ENTRIES = 1_000
MAX_ANALYSES = 10

role = exactly(*ROLES)
_listed = list_of(
    record(
        {"device": identifier, "role": role, "wrap": hash_}, optional={"invitation": identifier}
    ),
    minimum=1,
    maximum=MAX_MEMBERS,
)


def _members(value: Any, where: str) -> None:
    _listed(value, where)
    devices = [line["device"] for line in value]
    if devices != sorted(set(devices)):
        raise malformed(where, "not sorted by device, or a device twice")


_epoch_change: Mapping[str, Shape] = {
    "epoch": integer(),
    "commit": hash_,
    "reason": exactly(*REASONS),
    "members": _members,
}
_empty = record({})
_ids = nullable(distinct(list_of(identifier, minimum=1, maximum=MAX_NAMED_ENTRIES)))
_proposed = record({"proposal": identifier})
_erasure: Mapping[str, Shape] = {"entries": _ids, "ground": code}

OPENED = "CompartmentOpened"
CHANGED = "MembersChanged"
OPENING_FIELDS: Mapping[str, Shape] = {
    **_epoch_change,
    "reason": exactly("opened"),
    "service": code,
    "salt": salt,
    "ground": code,
    "purpose": code,
}


_numbers = list_of(integer(), minimum=1, maximum=MAX_NAMED_ENTRIES)


def _epochs(value: Any, where: str) -> None:
    _numbers(value, where)
    if value != sorted(set(value)):
        raise malformed(where, "not ascending, or an epoch twice")


_granted = record(
    {
        "to": identifier,
        "epochs": nullable(_epochs),
        "entries": _ids,
        "reason": code,
        "mandate": nullable(
            record({"compartment": compartment_name, "id": identifier, "hash": hash_})
        ),
        "wrap": hash_,
    }
)


def _grant(value: Any, where: str) -> None:
    _granted(value, where)
    if value["epochs"] is None and value["entries"] is None:
        raise malformed(where, "it grants neither epochs nor entries")


_changed = record(
    {**_epoch_change, "reason": exactly(*(r for r in REASONS if r != "opened"))},
    optional={"approvals": distinct(list_of(identifier, minimum=2, maximum=2))},
)


def _members_changed(value: Any, where: str) -> None:
    _changed(value, where)
    if ("approvals" in value) != (value["reason"] == "recovered"):
        raise malformed(where, "approvals stand in a recovery, and only there")


KINDS: Mapping[str, Shape] = {
    # the protocol's own
    OPENED: record(OPENING_FIELDS, optional={"requester_mode": code}),
    CHANGED: _members_changed,
    "MemberLeft": _empty,
    "WrapRefused": record({"epoch": integer()}),
    "ParticipantInvited": record({"invitation": identifier, "role": role, "expires": minute}),
    "RequesterKeyReplaced": record({"device": identifier}),
    "HistoryGranted": _grant,
    "RecoveryApproved": record({"epoch": integer()}),
    "ErasureProposed": record(_erasure),
    "MessageWithdrawn": record(_erasure),
    "PayloadErased": record({**_erasure, "proposal": identifier}),
    "MessageCorrected": record({"of": identifier}),
    # the consultation
    "ConsultationReceived": _empty,
    "ConsultationAssigned": record({"assignee": identifier, "no_conflict": exactly(True)}),
    "MessageSent": _empty,
    "AnswerGiven": _empty,
    "ShortAdviceGiven": _empty,
    "ConsultationClosed": record({"attested": exactly(True)}),
    "SubstituteNamed": record({"substitute": identifier}),
    "ClarificationRequested": _empty,
    "HelpPointed": _empty,
    "ReportAdvised": _empty,
    "ContactRecorded": _empty,
    "RequesterNamed": _empty,
    "SignalRegistered": _empty,
    "PeerConsulted": _empty,
    "RequesterReportNoted": _empty,
    "DelayExplained": record({"term": code}),
    "CrisisFlagged": _empty,
    "CrisisResolutionProposed": _empty,
    "CrisisResolved": _proposed,
    "SupportProposed": _empty,
    "CaseSupportOffered": _proposed,
    "CaseSupportAccepted": _empty,
    "CaseSupportDeclined": _empty,
    "LinkConsented": record({"to": code}),
    "ConsultationEscalated": record({"case": identifier}),
    "DisclosureProposed": record(
        {"disclosure": exactly("report_by_lse", "excerpt"), "ground": code}
    ),
    "ConsultationBecameDormant": _empty,
    "ConsultationReopened": _empty,
    # a second person's answer to a proposal, in every service
    "ApprovalGiven": record({"of": identifier}),
    "ApprovalRefused": record({"of": identifier}),
    # support cases
    "CaseProposed": _empty,
    "CaseAccepted": _proposed,
    "CaseNotAccepted": _proposed,
    "CasemanagerAssigned": record({"casemanager": identifier, "no_conflict": exactly(True)}),
    "ExcerptShared": record({}, optional={"proposal": identifier}),
    "ExcerptNoted": record({"excerpt": identifier, "origin": identifier}),
    "ExpertInputRequested": _empty,
    "ConflictDeclared": _empty,
    "ExpertDeployed": record({"expert": identifier}),
    "ExpertContributed": _empty,
    "ContributionAnnounced": record({"analysis": identifier, "hash": hash_}),
    "AnalysesUnsealed": record(
        {
            "analyses": distinct(list_of(identifier, minimum=1, maximum=MAX_ANALYSES)),
            "given_up": nullable(code),
        }
    ),
    "AdviceProposed": _empty,
    "AdviceReleased": _proposed,
    "ExpertReleased": record({"expert": identifier}),
    "SessionEnded": _empty,
}
