"""The conditions of profiles and meetings: each where it holds and where it does not.

Holds domain/services/pool/.
"""

from tests.support.cases.history import START
from tests.support.cases.pool_rules import (
    COLLEAGUE,
    DAY,
    FIRST,
    FIRST_2,
    PC,
    PC_2,
    PC_EXPERT,
    POOL,
    SECOND,
    SUPERVISOR,
    Pool,
    R,
    active,
    nominated,
    running,
    vetting_body,
)
from wire.header import minute_of

LONG_AGO = minute_of(START - DAY)

# --- profiles ------------------------------------------------------------------------------------


def test_a_vetting_is_of_the_expert_of_the_profile() -> None:
    """one_expert, names_the_expert."""
    case = nominated()
    case.yes(PC, "ExpertVetted", "profile", **vetting_body(FIRST))
    case.yes(PC, "ExpertVetted", "profile", **vetting_body(FIRST_2))  # another device of hers
    case.no(R.NOT_ALLOWED, PC, "ExpertVetted", "profile", **vetting_body(SECOND))
    case.no(R.NOT_ALLOWED, PC, "ExpertVetted", "profile", **vetting_body("9" * 32))
    case.add(case.stand(PC, "profile", COLLEAGUE))
    case.no(R.NOT_ALLOWED, PC, "ExpertVetted", "profile", **vetting_body(FIRST))


def test_who_took_her_place_is_not_vetted_as_she_was() -> None:
    case = active()
    case.add(case.stand(PC, "profile", COLLEAGUE))
    case.add(case.stand(PC, "profile", COLLEAGUE, SECOND))
    case.no(R.NOT_ALLOWED, PC, "ExpertVetted", "profile", **vetting_body(SECOND))
    for kind, body in (
        ("ConfidentialityStated", {}),
        ("ProfileUpdated", {}),
        ("AvailabilityUpdated", {"available": False}),
        ("ExpertLeft", {}),
    ):
        case.no(R.NOT_ALLOWED, SECOND, kind, "profile", **body)
    case.yes(PC, "AvailabilityUpdated", "profile", available=False)
    case.yes(PC, "ExpertLeft", "profile")


def test_what_a_profile_says_she_says_herself() -> None:
    """is_the_expert, of any of her devices."""
    case = active()
    case.add(case.stand(PC, "profile", COLLEAGUE, FIRST, FIRST_2))
    for kind, body in (
        ("ConfidentialityStated", {}),
        ("ProfileUpdated", {}),
        ("AvailabilityUpdated", {"available": False}),
        ("ExpertLeft", {}),
    ):
        case.yes(FIRST_2, kind, "profile", **body)


def test_nobody_vets_herself() -> None:
    """Whichever of her devices she writes with, and whoever nominated her."""
    case = nominated(PC_EXPERT, COLLEAGUE)
    case.no(R.NOT_ALLOWED, PC, "ExpertVetted", "profile", **vetting_body(PC_EXPERT))
    case.yes(COLLEAGUE, "ExpertVetted", "profile", **vetting_body(PC_EXPERT))
    case.add(case.stand(COLLEAGUE, "profile", PC_EXPERT, PC, PC_2))
    case.no(R.NOT_ALLOWED, PC_2, "ExpertVetted", "profile", **vetting_body(PC_EXPERT))


def test_a_vetting_is_until_a_time_to_come_unless_it_says_no() -> None:
    """is_ahead."""
    case = nominated()
    case.no(R.WRONG_STATE, PC, "ExpertVetted", "profile", **vetting_body(FIRST, LONG_AGO))
    case.yes(PC, "ExpertVetted", "profile", **vetting_body(FIRST, LONG_AGO, clearance=False))
    case.yes(PC, "ExpertVetted", "profile", **vetting_body(FIRST, LONG_AGO, registration=False))


def test_who_is_vetted_no_more_cannot_state_confidentiality() -> None:
    """moment_is_ahead: by the time, or by a later answer."""
    case = nominated()
    case.write(PC, "ExpertVetted", "profile", **vetting_body(FIRST))
    case.yes(FIRST, "ConfidentialityStated", "profile")
    case.now = START + 366 * DAY
    case.no(R.WRONG_STATE, FIRST, "ConfidentialityStated", "profile")
    case.now = START + DAY
    case.write(PC, "ExpertVetted", "profile", **vetting_body(FIRST, clearance=False))
    case.no(R.WRONG_STATE, FIRST, "ConfidentialityStated", "profile")
    case.write(PC, "ExpertVetted", "profile", **vetting_body(FIRST))
    case.yes(FIRST, "ConfidentialityStated", "profile")


def test_two_experts_do_not_stand_in_one_profile() -> None:
    case = active()
    assert case.then(case.stand(PC, "profile", COLLEAGUE, FIRST, FIRST_2)) is None
    assert case.then(case.stand(PC, "profile", COLLEAGUE, FIRST, SECOND)) is R.NOT_ALLOWED
    other = Pool(service="expert_profile")
    assert other.then(other.opens(PC, "profile", FIRST, SECOND)) is R.NOT_ALLOWED


def test_an_expert_is_suspended_and_taken_back_by_two() -> None:
    """approved, answers_a_proposal, another_persons."""
    case = active()
    for kind, acts, state in (
        ("SuspensionProposed", "ExpertSuspended", "suspended"),
        ("ReinstatementProposed", "ExpertReinstated", "active"),
    ):
        proposal = case.write(PC, kind, "governance").header.id
        assert case.waits("governance") == "supervisor"
        case.no(R.FOUR_EYES, PC, acts, "profile", proposal=proposal)
        case.write(SUPERVISOR, "ApprovalGiven", "governance", of=proposal)
        case.write(PC, acts, "profile", proposal=proposal)
        assert (case.state, case.waits("governance")) == (state, "")


def test_a_second_proposal_to_suspend_lapses_with_the_first() -> None:
    """Or an expert who was taken back would be suspended again by what was approved before."""
    case = active()
    first, second = (case.write(PC, "SuspensionProposed", "governance").header.id for _ in "12")
    for one in (first, second):
        case.write(SUPERVISOR, "ApprovalGiven", "governance", of=one)
    case.write(PC, "ExpertSuspended", "profile", proposal=first)
    back, again = (case.write(PC, "ReinstatementProposed", "governance").header.id for _ in "12")
    for one in (back, again):
        case.write(SUPERVISOR, "ApprovalGiven", "governance", of=one)
    case.write(PC, "ExpertReinstated", "profile", proposal=back)
    case.no(R.FOUR_EYES, PC, "ExpertSuspended", "profile", proposal=second)
    anew = case.write(PC, "SuspensionProposed", "governance").header.id
    case.write(SUPERVISOR, "ApprovalGiven", "governance", of=anew)
    case.write(PC, "ExpertSuspended", "profile", proposal=anew)
    case.no(R.FOUR_EYES, PC, "ExpertReinstated", "profile", proposal=again)


def test_nothing_waits_for_a_supervisor_once_she_has_left() -> None:
    case = active()
    proposal = case.write(PC, "SuspensionProposed", "governance").header.id
    case.write(FIRST, "ExpertLeft", "profile")
    case.no(R.WRONG_STATE, SUPERVISOR, "ApprovalGiven", "governance", of=proposal)


# --- meetings ------------------------------------------------------------------------------------


def test_a_meeting_is_held_or_cancelled_that_was_planned_and_once() -> None:
    """names_one_of, as_planned."""
    case = running()
    planned = case.write(PC, "PoolMeetingPlanned", POOL, kind="regular", year=2027).header.id
    other = case.write(PC, "MessageSent", POOL).header.id
    held = {"planned": planned, "kind": "regular", "year": 2027, "attended": 12}
    for wrong in ({"kind": "extra"}, {"year": 2028}, {"planned": other}):
        case.no(R.WRONG_STATE, PC, "PoolMeetingHeld", POOL, **{**held, **wrong})
    case.no(R.WRONG_STATE, PC, "PoolMeetingCancelled", POOL, planned=other)
    case.yes(PC, "PoolMeetingCancelled", POOL, planned=planned)
    case.write(PC, "PoolMeetingHeld", POOL, **held)
    case.no(R.WRONG_STATE, PC, "PoolMeetingHeld", POOL, **held)
    case.no(R.WRONG_STATE, PC, "PoolMeetingCancelled", POOL, planned=planned)


def test_an_item_goes_on_until_it_is_done() -> None:
    case = running()
    item = case.write(FIRST, "DevelopmentItemAdded", POOL).header.id
    assert case.waits(POOL) == "pool_coordinator"
    case.write(PC, "DevelopmentItemProgressed", POOL, of=item, done=False)
    assert case.waits(POOL) == ""
    case.write(SECOND, "DevelopmentItemProgressed", POOL, of=item, done=True)
    for done in (True, False):
        case.no(R.WRONG_STATE, PC, "DevelopmentItemProgressed", POOL, of=item, done=done)


def test_what_an_expert_says_to_the_pool_waits_until_a_coordinator_answers() -> None:
    case = running()
    case.write(FIRST, "MessageSent", POOL)
    assert case.waits(POOL) == "pool_coordinator"
    case.write(COLLEAGUE, "MessageSent", POOL)
    assert case.waits(POOL) == ""
