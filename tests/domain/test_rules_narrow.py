"""What the rules must not let through: one promise for each change that would make them too wide.

Holds domain/check.py, domain/membership.py.
"""

from dataclasses import replace

import pytest

from domain.check import Rules
from domain.entry import Entry, Line
from domain.membership import renewed
from domain.refusal import Refusal
from domain.service import View
from domain.services.registry import SERVICES
from domain.trust import NO_HASH, Device, Trust
from tests.support.cases.history import (
    COLLEAGUE_LINE,
    CUSTODIANS,
    MOTHER,
    NAME,
    OFFICER,
    REQUESTER_LINE,
    STRANGER,
    SUPERVISOR,
    WORKER,
    WORKER_2,
    WORKER_LINE,
    History,
    trust,
)

R = Refusal
NOTES = "worknotes-123456789"
INVITED = {"invitation": "9" * 32, "role": "relative", "expires": "2027-01-15T08:10Z"}
EXPIRED = 1_800_000_600  # that minute


@pytest.fixture
def given() -> History:
    return History().open()


def with_body(entry: Entry, **changes: object) -> Entry:
    """With another body; a field of None is gone from it."""
    body = {**entry.header.body, **changes}
    body = {name: value for name, value in body.items() if value is not None}
    return replace(entry, header=replace(entry.header, body=body))


def test_a_reader_of_a_part_holds_the_first_opening_to_its_fields() -> None:
    history = History(Rules(SERVICES, View.PART))
    for field in SERVICES["consultation"].opening:
        assert history.then(with_body(history.opening(), **{field: None})) is R.MALFORMED


def test_a_place_beside_is_of_the_same_service() -> None:
    history = History(Rules(SERVICES)).open()
    fields = dict.fromkeys(SERVICES["consultation"].opening)
    body = with_body(
        history.opening(WORKER_LINE), service="family_support", purpose="support", **fields
    ).header.body
    made = history.entry("CompartmentOpened", WORKER, dict(body), compartment=NOTES)
    assert history.then(made) is R.NOT_ALLOWED


def test_a_case_is_opened_by_rules_that_are_known() -> None:
    history = History(Rules(SERVICES))
    assert history.then(with_body(history.opening(), rules=2)) is R.MALFORMED
    assert history.then(history.opening()) is None


def test_an_invitation_stands_once(given: History) -> None:
    given.add(given.entry("ParticipantInvited", WORKER, INVITED))
    assert given.then(given.entry("ParticipantInvited", WORKER, INVITED)) is R.WRONG_STATE


def test_a_replaced_device_does_not_come_back_by_a_replacement(given: History) -> None:
    given.add(given.entry("RequesterKeyReplaced", MOTHER, {"device": STRANGER}))
    given.add(given.change(STRANGER, Line(STRANGER, "requester", None), WORKER_LINE))
    back = given.entry("RequesterKeyReplaced", STRANGER, {"device": MOTHER})
    assert given.then(back) is R.UNCERTIFIED_MEMBER


def test_no_wrap_is_refused_while_keys_are_owed(given: History) -> None:
    given.add(given.entry("MemberLeft", WORKER))
    assert given.then(given.entry("WrapRefused", MOTHER, {"epoch": 0})) is R.ROTATION_OWED


def test_a_reader_of_a_part_takes_no_first_place_of_another_case() -> None:
    history = History(Rules(SERVICES, View.PART))
    assert history.then(replace(history.opening(), fits_case=False)) is R.WRONG_CASE


def test_a_place_opens_with_epoch_0() -> None:
    history = History()
    opening = history.opening()
    later = replace(opening, header=replace(opening.header, epoch=1))
    assert history.then(later) is R.WRONG_EPOCH


def test_an_invitation_ends_at_its_minute(given: History) -> None:
    given.add(given.entry("ParticipantInvited", WORKER, INVITED))
    guest = Line(STRANGER, "relative", "9" * 32)
    for now, wanted in ((EXPIRED - 1, None), (EXPIRED, R.UNCERTIFIED_MEMBER)):
        given.now = now
        made = given.change(WORKER, REQUESTER_LINE, WORKER_LINE, guest, reason="joined")
        assert given.then(made) is wanted


def test_who_is_removed_is_not_replaced_by_another(given: History) -> None:
    for reason in ("removed", "rotated", "joined"):
        exchanged = given.change(MOTHER, REQUESTER_LINE, COLLEAGUE_LINE, reason=reason)
        assert given.then(exchanged) is R.NOT_ALLOWED


def approvals(given: History, where: str = NAME) -> list[str]:
    """The approvals of two custodians, of the epoch there."""
    found = []
    for custodian in CUSTODIANS[1:]:
        yes = given.entry("RecoveryApproved", custodian, {"epoch": 0}, compartment=where)
        given.add(yes)
        found.append(yes.header.id)
    return found


def recovered(given: History, approved: list[str]) -> Refusal | None:
    lines = (REQUESTER_LINE, WORKER_LINE)
    return given.then(given.change(CUSTODIANS[0], *lines, reason="recovered", approvals=approved))


def test_approvals_of_this_epoch_and_place_alone_recover_anything(given: History) -> None:
    approved = approvals(given)
    assert recovered(given, approved) is None
    given.add(given.change(MOTHER, REQUESTER_LINE, WORKER_LINE))
    assert recovered(given, approved) is R.FOUR_EYES
    elsewhere = History().open().also_open(NOTES, WORKER, WORKER_LINE)
    assert recovered(elsewhere, approvals(elsewhere, NOTES)) is R.FOUR_EYES


def test_nothing_comes_before_a_place_is_open(given: History) -> None:
    """Whether it is the case's first place or one more: it begins with its opening, numbered 0,
    that follows on nothing."""
    assert History().then(given.entry("MemberLeft", MOTHER, seq=0, prev=NO_HASH)) is R.OUT_OF_ORDER
    left = given.entry("MemberLeft", WORKER, compartment=NOTES)
    assert given.then(left) is R.OUT_OF_ORDER
    assert given.then(replace(left, header=replace(left.header, seq=1))) is R.OUT_OF_ORDER
    for changed in ({"seq": 1}, {"prev": given.here.head}):
        opening = History().opening()
        later = replace(opening, header=replace(opening.header, **changed))
        assert History().then(later) is R.OUT_OF_ORDER


def test_a_place_that_is_open_is_not_opened_again(given: History) -> None:
    body = dict(given.opening().header.body)
    for said in given._beginning:
        del body[said]
    again = given.entry("CompartmentOpened", MOTHER, body)
    assert given.then(again) is R.OUT_OF_ORDER


def test_numbers_neither_jump_nor_come_twice(given: History) -> None:
    for seq in (given.here.seq, given.here.seq + 2):
        assert given.then(given.message(MOTHER, seq=seq)) is R.OUT_OF_ORDER


def test_no_older_and_no_later_roster_than_the_newest_is_named(given: History) -> None:
    for roster in (0, 2):
        assert given.then(given.message(MOTHER, roster=roster)) is R.STALE_ROSTER


def test_before_the_first_roster_nothing_is_written() -> None:
    history = History()
    history.trust = replace(history.trust, roster=None)
    assert history.then(history.opening()) is R.STALE_ROSTER


def test_a_place_beside_names_no_service_of_the_same_walls() -> None:
    """Were there another one with the same places and roles, its rules would let it in."""
    consultation = SERVICES["consultation"]
    twin = replace(consultation, name="twin")
    history = History(Rules({"consultation": consultation, "twin": twin})).open()
    beside = dict(history.opening(WORKER_LINE).header.body)
    for said in history._beginning:
        del beside[said]
    for service, wanted in (("consultation", None), ("twin", R.NOT_ALLOWED)):
        body = {**beside, "service": service}
        made = history.entry("CompartmentOpened", WORKER, body, compartment=NOTES)
        assert history.then(made) is wanted


def test_nothing_is_written_with_the_keys_of_before(given: History) -> None:
    """Those who were let out hold them."""
    given.add(given.change(MOTHER, REQUESTER_LINE, WORKER_LINE))
    assert given.then(given.message(MOTHER, epoch=0)) is R.WRONG_EPOCH
    assert given.then(given.message(MOTHER, epoch=1)) is None


def test_an_erasure_is_proposed_of_sealed_entries_alone(given: History) -> None:
    said = given.message(MOTHER)
    given.add(said)
    for named, wanted in ((said.header.id, None), (given.here.name, R.WRONG_STATE)):
        what = {"entries": [named], "ground": "consent_withdrawn"}
        assert given.then(given.entry("ErasureProposed", SUPERVISOR, what)) is wanted


def test_nobody_is_invited_until_a_time_that_is_over(given: History) -> None:
    for now, wanted in ((EXPIRED - 1, None), (EXPIRED, R.UNCERTIFIED_MEMBER)):
        given.now = now
        assert given.then(given.entry("ParticipantInvited", WORKER, INVITED)) is wanted


def test_one_custodian_does_not_approve_for_two(given: History) -> None:
    approved = []
    for _ in range(2):
        yes = given.entry("RecoveryApproved", CUSTODIANS[1], {"epoch": 0})
        given.add(yes)
        approved.append(yes.header.id)
    assert recovered(given, approved) is R.FOUR_EYES


def test_a_case_is_opened_with_nobody_who_was_not_yet_invited() -> None:
    guest = Line(STRANGER, "relative", "9" * 32)
    history = History()
    assert history.then(history.opening(REQUESTER_LINE, WORKER_LINE, guest)) is R.UNCERTIFIED_MEMBER


def test_an_invitation_that_nobody_wrote_admits_nobody(given: History) -> None:
    guest = Line(STRANGER, "relative", "9" * 32)
    made = given.change(WORKER, REQUESTER_LINE, WORKER_LINE, guest, reason="joined")
    assert given.then(made) is R.UNCERTIFIED_MEMBER


def test_who_lost_a_device_goes_on_with_another_one_of_hers(given: History) -> None:
    """One that is not listed already, hers and nobody else's; a device of hers for each that was
    lost, and where she has none her place is gone. Others stay."""
    standing = (REQUESTER_LINE, WORKER_LINE)
    hers = Line(WORKER_2, "consultation_worker", None)
    assert renewed(trust(), standing) == standing
    assert renewed(trust(revoked=frozenset({WORKER})), standing) == (REQUESTER_LINE, hers)
    both = frozenset({WORKER, WORKER_2})
    assert renewed(trust(revoked=both), (*standing, COLLEAGUE_LINE)) == (
        REQUESTER_LINE,
        COLLEAGUE_LINE,
    )
    listed = (REQUESTER_LINE, WORKER_LINE, hers)
    assert renewed(trust(revoked=frozenset({WORKER})), listed) == (REQUESTER_LINE, hers)
    spare = with_devices(WORKER_2, "b9" * 16)
    assert renewed(spare, standing) == (REQUESTER_LINE, hers)


def with_devices(*more: str) -> Trust:
    """The worker's first device revoked, and these besides."""
    known = trust(revoked=frozenset({WORKER}))
    assert known.roster is not None
    devices = {one: Device(one, "worker", "key", False) for one in more}
    listed = {**known.roster.devices, **devices}
    return replace(known, roster=replace(known.roster, devices=listed))


def test_what_offices_do_does_not_wait_for_the_keys_that_members_owe(given: History) -> None:
    """An erasure least of all: who should renew the keys may never come back."""
    said = given.message(MOTHER)
    given.add(said)
    given.add(given.entry("MemberLeft", WORKER))
    assert given.then(given.message(MOTHER)) is R.ROTATION_OWED
    what = {"entries": [said.header.id], "ground": "consent_withdrawn"}
    proposal = given.entry("ErasureProposed", SUPERVISOR, what)
    given.add(proposal)
    given.add(given.entry("PayloadErased", OFFICER, {**what, "proposal": proposal.header.id}))
    given.add(given.entry("RecoveryApproved", CUSTODIANS[0], {"epoch": 0}))
    assert given.here.owed
