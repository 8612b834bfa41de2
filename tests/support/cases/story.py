"""A whole consultation with real keys, kept as what a reader held before each entry."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from client.cases.consultation import message, payload
from client.place.compose import Draft, draft_change, draft_entry, draft_opening
from crypto.encoding import b64, hash_of
from crypto.log_signer import LogSigner
from crypto.secret.seeds import DeviceKeys, new_device
from domain.check import Rules
from domain.entry import Line, Parts
from domain.services.consultation import CONSULTATION
from domain.services.registry import SERVICES
from domain.trust import Trust
from tests.support.world import Ceremony
from wire.pipeline import Reading, case_id, receive_document
from wire.trust_documents import ROSTER_LABEL

START = 1_795_428_060
SALT = bytes(16)
DIALOGUE, NOTES, GOVERNANCE = "dialogue-774424100", "worknotes-123456789", "governance-123456789"
ADVICE = dict.fromkeys(
    ("yourself", "professional_help", "possible_reports", "contact_again"), "text"
)


class Told(NamedTuple):
    """An entry with what the reader held before it."""

    before: Reading
    header: bytes
    signature: bytes


@dataclass
class Story:
    """people: keys by name. told: the entries in store order."""

    people: dict[str, DeviceKeys] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        ceremony = Ceremony()
        root = ceremony.root(LogSigner("test.example/0", bytes(32)).vkey)
        roles = {"anna": "consultation_worker", "bram": "consultation_worker"}
        roles |= {"carla": "supervisor"}
        self.people = {name: new_device() for name in ("mother", "stranger", *roles)}
        for number, (name, role) in enumerate(roles.items(), start=1):
            ceremony.list_person(number, [role], self.people[name])
        trust = receive_document(
            Trust(hash_of(root)), "root", root, ceremony.sign_root(root), START
        )
        roster = ceremony.roster(START)
        signatures = [ceremony.registrar.sign_document(0, ROSTER_LABEL, roster)]
        trust = receive_document(trust, "roster", roster, signatures, START)
        self.cards = {keys.card().device: keys.card() for keys in self.people.values()}
        self.reading = Reading(trust, Rules(SERVICES), self.cards)
        self.case = case_id(self.device("mother"), b64(SALT))
        self._keys: dict[str, bytes] = {}
        self._tell()

    def device(self, name: str) -> str:
        return self.people[name].card().device

    def _tell(self) -> None:
        office = {"anna": "consultation_worker", "bram": "consultation_worker"}
        self.open("mother", DIALOGUE, {"mother": "requester", **office}, "anonymous")
        self.say("mother", DIALOGUE, "ConsultationReceived", value=message("my son"))
        taken = {"assignee": self.device("anna"), "no_conflict": True}
        self.say("anna", DIALOGUE, "ConsultationAssigned", taken)
        self.change("anna", DIALOGUE, "removed", {"mother": "requester", "anna": office["anna"]})
        self.say("anna", DIALOGUE, "AnswerGiven", value=message("good that you write"))
        self.open("anna", NOTES, {"anna": "consultation_worker"})
        self.say("anna", NOTES, "RequesterReportNoted", value=payload("note/1", text="x"))
        self.open("anna", GOVERNANCE, {"anna": "consultation_worker", "carla": "supervisor"})
        crisis = self.say("anna", GOVERNANCE, "CrisisFlagged", value=message("a photo"))
        over = payload("note/1", text="over")
        named = {"crisis": crisis}
        proposal = self.say("anna", GOVERNANCE, "CrisisResolutionProposed", named, over)
        self.say("carla", GOVERNANCE, "ApprovalGiven", {"of": proposal}, over)
        self.say("anna", GOVERNANCE, "CrisisResolved", {"proposal": proposal})
        self.say("mother", DIALOGUE, "MessageSent", value=message("thanks"))
        self.say("anna", DIALOGUE, "ShortAdviceGiven", value=payload("advice/1", **ADVICE))
        self.say("carla", GOVERNANCE, "MemberLeft")
        closing = payload(
            "closing/2",
            outcome="advised",
            to_you="done",
            subject_kind="individual",
            form_group="unknown",
        )
        body = {"attested": True, "retention_class": "anon_consult"}
        self.say("anna", DIALOGUE, "ConsultationClosed", body, closing)
        self.change("mother", DIALOGUE, "rotated", {"mother": "requester", "anna": office["anna"]})

    def _lines(self, roles: Iterable[tuple[str, str]]) -> tuple[Line, ...]:
        return tuple(Line(self.device(name), role, None) for name, role in roles)

    def open(self, author: str, name: str, roles: dict[str, str], mode: str = "") -> None:
        extra = {"service": "consultation", "ground": "consent", "purpose": "consultation"}
        extra |= {"requester_mode": mode, **CONSULTATION.beginning} if mode else {}
        lines, device = self._lines(roles.items()), self.device(author)
        self._add(
            author,
            draft_opening(self.case, name, SALT, lines, self.cards, extra, device, 1, START),
        )

    def change(self, author: str, name: str, reason: str, roles: dict[str, str]) -> None:
        case = self.reading.case
        assert case is not None
        here, lines = case.compartments[name], self._lines(roles.items())
        device = self.device(author)
        self._add(
            author, draft_change(here, self.case, reason, lines, self.cards, device, 1, START)
        )

    def say(
        self,
        author: str,
        name: str,
        kind: str,
        body: dict[str, Any] | None = None,
        value: dict[str, Any] | None = None,
    ) -> str:
        case = self.reading.case
        assert case is not None
        here, key = case.compartments[name], self._keys[name]
        device = self.device(author)
        draft = draft_entry(here, self.case, kind, body or {}, value, key, device, 1, START)
        return self._add(author, draft)

    def _add(self, author: str, draft: Draft) -> str:
        header, signature = draft.signed(self.people[author])
        self.told.append(Told(self.reading, header, signature))
        self.reading, _ = self.reading.receive(header, signature, START, Parts.COMPLETE)
        if draft.epoch_key is not None:
            self._keys[draft.header.compartment] = draft.epoch_key
        return draft.header.id
