"""The protocol's own rules, by given / when / then: what the golden vectors leave open.

Holds domain/check.py, domain/membership.py, domain/evolve.py.
"""

from dataclasses import replace

import pytest

from domain.entry import Line, Parts
from domain.refusal import RANK, Refusal
from domain.trust import NO_HASH
from tests.support.cases.history import (
    COLLEAGUE,
    COLLEAGUE_LINE,
    CUSTODIANS,
    MOTHER,
    NAME,
    OFFICER,
    REQUESTER_LINE,
    START,
    STRANGER,
    SUPERVISOR,
    WORKER,
    WORKER_2,
    WORKER_LINE,
    History,
    trust,
    with_attachment,
)

R = Refusal


@pytest.fixture
def given() -> History:
    """A dialogue of the mother and a worker."""
    return History().open()


def test_a_member_writes(given: History) -> None:
    assert given.then(given.message(MOTHER)) is None
    assert given.then(given.message(WORKER)) is None


def test_the_first_broken_rule_names_the_refusal(given: History) -> None:
    """An entry that breaks every rule at once is mended one rule at a time."""
    entry = given.message(
        COLLEAGUE,
        case="0" * 32,
        id="1".zfill(32),
        prev=NO_HASH,
        roster=9,
        seen_size=5,
        at=START - 10_000,
        epoch=7,
        signature_good=False,
        carded=frozenset(),
        parts=Parts.MISSING,
    )
    given.trust = trust(revoked=frozenset({COLLEAGUE}))
    named = []
    mended = {
        R.WRONG_CASE: {"case": "c" * 32},
        R.DUPLICATE_ENTRY: {"id": "f" * 32},
        R.OUT_OF_ORDER: {"prev": given.here.head},
        R.STALE_ROSTER: {"roster": 1},
        R.STALE_VIEW: {"seen_size": 0},
        R.CLOCK: {"at": START},
        R.NOT_A_MEMBER: {"author": WORKER},
        R.WRONG_EPOCH: {"epoch": 0},
    }
    while (refusal := given.then(entry)) is not None:
        named.append(refusal)
        if refusal in mended:
            entry = replace(entry, header=replace(entry.header, **mended[refusal]))
        elif refusal is R.REVOKED:
            given.trust = trust()
        elif refusal is R.BAD_SIGNATURE:
            entry = replace(entry, signature_good=True)
        else:
            assert refusal is R.MISSING_PAYLOAD
            entry = replace(entry, parts=Parts.COMPLETE)
    assert named == sorted(named, key=lambda name: RANK[name])
    assert len(named) == 11


def test_nobody_opens_a_case_under_an_id_that_does_not_fit() -> None:
    history = History()
    assert history.then(replace(history.opening(), fits_case=False)) is R.WRONG_CASE


def test_an_unlisted_device_needs_a_card(given: History) -> None:
    assert given.then(given.message(STRANGER, carded=frozenset())) is R.UNKNOWN_AUTHOR
    assert given.then(given.message(STRANGER)) is R.NOT_A_MEMBER


def test_an_expired_roster_certifies_nothing(given: History) -> None:
    late = 2 * START
    assert given.then(given.message(MOTHER, stored=late, at=late)) is R.STALE_ROSTER


@pytest.mark.parametrize(("seconds", "refusal"), [(600, None), (601, R.CLOCK), (-601, R.CLOCK)])
def test_clocks_may_differ_by_ten_minutes(
    given: History, seconds: int, refusal: Refusal | None
) -> None:
    assert given.then(given.message(MOTHER, at=START - seconds)) is refusal


def test_who_lost_the_role_writes_no_more(given: History) -> None:
    given.trust = trust(lost=frozenset({WORKER}))
    assert given.then(given.message(WORKER)) is R.NOT_A_MEMBER
    assert given.then(given.message(MOTHER)) is R.ROTATION_OWED
    given.add(given.change(MOTHER, REQUESTER_LINE))
    assert given.then(given.message(MOTHER)) is None


def test_a_leaver_owes_new_keys_and_cannot_stand_in_the_next_epoch(given: History) -> None:
    given.add(given.entry("MemberLeft", WORKER))
    assert given.then(given.message(MOTHER)) is R.ROTATION_OWED
    assert given.then(given.change(MOTHER, REQUESTER_LINE, WORKER_LINE)) is R.UNCERTIFIED_MEMBER
    given.add(given.change(MOTHER, REQUESTER_LINE))
    assert given.then(given.message(MOTHER)) is None
    # Later, a certified one may be listed again.
    again = given.change(MOTHER, REQUESTER_LINE, WORKER_LINE, reason="joined")
    assert given.then(again) is None


def test_an_epoch_names_the_next_number(given: History) -> None:
    change = given.change(MOTHER, REQUESTER_LINE, WORKER_LINE)
    skipped = replace(change, header=replace(change.header, epoch=2))
    assert given.then(skipped) is R.WRONG_EPOCH


def test_another_device_of_the_same_person_takes_the_place_in_a_rotation(given: History) -> None:
    second = Line(WORKER_2, "consultation_worker", None)
    assert given.then(given.change(MOTHER, REQUESTER_LINE, second)) is None


def test_reasons_say_what_happens(given: History) -> None:
    added = (REQUESTER_LINE, WORKER_LINE, COLLEAGUE_LINE)
    assert given.then(given.change(WORKER, *added)) is R.NOT_ALLOWED
    assert given.then(given.change(WORKER, *added, reason="joined")) is None
    assert given.then(given.change(MOTHER, REQUESTER_LINE)) is R.NOT_ALLOWED
    assert given.then(given.change(MOTHER, REQUESTER_LINE, reason="removed")) is None
    exchanged = given.change(MOTHER, REQUESTER_LINE, COLLEAGUE_LINE, reason="joined")
    assert given.then(exchanged) is R.NOT_ALLOWED


def test_a_wrap_that_does_not_open_owes_new_keys_once(given: History) -> None:
    given.add(given.entry("WrapRefused", WORKER, {"epoch": 0}))
    assert given.then(given.message(MOTHER)) is R.ROTATION_OWED
    given.add(given.change(MOTHER, REQUESTER_LINE, WORKER_LINE))
    # Refusing the next one as well owes nothing: one device cannot stop a conversation.
    given.add(given.entry("WrapRefused", WORKER, {"epoch": 1}))
    assert given.then(given.message(MOTHER)) is None
    # Nor does a refusal by who made the epoch.
    given.add(given.entry("WrapRefused", MOTHER, {"epoch": 1}))
    assert given.then(given.message(MOTHER)) is None


def test_a_replaced_key_is_dead_and_the_new_one_stands_in_its_place(given: History) -> None:
    given.add(given.entry("RequesterKeyReplaced", MOTHER, {"device": STRANGER}))
    assert given.then(given.message(MOTHER)) is R.NOT_A_MEMBER
    new = Line(STRANGER, "requester", None)
    given.add(given.change(STRANGER, new, WORKER_LINE))
    assert given.then(given.message(STRANGER)) is None
    old_again = given.change(WORKER, new, REQUESTER_LINE, WORKER_LINE, reason="joined")
    assert given.then(old_again) is R.UNCERTIFIED_MEMBER


def test_a_key_is_replaced_by_a_device_of_no_roster_with_a_card(given: History) -> None:
    replaced = given.entry("RequesterKeyReplaced", MOTHER, {"device": COLLEAGUE})
    assert given.then(replaced) is R.UNCERTIFIED_MEMBER
    cardless = given.entry(
        "RequesterKeyReplaced", MOTHER, {"device": STRANGER}, carded=frozenset({MOTHER})
    )
    assert given.then(cardless) is R.UNCERTIFIED_MEMBER
    by_staff = given.entry("RequesterKeyReplaced", WORKER, {"device": STRANGER})
    assert given.then(by_staff) is R.NOT_ALLOWED


def test_an_invitation_admits_one_device_in_one_role(given: History) -> None:
    invitation = {"invitation": "9" * 32, "role": "relative", "expires": "2027-01-15T08:10Z"}
    given.add(given.entry("ParticipantInvited", WORKER, invitation))
    guest = Line(STRANGER, "relative", "9" * 32)
    given.add(given.change(WORKER, REQUESTER_LINE, WORKER_LINE, guest, reason="joined"))
    assert given.then(given.message(STRANGER)) is None
    given.add(given.entry("MemberLeft", STRANGER))
    given.add(given.change(WORKER, REQUESTER_LINE, WORKER_LINE))
    again = given.change(WORKER, REQUESTER_LINE, WORKER_LINE, guest, reason="joined")
    assert given.then(again) is R.UNCERTIFIED_MEMBER


def test_custodians_recover_what_nobody_can_open(given: History) -> None:
    first, second, third = CUSTODIANS
    alone = given.change(
        first, REQUESTER_LINE, WORKER_LINE, reason="recovered", approvals=["0" * 32, "1" * 32]
    )
    assert given.then(alone) is R.FOUR_EYES
    approvals = []
    for custodian in (second, third):
        yes = given.entry("RecoveryApproved", custodian, {"epoch": 0})
        given.add(yes)
        approvals.append(yes.header.id)
    recovery = given.change(
        first, REQUESTER_LINE, WORKER_LINE, reason="recovered", approvals=approvals
    )
    own = given.change(second, REQUESTER_LINE, WORKER_LINE, reason="recovered", approvals=approvals)
    assert given.then(own) is R.FOUR_EYES
    by_worker = given.change(
        WORKER, REQUESTER_LINE, WORKER_LINE, reason="recovered", approvals=approvals
    )
    assert given.then(by_worker) is R.NOT_A_MEMBER
    given.add(recovery)
    used_again = given.change(
        first, REQUESTER_LINE, WORKER_LINE, reason="recovered", approvals=approvals
    )
    assert given.then(used_again) is R.FOUR_EYES


def test_history_goes_to_members_and_from_the_past_alone(given: History) -> None:
    said = given.message(MOTHER)
    given.add(said)
    given.add(given.change(MOTHER, REQUESTER_LINE, WORKER_LINE))

    def grant(**changes: object) -> Refusal | None:
        body = {
            "to": WORKER,
            "epochs": [0],
            "entries": [said.header.id],
            "reason": "joined",
            "mandate": None,
            "wrap": "",
            **changes,
        }
        return given.then(given.entry("HistoryGranted", MOTHER, body))

    assert grant() is None
    assert grant(to=COLLEAGUE) is R.NOT_ALLOWED
    assert grant(epochs=[1]) is R.NOT_ALLOWED
    assert grant(entries=["8" * 32]) is R.NOT_ALLOWED
    assert grant(mandate={"compartment": NAME, "id": "8" * 32, "hash": ""}) is R.NOT_ALLOWED


def test_an_erasure_needs_the_proposal_of_another_person(given: History) -> None:
    said = given.message(MOTHER)
    given.add(said)
    what = {"entries": [said.header.id], "ground": "consent_withdrawn"}

    def erase(author: str, proposal: str, **changes: object) -> Refusal | None:
        body = {**what, "proposal": proposal, **changes}
        return given.then(given.entry("PayloadErased", author, body))

    assert erase(OFFICER, "0" * 32) is R.WRONG_STATE
    assert given.then(given.entry("ErasureProposed", OFFICER, what)) is R.NOT_A_MEMBER
    proposal = given.entry("ErasureProposed", SUPERVISOR, what)
    given.add(proposal)
    assert erase(WORKER, proposal.header.id) is R.NOT_ALLOWED
    assert erase(OFFICER, proposal.header.id) is None
    assert erase(OFFICER, proposal.header.id, entries=None) is R.WRONG_STATE
    assert erase(OFFICER, proposal.header.id, ground="other") is R.WRONG_STATE
    given.add(given.entry("PayloadErased", OFFICER, {**what, "proposal": proposal.header.id}))
    assert erase(OFFICER, proposal.header.id) is R.WRONG_STATE
    by_worker = given.entry("RecoveryApproved", WORKER, {"epoch": 0})
    assert given.then(by_worker) is R.NOT_ALLOWED


def test_who_wrote_a_message_withdraws_it_and_nobody_else(given: History) -> None:
    said = given.message(MOTHER)
    given.add(said)
    what = {"entries": [said.header.id], "ground": "withdrawn"}
    assert given.then(given.entry("MessageWithdrawn", WORKER, what)) is R.NOT_ALLOWED
    withdrawn = given.entry("MessageWithdrawn", MOTHER, what)
    given.add(withdrawn)
    erased = given.entry("PayloadErased", OFFICER, {**what, "proposal": withdrawn.header.id})
    assert given.then(erased) is None


def test_a_sealed_part_is_named_once_in_a_case(given: History) -> None:
    first = with_attachment(given.message(MOTHER), "file")
    given.add(first)
    assert given.then(with_attachment(given.message(WORKER), "file")) is R.PAYLOAD_MISMATCH
    twice = with_attachment(given.message(WORKER), "other")
    assert twice.header.payload is not None
    same = twice.header.payload.hash
    assert given.then(with_attachment(twice, same)) is R.PAYLOAD_MISMATCH


def test_the_parts_that_an_entry_names_must_be_those_that_are_there(given: History) -> None:
    assert given.then(given.message(MOTHER, parts=Parts.MISSING)) is R.MISSING_PAYLOAD
    assert given.then(given.message(MOTHER, parts=Parts.MISMATCHED)) is R.PAYLOAD_MISMATCH


def test_a_second_compartment_is_opened_by_a_member(given: History) -> None:
    body = dict(History().opening().header.body)
    for said in ("requester_mode", "rules", "controller"):
        body.pop(said, None)
    for author, refusal in ((WORKER, None), (COLLEAGUE, R.NOT_A_MEMBER)):
        line = Line(author, "consultation_worker", None)
        entry = given.entry(
            "CompartmentOpened",
            author,
            {**body, "members": [{"device": line.device, "role": line.role, "wrap": ""}]},
            compartment="worknotes-123456789",
            seq=0,
            prev=NO_HASH,
        )
        assert given.then(entry) is refusal
    given.trust = trust(lost=frozenset({WORKER}))
    alone = [{"device": WORKER, "role": "consultation_worker", "wrap": ""}]
    entry = given.entry(
        "CompartmentOpened",
        WORKER,
        {**body, "members": alone},
        compartment="worknotes-123456789",
        seq=0,
        prev=NO_HASH,
    )
    assert given.then(entry) is R.NOT_A_MEMBER


def test_a_certified_member_carries_no_invitation(given: History) -> None:
    invited = WORKER_LINE._replace(invitation="9" * 32)
    assert given.then(given.change(MOTHER, REQUESTER_LINE, invited)) is R.UNCERTIFIED_MEMBER
    history = History()
    assert history.then(history.opening(REQUESTER_LINE, invited)) is R.UNCERTIFIED_MEMBER


def test_a_custodian_who_is_a_member_recovers_nothing() -> None:
    own = Line(CUSTODIANS[0], "key_custodian", None)
    history = History().open(REQUESTER_LINE, own)
    approvals = []
    for custodian in CUSTODIANS[1:]:
        yes = history.entry("RecoveryApproved", custodian, {"epoch": 0})
        history.add(yes)
        approvals.append(yes.header.id)
    recovery = history.change(
        CUSTODIANS[0], REQUESTER_LINE, own, reason="recovered", approvals=approvals
    )
    assert history.then(recovery) is R.NOT_A_MEMBER


def test_an_erasure_names_the_same_entries_in_whatever_order(given: History) -> None:
    said: list[str] = []
    for _ in range(2):
        message = given.message(MOTHER)
        given.add(message)
        said.append(message.header.id)
    proposal = given.entry("ErasureProposed", SUPERVISOR, {"entries": said, "ground": "g"})
    given.add(proposal)
    body = {"entries": said[::-1], "ground": "g", "proposal": proposal.header.id}
    assert given.then(given.entry("PayloadErased", OFFICER, body)) is None
