"""Histories for the rules alone: given these entries, when this one comes, then it is accepted or
refused by name. No bytes and no keys: the facts of an entry are simply stated."""

from dataclasses import dataclass, field, replace
from typing import Any

from domain.check import NO_LOG_ROOT, Rules, check
from domain.entry import Attachment, Entry, Header, Line, Payload
from domain.evolve import evolve
from domain.guard import Linked
from domain.refusal import Refusal, Refused
from domain.state import Case, Compartment
from domain.trust import NO_HASH, Device, Person, Root, Roster, Trust
from tests.support.vectors import PROTOCOL_RULES

CASE = "c" * 32
NAME = "dialogue-123456789"
MOTHER, STRANGER = "a0" * 16, "a1" * 16
WORKER, WORKER_2, COLLEAGUE = "b0" * 16, "b1" * 16, "b2" * 16
OFFICER, SUPERVISOR = "d0" * 16, "d1" * 16
CUSTODIANS = ("e0" * 16, "e1" * 16, "e2" * 16)
START = 1_800_000_000

REQUESTER_LINE = Line(MOTHER, "requester", None)
WORKER_LINE = Line(WORKER, "consultation_worker", None)
COLLEAGUE_LINE = Line(COLLEAGUE, "consultation_worker", None)


def trust(revoked: frozenset[str] = frozenset(), lost: frozenset[str] = frozenset()) -> Trust:
    """Root 1, and a roster that knows these people; `lost` are devices whose person has no role."""
    owners = {
        WORKER: ("worker", "consultation_worker"),
        WORKER_2: ("worker", "consultation_worker"),
        COLLEAGUE: ("colleague", "consultation_worker"),
        OFFICER: ("officer", "privacy_officer"),
        SUPERVISOR: ("supervisor", "supervisor"),
        **{device: (f"custodian {n}", "key_custodian") for n, device in enumerate(CUSTODIANS)},
    }
    gone = {owners[device][0] for device in lost}
    people = {
        person: Person(
            person, frozenset() if person in gone else frozenset({role}), "lse", frozenset()
        )
        for person, role in owners.values()
    }
    devices = {
        device: Device(device, person, "key", device in revoked)
        for device, (person, _) in owners.items()
    }
    root = Root("root", 1, START * 2, 2, (), (), 14, (), frozenset({"relative"}))
    return Trust("pin", root, Roster("roster", NO_HASH, 1, START * 2, 1, people, devices))


@dataclass
class History:
    """A case as it grows. Entries follow on what is there unless a test says otherwise."""

    rules: Rules = PROTOCOL_RULES
    trust: Trust = field(default_factory=trust)
    case: Case | None = None
    now: int = START
    count: int = 0
    linked: Linked | None = None  # the entry of another case that is named, where there is one

    @property
    def here(self) -> Compartment:
        assert self.case is not None
        return self.case.compartments[NAME]

    def entry(
        self, kind: str, author: str, body: dict[str, Any] | None = None, **changes: Any
    ) -> Entry:
        """An entry that would follow; changes: fields of header or entry that differ."""
        self.count += 1
        name = changes.pop("compartment", NAME)
        following = self.case.compartments.get(name) if self.case else None
        header = Header(
            case=CASE,
            compartment=name,
            seq=following.seq + 1 if following else 0,
            prev=following.head if following else NO_HASH,
            kind=kind,
            epoch=following.epoch if following else 0,
            author=author,
            roster=1,
            seen_size=0,
            seen_root=NO_LOG_ROOT,
            id=f"{self.count:032x}",
            at=self.now,
            body=body or {},
            payload=None,
        )
        facts = {
            "hash": f"hash {self.count}",
            "stored": self.now,
            "fits_case": True,
            "signature_good": True,
            "carded": frozenset(
                {author, *(line["device"] for line in (body or {}).get("members", ()))}
                | {(body or {}).get("device", author)}
            ),
        }
        for name, value in changes.items():
            if name in Entry.__slots__:
                facts[name] = value
            else:
                header = replace(header, **{name: value})
        return Entry(header, **facts)

    def open(self, *lines: Line) -> "History":
        return self.add(self.opening(*lines))

    def opening(self, *lines: Line) -> Entry:
        listed = lines or (REQUESTER_LINE, WORKER_LINE)
        body = {
            "epoch": 0,
            "commit": "",
            "reason": "opened",
            "members": members(*listed),
            "service": "consultation",
            "salt": "",
            "ground": "consent",
            "purpose": "consultation",
            **self._beginning,
        }
        return self.entry("CompartmentOpened", MOTHER, body)

    @property
    def _beginning(self) -> dict[str, Any]:
        """What the first entry of a case carries besides, as these rules ask it."""
        table = self.rules.services["consultation"]
        return {"requester_mode": "anonymous", **table.beginning}

    def also_open(self, name: str, author: str, *lines: Line) -> "History":
        """Open one more compartment of the case."""
        body = dict(self.opening(*lines).header.body)
        for said in self._beginning:
            del body[said]
        return self.add(self.entry("CompartmentOpened", author, body, compartment=name))

    def change(self, author: str, *lines: Line, reason: str = "rotated", **more: Any) -> Entry:
        """A change of members into the next epoch."""
        epoch = self.here.epoch + 1
        changes = {name: more.pop(name) for name in ("carded", "stored") if name in more}
        body = {"epoch": epoch, "commit": "", "reason": reason, "members": members(*lines), **more}
        return self.entry("MembersChanged", author, body, epoch=epoch, **changes)

    def message(self, author: str, kind: str = "MessageSent", **changes: Any) -> Entry:
        entry = self.entry(kind, author, **changes)
        payload = Payload(f"payload {entry.header.id}", 584, "keybox", ())
        return replace(entry, header=replace(entry.header, payload=payload))

    def add(self, *entries: Entry) -> "History":
        """Accept entries. Raises Refused."""
        for entry in entries:
            check(self.case, entry, self.trust, self.rules, self.linked)
            self.case = evolve(self.case, entry, self.trust, self.rules.services)
        return self

    def then(self, entry: Entry) -> Refusal | None:
        """What the rules say of an entry; None: accepted. Nothing is added."""
        try:
            check(self.case, entry, self.trust, self.rules, self.linked)
        except Refused as refused:
            return refused.refusal
        return None


def members(*lines: Line) -> list[dict[str, str]]:
    return [
        {"device": line.device, "role": line.role, "wrap": ""}
        | ({"invitation": line.invitation} if line.invitation else {})
        for line in sorted(lines)
    ]


def with_attachment(entry: Entry, hash_: str) -> Entry:
    assert entry.header.payload is not None
    payload = entry.header.payload._replace(attachments=(Attachment(hash_, 16_472),))
    return replace(entry, header=replace(entry.header, payload=payload))
