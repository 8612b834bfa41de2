"""The consultation's conditions: second persons, consents, silences and substitutes.

Holds domain/services/.
"""

from dataclasses import replace

import pytest

from domain.entry import Line
from domain.guard import Act
from domain.refusal import Refusal
from domain.services.consultation import CONSULTATION
from domain.services.consultation.guards import SECOND_PERSON
from domain.trust import SECONDS_A_DAY
from tests.support.cases.consultations import GOVERNANCE, NOTES, SUPERVISOR_LINE, Desk, entry, reach
from tests.support.cases.history import (
    COLLEAGUE,
    COLLEAGUE_LINE,
    MOTHER,
    NAME,
    OFFICER,
    REQUESTER_LINE,
    SUPERVISOR,
    WORKER,
    WORKER_2,
    WORKER_LINE,
    trust,
)

R = Refusal


# Taking


def test_a_worker_takes_it_for_himself_alone() -> None:
    desk = reach("received")
    body = {"assignee": COLLEAGUE, "no_conflict": True}
    assert desk.then(desk.entry("ConsultationAssigned", WORKER, body)) is R.NOT_ALLOWED


def test_it_is_taken_once() -> None:
    desk = reach("received")
    desk.add(entry(desk, WORKER, "ConsultationAssigned"))
    assert desk.then(entry(desk, COLLEAGUE, "ConsultationAssigned")) is R.NOT_ALLOWED


def test_nobody_answers_before_the_other_workers_are_out() -> None:
    desk = reach("received")
    desk.add(entry(desk, WORKER, "ConsultationAssigned"))
    assert desk.then(entry(desk, WORKER, "AnswerGiven")) is R.WRONG_STATE
    # The mother is never kept from writing.
    assert desk.then(entry(desk, MOTHER, "MessageSent")) is None


def test_only_who_took_it_puts_others_out_and_never_the_mother() -> None:
    desk = reach("received")
    desk.add(entry(desk, WORKER, "ConsultationAssigned"))
    own = desk.change(COLLEAGUE, REQUESTER_LINE, COLLEAGUE_LINE, reason="removed")
    assert desk.then(own) is R.NOT_ALLOWED
    alone = desk.change(WORKER, WORKER_LINE, COLLEAGUE_LINE, reason="removed")
    assert desk.then(alone) is R.NOT_ALLOWED


def test_before_it_is_taken_nobody_puts_anybody_out() -> None:
    desk = reach("received")
    out = desk.change(WORKER, REQUESTER_LINE, WORKER_LINE, reason="removed")
    assert desk.then(out) is R.NOT_ALLOWED


def test_another_device_of_who_took_it_goes_on_with_it() -> None:
    desk = reach("in_triage")
    second = Line(WORKER_2, "consultation_worker", None)
    desk.add(desk.change(MOTHER, REQUESTER_LINE, second))
    assert desk.then(entry(desk, WORKER_2, "AnswerGiven")) is None


def test_a_substitute_is_named_let_in_and_takes_over() -> None:
    desk = reach("in_dialogue")
    let_in = (REQUESTER_LINE, WORKER_LINE, COLLEAGUE_LINE)
    assert desk.then(desk.change(WORKER, *let_in, reason="joined")) is R.NOT_ALLOWED
    for nobody in (WORKER_2, OFFICER, MOTHER):
        named = desk.entry("SubstituteNamed", WORKER, {"substitute": nobody})
        assert desk.then(named) is R.NOT_ALLOWED
    desk.add(entry(desk, WORKER, "SubstituteNamed"))
    desk.add(desk.change(WORKER, *let_in, reason="joined"))
    assert desk.then(entry(desk, COLLEAGUE, "AnswerGiven")) is None
    desk.add(entry(desk, COLLEAGUE, "ConsultationAssigned"))
    # Now it is hers; the one before her is put out, and writes no more.
    assert desk.then(entry(desk, WORKER, "AnswerGiven")) is R.NOT_ALLOWED
    desk.add(desk.change(COLLEAGUE, REQUESTER_LINE, COLLEAGUE_LINE, reason="removed"))
    assert desk.then(entry(desk, COLLEAGUE, "AnswerGiven")) is None


def test_nobody_takes_over_who_was_not_named() -> None:
    desk = reach("in_dialogue")
    desk.add(entry(desk, WORKER, "SubstituteNamed"))
    second = Line(WORKER_2, "consultation_worker", None)
    assert desk.then(entry(desk, WORKER, "ConsultationAssigned")) is R.NOT_ALLOWED
    joined = (REQUESTER_LINE, WORKER_LINE, second)
    assert desk.then(desk.change(WORKER, *joined, reason="joined")) is None


def test_who_took_it_stays_until_it_ends() -> None:
    desk = reach("in_dialogue")
    assert desk.then(entry(desk, WORKER, "MemberLeft")) is R.WRONG_STATE
    desk = reach("closed")
    assert desk.then(entry(desk, WORKER, "MemberLeft")) is None


def test_a_call_is_registered_by_the_worker_who_opened_it_so() -> None:
    desk = Desk(reach("opened").rules)
    opening = desk.opening(WORKER_LINE)
    by_worker = replace(opening, header=replace(opening.header, author=WORKER))
    desk.add(by_worker)
    desk.say(WORKER, "ConsultationReceived")
    assert desk.case is not None and desk.case.state == "received"
    # Where the requester opened it, nobody speaks for her.
    other = reach("opened")
    assert other.then(entry(other, WORKER, "ConsultationReceived")) is R.NOT_ALLOWED


# Second persons


def test_a_device_of_no_roster_is_no_second_person() -> None:
    """Not even where a table would let it answer: uncertified devices never count (section 4)."""
    desk = reach("in_dialogue")
    proposal = entry(desk, WORKER, "SupportProposed", GOVERNANCE)
    desk.add(proposal)
    assert desk.case is not None
    place = desk.case.compartments[GOVERNANCE]
    answer = desk.entry("ApprovalGiven", MOTHER, {"of": proposal.header.id}, compartment=GOVERNANCE)
    for author, counts in ((MOTHER, False), (WORKER, False), (SUPERVISOR, True)):
        by = replace(answer, header=replace(answer.header, author=author))
        act = Act(desk.case, place, by, "supervisor", trust())
        assert SECOND_PERSON.holds(act) is counts, author


@pytest.mark.parametrize(
    ("proposal", "act", "state"),
    [
        ("SupportProposed", "CaseSupportOffered", "in_dialogue"),
        ("CrisisResolutionProposed", "CrisisResolved", "in_dialogue"),
    ],
)
def test_what_needs_a_second_person_waits_for_one(proposal: str, act: str, state: str) -> None:
    desk = reach(state)
    if act == "CrisisResolved":
        desk.say(MOTHER, "CrisisFlagged")
    where = GOVERNANCE if act == "CrisisResolved" else NAME
    assert desk.then(entry(desk, WORKER, act, where)) is R.FOUR_EYES
    made = entry(desk, WORKER, proposal, GOVERNANCE)
    desk.add(made)
    desk.proposal = made.header.id
    assert desk.then(entry(desk, WORKER, act, where)) is R.FOUR_EYES
    desk.add(entry(desk, SUPERVISOR, "ApprovalGiven", GOVERNANCE))
    assert desk.then(entry(desk, WORKER, act, where)) is None


def test_a_refusal_is_no_approval_and_an_approval_serves_once() -> None:
    desk = reach("in_dialogue")
    desk.approve("SupportProposed", "ApprovalRefused")
    assert desk.then(entry(desk, WORKER, "CaseSupportOffered")) is R.FOUR_EYES
    assert desk.then(entry(desk, SUPERVISOR, "ApprovalGiven", GOVERNANCE)) is R.WRONG_STATE
    desk.approve("SupportProposed")
    desk.add(entry(desk, WORKER, "CaseSupportOffered"))
    desk.say(MOTHER, "CaseSupportDeclined")
    assert desk.then(entry(desk, WORKER, "CaseSupportOffered")) is R.FOUR_EYES


def test_an_approval_of_one_thing_is_not_one_of_another() -> None:
    desk = reach("in_dialogue")
    desk.say(MOTHER, "CrisisFlagged")
    desk.approve("SupportProposed")
    assert desk.then(entry(desk, WORKER, "CrisisResolved", GOVERNANCE)) is R.FOUR_EYES


def test_who_proposes_a_report_does_not_approve_it() -> None:
    """A supervisor who is also a worker proposes and would approve: it takes another person."""
    desk = reach("in_dialogue")
    proposal = entry(desk, WORKER, "DisclosureProposed", GOVERNANCE)
    desk.add(proposal)
    desk.proposal = proposal.header.id
    assert desk.then(entry(desk, WORKER, "ApprovalGiven", GOVERNANCE)) is R.NOT_ALLOWED
    desk.add(entry(desk, WORKER, "DisclosureWeighed", GOVERNANCE))
    people = desk.trust.roster
    assert people is not None
    same = replace(people.devices[SUPERVISOR], person=people.devices[WORKER].person)
    both = replace(people.people["worker"], roles=frozenset({"consultation_worker", "supervisor"}))
    one_person = replace(
        people,
        devices={**people.devices, SUPERVISOR: same},
        people={**people.people, "worker": both},
    )
    desk.trust = replace(desk.trust, roster=one_person)
    assert desk.then(entry(desk, SUPERVISOR, "ApprovalGiven", GOVERNANCE)) is R.FOUR_EYES


def test_only_proposals_are_approved_and_where_they_were_made() -> None:
    desk = reach("in_dialogue")
    said = entry(desk, WORKER, "AnswerGiven")
    desk.add(said)
    desk.proposal = said.header.id
    assert desk.then(entry(desk, SUPERVISOR, "ApprovalGiven", GOVERNANCE)) is R.WRONG_STATE


# Crisis


def test_a_crisis_is_raised_by_anyone_and_keeps_the_case_open() -> None:
    for author, where in ((MOTHER, "dialogue"), (WORKER, "dialogue"), (SUPERVISOR, "governance")):
        desk = reach("in_dialogue")
        name = desk.here.name if where == "dialogue" else GOVERNANCE
        desk.add(entry(desk, author, "CrisisFlagged", name))
        assert desk.case is not None and desk.case.facts["crisis"] == "raised"
        assert "crisis_at" in desk.case.facts
        assert desk.then(entry(desk, WORKER, "ConsultationClosed")) is R.WRONG_STATE
        desk.approve("CrisisResolutionProposed")
        told = entry(desk, WORKER, "CrisisEndTold")
        assert desk.then(told) is R.WRONG_STATE
        desk.add(entry(desk, WORKER, "CrisisResolved", GOVERNANCE))
        assert desk.then(told) is None
        assert "crisis_at" not in desk.case.facts and "said_at" in desk.case.facts
        assert desk.then(entry(desk, WORKER, "ConsultationClosed")) is None


def test_no_crisis_is_resolved_that_nobody_raised() -> None:
    desk = reach("in_dialogue")
    made = entry(desk, WORKER, "CrisisResolutionProposed", GOVERNANCE)
    assert desk.then(made) is R.WRONG_STATE


# Silence, end and return


def test_it_rests_after_fourteen_silent_days_and_a_word_wakes_it() -> None:
    desk = reach("in_dialogue")
    desk.now += 14 * SECONDS_A_DAY - 1
    assert desk.then(entry(desk, WORKER, "ConsultationBecameDormant")) is R.WRONG_STATE
    desk.now += 1
    assert desk.then(entry(desk, WORKER, "ConsultationBecameDormant")) is None
    desk.say(MOTHER, "MessageSent")
    assert desk.then(entry(desk, WORKER, "ConsultationBecameDormant")) is R.WRONG_STATE
    desk.now += 20 * SECONDS_A_DAY
    unanswered = entry(desk, WORKER, "ConsultationBecameDormant")
    assert desk.then(unanswered) is R.WRONG_STATE, "her word waits for an answer"


@pytest.mark.parametrize("author", [MOTHER, WORKER])
def test_it_is_reopened_within_ninety_days(author: str) -> None:
    desk = reach("closed")
    desk.now += 90 * SECONDS_A_DAY
    assert desk.then(entry(desk, author, "ConsultationReopened")) is None
    desk.now += 1
    assert desk.then(entry(desk, author, "ConsultationReopened")) is R.WRONG_STATE


# Walls


def test_the_requester_stands_in_her_dialogue_alone() -> None:
    desk = reach("in_dialogue")
    for name, lines in (
        ("worknotes-987654321", (WORKER_LINE, REQUESTER_LINE)),
        ("governance-987654321", (WORKER_LINE, SUPERVISOR_LINE, REQUESTER_LINE)),
    ):
        body = dict(desk.opening(*lines).header.body)
        for said in CONSULTATION.opening:
            del body[said]
        made = desk.entry("CompartmentOpened", WORKER, body, compartment=name)
        assert desk.then(made) is R.NOT_ALLOWED
    body = dict(desk.opening(REQUESTER_LINE).header.body)
    for said in CONSULTATION.opening:
        del body[said]
    by_her = desk.entry("CompartmentOpened", MOTHER, body, compartment="worknotes-987654321")
    assert desk.then(by_her) is R.NOT_ALLOWED


def test_a_supervisor_stands_in_governance_and_not_in_the_dialogue() -> None:
    desk = reach("in_dialogue")
    joined = (REQUESTER_LINE, WORKER_LINE, SUPERVISOR_LINE)
    assert desk.then(desk.change(WORKER, *joined, reason="joined")) is R.NOT_ALLOWED


def test_signals_and_colleagues_stay_out_of_the_dialogue() -> None:
    desk = reach("in_dialogue")
    for kind in ("SignalRegistered", "PeerConsulted", "SupportProposed", "DisclosureProposed"):
        assert desk.then(entry(desk, WORKER, kind)) is R.NOT_ALLOWED
    assert desk.then(entry(desk, WORKER, "AnswerGiven", NOTES)) is R.NOT_ALLOWED


# When nobody whose consultation it is is certified any more


def lost(state: str, *gone: str) -> Desk:
    desk = reach(state)
    desk.trust = trust(revoked=frozenset(gone))
    return desk


def test_the_requester_lets_colleagues_in_when_who_took_it_is_gone() -> None:
    desk = lost("in_dialogue", WORKER, WORKER_2)
    desk.add(desk.change(MOTHER, REQUESTER_LINE, reason="rotated"))
    desk.add(desk.change(MOTHER, REQUESTER_LINE, COLLEAGUE_LINE, reason="joined"))
    desk.add(entry(desk, COLLEAGUE, "ConsultationAssigned"))
    assert desk.then(entry(desk, COLLEAGUE, "AnswerGiven")) is None


def test_she_lets_nobody_in_while_one_device_of_who_took_it_is_certified() -> None:
    desk = lost("in_dialogue", WORKER)
    desk.add(desk.change(MOTHER, REQUESTER_LINE, reason="rotated"))
    joined = desk.change(MOTHER, REQUESTER_LINE, COLLEAGUE_LINE, reason="joined")
    assert desk.then(joined) is R.NOT_ALLOWED


def test_nobody_takes_over_from_who_is_still_certified() -> None:
    desk = reach("in_dialogue")
    desk.add(entry(desk, WORKER, "SubstituteNamed"))
    let_in = (REQUESTER_LINE, WORKER_LINE, COLLEAGUE_LINE)
    desk.add(desk.change(WORKER, *let_in, reason="joined"))
    desk.add(entry(desk, COLLEAGUE, "ConsultationAssigned"))
    # The first taker is no substitute of the second.
    assert desk.then(entry(desk, WORKER, "ConsultationAssigned")) is R.NOT_ALLOWED


def test_a_question_that_nobody_can_take_any_more_is_opened_to_new_workers() -> None:
    desk = lost("received", WORKER, WORKER_2)
    desk.add(desk.change(MOTHER, REQUESTER_LINE, COLLEAGUE_LINE, reason="rotated"))
    joined = desk.change(MOTHER, REQUESTER_LINE, COLLEAGUE_LINE, reason="joined")
    assert desk.then(joined) is R.NOT_ALLOWED  # a colleague is there who can take it
