"""The conditions of a support case's rows and walls: each where it holds and where it does not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import Any

import pytest

from domain.analyses import held_back
from domain.check import Rules
from domain.entry import Entry, Line, Parts
from domain.refusal import RANK, Refusal
from domain.services.support import WALLS
from domain.trust import Device, Person, Trust
from tests.support import history as people
from tests.support.history import CUSTODIANS, MOTHER, START, STRANGER, WORKER, History, members
from tests.support.support_history import (
    COLLEAGUE,
    EVER,
    FIRST,
    INVITATION,
    LEAD,
    LEAD_LINE,
    PEOPLE,
    RULES,
    SECOND,
    SUPERVISOR,
    WITH_PAYLOAD,
    Certification,
    name_of,
    opening,
    trust,
)

R = Refusal
LEAD_2, FIRST_2, THIRD, FATHER = "23" * 16, "32" * 16, "33" * 16, "13" * 16
TEACHER, TEACHER_2, INTERPRETER = "40" * 16, "41" * 16, "42" * 16
ALL = PEOPLE | {
    WORKER: ("worker", "consultation_worker"),
    LEAD_2: ("lead", "casemanager"),
    FIRST_2: ("first expert", "duidingsexpert"),
    THIRD: ("third expert", "duidingsexpert"),
    TEACHER: ("teacher", "professional"),
    TEACHER_2: ("teacher", "professional"),
    INTERPRETER: ("interpreter", "interpreter"),
    people.OFFICER: ("officer", "privacy_officer"),
    **{device: (f"custodian {device[:2]}", "key_custodian") for device in CUSTODIANS},
}
LINE = {device: Line(device, role, None) for device, (_, role) in ALL.items()}
GOV, NOTES = "governance", "worknotes"
AN_EXCERPT = {"disclosure": "excerpt", "ground": "consent"}


def roster(known: Trust, owners: dict[str, tuple[str, str]]) -> Trust:
    """A roster of these devices instead, each of a person with a role."""
    assert known.roster is not None
    roles: dict[str, set[str]] = {}
    for person, role in owners.values():
        roles.setdefault(person, set()).add(role)
    listed = {name: Person(name, frozenset(has), "lse", frozenset()) for name, has in roles.items()}
    devices = {one: Device(one, person, "key", False) for one, (person, _) in owners.items()}
    return replace(known, roster=replace(known.roster, people=listed, devices=devices))


def as_one(device: str, of: str) -> dict[str, tuple[str, str]]:
    """Everyone, were a device to be a further one of someone else's, in its role."""
    return ALL | {device: (ALL[of][0], ALL[device][1])}


@dataclass
class Support(History):
    """A support case as it is played. A place is called by its type, or by its name."""

    rules: Rules = RULES
    proposal: str = ""
    one: str = ""
    two: str = ""

    def made(self, author: str, kind: str, where: str, **body: Any) -> Entry:
        """An entry that would follow there."""
        made = self.entry(kind, author, body, compartment=_name(where))
        payload = self.message(author).header.payload if kind in WITH_PAYLOAD else None
        return replace(made, header=replace(made.header, payload=payload))

    def write(self, author: str, kind: str, where: str, **body: Any) -> str:
        """Write it, and give its id."""
        made = self.made(author, kind, where, **body)
        self.add(made)
        return made.header.id

    def yes(self, author: str, kind: str, where: str, **body: Any) -> None:
        assert self.then(self.made(author, kind, where, **body)) is None

    def no(self, refusal: Refusal, author: str, kind: str, where: str, **body: Any) -> None:
        assert self.then(self.made(author, kind, where, **body)) is refusal

    def opens(self, author: str, where: str, *devices: str) -> Entry:
        body = opening(*(LINE[device] for device in devices))
        return self.entry("CompartmentOpened", author, body, compartment=_name(where))

    def place(self, where: str, by: str = LEAD) -> str:
        self.add(self.opens(by, where, by))
        return where

    def lines(self, where: str) -> tuple[Line, ...]:
        assert self.case is not None
        return self.case.compartments[_name(where)].lines

    def changed(self, author: str, where: str, reason: str, *lines: Line, **more: Any) -> Entry:
        assert self.case is not None
        epoch = self.case.compartments[_name(where)].epoch + 1
        body = {"epoch": epoch, "commit": "", "reason": reason, "members": members(*lines), **more}
        return self.entry("MembersChanged", author, body, compartment=_name(where), epoch=epoch)

    def coming(self, where: str, *who: str | Line, by: str = LEAD) -> Entry:
        """A change of members that lets these in beside who is there."""
        lines = [one if isinstance(one, Line) else LINE[one] for one in who]
        return self.changed(by, where, "joined", *self.lines(where), *lines)

    def joins(self, where: str, *who: str | Line, by: str = LEAD) -> Refusal | None:
        return self.then(self.coming(where, *who, by=by))

    def let_in(self, where: str, *who: str | Line, by: str = LEAD) -> None:
        self.add(self.coming(where, *who, by=by))

    def invites(self, device: str, role: str, where: str) -> Line:
        """Invite someone in no roster; as the line with which she is let in."""
        self.count += 1
        line = Line(device, role, f"{self.count:032x}")
        body = {"invitation": line.invitation, "role": role, "expires": EVER}
        self.write(LEAD, "ParticipantInvited", where, **body)
        return line

    def taken(self, by: str) -> None:
        self.write(by, "CasemanagerAssigned", GOV, casemanager=by, no_conflict=True)

    def contributes(self, device: str, where: str) -> str:
        """An expert opens a place of her own, writes her analysis there and tells the others that
        it is in; its id."""
        analysis = self.write(device, "ExpertContributed", self.place(where, by=device))
        self.write(device, "ContributionAnnounced", "expert", analysis=analysis)
        return analysis


def _name(where: str) -> str:
    return where if "-" in where else name_of(where)


@pytest.fixture
def proposed() -> Support:
    case = Support(trust=roster(trust("auditor", Certification.UNKNOWN), ALL))
    case.add(case.opens(WORKER, GOV, WORKER, LEAD, COLLEAGUE, SUPERVISOR))
    case.proposal = case.write(WORKER, "CaseProposed", GOV)
    return case


@pytest.fixture
def accepted(proposed: Support) -> Support:
    proposed.write(SUPERVISOR, "CaseAccepted", GOV, proposal=proposed.proposal)
    return proposed


@pytest.fixture
def case(accepted: Support) -> Support:
    """A case that the lead took, with notes."""
    accepted.taken(LEAD)
    accepted.place(NOTES)
    return accepted


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
    for device in (LEAD, LEAD_2):  # any device of his: people are compared
        case.yes(device, "ExpertDeployed", NOTES, expert=FIRST)
    case.no(R.NOT_ALLOWED, COLLEAGUE, "ExpertDeployed", NOTES, expert=FIRST)
    case.no(R.NOT_ALLOWED, COLLEAGUE, "AdviceProposed", GOV)
    alone = case.changed(COLLEAGUE, NOTES, "removed", LINE[COLLEAGUE], LINE[LEAD])
    assert case.then(alone) is R.NOT_ALLOWED
    case.write(LEAD, "SubstituteNamed", GOV, substitute=COLLEAGUE)
    case.yes(COLLEAGUE, "ExpertDeployed", NOTES, expert=FIRST)
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
    wordless = case.write(LEAD, "ExpertDeployed", NOTES, expert=FIRST)
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


# Experts


def test_a_certified_expert_is_deployed_and_who_was_deployed_is_released(case: Support) -> None:
    for nobody in (COLLEAGUE, INTERPRETER, STRANGER):
        case.no(R.NOT_ALLOWED, LEAD, "ExpertDeployed", NOTES, expert=nobody)
    case.no(R.WRONG_STATE, LEAD, "ExpertReleased", NOTES, expert=FIRST)
    case.write(LEAD, "ExpertDeployed", NOTES, expert=FIRST)
    # Who is certified no more is released all the same: she does not come back unasked.
    case.trust = roster(case.trust, ALL | dict.fromkeys((FIRST, FIRST_2), ("first expert", "-")))
    case.write(LEAD, "ExpertReleased", NOTES, expert=FIRST_2)
    case.trust = roster(case.trust, ALL)
    assert case.joins(case.place("expert"), FIRST) is R.NOT_ALLOWED


def test_experts_stand_among_experts_while_they_are_deployed(case: Support) -> None:
    case.place("expert")
    assert case.joins("expert", FIRST) is R.NOT_ALLOWED
    assert case.joins("expert", COLLEAGUE) is None
    case.write(LEAD, "ExpertDeployed", NOTES, expert=FIRST)
    assert case.joins("expert", FIRST, FIRST_2) is None  # it is the person who is deployed
    assert case.joins("expert", FIRST, SECOND) is R.NOT_ALLOWED
    case.write(LEAD, "ExpertReleased", NOTES, expert=FIRST_2)
    assert case.joins("expert", FIRST) is R.NOT_ALLOWED
    case.write(LEAD, "ExpertDeployed", NOTES, expert=FIRST)
    assert case.joins("expert", FIRST) is None


def test_no_expert_holds_a_key_who_was_not_deployed(case: Support) -> None:
    case.write(LEAD, "ExpertDeployed", NOTES, expert=FIRST)
    case.let_in(case.place("expert"), FIRST)
    for where, who in (("expert", FIRST), ("care", SECOND), ("conflict", SECOND)):
        assert case.then(case.opens(LEAD, f"{where}-222222222", LEAD, who)) is R.NOT_ALLOWED
    assert case.joins(case.place("care"), SECOND) is R.NOT_ALLOWED
    one = case.contributes(FIRST, "analysis")
    case.add(unsealing(case, one, given_up="ill"))
    assert case.joins("analysis", SECOND, by=FIRST) is R.NOT_ALLOWED
    case.write(LEAD, "ExpertDeployed", NOTES, expert=SECOND)
    for where, by in (("care", LEAD), ("analysis", FIRST)):
        assert case.joins(where, SECOND, by=by) is None


A1, A2, A3 = "analysis-111111111", "analysis-222222222", "analysis-333333333"


@pytest.fixture
def experts(case: Support) -> Support:
    """Two experts who were deployed, in the experts' place."""
    case.place("expert")
    for device in (FIRST, SECOND):
        case.write(LEAD, "ExpertDeployed", NOTES, expert=device)
        case.let_in("expert", device)
    return case


@pytest.fixture
def analyses(experts: Support) -> Support:
    """Two analyses that are in."""
    experts.one, experts.two = experts.contributes(FIRST, A1), experts.contributes(SECOND, A2)
    return experts


def test_an_analysis_is_written_once_by_an_expert_who_is_deployed(experts: Support) -> None:
    experts.yes(FIRST, "ExpertContributed", experts.place(A1, by=FIRST))
    experts.write(LEAD, "ExpertReleased", NOTES, expert=FIRST)
    experts.no(R.NOT_ALLOWED, FIRST, "ExpertContributed", A1)
    experts.write(LEAD, "ExpertDeployed", NOTES, expert=FIRST_2)
    experts.write(FIRST, "ExpertContributed", A1)
    experts.no(R.WRONG_STATE, FIRST, "ExpertContributed", A1)


def test_who_opens_an_analysis_lists_no_devices_but_his_own(experts: Support) -> None:
    assert experts.then(experts.opens(FIRST, A1, FIRST, FIRST_2)) is None
    for other in (SECOND, LEAD):
        assert experts.then(experts.opens(FIRST, A1, FIRST, other)) is R.NOT_ALLOWED


def test_an_expert_announces_an_analysis_of_her_own(analyses: Support) -> None:
    said = analyses.write(FIRST, "MessageSent", "expert")
    analyses.yes(FIRST, "ContributionAnnounced", "expert", analysis=analyses.one)
    for named in (analyses.two, said, "0" * 32):
        analyses.no(R.WRONG_STATE, FIRST, "ContributionAnnounced", "expert", analysis=named)


def unsealing(case: Support, *named: str, given_up: str | None = None) -> Entry:
    body = {"analyses": list(named), "given_up": given_up}
    return case.made(LEAD, "AnalysesUnsealed", "expert", **body)


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
    case.write(SECOND, "ContributionAnnounced", "expert", analysis=two)
    assert case.then(unsealing(case, one, two)) is None


def test_a_third_expert_is_waited_for_or_given_up_by_a_reason(analyses: Support) -> None:
    """Or she would read the others' before hers is in."""
    case = analyses
    case.write(LEAD, "ExpertDeployed", NOTES, expert=THIRD)
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
    case.write(LEAD, "ExpertDeployed", NOTES, expert=FIRST)
    assert held(case, A1, A2) == [False, False]  # what was given out stays so


def test_of_three_analyses_none_is_read_before_the_last_is_shared(analyses: Support) -> None:
    case = analyses
    case.write(LEAD, "ExpertDeployed", NOTES, expert=THIRD)
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


def test_a_conflict_is_told_one_to_one(case: Support) -> None:
    assert case.then(case.opens(LEAD, "conflict", LEAD, FIRST, SECOND)) is R.NOT_ALLOWED
    # Nobody needs to be deployed for it, and each comes with all her devices.
    case.place("conflict")
    assert case.joins("conflict", LEAD_2, FIRST, FIRST_2) is None
    assert case.joins("conflict", FIRST, COLLEAGUE) is R.NOT_ALLOWED


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
    epoch, (*two, third) = case.case.compartments[_name(where)].epoch, CUSTODIANS
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
        case.case = replace(case.case, **changes)
        return entry

    return broken


def in_place(**changes: Any) -> Break:
    def broken(case: Support, entry: Entry) -> Entry:
        assert case.case is not None
        here = replace(case.case.compartments[entry.header.compartment], **changes)
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
