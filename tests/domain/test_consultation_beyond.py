"""What leads beyond a consultation's two people: support, callers who come in, disclosures, another
worker, and those whom a custodian lets in (TABLES.md S1, S8).

Holds domain/services/consultation/supporting.py, domain/services/consultation/deciding.py,
domain/services/disclosure.py.
"""

from dataclasses import replace
from typing import Any

import pytest

from domain.check import Rules
from domain.entry import Entry, Line
from domain.refusal import Refusal, Refused
from domain.services.consultation import CONSULTATION
from domain.services.registry import SERVICES
from domain.trust import SECONDS_A_DAY, Device, Person
from tests.support.cases.consultations import (
    GOVERNANCE,
    NOTES,
    OFFICER_LINE,
    SUPERVISOR_LINE,
    Desk,
    another_case,
    entry,
    reach,
)
from tests.support.cases.history import (
    COLLEAGUE,
    COLLEAGUE_LINE,
    CUSTODIANS,
    MOTHER,
    OFFICER,
    REQUESTER_LINE,
    STRANGER,
    SUPERVISOR,
    WORKER,
    WORKER_2,
    WORKER_LINE,
    members,
)

R = Refusal


# Support


YESES = {
    "RequesterVerified": WORKER,
    "CaseSupportAccepted": MOTHER,
    "LinkConsented": MOTHER,
}


@pytest.mark.parametrize("missing", YESES)
def test_a_case_is_opened_with_a_verified_name_a_yes_and_a_consent(missing: str) -> None:
    desk = reach("escalation_offered")
    assert desk.then(entry(desk, WORKER, "RequesterVerified")) is R.WRONG_STATE  # no name yet
    desk.say(MOTHER, "RequesterNamed")
    desk.linked = another_case("family_support")
    for kind, author in YESES.items():
        if kind != missing:
            desk.say(author, kind)
    assert desk.then(entry(desk, WORKER, "ConsultationEscalated")) is R.WRONG_STATE
    desk.say(YESES[missing], missing)
    assert desk.then(entry(desk, WORKER, "ConsultationEscalated")) is None


def test_it_goes_on_as_a_case_of_the_kind_that_was_consented_to_and_no_other() -> None:
    desk = _all_but_escalated()
    later = another_case("family_support")._replace(first=False)
    for linked in (None, later, another_case("individual_support")):
        desk.linked = linked
        assert desk.then(entry(desk, WORKER, "ConsultationEscalated")) is R.WRONG_STATE
    desk.linked = another_case("family_support")
    assert desk.then(entry(desk, WORKER, "ConsultationEscalated")) is None


def test_no_case_is_opened_in_a_crisis_or_once_the_consent_is_withdrawn() -> None:
    desk = _all_but_escalated()
    desk.add(entry(desk, MOTHER, "CrisisFlagged"))
    assert desk.then(entry(desk, WORKER, "ConsultationEscalated")) is R.WRONG_STATE
    desk = _all_but_escalated()
    desk.add(entry(desk, MOTHER, "LinkWithdrawn"))
    assert desk.then(entry(desk, WORKER, "ConsultationEscalated")) is R.WRONG_STATE
    desk.add(entry(desk, MOTHER, "LinkConsented"))
    assert desk.then(entry(desk, WORKER, "ConsultationEscalated")) is None


def _all_but_escalated() -> Desk:
    desk = reach("escalation_offered")
    desk.say(MOTHER, "RequesterNamed")
    for kind, author in YESES.items():
        desk.say(author, kind)
    desk.linked = another_case("family_support")
    return desk


def test_a_source_of_its_own_verifies_where_its_signal_was_registered() -> None:
    desk = reach("in_dialogue")
    assert desk.then(entry(desk, WORKER, "RequesterVerified", NOTES)) is R.WRONG_STATE
    desk.add(entry(desk, WORKER, "SignalRegistered", NOTES))
    assert desk.then(entry(desk, WORKER, "RequesterVerified", NOTES)) is None
    as_hers = entry(desk, WORKER, "RequesterVerified", NOTES)
    body = {**as_hers.header.body, "basis": "requester"}
    as_hers = replace(as_hers, header=replace(as_hers.header, body=body))
    assert desk.then(as_hers) is R.NOT_ALLOWED


def test_an_offer_is_answered_once_and_an_answer_takes_it_back() -> None:
    desk = reach("escalation_offered")
    desk.say(MOTHER, "CaseSupportAccepted")
    assert desk.then(entry(desk, MOTHER, "CaseSupportAccepted")) is R.WRONG_STATE
    assert desk.then(entry(desk, WORKER, "AnswerGiven")) is R.WRONG_STATE
    desk = reach("escalation_offered")
    desk.say(MOTHER, "LinkConsented")
    desk.say(WORKER, "AnswerGiven")
    assert desk.case is not None and desk.case.state == "in_dialogue"
    assert not {"support", "link"} & desk.case.facts.keys()


RECORDED = ("NameRecorded", "SupportAnswerRecorded", "LinkConsentRecorded")


def test_what_is_said_by_telephone_is_recorded_where_nobody_asks() -> None:
    desk = reach("escalation_offered")
    for kind in RECORDED:
        assert desk.then(entry(desk, WORKER, kind)) is R.WRONG_STATE
    desk = _by_telephone("escalation_offered")
    for kind in (*RECORDED, "RequesterVerified"):
        desk.add(entry(desk, WORKER, kind))
    desk.linked = another_case("family_support")
    assert desk.then(entry(desk, WORKER, "ConsultationEscalated")) is None
    desk = _by_telephone("escalation_offered")
    made = entry(desk, WORKER, "SupportAnswerRecorded")
    declined = replace(made, header=replace(made.header, body={"answer": "declined"}))
    desk.add(declined)
    assert desk.case is not None and desk.case.state == "in_dialogue"


def test_a_caller_is_let_into_her_own_conversation_and_nobody_else_s() -> None:
    hers = _inviting(reach("in_dialogue"))
    assert hers.then(_invites(hers)) is R.NOT_ALLOWED
    desk = _by_telephone("in_dialogue")
    assert desk.then(_invites(desk, "relative")) is R.NOT_ALLOWED
    desk.add(_invites(desk))
    line = Line(MOTHER, "requester", "9" * 32)
    desk.add(desk.change(WORKER, line, *desk.here.lines, reason="joined"))
    assert desk.then(entry(desk, MOTHER, "MessageSent")) is None
    again = entry(desk, WORKER, "ParticipantInvited")
    again = replace(
        again, header=replace(again.header, body={**again.header.body, "invitation": "8" * 32})
    )
    assert desk.then(again) is R.WRONG_STATE


def _invites(desk: Desk, role: str = "requester") -> Entry:
    made = entry(desk, WORKER, "ParticipantInvited")
    return replace(made, header=replace(made.header, body={**made.header.body, "role": role}))


def _by_telephone(state: str) -> Desk:
    """A consultation that a worker registered, and has in hand."""
    desk = Desk(Rules(SERVICES))
    body = {**desk.opening(WORKER_LINE).header.body}
    desk.add(desk.entry("CompartmentOpened", WORKER, body))
    _inviting(desk)
    desk.also_open(GOVERNANCE, WORKER, WORKER_LINE, SUPERVISOR_LINE, OFFICER_LINE)
    for kind in ("ConsultationReceived", "ConsultationAssigned", "AnswerGiven"):
        desk.add(entry(desk, WORKER, kind))
    if state == "escalation_offered":
        desk.say(WORKER, "CaseSupportOffered")
    return desk


def _inviting(desk: Desk) -> Desk:
    """With a root that lets these be invited."""
    root = desk.trust.root
    assert root is not None
    invitable = frozenset({"requester", "professional", "relative"})
    desk.trust = replace(desk.trust, root=replace(root, invitable=invitable))
    return desk


# What is told outside


def _proposed(disclosure: str, ground: str = "vital_interest", **more: Any) -> Desk:
    desk = reach("in_dialogue")
    made = entry(desk, WORKER, "DisclosureProposed", GOVERNANCE)
    body = {**made.header.body, "disclosure": disclosure, "ground": ground, **more}
    made = replace(made, header=replace(made.header, body=body))
    desk.add(made)
    desk.proposal = made.header.id
    return desk


def test_a_disclosure_is_weighed_before_it_is_approved() -> None:
    desk = _proposed("excerpt")
    assert desk.then(entry(desk, SUPERVISOR, "ApprovalGiven", GOVERNANCE)) is R.WRONG_STATE
    assert desk.then(entry(desk, SUPERVISOR, "ApprovalRefused", GOVERNANCE)) is None
    desk.add(entry(desk, WORKER, "DisclosureWeighed", GOVERNANCE))
    assert desk.then(entry(desk, SUPERVISOR, "ApprovalGiven", GOVERNANCE)) is None
    assert desk.then(entry(desk, OFFICER, "ApprovalGiven", GOVERNANCE)) is R.NOT_ALLOWED


@pytest.mark.parametrize(
    ("disclosure", "crisis", "takes"),
    [("excerpt", False, 1), ("report_by_lse", False, 2), ("report_by_lse", True, 1)],
)
def test_a_report_takes_two_others_and_one_in_a_crisis(
    disclosure: str, crisis: bool, takes: int
) -> None:
    desk = _proposed(disclosure)
    desk.add(entry(desk, WORKER, "DisclosureWeighed", GOVERNANCE))
    if crisis:
        desk.say(MOTHER, "CrisisFlagged")
    for author in (SUPERVISOR, OFFICER)[:takes]:
        assert _sends(desk) is R.FOUR_EYES
        desk.add(entry(desk, author, "ApprovalGiven", GOVERNANCE))
        assert desk.then(entry(desk, author, "ApprovalGiven", GOVERNANCE)) is R.WRONG_STATE
    assert _sends(desk) is None
    desk.now += 31 * SECONDS_A_DAY
    assert _sends(desk) is R.FOUR_EYES, "an approval lapses after thirty days"


def _sends(desk: Desk) -> Refusal | None:
    return desk.then(entry(desk, WORKER, "DisclosureSent", GOVERNANCE))


def test_a_court_s_order_takes_a_privacy_officer_even_in_a_crisis() -> None:
    desk = _proposed("court_order", "court_order")
    desk.say(MOTHER, "CrisisFlagged")
    desk.add(entry(desk, WORKER, "DisclosureWeighed", GOVERNANCE))
    desk.add(entry(desk, SUPERVISOR, "ApprovalGiven", GOVERNANCE))
    assert _sends(desk) is R.FOUR_EYES
    desk.add(entry(desk, OFFICER, "ApprovalGiven", GOVERNANCE))
    assert _sends(desk) is None


def test_a_court_s_order_is_not_approved_by_two_supervisors() -> None:
    desk = _proposed("court_order", "court_order")
    roster = desk.trust.roster
    assert roster is not None
    second = replace(roster.people["colleague"], roles=frozenset({"supervisor"}))
    people = {**roster.people, "colleague": second}
    desk.trust = replace(desk.trust, roster=replace(roster, people=people))
    standing = (*desk.case.compartments[GOVERNANCE].lines, Line(COLLEAGUE, "supervisor", None))
    desk.add(_changed(desk, GOVERNANCE, SUPERVISOR, "joined", *standing))
    desk.add(entry(desk, WORKER, "DisclosureWeighed", GOVERNANCE))
    for author in (SUPERVISOR, COLLEAGUE):
        desk.add(entry(desk, author, "ApprovalGiven", GOVERNANCE))
        assert _sends(desk) is R.FOUR_EYES
    desk.add(entry(desk, OFFICER, "ApprovalGiven", GOVERNANCE))
    assert _sends(desk) is None


def test_a_proposal_is_weighed_and_answered_where_it_stands() -> None:
    desk, elsewhere = _proposed("excerpt"), "governance-222222222"
    desk.also_open(elsewhere, WORKER, WORKER_LINE, SUPERVISOR_LINE, OFFICER_LINE)
    for author, kind in ((WORKER, "DisclosureWeighed"), (SUPERVISOR, "ApprovalGiven")):
        assert desk.then(entry(desk, author, kind, elsewhere)) is R.WRONG_STATE
        desk.add(entry(desk, author, kind, GOVERNANCE))
    assert _sends(desk) is None


def test_a_disclosure_stands_on_a_ground_that_fits_and_a_consent_that_stands() -> None:
    for ground, refusal in (("wet_pga", R.NOT_ALLOWED), ("consent", R.WRONG_STATE)):
        with pytest.raises(Refused) as refused:
            _proposed("excerpt", ground)
        assert refused.value.refusal is refusal
    desk = reach("in_dialogue")
    consent = entry(desk, MOTHER, "ConsentGiven")
    body = {**consent.header.body, "purpose": "share_partners", "recipient": "school"}
    desk.add(replace(consent, header=replace(consent.header, body=body)))
    desk.consent = consent.header.id
    for recipient, wanted in (("police", R.WRONG_STATE), ("school", None)):
        made = entry(desk, WORKER, "DisclosureProposed", GOVERNANCE)
        on_consent = {"disclosure": "excerpt", "ground": "consent", "recipient": recipient}
        body = {**made.header.body, **on_consent}
        made = replace(made, header=replace(made.header, body=body))
        assert desk.then(made) is wanted
    desk.add(made)
    desk.proposal = made.header.id
    desk.add(entry(desk, WORKER, "DisclosureWeighed", GOVERNANCE))
    desk.add(entry(desk, MOTHER, "ConsentWithdrawn"))
    assert desk.then(entry(desk, SUPERVISOR, "ApprovalGiven", GOVERNANCE)) is R.WRONG_STATE


def _without_officer() -> Desk:
    """A consultation that was taken, in whose governance no privacy officer stands."""
    desk = Desk(Rules(SERVICES))
    desk.open(REQUESTER_LINE, WORKER_LINE)
    desk.also_open(GOVERNANCE, WORKER, WORKER_LINE, SUPERVISOR_LINE)
    desk.say(MOTHER, "ConsultationReceived")
    desk.add(entry(desk, WORKER, "ConsultationAssigned"))
    return desk


def test_a_report_and_an_order_need_a_privacy_officer_in_governance() -> None:
    desk = _without_officer()
    assert desk.then(entry(desk, WORKER, "DisclosureProposed", GOVERNANCE)) is R.FOUR_EYES


def test_it_is_not_closed_while_a_disclosure_waits_for_an_answer() -> None:
    desk = _proposed("excerpt")
    assert desk.then(entry(desk, WORKER, "ConsultationClosed")) is R.WRONG_STATE
    desk.add(entry(desk, SUPERVISOR, "ApprovalRefused", GOVERNANCE))
    assert desk.then(entry(desk, WORKER, "ConsultationClosed")) is None


def test_those_who_lead_let_a_privacy_officer_in_and_who_is_asked_puts_nobody_out() -> None:
    desk = _without_officer()
    everybody = (WORKER_LINE, SUPERVISOR_LINE, OFFICER_LINE)
    for author in (WORKER, SUPERVISOR):
        assert desk.then(_changed(desk, GOVERNANCE, author, "joined", *everybody)) is None
    desk.add(_changed(desk, GOVERNANCE, SUPERVISOR, "joined", *everybody))
    for author, line in ((OFFICER, SUPERVISOR_LINE), (WORKER, OFFICER_LINE)):
        left = [one for one in everybody if one != line]
        out = _changed(desk, GOVERNANCE, author, "removed", *left)
        assert desk.then(out) is R.NOT_ALLOWED
    out = _changed(desk, GOVERNANCE, SUPERVISOR, "removed", WORKER_LINE, SUPERVISOR_LINE)
    assert desk.then(out) is None
    asked = CONSULTATION.walls["worknotes"]
    assert not (asked.adds.keys() | asked.removes.keys()) - {"consultation_worker"}


def _changed(desk: Desk, where: str, author: str, reason: str, *lines: Line) -> Entry:
    assert desk.case is not None
    epoch = desk.case.compartments[where].epoch + 1
    body = {"epoch": epoch, "commit": "", "reason": reason, "members": members(*lines)}
    return desk.entry("MembersChanged", author, body, compartment=where, epoch=epoch)


# A worker who is ill


def test_a_supervisor_gives_it_to_another_who_is_let_in_by_the_mother() -> None:
    desk = reach("in_dialogue")
    made = entry(desk, SUPERVISOR, "ConsultationReassigned", GOVERNANCE)
    to_nobody = replace(made, header=replace(made.header, body={"assignee": MOTHER, "why": "ill"}))
    assert desk.then(to_nobody) is R.NOT_ALLOWED
    before = desk.change(MOTHER, *desk.here.lines, COLLEAGUE_LINE, reason="joined")
    assert desk.then(before) is R.NOT_ALLOWED
    desk.add(made)
    assert desk.then(entry(desk, WORKER, "AnswerGiven")) is R.NOT_ALLOWED
    out = desk.change(MOTHER, REQUESTER_LINE, reason="removed")
    assert desk.then(out) is R.NOT_ALLOWED
    desk.add(desk.change(MOTHER, *desk.here.lines, COLLEAGUE_LINE, reason="joined"))
    assert desk.then(entry(desk, COLLEAGUE, "AnswerGiven")) is R.WRONG_STATE  # the other reads yet
    desk.add(desk.change(COLLEAGUE, REQUESTER_LINE, COLLEAGUE_LINE, reason="removed"))
    assert desk.case is not None and "reassigned_at" in desk.case.facts
    desk.say(COLLEAGUE, "AnswerGiven")
    assert "reassigned_at" not in desk.case.facts


def test_a_custodian_s_recovery_lets_in_whose_consultation_it_is_and_nobody_else() -> None:
    desk = reach("in_dialogue")
    assert desk.case is not None
    place = desk.case.compartments[NOTES]
    approvals = []
    for custodian in CUSTODIANS[:2]:
        yes = desk.entry("RecoveryApproved", custodian, {"epoch": 0}, compartment=NOTES)
        desk.add(yes)
        approvals.append(yes.header.id)
    own, colleagues = Line(WORKER_2, "consultation_worker", None), _colleagues_other(desk)
    assert desk.then(_recovered(desk, place.lines, colleagues, approvals)) is R.NOT_ALLOWED
    assert desk.then(_recovered(desk, place.lines[:1], None, approvals)) is R.NOT_ALLOWED
    assert desk.then(_recovered(desk, place.lines, own, approvals)) is None


def _colleagues_other(desk: Desk) -> Line:
    """Another device of the colleague, whose consultation it is not."""
    roster = desk.trust.roster
    assert roster is not None
    devices = {**roster.devices, STRANGER: Device(STRANGER, "colleague", "key", False)}
    desk.trust = replace(desk.trust, roster=replace(roster, devices=devices))
    return Line(STRANGER, "consultation_worker", None)


def _recovered(
    desk: Desk, standing: tuple[Line, ...], coming: Line | None, approvals: list[str]
) -> Entry:
    lines = {*standing, *([coming] if coming else [])}
    body = {
        "epoch": 1,
        "commit": "",
        "reason": "recovered",
        "members": members(*lines),
        "approvals": approvals,
    }
    changes = {"compartment": NOTES, "epoch": 1}
    return desk.entry("MembersChanged", CUSTODIANS[2], body, **changes)


def test_notes_hold_workers_or_one_who_is_asked() -> None:
    desk = reach("in_dialogue")
    manager = Line(STRANGER, "casemanager", None)
    roster = desk.trust.roster
    assert roster is not None
    people = {
        **roster.people,
        "manager": Person("manager", frozenset({"casemanager"}), "", frozenset()),
    }
    devices = {**roster.devices, STRANGER: Device(STRANGER, "manager", "key", False)}
    desk.trust = replace(desk.trust, roster=replace(roster, people=people, devices=devices))
    for lines, wanted in (
        ((WORKER_LINE, manager), None),
        ((WORKER_LINE, COLLEAGUE_LINE, manager), R.NOT_ALLOWED),
    ):
        body = dict(desk.opening(*lines).header.body)
        for said in CONSULTATION.opening:
            del body[said]
        made = desk.entry("CompartmentOpened", WORKER, body, compartment="worknotes-987654321")
        assert desk.then(made) is wanted


def test_after_it_went_on_as_a_case_words_are_for_a_crisis() -> None:
    desk = reach("escalated")
    assert desk.then(entry(desk, MOTHER, "MessageSent")) is R.WRONG_STATE
    desk.say(MOTHER, "CrisisFlagged")
    for author, kind in ((MOTHER, "MessageSent"), (WORKER, "AnswerGiven"), (WORKER, "HelpPointed")):
        assert desk.then(entry(desk, author, kind)) is None


def test_declining_has_no_consequence() -> None:
    desk = reach("escalation_offered")
    desk.say(MOTHER, "CaseSupportDeclined")
    assert desk.case is not None and desk.case.state == "in_dialogue"
    assert desk.then(entry(desk, WORKER, "AnswerGiven")) is None
