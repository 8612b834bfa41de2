"""A consultation brought into any state, with worknotes and governance beside the dialogue."""

from dataclasses import dataclass, replace

from domain.check import Rules
from domain.entry import Entry, Line
from domain.guard import Linked
from domain.services.consultation import CONSULTATION
from domain.services.registry import SERVICES
from domain.trust import SECONDS_A_DAY
from tests.support.cases.history import (
    COLLEAGUE,
    COLLEAGUE_LINE,
    MOTHER,
    NAME,
    OFFICER,
    REQUESTER_LINE,
    STRANGER,
    SUPERVISOR,
    WORKER,
    WORKER_LINE,
    History,
)

NOTES, GOVERNANCE = "worknotes-123456789", "governance-123456789"
OFFICER_LINE = Line(OFFICER, "privacy_officer", None)
SUPERVISOR_LINE = Line(SUPERVISOR, "supervisor", None)

WAY = {
    "opened": [],
    "received": ["opened", (MOTHER, "ConsultationReceived")],
    "in_triage": ["received", (WORKER, "ConsultationAssigned")],
    "in_dialogue": ["in_triage", (WORKER, "AnswerGiven")],
    "advised": ["in_dialogue", (WORKER, "ShortAdviceGiven")],
    "escalation_offered": ["advised", (WORKER, "CaseSupportOffered")],
    "escalated": [
        "escalation_offered",
        (MOTHER, "RequesterNamed"),
        (MOTHER, "CaseSupportAccepted"),
        (MOTHER, "LinkConsented"),
        (WORKER, "RequesterVerified"),
        (WORKER, "ConsultationEscalated"),
    ],
    "dormant": ["in_dialogue", (WORKER, "ConsultationBecameDormant")],
    "closed": ["advised", (WORKER, "ConsultationClosed")],
}


def another_case(service: str) -> Linked:
    """The first entry of another case."""
    body = {"service": service}
    return Linked("CompartmentOpened", "7" * 32, WORKER, "worker", body, 0, True)


def entry(desk: "Desk", author: str, kind: str, where: str = NAME) -> Entry:
    """An entry of a kind with a body of the right shape, and a payload if the row has one."""
    own = written_by(desk, author, where)
    bodies = {
        "MessageCorrected": {"of": own},
        "MessageWithdrawn": {"entries": [own], "ground": "withdrawn"},
        "ErasureProposed": {"entries": None, "ground": "data_subject"},
        "PayloadErased": {"entries": None, "ground": "data_subject", "proposal": desk.proposal},
        "ConsultationAssigned": {"assignee": author, "no_conflict": True},
        "ConsultationClosed": {"attested": True, "retention_class": "anon_consult"},
        "ConsultationReassigned": {"assignee": COLLEAGUE, "why": "ill"},
        "RequesterVerified": {
            "basis": "requester" if where == NAME else "independent_source",
            "how": "call_back",
        },
        "SupportAnswerRecorded": {"answer": "accepted"},
        "LinkConsentRecorded": {"to": "family_support"},
        "LinkWithdrawn": {"of": desk.fact("link_entry")},
        "CrisisResolutionProposed": {"crisis": desk.fact("crisis_entry")},
        "ConsentGiven": {"purpose": "report", "recipient": None, "sufficient": True},
        "ConsentWithdrawn": {"consent": desk.consent},
        "DisclosureWeighed": {"of": desk.proposal, "reporting_code": "complete"},
        "DisclosureSent": {"proposal": desk.proposal},
        "RequesterTold": {"of": desk.sent},
        "HistoryGranted": {
            "to": MOTHER if author != MOTHER else WORKER,
            "epochs": None,
            "entries": [own],
            "reason": "review",
            "mandate": None,
            "wrap": "",
        },
        "ParticipantInvited": {
            "invitation": "9" * 32,
            "role": "requester",
            "expires": "2027-01-15T08:10Z",
        },
        "WrapRefused": {"epoch": 0},
        "RequesterKeyReplaced": {"device": STRANGER},
        "SubstituteNamed": {"substitute": COLLEAGUE},
        "CaseSupportOffered": {"proposal": desk.proposal},
        "CrisisResolved": {"proposal": desk.proposal},
        "LinkConsented": {"to": "family_support"},
        "ConsultationEscalated": {"case": "7" * 32, "id": "6" * 32, "hash": "other case"},
        "DisclosureProposed": {
            "disclosure": "report_by_lse",
            "ground": "vital_interest",
            "recipient": "outside_system",
            "of": None,
            "to": None,
        },
        "DelayExplained": {"term": "first_answer"},
        "ApprovalGiven": {"of": desk.proposal},
        "ApprovalRefused": {"of": desk.proposal},
    }
    made = desk.entry(kind, author, bodies.get(kind), compartment=where)
    if not CONSULTATION.carries_payload(kind):
        return made
    payload = desk.message(author).header.payload
    return replace(made, header=replace(made.header, payload=payload))


def written_by(desk: "Desk", author: str, where: str) -> str:
    """The last message that someone wrote in a compartment, or an id of none."""
    notes = desk.case.entries.items() if desk.case else ()
    own = [
        entry_id
        for entry_id, note in notes
        if (note.author, note.compartment, note.has_payload) == (author, where, True)
    ]
    return own[-1] if own else "0" * 32


@dataclass
class Desk(History):
    """A history with the id of the proposal that is spoken of."""

    proposal: str = "0" * 32
    consent: str = "0" * 32
    sent: str = "0" * 32

    def fact(self, name: str) -> str:
        """What the case remembers by a name, or an id of none."""
        return self.case.facts.get(name, "0" * 32) if self.case else "0" * 32

    def say(self, author: str, kind: str, where: str = NAME) -> None:
        if kind == "ConsultationBecameDormant":
            self.now += 14 * SECONDS_A_DAY
        if kind == "CaseSupportOffered":
            self.approve("SupportProposed")
        if kind == "ConsultationEscalated":
            self.linked = another_case("family_support")
        self.add(entry(self, author, kind, where))
        if kind == "ConsultationAssigned":
            out = self.change(WORKER, REQUESTER_LINE, WORKER_LINE, reason="removed")
            self.add(out)

    def approve(self, kind: str, answer: str = "ApprovalGiven") -> None:
        """Propose, and have a supervisor answer it."""
        proposal = entry(self, WORKER, kind, GOVERNANCE)
        self.add(proposal)
        self.proposal = proposal.header.id
        self.add(entry(self, SUPERVISOR, answer, GOVERNANCE))


def reach(state: str) -> Desk:
    """A consultation in a state, with worknotes and governance beside it."""
    if state == "opened":
        desk = Desk(Rules(SERVICES))
        desk.open(REQUESTER_LINE, WORKER_LINE, COLLEAGUE_LINE)
        desk.also_open(NOTES, WORKER, WORKER_LINE, COLLEAGUE_LINE)
        desk.also_open(GOVERNANCE, WORKER, WORKER_LINE, SUPERVISOR_LINE, OFFICER_LINE)
        return desk
    before, *steps = WAY[state]
    assert isinstance(before, str)
    desk = reach(before)
    for author, kind in steps:
        desk.say(author, kind)
    assert desk.case is not None and desk.case.state == state
    return desk
