"""A support case as it is played before the rules, from its proposal to two analyses."""

from dataclasses import dataclass, replace
from typing import Any

from domain.check import Rules
from domain.entry import Entry, Line
from domain.refusal import Refusal
from domain.services.support import FAMILY_SUPPORT
from domain.trust import Device, Person, Trust
from tests.support.cases import history as people
from tests.support.cases.history import CUSTODIANS, WORKER, History, members
from tests.support.cases.support_history import (
    ADMISSION,
    COLLEAGUE,
    EVER,
    EXCERPT_PROPOSED,
    FIRST,
    LEAD,
    PEOPLE,
    RULES,
    SECOND,
    SUPERVISOR,
    WITH_PAYLOAD,
    Certification,
    deploying,
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
A1, A2, A3 = "analysis-111111111", "analysis-222222222", "analysis-333333333"
AN_EXCERPT = EXCERPT_PROPOSED


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
        made = self.entry(kind, author, body, compartment=whole_name(where))
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
        body |= FAMILY_SUPPORT.beginning if self.case is None else {}
        return self.entry("CompartmentOpened", author, body, compartment=whole_name(where))

    def place(self, where: str, by: str = LEAD) -> str:
        self.add(self.opens(by, where, by))
        return where

    def lines(self, where: str) -> tuple[Line, ...]:
        assert self.case is not None
        return self.case.compartments[whole_name(where)].lines

    def changed(self, author: str, where: str, reason: str, *lines: Line, **more: Any) -> Entry:
        assert self.case is not None
        epoch = self.case.compartments[whole_name(where)].epoch + 1
        body = {"epoch": epoch, "commit": "", "reason": reason, "members": members(*lines), **more}
        return self.entry(
            "MembersChanged", author, body, compartment=whole_name(where), epoch=epoch
        )

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

    def admitted(self) -> str:
        """The lead proposed that an expert comes without the pool, and a supervisor approved it."""
        proposal = self.write(LEAD, "AdmissionProposed", GOV, **ADMISSION)
        self.write(SUPERVISOR, "ApprovalGiven", GOV, of=proposal)
        return proposal

    def checks(self, device: str) -> str:
        """An expert is asked, one to one, whether she has a conflict of interest; where."""
        self.write(LEAD, "IdentityCheckOpened", NOTES, expert=device, match=None)
        where = self.place(f"conflict-{device[:9]}")
        self.let_in(where, device)
        return where

    def deploying(self, device: str, **differs: Any) -> dict[str, Any]:
        """What a deployment says: by the last admission that is open, unless it says otherwise."""
        assert self.case is not None
        admissions = [one for one, kind in self.case.open.items() if kind == "AdmissionProposed"]
        proposal = None if differs.get("match") else next(reversed(admissions), None)
        return deploying(device, proposal) | differs

    def frees(self, device: str) -> None:
        """By a new admission: she is asked, and states that she has no conflict, unless she did."""
        assert self.case is not None
        self.admitted()
        if self.trust.person_of(device) not in self.case.set("free"):
            self.write(device, "NoConflictStated", self.checks(device))

    def deploys(self, device: str, **differs: Any) -> str:
        """The whole way of an expert into the case by an admission; the id of her deployment."""
        self.frees(device)
        return self.write(LEAD, "ExpertDeployed", NOTES, **self.deploying(device, **differs))

    def contributes(self, device: str, where: str) -> str:
        """An expert opens a place of her own, writes her analysis there and tells the others that
        it is in; its id."""
        analysis = self.write(device, "ExpertContributed", self.place(where, by=device))
        self.announces(device, analysis)
        return analysis

    def announces(self, device: str, analysis: str) -> None:
        self.write(device, "ContributionAnnounced", "expert", **self.announcing(analysis))

    def announcing(self, analysis: str) -> dict[str, str]:
        """What an announcement of it says."""
        return {"analysis": analysis, "hash": f"hash {int(analysis, 16)}"}


def whole_name(where: str) -> str:
    return where if "-" in where else name_of(where)


def proposed_case() -> Support:
    case = Support(trust=roster(trust("auditor", Certification.UNKNOWN), ALL))
    case.add(case.opens(WORKER, GOV, WORKER, LEAD, COLLEAGUE, SUPERVISOR))
    case.proposal = case.write(WORKER, "CaseProposed", GOV)
    return case


def accepted_case() -> Support:
    case = proposed_case()
    case.write(SUPERVISOR, "CaseAccepted", GOV, proposal=case.proposal)
    return case


def taken_case() -> Support:
    """A case that the lead took, with notes."""
    case = accepted_case()
    case.taken(LEAD)
    case.place(NOTES)
    return case


def with_experts() -> Support:
    """Two experts who were deployed, in the experts' place."""
    case = taken_case()
    case.place("expert")
    for device in (FIRST, SECOND):
        case.deploys(device)
        case.let_in("expert", device)
    return case


def with_analyses() -> Support:
    """Two analyses that are in."""
    case = with_experts()
    case.one, case.two = case.contributes(FIRST, A1), case.contributes(SECOND, A2)
    return case


def unsealing(case: Support, *named: str, given_up: str | None = None) -> Entry:
    body = {"analyses": list(named), "given_up": given_up}
    return case.made(LEAD, "AnalysesUnsealed", "expert", **body)
