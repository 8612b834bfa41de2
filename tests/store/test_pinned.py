"""What is stored for ever: names that were once written stay, and old stores can still be read.

Holds store/events.py, domain/kinds.py, domain/refusal.py, wire/payloads/book.py.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.kinds import REASONS, ROLES
from domain.refusal import Refusal
from domain.services.registry import KINDS
from projections.projector import PROJECTIONS
from store.events import TOPICS, event
from tests.support.cases.payloads import OF_THE_PRODUCT
from tests.support.stored import FOLDER, replayed, rows_of

# Each list grows at its end, and nothing else ever happens to it.
KINDS_PINNED = [
    "CompartmentOpened",
    "MembersChanged",
    "MemberLeft",
    "WrapRefused",
    "ParticipantInvited",
    "RequesterKeyReplaced",
    "HistoryGranted",
    "RecoveryApproved",
    "ErasureProposed",
    "MessageWithdrawn",
    "PayloadErased",
    "MessageCorrected",
    "ConsultationReceived",
    "ConsultationAssigned",
    "ConsultationReassigned",
    "MessageSent",
    "AnswerGiven",
    "ShortAdviceGiven",
    "ConsultationClosed",
    "ClosingNoted",
    "StoppedByRequester",
    "SubstituteNamed",
    "ClarificationRequested",
    "HelpPointed",
    "ReportAdvised",
    "ContactRecorded",
    "RequesterNamed",
    "NameRecorded",
    "RequesterVerified",
    "SignalRegistered",
    "PeerConsulted",
    "RequesterReportNoted",
    "DelayExplained",
    "CrisisFlagged",
    "CrisisResolutionProposed",
    "CrisisResolved",
    "CrisisEndTold",
    "SupportProposed",
    "CaseSupportOffered",
    "CaseSupportAccepted",
    "CaseSupportDeclined",
    "SupportAnswerRecorded",
    "LinkConsented",
    "LinkConsentRecorded",
    "LinkWithdrawn",
    "ConsultationEscalated",
    "ConsultationBecameDormant",
    "ConsultationReopened",
    "ApprovalGiven",
    "ApprovalRefused",
    "ConsentGiven",
    "ConsentWithdrawn",
    "DisclosureProposed",
    "DisclosureWeighed",
    "DisclosureSent",
    "RequesterTold",
    "CaseProposed",
    "CaseAccepted",
    "CaseNotAccepted",
    "CasemanagerAssigned",
    "ExcerptShared",
    "ExcerptNoted",
    "ExpertInputRequested",
    "ConflictDeclared",
    "ExpertDeployed",
    "ExpertContributed",
    "ContributionAnnounced",
    "AnalysesUnsealed",
    "AdviceProposed",
    "AdviceReleased",
    "ExpertReleased",
    "SessionEnded",
    "IdentityCheckOpened",
    "NoConflictStated",
    "AdmissionProposed",
    "ExpertNominated",
    "ExpertVetted",
    "ConfidentialityStated",
    "ProfileUpdated",
    "AvailabilityUpdated",
    "SuspensionProposed",
    "ReinstatementProposed",
    "ExpertSuspended",
    "ExpertReinstated",
    "ExpertLeft",
    "MatchRequested",
    "ShortlistProposed",
    "MatchOverridden",
    "ExpertInvited",
    "ExpertProposed",
    "ConfirmationTold",
    "InvitationReminded",
    "InvitationLapsed",
    "InvitationDeclined",
    "DeploymentAccepted",
    "ConfidentialitySigned",
    "DeploymentBegun",
    "ContributionNoted",
    "DeploymentEvaluated",
    "MatchWithdrawn",
    "PoolFormed",
    "PoolMeetingPlanned",
    "PoolMeetingHeld",
    "PoolMeetingCancelled",
    "DevelopmentItemAdded",
    "DevelopmentItemProgressed",
    "FairnessReported",
]
ROLES_PINNED = [
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
]
REASONS_PINNED = ["opened", "joined", "left", "removed", "rotated", "recovered"]
REFUSALS_PINNED = [
    "malformed",
    "unsupported-version",
    "wrong-case",
    "duplicate-entry",
    "out-of-order",
    "unknown-author",
    "revoked",
    "bad-signature",
    "stale-roster",
    "stale-view",
    "clock",
    "not-a-member",
    "wrong-epoch",
    "rotation-owed",
    "uncertified-member",
    "not-allowed",
    "wrong-state",
    "four-eyes",
    "missing-payload",
    "payload-mismatch",
    "too-many",
]
TOPICS_PINNED = ["zegel/entry/1", "zegel/root/1", "zegel/roster/1"]
PROJECTIONS_PINNED = ["directory", "timeline", "work_list", "access"]
SCHEMAS_PINNED = [
    "message/1",
    "advice/1",
    "closing/2",
    "closing_note/1",
    "contact/2",
    "pointer/1",
    "note/1",
    "notice/1",
    "identity/1",
    "excerpt/1",
    "signal/2",
    "consent/1",
    "disclosure/1",
    "weighing/2",
    "sent/1",
    "excerpt_shared/1",
    "contribution/1",
    "nomination/1",
    "statement/1",
    "profile/1",
    "availability/1",
    "match_brief/1",
    "meeting/1",
    "minutes/1",
    "development/1",
    "feedback/1",
    "shortlist/1",
    "invitation/1",
    "fairness/1",
]


@pytest.mark.parametrize(
    ("found", "pinned"),
    [
        (list(KINDS), KINDS_PINNED),
        (list(ROLES), ROLES_PINNED),
        (list(REASONS), REASONS_PINNED),
        ([str(refusal) for refusal in Refusal], REFUSALS_PINNED),
        (list(TOPICS), TOPICS_PINNED),
        ([one.name for one in PROJECTIONS], PROJECTIONS_PINNED),
        (list(OF_THE_PRODUCT), SCHEMAS_PINNED),
    ],
    ids=["kinds", "roles", "reasons", "refusals", "topics", "projections", "schemas"],
)
def test_a_name_that_was_once_stored_stays(found: list[str], pinned: list[str]) -> None:
    """Refusals keep their order too: it decides which broken rule an entry is refused by."""
    assert len(set(found)) == len(found)
    assert [name for name in pinned if name not in found] == [], "gone: old entries break"
    assert [name for name in found if name not in pinned] == [], "new: add it to the pinned list"
    if "malformed" in pinned:
        assert found == pinned


@pytest.fixture(params=sorted(FOLDER.glob("store-*.json")), ids=lambda file: file.stem)
def release(request: pytest.FixtureRequest) -> Any:
    """The rows that one release has stored."""
    file: Path = request.param
    return json.loads(file.read_text())


def test_there_are_rows_of_the_first_release() -> None:
    assert (FOLDER / "store-0.1.0.json").exists()


def test_rows_of_every_earlier_release_are_read_and_written_alike(release: Any) -> None:
    rows = rows_of(release)
    for row in rows:
        read = event(row)
        assert (read.topic, read.originator_version) == (row.topic, row.originator_version)
        assert read.state() == row.state


def test_stores_of_every_earlier_release_fold_to_the_state_they_had(release: Any) -> None:
    """Signatures, rules and fold: each entry is accepted again, and state and head are the same."""
    found, final = replayed(release), release["final"]
    # A later release may remember more of an entry, never less and nothing else.
    assert final["facts"].items() <= found["facts"].items()
    assert {**found, "facts": final["facts"]} == final
