"""Who comes to work on a case by the pool, and who does not: what a coordinator, the board, who
asked and an expert may try, refused by name; and in which orders a team of two comes to its end.

Holds domain/services/pool/.
"""

import pytest

from tests.support.cases.history import START
from tests.support.cases.pool_rules import (
    ALL,
    CM,
    CM_2,
    COLLEAGUE,
    DAY,
    FIRST,
    FIRST_2,
    LATC,
    LATC_EXPERT,
    ONE,
    PC,
    PC_2,
    PC_EXPERT,
    POOL,
    SECOND,
    THREE,
    TWO,
    Pool,
    R,
    everyone,
    naming,
    shortlisted,
    vetting,
)
from wire.header import minute_of


@pytest.fixture
def case() -> Pool:
    """The first expert was invited for a casemanager."""
    case = shortlisted()
    case.invite(ONE, FIRST)
    return case


# --- herself -------------------------------------------------------------------------------------


def test_a_coordinator_does_not_invite_herself() -> None:
    """With her device as an expert, written by either of her devices as a coordinator."""
    case = shortlisted()
    case.add(case.opens(COLLEAGUE, ONE, PC_EXPERT, PC, PC_2))
    case.linked = vetting(PC_EXPERT)
    for own in (PC, PC_2):
        assert case.then(case.inviting(ONE, own)) is R.NOT_ALLOWED
    assert case.then(case.inviting(ONE, COLLEAGUE)) is None


def test_a_coordinator_does_not_confirm_herself() -> None:
    """confirms_another."""
    case = shortlisted()
    case.add(case.stand(PC, POOL, CM, COLLEAGUE, PC_2))
    case.invite(ONE, PC_EXPERT, COLLEAGUE)
    accepted = case.signed(ONE, PC_EXPERT)
    for own in (PC, PC_2):
        assert case.then(case.confirming(accepted, PC_EXPERT, own)) is R.FOUR_EYES
    assert case.then(case.confirming(accepted, PC_EXPERT, COLLEAGUE)) is None


def test_the_board_does_not_confirm_herself() -> None:
    case = shortlisted(LATC)
    case.invite(ONE, LATC_EXPERT)
    accepted = case.signed(ONE, LATC_EXPERT)
    assert case.then(case.confirming(accepted, LATC_EXPERT)) is R.FOUR_EYES
    proposed = {"expert": LATC_EXPERT, "match": naming(accepted)}
    case.yes(PC, "ExpertProposed", POOL, **proposed)


# --- for whom ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "by"), [(CM, LATC), (LATC, PC), (CM, CM), (LATC, CM)])
def test_who_confirms_follows_from_who_asked(asked: str, by: str) -> None:
    """fact_is: the coordinator of the pool for casemanagers, the board for itself."""
    case = shortlisted(asked)
    if by not in (PC, asked):
        asks = {CM: "casemanager", LATC: "lat_coordinator"}[by]
        case.trust = everyone(ALL | {by: (ALL[by][0], asks)})
        assert case.then(case.stand(PC, POOL, asked, COLLEAGUE, by)) is R.NOT_ALLOWED
        return
    case.invite(ONE, FIRST)
    accepted = case.signed(ONE, FIRST)
    wanted = R.NOT_ALLOWED if by == CM else R.WRONG_STATE
    assert case.then(case.confirming(accepted, FIRST, by)) is wanted
    assert case.then(case.confirming(accepted, FIRST)) is None


def test_who_asked_with_the_board_beside_confirms_nobody_by_it() -> None:
    """The casemanager lists the board when she opens the request."""
    case = Pool(service="deployment", asked_by=CM)
    case.add(case.opens(CM, POOL, PC, COLLEAGUE, LATC))
    case.write(CM, "MatchRequested", POOL, acute=True, count=1)
    case.write(PC, "ShortlistProposed", POOL, size=1)
    case.invite(ONE, FIRST)
    accepted = case.signed(ONE, FIRST)
    assert case.then(case.confirming(accepted, FIRST, LATC)) is R.WRONG_STATE
    assert case.then(case.confirming(accepted, FIRST, PC)) is None
    assert case.then(case.confirming(accepted, FIRST, PC, **{"for": LATC})) is R.NOT_ALLOWED
    case.no(R.WRONG_STATE, PC, "ExpertProposed", POOL, expert=FIRST, match=naming(accepted))


@pytest.mark.parametrize("whom", [None, CM_2, PC, FIRST, "9" * 32])
def test_an_expert_is_confirmed_for_one_who_asked(case: Pool, whom: str | None) -> None:
    """is_for_who_asked: another casemanager too, once she stands there."""
    accepted = case.signed(ONE, FIRST)
    assert case.then(case.confirming(accepted, FIRST, **{"for": whom})) is R.NOT_ALLOWED
    case.add(case.stand(CM, POOL, PC, COLLEAGUE, CM_2))
    wanted = None if whom == CM_2 else R.NOT_ALLOWED
    assert case.then(case.confirming(accepted, FIRST, **{"for": whom})) is wanted


# --- without a yes -------------------------------------------------------------------------------


def test_nobody_is_confirmed_without_acceptance_or_signature(case: Pool) -> None:
    """accepted_and_signed."""
    case.invite(TWO, SECOND)
    invited = case.entries[-1]
    case.signed(TWO, SECOND)
    assert case.then(case.confirming(invited, FIRST)) is R.NOT_ALLOWED
    accepted = case.write(FIRST, "DeploymentAccepted", ONE)
    assert case.then(case.confirming(accepted, FIRST)) is R.WRONG_STATE
    case.write(FIRST, "ConfidentialitySigned", ONE)
    assert case.then(case.confirming(accepted, FIRST)) is None
    assert case.then(case.confirming(accepted, FIRST_2)) is None  # another device of hers
    assert case.then(case.confirming(accepted, "9" * 32)) is R.NOT_ALLOWED


def test_nobody_is_confirmed_by_the_acceptance_of_another(case: Pool) -> None:
    """names_the_acceptance: by case, id and hash."""
    case.invite(TWO, SECOND)
    accepted, other = case.signed(ONE, FIRST), case.signed(TWO, SECOND)
    assert case.then(case.confirming(other, FIRST)) is R.NOT_ALLOWED
    assert case.then(case.confirming(accepted, SECOND)) is R.NOT_ALLOWED
    for part in ("case", "id", "hash"):
        match = {**naming(accepted), part: naming(other)[part] if part != "case" else "7" * 32}
        assert case.then(case.confirming(accepted, FIRST, match=match)) is R.NOT_ALLOWED


@pytest.mark.parametrize("no", ["InvitationDeclined", "ConflictDeclared"])
def test_nobody_is_confirmed_who_said_no_since(case: Pool, no: str) -> None:
    """Nor by the yes from before, once she was asked again and said yes anew."""
    old = case.signed(ONE, FIRST)
    case.write(FIRST, no, ONE)
    assert case.then(case.confirming(old, FIRST)) is R.NOT_ALLOWED
    case.invite(ONE, FIRST)
    assert case.then(case.confirming(old, FIRST)) is R.NOT_ALLOWED
    new = case.write(FIRST, "DeploymentAccepted", ONE)
    assert case.then(case.confirming(new, FIRST)) is R.WRONG_STATE  # she signs anew
    case.write(FIRST, "ConfidentialitySigned", ONE)
    assert case.then(case.confirming(old, FIRST)) is R.NOT_ALLOWED
    assert case.then(case.confirming(new, FIRST)) is None


def test_a_no_in_one_place_is_a_no_in_each(case: Pool) -> None:
    case.invite(TWO, FIRST)
    accepted = case.signed(ONE, FIRST)
    case.write(FIRST, "InvitationDeclined", TWO)
    assert case.then(case.confirming(accepted, FIRST)) is R.NOT_ALLOWED


def test_nobody_is_confirmed_whose_vetting_has_expired_since(case: Pool) -> None:
    """vetting_counts; once it was renewed she is asked again, and says yes again."""
    case = shortlisted()
    until = START + 3 * DAY
    case.add(case.opens(PC, ONE, FIRST, COLLEAGUE))
    case.linked = vetting(FIRST, minute_of(until))
    case.add(case.inviting(ONE))
    accepted = case.signed(ONE, FIRST)
    case.now = until - 1
    assert case.then(case.confirming(accepted, FIRST)) is None
    case.now = until
    assert case.then(case.confirming(accepted, FIRST)) is R.NOT_ALLOWED
    case.invite(ONE, FIRST, expires=minute_of(until + DAY))
    anew = case.write(FIRST, "DeploymentAccepted", ONE)
    assert case.then(case.confirming(accepted, FIRST)) is R.NOT_ALLOWED
    assert case.then(case.confirming(anew, FIRST)) is None


def test_who_takes_the_place_of_an_expert_does_not_answer_for_her(case: Pool) -> None:
    """The coordinator puts an invited expert out, for one who was not vetted."""
    case.add(case.stand(PC, ONE, COLLEAGUE))
    assert case.then(case.stand(PC, ONE, COLLEAGUE, SECOND)) is R.NOT_ALLOWED


def test_nobody_is_confirmed_twice(case: Pool) -> None:
    accepted = case.signed(ONE, FIRST)
    case.add(case.confirming(accepted, FIRST))
    assert case.then(case.confirming(accepted, FIRST)) is R.WRONG_STATE
    case.write(CM, "ExpertReleased", POOL, expert=FIRST)
    assert case.then(case.confirming(accepted, FIRST)) is R.NOT_ALLOWED
    case.no(R.WRONG_STATE, CM, "ExpertReleased", POOL, expert=FIRST)


# --- to its end ----------------------------------------------------------------------------------

LOST = {
    "declines": lambda case: case.write(FIRST, "InvitationDeclined", ONE),
    "has a conflict": lambda case: case.write(FIRST, "ConflictDeclared", ONE),
    "does not answer": lambda case: (
        setattr(case, "now", START + 2 * DAY),
        case.write(PC, "InvitationLapsed", ONE),
    ),
    "is released early": lambda case: (
        case.add(case.confirming(case.signed(ONE, FIRST), FIRST)),
        case.write(CM, "ExpertReleased", POOL, expert=FIRST),
    ),
}


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("state", ["inviting", "accepted", "confirmed", "active", "contributed"])
def test_a_team_of_two_goes_on_however_one_is_lost(lost: str, state: str) -> None:
    """While the second has come so far, the first is lost; a third takes her place, and they come
    to the end. Who reads a place alone takes what was written there."""
    case = shortlisted()
    case.invite(ONE, FIRST)
    case.invite(TWO, SECOND)
    accepted = None if state == "inviting" else case.signed(TWO, SECOND)
    if accepted and state != "accepted":
        case.add(case.confirming(accepted, SECOND))
    come(case, state)
    assert case.state == state
    LOST[lost](case)
    case.invite(THREE, LATC_EXPERT, expires=minute_of(START + 5 * DAY))
    case.add(case.confirming(case.signed(THREE, LATC_EXPERT), LATC_EXPERT))
    if SECOND not in deployed(case):
        if accepted is None and case.now > START:
            case.invite(TWO, SECOND, expires=minute_of(START + 5 * DAY))
        case.add(case.confirming(accepted or case.signed(TWO, SECOND), SECOND))
    finish(case, LATC_EXPERT, SECOND)
    case.read_in(POOL)
    for place in (ONE, TWO, THREE):
        case.read_in(place)


def deployed(case: Pool) -> set[str]:
    assert case.case is not None
    people = case.case.set("deployed")
    return {device for device, (person, _) in ALL.items() if person in people}


def come(case: Pool, state: str) -> None:
    """On from where somebody is confirmed, as far as a state."""
    for before, kind in (("confirmed", "DeploymentBegun"), ("active", "ContributionNoted")):
        if case.state == before != state:
            case.write(CM, kind, POOL)


def finish(case: Pool, *experts: str) -> None:
    """Whatever is not yet done until the request is evaluated."""
    come(case, "contributed")
    for one in experts:
        case.write(PC, "ExpertReleased", POOL, expert=one)
    assert case.state == "released" and not deployed(case)
    case.write(CM, "DeploymentEvaluated", POOL)
    assert case.state == "evaluated"


def test_who_was_released_is_asked_again_and_says_yes_again() -> None:
    """In the same place: what she reads there alone does not refuse her."""
    case = shortlisted()
    case.deploy(ONE, FIRST)
    case.write(CM, "DeploymentBegun", POOL)
    case.write(CM, "ExpertReleased", POOL, expert=FIRST)
    case.deploy(ONE, FIRST)
    assert case.state == "active"
    case.read_in(ONE)


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)])
def test_two_are_released_in_either_order(order: tuple[str, str]) -> None:
    case = shortlisted()
    case.deploy(ONE, FIRST)
    case.deploy(TWO, SECOND)
    finish(case, *order)
