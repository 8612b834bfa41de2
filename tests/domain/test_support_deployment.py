"""How an expert comes to a case: by the pool or by a supervisor's admission, once she was asked one
to one and stated that she has no conflict of interest.

Holds domain/services/support/experts.py, domain/services/support/advising.py.
"""

from typing import Any

import pytest

from domain.guard import Linked
from tests.support.cases.history import START
from tests.support.cases.support_history import COLLEAGUE, FIRST, LEAD, SECOND, SUPERVISOR
from tests.support.cases.support_rules import (
    A1,
    A2,
    ADMISSION,
    ALL,
    FIRST_2,
    GOV,
    LEAD_2,
    LINE,
    NOTES,
    THIRD,
    R,
    Support,
    as_one,
    roster,
    taken_case,
    unsealing,
    with_experts,
)

DEPLOYMENT = "7" * 32
COORDINATOR = "50" * 16


@pytest.fixture
def case() -> Support:
    return taken_case()


def link(number: int = 1) -> dict[str, str]:
    return {"case": DEPLOYMENT, "id": f"{number:032x}", "hash": f"hash {number}"}


def confirming(expert: str, lead: str | None = LEAD, kind: str = "ExpertDeployed") -> Linked:
    """An entry of the pool that confirms an expert for who leads a case."""
    body = {"expert": expert, "as": "author", "match": None, "proposal": None, "for": lead}
    return Linked(kind, DEPLOYMENT, COORDINATOR, "coordinator", body, START, False)


def asked(case: Support, device: str, match: dict[str, str] | None = None) -> None:
    """She was asked by what the pool confirmed, and stated that she has no conflict."""
    case.linked = confirming(device)
    case.write(LEAD, "IdentityCheckOpened", NOTES, expert=device, match=match or link())
    where = case.place(f"conflict-{device[:9]}")
    case.let_in(where, device)
    case.write(device, "NoConflictStated", where)


def refused(case: Support, device: str, refusal: R, **differs: Any) -> None:
    case.no(refusal, LEAD, "ExpertDeployed", NOTES, **case.deploying(device, **differs))


# Without the pool: a supervisor admits


def test_an_expert_is_admitted_by_another_person_than_who_proposed_it(case: Support) -> None:
    proposal = case.write(LEAD, "AdmissionProposed", GOV, **ADMISSION)
    case.trust = roster(case.trust, as_one(SUPERVISOR, of=LEAD))
    case.no(R.FOUR_EYES, SUPERVISOR, "ApprovalGiven", GOV, of=proposal)
    case.trust = roster(case.trust, ALL)
    case.no(R.FOUR_EYES, LEAD, "IdentityCheckOpened", NOTES, expert=FIRST, match=None)
    case.write(SUPERVISOR, "ApprovalGiven", GOV, of=proposal)
    case.yes(LEAD, "IdentityCheckOpened", NOTES, expert=FIRST, match=None)


def test_only_who_took_the_case_proposes_an_admission(case: Support) -> None:
    case.let_in(GOV, LEAD_2)
    case.yes(LEAD_2, "AdmissionProposed", GOV, **ADMISSION)
    for other in (COLLEAGUE, SUPERVISOR):
        case.no(R.NOT_ALLOWED, other, "AdmissionProposed", GOV, **ADMISSION)


def test_an_admission_lets_one_expert_in_and_no_second(case: Support) -> None:
    case.frees(FIRST)
    admission = case.deploying(FIRST)["proposal"]
    case.write(SECOND, "NoConflictStated", case.checks(SECOND))
    case.write(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST))
    refused(case, SECOND, R.FOUR_EYES, proposal=admission)
    case.no(R.FOUR_EYES, LEAD, "IdentityCheckOpened", NOTES, expert=THIRD, match=None)


def test_neither_the_pool_nor_an_admission_lets_nobody_in(case: Support) -> None:
    advice = case.write(LEAD, "AdviceProposed", GOV)
    case.frees(FIRST)
    refused_admission = case.write(LEAD, "AdmissionProposed", GOV, **ADMISSION)
    case.write(SUPERVISOR, "ApprovalRefused", GOV, of=refused_admission)
    for named in (None, "0" * 32, advice, refused_admission):
        refused(case, FIRST, R.FOUR_EYES, proposal=named)
    case.yes(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST))


# By the pool


def test_who_the_pool_confirmed_for_the_lead_comes_without_an_admission(case: Support) -> None:
    asked(case, FIRST)
    case.yes(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST, match=link()))
    case.linked = confirming(FIRST_2, LEAD_2)  # other devices of the same two people
    case.yes(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST, match=link()))


@pytest.mark.parametrize(
    "named",
    [
        None,
        confirming(SECOND),
        confirming("0" * 32),
        confirming(FIRST, COLLEAGUE),
        confirming(FIRST, "0" * 32),
        confirming(FIRST, None),
        confirming(FIRST, kind="IdentityCheckOpened"),
        confirming(FIRST, kind="ConfidentialitySigned"),
    ],
    ids=[
        "no such entry",
        "of another person",
        "of nobody",
        "for another lead",
        "for nobody of the roster",
        "the deployment of a case, which is for nobody",
        "a check",
        "signed, and not confirmed",
    ],
)
def test_what_the_pool_did_not_confirm_lets_nobody_be_asked_or_deployed(
    case: Support, named: Linked | None
) -> None:
    asked(case, FIRST)
    case.linked = named
    refused(case, FIRST, R.NOT_ALLOWED, match=link())
    case.no(R.NOT_ALLOWED, LEAD, "IdentityCheckOpened", NOTES, expert=FIRST, match=link())


def test_what_the_pool_confirmed_is_used_once_in_a_case(case: Support) -> None:
    asked(case, FIRST)
    case.write(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST, match=link()))
    case.write(LEAD, "ExpertReleased", NOTES, expert=FIRST)
    refused(case, FIRST, R.WRONG_STATE, match=link())
    case.yes(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST, match=link(2)))


def test_the_pools_entry_and_an_admission_are_not_named_together(case: Support) -> None:
    asked(case, FIRST)
    admission = case.admitted()
    refused(case, FIRST, R.FOUR_EYES, match=link(), proposal=admission)
    case.yes(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST, match=link()))


def test_a_deployment_of_a_case_is_for_nobody_so_that_none_takes_it_for_the_pools(
    case: Support,
) -> None:
    case.frees(FIRST)
    for device in (LEAD, COLLEAGUE):
        refused(case, FIRST, R.NOT_ALLOWED, **{"for": device})
    case.yes(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST))


# A conflict of interest


def test_an_expert_is_asked_one_to_one_and_none_who_was_not_asked(case: Support) -> None:
    case.place("conflict")
    assert case.joins("conflict", LEAD_2) is None
    assert case.joins("conflict", FIRST) is R.NOT_ALLOWED
    case.admitted()
    for device in (FIRST, SECOND):
        case.write(LEAD, "IdentityCheckOpened", NOTES, expert=device, match=None)
    assert case.joins("conflict", LEAD_2, FIRST, FIRST_2) is None  # each with all her devices
    for lines in ((FIRST, SECOND), (FIRST, COLLEAGUE)):
        assert case.joins("conflict", *lines) is R.NOT_ALLOWED
    assert case.joins("conflict", THIRD) is R.NOT_ALLOWED
    assert case.then(case.opens(LEAD, "conflict-222222222", LEAD, FIRST)) is R.NOT_ALLOWED


def test_no_statement_no_deployment(case: Support) -> None:
    case.admitted()
    where = case.checks(FIRST)
    refused(case, FIRST, R.NOT_ALLOWED)
    case.write(FIRST, "MessageSent", where)
    refused(case, FIRST, R.NOT_ALLOWED)
    case.write(FIRST, "NoConflictStated", where)
    case.yes(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST))
    case.yes(
        LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST_2)
    )  # it is the person who said it
    refused(case, SECOND, R.NOT_ALLOWED)


def test_a_conflict_that_was_declared_bars_her_for_ever(case: Support) -> None:
    case.frees(FIRST)
    where = f"conflict-{FIRST[:9]}"
    case.write(FIRST, "ConflictDeclared", where)  # it came to her mind later
    refused(case, FIRST, R.NOT_ALLOWED)
    case.no(R.WRONG_STATE, FIRST, "NoConflictStated", where)
    case.let_in(where, FIRST_2)
    case.no(R.WRONG_STATE, FIRST_2, "NoConflictStated", where)
    refused(case, FIRST_2, R.NOT_ALLOWED)
    # Not by another way either, nor where she is asked again.
    case.linked = confirming(FIRST)
    refused(case, FIRST, R.NOT_ALLOWED, match=link())
    case.yes(LEAD, "IdentityCheckOpened", NOTES, expert=FIRST, match=link())
    case.place("conflict-222222222")
    case.let_in("conflict-222222222", FIRST)
    case.no(R.WRONG_STATE, FIRST, "NoConflictStated", "conflict-222222222")


def test_each_statement_is_made_once(case: Support) -> None:
    case.frees(FIRST)
    where = f"conflict-{FIRST[:9]}"
    case.no(R.WRONG_STATE, FIRST, "NoConflictStated", where)
    case.write(FIRST, "ConflictDeclared", where)
    case.no(R.WRONG_STATE, FIRST, "ConflictDeclared", where)
    where = case.checks(SECOND)
    case.yes(SECOND, "NoConflictStated", where)
    case.yes(SECOND, "ConflictDeclared", where)
    case.no(R.NOT_ALLOWED, LEAD, "NoConflictStated", where)


# To review


def test_a_reviewer_writes_no_analysis_and_is_not_waited_for() -> None:
    case = with_experts()
    case.deploys(THIRD, **{"as": "reviewer"})
    case.let_in("expert", THIRD)
    one, two = case.contributes(FIRST, A1), case.contributes(SECOND, A2)
    hers = case.place("analysis-333333333", by=THIRD)
    case.no(R.NOT_ALLOWED, THIRD, "ExpertContributed", hers)
    case.add(unsealing(case, one, two))
    case.write(FIRST, "MessageSent", "expert")
    assert case.then(case.changed(FIRST, A1, "joined", LINE[FIRST], LINE[THIRD])) is None


def test_who_comes_back_as_an_author_writes(case: Support) -> None:
    case.place("expert")
    case.deploys(FIRST, **{"as": "reviewer"})
    case.let_in("expert", FIRST)
    where = case.place(A1, by=FIRST)
    case.no(R.NOT_ALLOWED, FIRST, "ExpertContributed", where)
    case.write(LEAD, "ExpertReleased", NOTES, expert=FIRST)
    case.deploys(FIRST)
    case.yes(FIRST, "ExpertContributed", where)
