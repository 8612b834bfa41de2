"""The conditions under which experts are asked, and answer: each where it holds and where not.

Holds domain/services/pool/.
"""

import pytest

from domain.services.registry import SERVICES
from tests.support.cases.history import START
from tests.support.cases.pool_rules import (
    ASKED_UNTIL,
    CM,
    COLLEAGUE,
    DAY,
    FIRST,
    FIRST_2,
    ONE,
    PC,
    POOL,
    SECOND,
    SECOND_2,
    THREE,
    TWO,
    YEAR,
    Pool,
    R,
    requested,
    shortlisted,
    vetting,
)
from wire.header import minute_of

LONG_AGO = minute_of(START - DAY)


@pytest.fixture
def case() -> Pool:
    """A shortlist, and a place for the first expert, in which nobody is asked yet."""
    case = shortlisted()
    return case.add(case.opens(PC, ONE, FIRST, COLLEAGUE))


VETTINGS = {
    "of hers": (vetting(FIRST), None),
    "by another device": (vetting(FIRST_2), None),
    "of another": (vetting(SECOND), R.NOT_ALLOWED),
    "of nobody": (vetting("9" * 32), R.NOT_ALLOWED),
    "without clearance": (vetting(FIRST, clearance=False), R.NOT_ALLOWED),
    "without registration": (vetting(FIRST, registration=False), R.NOT_ALLOWED),
    "expired": (vetting(FIRST, LONG_AGO), R.WRONG_STATE),
    "of another kind": (vetting(FIRST)._replace(kind="ExpertNominated"), R.NOT_ALLOWED),
    "none": (None, R.NOT_ALLOWED),
}


@pytest.mark.parametrize("of", VETTINGS)
def test_an_invitation_names_a_vetting_that_counts(case: Pool, of: str) -> None:
    """names_a_vetting, is_ahead."""
    case.linked, refusal = VETTINGS[of]
    assert case.then(case.inviting(ONE)) is refusal


def test_an_invitation_says_until_when_the_vetting_is(case: Pool) -> None:
    case.linked = vetting(FIRST)
    later = minute_of(START + 366 * DAY)
    assert case.then(case.inviting(ONE, vetted_until=later)) is R.NOT_ALLOWED
    assert case.then(case.inviting(ONE, vetted_until=YEAR)) is None


def test_an_invitation_is_until_a_time_to_come(case: Pool) -> None:
    case.linked = vetting(FIRST)
    assert case.then(case.inviting(ONE, expires=LONG_AGO)) is R.WRONG_STATE


def test_who_may_answer_yet_is_not_asked_again(case: Pool) -> None:
    """invites_anew."""
    case.invite(ONE, FIRST)
    case.linked = vetting(FIRST)
    assert case.then(case.inviting(ONE)) is R.WRONG_STATE
    case.now = START + 2 * DAY
    until = minute_of(START + 4 * DAY)
    assert case.then(case.inviting(ONE, expires=until)) is None
    case.now = START
    case.write(FIRST, "InvitationDeclined", ONE)
    assert case.then(case.inviting(ONE)) is None


def test_a_reminder_goes_out_once_and_while_there_is_time(case: Pool) -> None:
    """is_invited, moment_is_ahead, reminds_once."""
    case.invite(TWO, SECOND)
    case.no(R.WRONG_STATE, PC, "InvitationReminded", ONE)
    case.yes(PC, "InvitationReminded", TWO)
    case.now = START + 2 * DAY
    case.no(R.WRONG_STATE, PC, "InvitationReminded", TWO)
    case.now = START + DAY
    case.write(PC, "InvitationReminded", TWO)
    case.no(R.WRONG_STATE, PC, "InvitationReminded", TWO)


def test_nobody_is_reminded_who_answered(case: Pool) -> None:
    for where, expert, answer in (
        (ONE, FIRST, "DeploymentAccepted"),
        (TWO, SECOND, "ConflictDeclared"),
    ):
        case.invite(where, expert)
        case.write(expert, answer, where)
        case.no(R.WRONG_STATE, PC, "InvitationReminded", where)


@pytest.mark.parametrize("kind", ["DeploymentAccepted", "InvitationDeclined", "ConflictDeclared"])
def test_only_who_was_asked_answers(case: Pool, kind: str) -> None:
    """is_invited."""
    case.invite(TWO, SECOND)
    case.no(R.WRONG_STATE, FIRST, kind, ONE)
    case.no(R.NOT_A_MEMBER, FIRST, kind, TWO)
    case.yes(SECOND, kind, TWO)


def test_a_yes_is_in_time_and_a_no_may_be_late(case: Pool) -> None:
    """moment_is_ahead."""
    case.invite(ONE, FIRST)
    case.now = START + 2 * DAY - 1
    case.yes(FIRST, "DeploymentAccepted", ONE)
    case.now = START + 2 * DAY
    assert minute_of(case.now) == ASKED_UNTIL
    case.no(R.WRONG_STATE, FIRST, "DeploymentAccepted", ONE)
    case.yes(FIRST, "InvitationDeclined", ONE)
    case.yes(FIRST, "ConflictDeclared", ONE)


def test_an_invitation_lapses_once_its_time_has_passed(case: Pool) -> None:
    """has_lapsed: nothing is answered then, and the expert may be asked once more."""
    case.no(R.WRONG_STATE, PC, "InvitationLapsed", ONE)
    case.invite(ONE, FIRST)
    case.now = START + 2 * DAY - 1
    case.no(R.WRONG_STATE, PC, "InvitationLapsed", ONE)
    case.now = START + 2 * DAY
    case.write(PC, "InvitationLapsed", ONE)
    case.no(R.WRONG_STATE, PC, "InvitationLapsed", ONE)
    case.no(R.WRONG_STATE, FIRST, "InvitationDeclined", ONE)
    case.invite(ONE, FIRST, expires=minute_of(START + 4 * DAY))
    case.write(FIRST, "DeploymentAccepted", ONE)
    case.now = START + 4 * DAY
    case.no(R.WRONG_STATE, PC, "InvitationLapsed", ONE)


def test_an_invitation_that_was_answered_with_a_no_is_ended_once(case: Pool) -> None:
    """has_lapsed: the coordinator is waited for until then."""
    case.invite(ONE, FIRST)
    case.write(FIRST, "InvitationDeclined", ONE)
    case.write(PC, "InvitationLapsed", ONE)
    case.no(R.WRONG_STATE, PC, "InvitationLapsed", ONE)


def test_a_yes_is_said_once_to_an_invitation(case: Pool) -> None:
    case.invite(ONE, FIRST)
    case.write(FIRST, "DeploymentAccepted", ONE)
    case.no(R.WRONG_STATE, FIRST, "DeploymentAccepted", ONE)


def test_only_who_said_yes_signs_and_where_she_said_it(case: Pool) -> None:
    """has_accepted."""
    case.invite(ONE, FIRST)
    case.invite(TWO, SECOND)
    case.write(SECOND, "DeploymentAccepted", TWO)
    case.invite(THREE, SECOND)
    case.no(R.NOT_ALLOWED, FIRST, "ConfidentialitySigned", ONE)
    case.no(R.NOT_ALLOWED, SECOND, "ConfidentialitySigned", THREE)
    case.yes(SECOND, "ConfidentialitySigned", TWO)


def test_one_expert_is_asked_in_a_place(case: Pool) -> None:
    """one_expert, invited_alone: another device of hers may come."""
    assert case.then(case.opens(PC, TWO, SECOND, SECOND_2)) is None
    assert case.then(case.opens(PC, TWO, SECOND, FIRST)) is R.NOT_ALLOWED
    assert case.then(case.stand(PC, ONE, COLLEAGUE, FIRST, SECOND)) is R.NOT_ALLOWED
    assert case.then(case.stand(PC, ONE, COLLEAGUE, FIRST, FIRST_2)) is None
    case.add(case.stand(PC, ONE, COLLEAGUE))
    assert case.then(case.stand(PC, ONE, COLLEAGUE, SECOND)) is None
    case.add(case.stand(PC, ONE, COLLEAGUE, FIRST))
    case.invite(ONE, FIRST)
    assert case.then(case.stand(PC, ONE, COLLEAGUE, FIRST, SECOND)) is R.NOT_ALLOWED
    assert case.then(case.stand(PC, ONE, COLLEAGUE, FIRST, FIRST_2)) is None
    case.add(case.stand(PC, ONE, COLLEAGUE))
    assert case.then(case.stand(PC, ONE, COLLEAGUE, SECOND)) is R.NOT_ALLOWED


# --- what is asked for ---------------------------------------------------------------------------


def test_a_request_is_withdrawn_once_nobody_is_deployed() -> None:
    """set_is_empty."""
    case = shortlisted()
    case.yes(CM, "MatchWithdrawn", POOL)
    case.deploy(ONE, FIRST)
    case.no(R.WRONG_STATE, CM, "MatchWithdrawn", POOL)
    case.write(CM, "ExpertReleased", POOL, expert=FIRST)
    case.yes(PC, "MatchWithdrawn", POOL)


def test_who_is_deployed_is_told_so_and_nobody_else() -> None:
    """expert_is_deployed."""
    case = shortlisted()
    case.deploy(ONE, FIRST)
    case.invite(TWO, SECOND)
    case.yes(PC, "ConfirmationTold", ONE)
    case.no(R.WRONG_STATE, PC, "ConfirmationTold", TWO)
    case.add(case.stand(PC, ONE, COLLEAGUE))
    case.no(R.WRONG_STATE, PC, "ConfirmationTold", ONE)


def test_who_served_says_how_it_was() -> None:
    """has_served: also who was released."""
    case = shortlisted()
    case.deploy(ONE, FIRST)
    case.invite(TWO, SECOND)
    case.write(CM, "DeploymentBegun", POOL)
    case.write(CM, "ExpertReleased", POOL, expert=FIRST)
    case.yes(FIRST, "DeploymentEvaluated", ONE)
    case.no(R.NOT_ALLOWED, SECOND, "DeploymentEvaluated", TWO)


@pytest.mark.parametrize(("acute", "term"), [(False, "shortlist"), (True, "acute_team")])
def test_the_term_of_a_request_is_of_how_acute_it_is(acute: bool, term: str) -> None:
    case = requested(acute=acute)
    assert case.case is not None
    place = case.case.compartments[f"{POOL}-123456789"]
    terms = SERVICES["deployment"].terms
    assert [one.name for one in terms if one.runs("requested", place.moments)] == [term]


def test_an_invitation_has_its_terms_until_it_is_answered(case: Pool) -> None:
    def runs() -> dict[str, int]:
        assert case.case is not None
        moments = case.case.compartments[ONE].moments
        terms = SERVICES["deployment"].terms
        return {one.name: at for one in terms if (at := one.runs(case.state, moments))}

    case.invite(ONE, FIRST)
    ends = START + 2 * DAY
    assert runs() == {"reminder": START + DAY, "invitation": ends, "next_candidate": ends}
    case.write(PC, "InvitationReminded", ONE)
    assert runs() == {"invitation": ends, "next_candidate": ends}
    case.write(FIRST, "DeploymentAccepted", ONE)
    assert runs() == {}
