"""The conditions of a support case's rows and walls: each where it holds and where it does not.

Holds domain/services/.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations_with_replacement
from typing import Any

import pytest

from domain.entry import Entry, Line, Parts
from domain.refusal import RANK, Refusal
from domain.services.support import WALLS
from tests.support.cases.history import CUSTODIANS, MOTHER, START, STRANGER, WORKER
from tests.support.cases.support_history import (
    COLLEAGUE,
    EVER,
    FIRST,
    INVITATION,
    LEAD,
    LEAD_LINE,
    SECOND,
    SUPERVISOR,
)
from tests.support.cases.support_rules import (
    A1,
    ALL,
    AN_EXCERPT,
    FATHER,
    GOV,
    INTERPRETER,
    LEAD_2,
    LINE,
    NOTES,
    TEACHER,
    TEACHER_2,
    R,
    Support,
    accepted_case,
    as_one,
    proposed_case,
    roster,
    taken_case,
    whole_name,
    with_analyses,
    with_experts,
)


@pytest.fixture
def proposed() -> Support:
    return proposed_case()


@pytest.fixture
def accepted() -> Support:
    return accepted_case()


@pytest.fixture
def case() -> Support:
    return taken_case()


@pytest.fixture
def experts() -> Support:
    return with_experts()


@pytest.fixture
def analyses() -> Support:
    return with_analyses()


# Four eyes


@pytest.mark.parametrize("kind", ["CaseAccepted", "CaseNotAccepted"])
def test_a_case_is_decided_by_another_person_than_who_proposed_it(
    proposed: Support, kind: str
) -> None:
    case, said = proposed, proposed.write(WORKER, "MessageSent", GOV)
    case.yes(SUPERVISOR, kind, GOV, proposal=case.proposal)
    for other in (said, "0" * 32):
        case.no(R.WRONG_STATE, SUPERVISOR, kind, GOV, proposal=other)
    # The same person with another device and role is no second one.
    case.trust = roster(case.trust, as_one(SUPERVISOR, of=WORKER))
    case.no(R.FOUR_EYES, SUPERVISOR, kind, GOV, proposal=case.proposal)


def test_advice_is_released_once_and_not_by_who_proposed_it(case: Support) -> None:
    advice = case.write(LEAD, "AdviceProposed", GOV)
    case.no(R.WRONG_STATE, SUPERVISOR, "AdviceReleased", GOV, proposal=case.proposal)
    case.trust = roster(case.trust, as_one(SUPERVISOR, of=LEAD))
    case.no(R.FOUR_EYES, SUPERVISOR, "AdviceReleased", GOV, proposal=advice)
    case.trust = roster(case.trust, ALL)
    case.write(SUPERVISOR, "AdviceReleased", GOV, proposal=advice)
    case.no(R.WRONG_STATE, SUPERVISOR, "AdviceReleased", GOV, proposal=advice)


def test_advice_is_not_released_by_who_wrote_an_analysis(analyses: Support) -> None:
    advice = analyses.write(LEAD, "AdviceProposed", GOV)
    analyses.yes(SUPERVISOR, "AdviceReleased", GOV, proposal=advice)
    analyses.trust = roster(analyses.trust, as_one(SUPERVISOR, of=FIRST))
    analyses.no(R.FOUR_EYES, SUPERVISOR, "AdviceReleased", GOV, proposal=advice)


@pytest.mark.parametrize("kind", ["ApprovalGiven", "ApprovalRefused"])
def test_a_proposal_is_answered_once_by_another_person(case: Support, kind: str) -> None:
    proposal = case.write(LEAD, "DisclosureProposed", GOV, **AN_EXCERPT)
    case.no(R.WRONG_STATE, SUPERVISOR, kind, GOV, of=case.proposal)
    case.trust = roster(case.trust, as_one(SUPERVISOR, of=LEAD))
    case.no(R.FOUR_EYES, SUPERVISOR, kind, GOV, of=proposal)
    case.trust = roster(case.trust, ALL)
    case.write(SUPERVISOR, kind, GOV, of=proposal)
    case.no(R.WRONG_STATE, SUPERVISOR, "ApprovalGiven", GOV, of=proposal)


# Taking, and a substitute


def test_a_casemanager_takes_it_for_himself_alone_and_once(accepted: Support) -> None:
    case, body = accepted, {"casemanager": COLLEAGUE, "no_conflict": True}
    case.no(R.NOT_ALLOWED, LEAD, "CasemanagerAssigned", GOV, **body)
    case.yes(COLLEAGUE, "CasemanagerAssigned", GOV, **body)
    case.taken(LEAD)
    case.no(R.NOT_ALLOWED, COLLEAGUE, "CasemanagerAssigned", GOV, **body)


def test_a_substitute_is_another_certified_casemanager(case: Support) -> None:
    for nobody in (LEAD_2, SUPERVISOR, FIRST, STRANGER):
        case.no(R.NOT_ALLOWED, LEAD, "SubstituteNamed", GOV, substitute=nobody)
    case.no(R.NOT_ALLOWED, COLLEAGUE, "SubstituteNamed", GOV, substitute=COLLEAGUE)
    case.yes(LEAD, "SubstituteNamed", GOV, substitute=COLLEAGUE)


def test_a_substitute_takes_over_and_the_one_before_is_no_substitute(case: Support) -> None:
    case.write(LEAD, "SubstituteNamed", GOV, substitute=COLLEAGUE)
    case.taken(COLLEAGUE)
    body = {"casemanager": LEAD, "no_conflict": True}
    case.no(R.NOT_ALLOWED, LEAD, "CasemanagerAssigned", GOV, **body)
    case.no(R.NOT_ALLOWED, LEAD, "AdviceProposed", GOV)
    case.yes(COLLEAGUE, "AdviceProposed", GOV)


def test_what_is_the_casemanagers_is_his_and_his_substitutes(case: Support) -> None:
    case.let_in(NOTES, LEAD_2, COLLEAGUE)
    case.frees(FIRST)
    deploying = case.deploying(FIRST)
    for device in (LEAD, LEAD_2):  # any device of his: people are compared
        case.yes(device, "ExpertDeployed", NOTES, **deploying)
    case.no(R.NOT_ALLOWED, COLLEAGUE, "ExpertDeployed", NOTES, **deploying)
    case.no(R.NOT_ALLOWED, COLLEAGUE, "AdviceProposed", GOV)
    alone = case.changed(COLLEAGUE, NOTES, "removed", LINE[COLLEAGUE], LINE[LEAD])
    assert case.then(alone) is R.NOT_ALLOWED
    case.write(LEAD, "SubstituteNamed", GOV, substitute=COLLEAGUE)
    case.yes(COLLEAGUE, "ExpertDeployed", NOTES, **deploying)
    case.yes(COLLEAGUE, "AdviceProposed", GOV)


def test_the_casemanager_who_took_it_leaves_no_place_of_it(case: Support) -> None:
    case.let_in(NOTES, LEAD_2, COLLEAGUE)
    for device, where in ((LEAD, GOV), (LEAD, NOTES), (LEAD_2, NOTES)):
        case.no(R.WRONG_STATE, device, "MemberLeft", where)
    case.yes(COLLEAGUE, "MemberLeft", NOTES)
    case.write(LEAD, "SubstituteNamed", GOV, substitute=COLLEAGUE)
    case.taken(COLLEAGUE)
    case.yes(LEAD, "MemberLeft", NOTES)
    case.no(R.WRONG_STATE, COLLEAGUE, "MemberLeft", NOTES)


def test_nobody_puts_out_the_casemanager_who_took_it(case: Support) -> None:
    case.write(LEAD, "SubstituteNamed", GOV, substitute=COLLEAGUE)
    for where in WALLS.keys() - {GOV, NOTES, "analysis"}:
        case.place(where)
    for where in WALLS.keys() - {GOV, "analysis"}:
        case.let_in(where, COLLEAGUE)
        alone = case.changed(COLLEAGUE, where, "removed", LINE[COLLEAGUE])
        assert case.then(alone) is R.NOT_ALLOWED, where
    rest = [line for line in case.lines(GOV) if line.device != LEAD]
    for device in (COLLEAGUE, SUPERVISOR):
        assert case.then(case.changed(device, GOV, "removed", *rest)) is R.NOT_ALLOWED
    # One device of his may go while another stays; and he, once another has taken it over.
    case.let_in(GOV, LEAD_2)
    assert case.then(case.changed(SUPERVISOR, GOV, "removed", *rest, LINE[LEAD_2])) is None
    case.taken(COLLEAGUE)
    assert case.then(case.changed(SUPERVISOR, GOV, "removed", *rest)) is None


def test_he_leaves_none_of_the_places_that_he_opens(case: Support) -> None:
    for where in WALLS.keys() - {GOV, NOTES, "analysis"}:
        case.no(R.WRONG_STATE, LEAD, "MemberLeft", case.place(where))


def test_before_it_is_taken_any_casemanager_may_leave(accepted: Support) -> None:
    accepted.yes(LEAD, "MemberLeft", GOV)


# Those who ask


HERS, HIS = "dialogue-111111111", "dialogue-222222222"


@pytest.fixture
def family(case: Support) -> Support:
    """The mother and the father, in a dialogue each."""
    for where, device, role in ((HERS, MOTHER, "requester"), (HIS, FATHER, "relative")):
        case.let_in(case.place(where), case.invites(device, role, where))
    return case


def test_one_of_those_who_ask_stands_in_a_dialogue(family: Support) -> None:
    assert family.joins(HERS, family.invites(STRANGER, "minor", HERS)) is R.NOT_ALLOWED
    family.place("dialogue")
    assert family.joins("dialogue", family.invites(STRANGER, "minor", "dialogue")) is None


def test_nobody_stands_in_two_dialogues(family: Support) -> None:
    family.place("dialogue")
    father = family.invites(FATHER, "relative", "dialogue")
    assert family.joins("dialogue", father) is R.NOT_ALLOWED
    family.write(FATHER, "MemberLeft", HIS)
    assert family.joins("dialogue", father) is None


def test_a_professional_is_one_person_with_each_of_his_devices(case: Support) -> None:
    for where in (HERS, HIS):
        case.place(where)
    assert case.joins(HERS, TEACHER, TEACHER_2) is None
    case.let_in(HERS, TEACHER)
    assert case.joins(HIS, TEACHER_2) is R.NOT_ALLOWED


@pytest.mark.parametrize(
    ("where", "may", "may_not"),
    [
        ("dialogue", "relative", "local_party"),
        ("partners", "local_party", "relative"),
        ("commission", "local_party", "professional"),
        ("product", "local_party", "minor"),
    ],
)
def test_invited_are_those_who_may_stand_there(
    case: Support, where: str, may: str, may_not: str
) -> None:
    body = {"invitation": INVITATION, "expires": EVER}
    case.yes(LEAD, "ParticipantInvited", case.place(where), role=may, **body)
    case.no(R.NOT_ALLOWED, LEAD, "ParticipantInvited", where, role=may_not, **body)


# Excerpts


def test_where_an_excerpt_came_from_is_noted_before_the_next_one(family: Support) -> None:
    case, said = family, family.write(FATHER, "MessageSent", HIS)
    wordless = case.deploys(FIRST)
    excerpt = case.write(LEAD, "ExcerptShared", HERS)
    beside_it = case.write(MOTHER, "MessageSent", HERS)
    case.no(R.WRONG_STATE, LEAD, "ExcerptShared", HIS)
    for named, origin in (
        ("0" * 32, said),
        (said, excerpt),
        (excerpt, "0" * 32),
        (excerpt, beside_it),
        (excerpt, wordless),
    ):
        case.no(R.WRONG_STATE, LEAD, "ExcerptNoted", NOTES, excerpt=named, origin=origin)
    case.write(LEAD, "ExcerptNoted", NOTES, excerpt=excerpt, origin=said)
    case.no(R.WRONG_STATE, LEAD, "ExcerptNoted", NOTES, excerpt=excerpt, origin=said)
    case.yes(LEAD, "ExcerptShared", HIS)


@pytest.mark.parametrize("where", ["partners", "commission", "product"])
def test_an_excerpt_goes_outside_with_an_approved_disclosure_and_once(
    case: Support, where: str
) -> None:
    said = case.write(LEAD, "MessageSent", NOTES)
    case.place(where)
    proposal, refused = (
        case.write(LEAD, "DisclosureProposed", GOV, **AN_EXCERPT) for _ in range(2)
    )
    advice = case.write(LEAD, "AdviceProposed", GOV)
    case.write(SUPERVISOR, "ApprovalRefused", GOV, of=refused)
    case.no(R.FOUR_EYES, LEAD, "ExcerptShared", where)
    for named in (proposal, refused, advice, "0" * 32):
        case.no(R.FOUR_EYES, LEAD, "ExcerptShared", where, proposal=named)
    case.write(SUPERVISOR, "ApprovalGiven", GOV, of=proposal)
    excerpt = case.write(LEAD, "ExcerptShared", where, proposal=proposal)
    case.write(LEAD, "ExcerptNoted", NOTES, excerpt=excerpt, origin=said)
    case.no(R.FOUR_EYES, LEAD, "ExcerptShared", where, proposal=proposal)


# An interpreter's session; words, and recovery


def test_a_session_ends_once_and_then_nothing_more_is_said(case: Support) -> None:
    case.let_in(case.place("session"), INTERPRETER)
    said = case.write(INTERPRETER, "MessageSent", "session")
    case.yes(INTERPRETER, "MessageCorrected", "session", of=said)
    case.write(LEAD, "SessionEnded", "session")
    for device in (LEAD, INTERPRETER):
        case.no(R.WRONG_STATE, device, "MessageSent", "session")
    case.no(R.WRONG_STATE, INTERPRETER, "MessageCorrected", "session", of=said)
    case.no(R.WRONG_STATE, LEAD, "SessionEnded", "session")
    assert case.joins("session", LEAD_2) is R.WRONG_STATE
    # Another session goes on, and the interpreter is put out of this one.
    case.yes(LEAD, "MessageSent", case.place("session-222222222"))
    assert case.then(case.changed(LEAD, "session", "removed", LEAD_LINE)) is None


def test_a_correction_is_of_ones_own_words(case: Support) -> None:
    said = case.write(LEAD, "MessageSent", NOTES)
    case.let_in(NOTES, COLLEAGUE)
    case.yes(LEAD, "MessageCorrected", NOTES, of=said)
    case.no(R.NOT_ALLOWED, COLLEAGUE, "MessageCorrected", NOTES, of=said)
    case.no(R.NOT_ALLOWED, LEAD, "MessageCorrected", GOV, of=said)


def recovery(case: Support, where: str) -> list[Refusal | None]:
    """What is said to two approvals, and to the recovery by a third custodian."""
    assert case.case is not None
    epoch, (*two, third) = case.case.compartments[whole_name(where)].epoch, CUSTODIANS
    said, approvals = [], []
    for custodian in two:
        made = case.made(custodian, "RecoveryApproved", where, epoch=epoch)
        said.append(case.then(made))
        if said[-1] is None:
            case.add(made)
        approvals.append(made.header.id)
    lines = case.lines(where)
    return [*said, case.then(case.changed(third, where, "recovered", *lines, approvals=approvals))]


@pytest.mark.parametrize(
    "where", [GOV, NOTES, "identity", "expert", "care", "partners", "commission", "product"]
)
def test_custodians_recover_what_nobody_can_open(case: Support, where: str) -> None:
    if where not in (GOV, NOTES):
        case.place(where)
    assert recovery(case, where) == [None, None, None]


def test_custodians_recover_no_familys_place_and_none_of_two_people(experts: Support) -> None:
    for where in ("dialogue", "session", "conflict", "child"):
        experts.place(where)
    experts.place("analysis", by=FIRST)
    for where in ("dialogue", "session", "conflict", "child", "analysis"):
        assert recovery(experts, where) == [R.NOT_ALLOWED, R.NOT_ALLOWED, R.FOUR_EYES]


# The order of the rules

Break = Callable[[Support, Entry], Entry]


def in_header(**changes: Any) -> Break:
    return lambda case, entry: replace(entry, header=replace(entry.header, **changes))


def in_entry(**changes: Any) -> Break:
    return lambda case, entry: replace(entry, **changes)


def in_case(**changes: Any) -> Break:
    def broken(case: Support, entry: Entry) -> Entry:
        assert case.case is not None
        case.case = case.case._replace(**changes)
        return entry

    return broken


def in_place(**changes: Any) -> Break:
    def broken(case: Support, entry: Entry) -> Entry:
        assert case.case is not None
        here = case.case.compartments[entry.header.compartment]._replace(**changes)
        places = {**case.case.compartments, here.name: here}
        return in_case(compartments=places)(case, entry)

    return broken


def revoked(case: Support, entry: Entry) -> Entry:
    assert case.trust.roster is not None
    devices = case.trust.roster.devices
    devices = {**devices, LEAD: replace(devices[LEAD], revoked=True)}
    case.trust = replace(case.trust, roster=replace(case.trust.roster, devices=devices))
    return entry


def of_a_stranger(case: Support, entry: Entry) -> Entry:
    header = replace(entry.header, author=STRANGER)
    return replace(entry, header=header, carded=frozenset())


BREAKS: dict[Refusal, Break] = {
    R.WRONG_CASE: in_header(case="0" * 32),
    R.DUPLICATE_ENTRY: in_header(id=f"{1:032x}"),
    R.OUT_OF_ORDER: in_header(prev="another"),
    R.UNKNOWN_AUTHOR: of_a_stranger,
    R.REVOKED: revoked,
    R.BAD_SIGNATURE: in_entry(signature_good=False),
    R.STALE_ROSTER: in_header(roster=9),
    R.STALE_VIEW: in_header(seen_size=5),
    R.CLOCK: in_header(at=START - 601),
    R.NOT_A_MEMBER: in_place(lines=(LINE[COLLEAGUE],)),
    R.WRONG_EPOCH: in_header(epoch=7),
    R.ROTATION_OWED: in_place(owed=True),
    R.NOT_ALLOWED: in_case(facts={}),
    R.WRONG_STATE: in_case(state="not_accepted"),
    R.FOUR_EYES: in_header(body={}),
    R.MISSING_PAYLOAD: in_entry(parts=Parts.MISSING),
    R.PAYLOAD_MISMATCH: in_header(payload=None),
}


def test_of_two_broken_rules_the_first_is_named(case: Support) -> None:
    """An excerpt for the partners that breaks two rules, for each two of them."""
    case.let_in(case.place("partners"), COLLEAGUE)
    proposal = case.write(LEAD, "DisclosureProposed", GOV, **AN_EXCERPT)
    case.write(SUPERVISOR, "ApprovalGiven", GOV, of=proposal)
    good = case.made(LEAD, "ExcerptShared", "partners", proposal=proposal)
    assert case.then(good) is None
    for one, other in combinations_with_replacement(BREAKS, 2):
        tried = replace(case)
        entry = BREAKS[other](tried, BREAKS[one](tried, good))
        assert tried.then(entry) is min(one, other, key=RANK.__getitem__), (one, other)


def test_a_newcomer_is_looked_at_before_who_may_let_her_in(case: Support) -> None:
    case.let_in(case.place("dialogue"), COLLEAGUE)
    uninvited = Line(MOTHER, "requester", None)
    for who, by, refusal in (
        (uninvited, COLLEAGUE, R.UNCERTIFIED_MEMBER),
        (uninvited, LEAD, R.UNCERTIFIED_MEMBER),
        (TEACHER, COLLEAGUE, R.NOT_ALLOWED),
        (TEACHER, LEAD, None),
    ):
        assert case.joins("dialogue", who, by=by) is refusal
    body = {"invitation": INVITATION, "expires": EVER}
    for role, refusal in (("interpreter", R.UNCERTIFIED_MEMBER), ("relative", R.NOT_ALLOWED)):
        case.no(refusal, COLLEAGUE, "ParticipantInvited", "dialogue", role=role, **body)


def test_a_role_that_never_stands_there_is_named_before_the_seal(analyses: Support) -> None:
    assert analyses.joins(A1, SUPERVISOR, by=FIRST) is R.NOT_ALLOWED
    assert analyses.joins(A1, SECOND, by=FIRST) is R.WRONG_STATE


def test_a_proposal_that_is_not_there_is_named_before_whose_it_is(proposed: Support) -> None:
    proposed.trust = roster(proposed.trust, as_one(SUPERVISOR, of=WORKER))
    for proposal, refusal in (("0" * 32, R.WRONG_STATE), (proposed.proposal, R.FOUR_EYES)):
        proposed.no(refusal, SUPERVISOR, "CaseAccepted", GOV, proposal=proposal)
