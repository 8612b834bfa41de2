"""Experts: who is deployed, what they write apart, and when each reads the other's.

Holds domain/services/, domain/services/support/analyses.py.
"""

from dataclasses import replace

import pytest

from domain.entry import Entry
from domain.services.support.analyses import held_back
from tests.support.cases.history import STRANGER
from tests.support.cases.support_history import (
    COLLEAGUE,
    FIRST,
    LEAD,
    SECOND,
)
from tests.support.cases.support_rules import (
    A1,
    A2,
    A3,
    ALL,
    FIRST_2,
    INTERPRETER,
    NOTES,
    THIRD,
    R,
    Support,
    roster,
    taken_case,
    unsealing,
    with_analyses,
    with_experts,
)


@pytest.fixture
def case() -> Support:
    return taken_case()


@pytest.fixture
def experts() -> Support:
    return with_experts()


@pytest.fixture
def analyses() -> Support:
    return with_analyses()


def test_a_certified_expert_is_deployed_and_who_was_deployed_is_released(case: Support) -> None:
    case.admitted()
    for nobody in (COLLEAGUE, INTERPRETER, STRANGER):
        case.no(R.NOT_ALLOWED, LEAD, "IdentityCheckOpened", NOTES, expert=nobody, match=None)
        case.no(R.NOT_ALLOWED, LEAD, "ExpertDeployed", NOTES, **case.deploying(nobody))
    case.no(R.WRONG_STATE, LEAD, "ExpertReleased", NOTES, expert=FIRST)
    case.frees(FIRST)
    case.trust = roster(case.trust, ALL | dict.fromkeys((FIRST, FIRST_2), ("first expert", "-")))
    case.no(R.NOT_ALLOWED, LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST))
    case.trust = roster(case.trust, ALL)
    case.write(LEAD, "ExpertDeployed", NOTES, **case.deploying(FIRST))
    # Who is certified no more is released all the same: she does not come back unasked.
    case.trust = roster(case.trust, ALL | dict.fromkeys((FIRST, FIRST_2), ("first expert", "-")))
    case.write(LEAD, "ExpertReleased", NOTES, expert=FIRST_2)
    case.trust = roster(case.trust, ALL)
    assert case.joins(case.place("expert"), FIRST) is R.NOT_ALLOWED


def test_experts_stand_among_experts_while_they_are_deployed(case: Support) -> None:
    case.place("expert")
    assert case.joins("expert", FIRST) is R.NOT_ALLOWED
    assert case.joins("expert", COLLEAGUE) is None
    case.deploys(FIRST)
    assert case.joins("expert", FIRST, FIRST_2) is None  # it is the person who is deployed
    assert case.joins("expert", FIRST, SECOND) is R.NOT_ALLOWED
    case.write(LEAD, "ExpertReleased", NOTES, expert=FIRST_2)
    assert case.joins("expert", FIRST) is R.NOT_ALLOWED
    case.deploys(FIRST)
    assert case.joins("expert", FIRST) is None


def test_no_expert_holds_a_key_who_was_not_deployed(case: Support) -> None:
    case.deploys(FIRST)
    case.let_in(case.place("expert"), FIRST)
    for where, who in (("expert", FIRST), ("care", SECOND), ("conflict", SECOND)):
        assert case.then(case.opens(LEAD, f"{where}-222222222", LEAD, who)) is R.NOT_ALLOWED
    assert case.joins(case.place("care"), SECOND) is R.NOT_ALLOWED
    one = case.contributes(FIRST, "analysis")
    case.add(unsealing(case, one, given_up="ill"))
    assert case.joins("analysis", SECOND, by=FIRST) is R.NOT_ALLOWED
    case.deploys(SECOND)
    for where, by in (("care", LEAD), ("analysis", FIRST)):
        assert case.joins(where, SECOND, by=by) is None


def test_an_analysis_is_written_once_by_an_expert_who_is_deployed(experts: Support) -> None:
    experts.yes(FIRST, "ExpertContributed", experts.place(A1, by=FIRST))
    experts.write(LEAD, "ExpertReleased", NOTES, expert=FIRST)
    experts.no(R.NOT_ALLOWED, FIRST, "ExpertContributed", A1)
    experts.deploys(FIRST_2)
    experts.write(FIRST, "ExpertContributed", A1)
    experts.no(R.WRONG_STATE, FIRST, "ExpertContributed", A1)


def test_who_opens_an_analysis_lists_no_devices_but_his_own(experts: Support) -> None:
    assert experts.then(experts.opens(FIRST, A1, FIRST, FIRST_2)) is None
    for other in (SECOND, LEAD):
        assert experts.then(experts.opens(FIRST, A1, FIRST, other)) is R.NOT_ALLOWED


def test_an_expert_announces_an_analysis_of_her_own(analyses: Support) -> None:
    case, said = analyses, analyses.write(FIRST, "MessageSent", "expert")
    three = case.write(FIRST, "ExpertContributed", case.place(A3, by=FIRST))
    for named in (case.two, said, "0" * 32):
        tried = case.announcing(named)
        case.no(R.WRONG_STATE, FIRST, "ContributionAnnounced", "expert", **tried)
    case.yes(FIRST, "ContributionAnnounced", "expert", **case.announcing(three))


def test_an_announcement_binds_to_one_analysis_and_is_made_once(analyses: Support) -> None:
    """Or its author would choose, after reading the other's, which one she had meant."""
    case = analyses
    three = case.write(FIRST, "ExpertContributed", case.place(A3, by=FIRST))
    bound, before = case.announcing(three), case.announcing(case.one)
    for body in (
        bound | {"hash": before["hash"]},  # of another one
        bound | {"hash": "of none"},
        before,
        before | {"hash": "another"},
    ):
        case.no(R.WRONG_STATE, FIRST, "ContributionAnnounced", "expert", **body)
    case.announces(FIRST, three)
    case.no(R.WRONG_STATE, FIRST, "ContributionAnnounced", "expert", **bound)


def test_analyses_are_unsealed_once_both_are_in_and_never_twice(experts: Support) -> None:
    case, one = experts, experts.contributes(FIRST, A1)
    again, said = case.contributes(FIRST, A3), case.write(LEAD, "MessageSent", "expert")
    assert case.then(unsealing(case, one)) is R.WRONG_STATE
    for other in (again, said, "0" * 32):
        assert case.then(unsealing(case, one, other)) is R.WRONG_STATE
        assert case.then(unsealing(case, one, other, given_up="ill")) is R.WRONG_STATE
    two = case.contributes(SECOND, A2)
    case.add(unsealing(case, one, two))
    assert case.then(unsealing(case, one, two)) is R.WRONG_STATE
    assert case.then(unsealing(case, one, given_up="ill")) is R.WRONG_STATE


def test_what_was_not_announced_is_not_unsealed(experts: Support) -> None:
    """The experts' own clients know then that each of them was told the same."""
    case, one = experts, experts.contributes(FIRST, A1)
    two = case.write(SECOND, "ExpertContributed", case.place(A2, by=SECOND))
    assert case.then(unsealing(case, one, two)) is R.WRONG_STATE
    case.announces(SECOND, two)
    assert case.then(unsealing(case, one, two)) is None


def test_a_third_expert_is_waited_for_or_given_up_by_a_reason(analyses: Support) -> None:
    """Or she would read the others' before hers is in."""
    case = analyses
    case.deploys(THIRD)
    assert case.then(unsealing(case, case.one, case.two)) is R.WRONG_STATE
    assert case.then(unsealing(case, case.one, case.two, given_up="ill")) is None
    case.let_in("expert", THIRD)
    three = case.contributes(THIRD, A3)
    assert case.then(unsealing(case, case.one, case.two)) is R.WRONG_STATE  # hers is left out
    assert case.then(unsealing(case, case.one, case.two, three)) is None
    case.write(LEAD, "ExpertReleased", NOTES, expert=THIRD)
    assert case.then(unsealing(case, case.one, case.two)) is None


def granting(case: Support, author: str, where: str, to: str, *entries: str) -> Entry:
    body = {"to": to, "epochs": None, "entries": list(entries), "reason": "unsealed"}
    return case.made(author, "HistoryGranted", where, **body, mandate=None, wrap="")


def test_nobody_is_let_in_or_given_an_analysis_before_it_is_unsealed(analyses: Support) -> None:
    case = analyses
    for who in (SECOND, LEAD):
        assert case.joins(A1, who, by=FIRST) is R.WRONG_STATE
    # Nor is it given to a further device of her own.
    case.add(case.opens(FIRST, A3, FIRST, FIRST_2))
    own = case.write(FIRST, "ExpertContributed", A3)
    assert case.then(granting(case, FIRST, A3, FIRST_2, own)) is R.WRONG_STATE
    case.add(unsealing(case, case.one, case.two))
    assert case.joins(A1, SECOND, LEAD, by=FIRST) is None


def test_what_is_granted_of_an_analysis_is_the_analysis_itself(analyses: Support) -> None:
    """Or a grant of something else would free the other's."""
    case, said = analyses, analyses.write(FIRST, "MessageSent", A1)
    case.add(unsealing(case, case.one, case.two))
    case.let_in(A1, SECOND, by=FIRST)
    assert case.then(granting(case, FIRST, A1, SECOND, said)) is R.NOT_ALLOWED
    good = granting(case, FIRST, A1, SECOND, said, case.one)
    assert case.then(good) is None
    by_epoch = {**good.header.body, "epochs": [0], "entries": None}
    assert case.then(replace(good, header=replace(good.header, body=by_epoch))) is None


def shares(case: Support, device: str, where: str, own: str, *others: str) -> None:
    case.let_in(where, *others, by=device)
    for other in others:
        case.add(granting(case, device, where, other, own))


def held(case: Support, *places: str) -> list[bool]:
    assert case.case is not None
    return [held_back(case.case, place) for place in places]


def test_a_grant_is_held_until_the_other_is_there(analyses: Support) -> None:
    case = analyses
    assert held(case, A1, A2) == [False, False]  # before it is unsealed there is none to hold
    case.add(unsealing(case, case.one, case.two))
    shares(case, FIRST, A1, case.one, SECOND)
    assert held(case, A1, A2) == [True, True]
    shares(case, SECOND, A2, case.two, FIRST)
    assert held(case, A1, A2) == [False, False]


def test_the_casemanager_puts_an_expert_out_of_an_analysis_that_was_shared(
    analyses: Support,
) -> None:
    case = analyses
    case.add(unsealing(case, case.one, case.two))
    shares(case, FIRST, A1, case.one, SECOND, LEAD, COLLEAGUE)
    rest = [line for line in case.lines(A1) if line.device != SECOND]
    assert case.then(case.changed(COLLEAGUE, A1, "removed", *rest)) is R.NOT_ALLOWED
    assert case.then(case.changed(FIRST, A1, "removed", *rest)) is R.NOT_ALLOWED
    assert case.then(case.changed(LEAD, A1, "removed", *rest)) is None


def test_a_grant_to_another_than_the_author_frees_nothing(analyses: Support) -> None:
    """Or she would read the other's, and give hers to the casemanager alone."""
    case = analyses
    case.add(unsealing(case, case.one, case.two))
    shares(case, FIRST, A1, case.one, SECOND, LEAD)
    shares(case, SECOND, A2, case.two, LEAD)
    assert held(case, A1, A2) == [True, True]


def test_who_was_released_after_sharing_is_not_waited_for(analyses: Support) -> None:
    case = analyses
    case.add(unsealing(case, case.one, case.two))
    shares(case, FIRST, A1, case.one, SECOND, LEAD)
    case.write(LEAD, "ExpertReleased", NOTES, expert=FIRST)
    shares(case, SECOND, A2, case.two, LEAD)
    assert held(case, A1, A2) == [False, False]
    case.deploys(FIRST)
    assert held(case, A1, A2) == [False, False]  # what was given out stays so


def test_of_three_analyses_none_is_read_before_the_last_is_shared(analyses: Support) -> None:
    case = analyses
    case.deploys(THIRD)
    case.let_in("expert", THIRD)
    three = case.contributes(THIRD, A3)
    case.add(unsealing(case, case.one, case.two, three))
    shares(case, FIRST, A1, case.one, SECOND, THIRD)
    shares(case, SECOND, A2, case.two, FIRST, THIRD)
    assert held(case, A1, A2, A3) == [True, True, True]
    shares(case, THIRD, A3, three, FIRST, SECOND)
    assert held(case, A1, A2, A3) == [False, False, False]


def test_an_expert_who_fell_away_is_given_up_and_holds_nothing_back(experts: Support) -> None:
    case, one = experts, experts.contributes(FIRST, A1)
    case.add(unsealing(case, one, given_up="ill"))
    assert held(case, A1) == [True]
    shares(case, FIRST, A1, one, LEAD)
    assert held(case, A1) == [False]
    # If she comes back later, hers is shared by itself.
    two = case.contributes(SECOND, A2)
    case.add(unsealing(case, two, given_up="ill"))
    assert held(case, A1, A2) == [False, True]
