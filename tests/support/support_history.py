"""Support cases as a test states them: any state, place and membership of one author, with whatever
else his act needs. `stated` gives them to the rules alone, `Stage` lays them down in a store."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from client.compose import Draft, draft_change, draft_entry, draft_opening
from client.errors import ServerRefused
from client.session import SALT_BYTES
from client.transport import Transport
from crypto.device import Card
from crypto.encoding import b64, hash_of
from crypto.secret.seeds import DeviceKeys, new_device
from domain.check import NO_LOG_ROOT, Rules, check
from domain.entry import Entry, Header, Line, Payload
from domain.evolve import evolve
from domain.kinds import ROLES
from domain.ledger import Ledger
from domain.refusal import Refusal, Refused
from domain.services.registry import SERVICES
from domain.state import Case, Compartment, Invitation, Note
from domain.trust import NO_HASH, Device, Person, Root, Roster, Trust
from store.application import CaseStore, Post
from tests.support.history import CASE, START, members
from tests.support.vectors import ProtocolAlone
from tests.support.world import World
from wire.header import entry_hash
from wire.parts import SealedParts
from wire.paths import ENTRIES, path
from wire.pipeline import case_id
from wire.schemas import Receipt, show_parts

RULES = Rules(SERVICES)
SERVICE = "family_support"
FAMILY = ("requester", "minor", "relative", "professional", "foster_family")
EXPERTS = ("duidingsexpert", "zorgexpert")

# Devices. The author is the one whose role, membership and certification are tried; all others
# are certified people. NEW has a card and is in no roster.
AUTHOR, NEW, NEWCOMER = "10" * 16, "11" * 16, "12" * 16
LEAD, COLLEAGUE, SUPERVISOR = "20" * 16, "21" * 16, "22" * 16
FIRST, SECOND = "30" * 16, "31" * 16
INVITATION = "9" * 32
EVER = "2099-01-01T00:00Z"
PEOPLE = {
    LEAD: ("lead", "casemanager"),
    COLLEAGUE: ("colleague", "casemanager"),
    SUPERVISOR: ("supervisor", "supervisor"),
    FIRST: ("first expert", "duidingsexpert"),
    SECOND: ("second expert", "zorgexpert"),
}
LEAD_LINE = Line(LEAD, "casemanager", None)

# Entries that are there, by what they are.
SAID, PROPOSAL, ADVICE, APPROVED, OPEN, ERASURE, HERS, ONE, TWO, EXCERPT, ORIGIN, UNSEALED = (
    f"{number:032x}" for number in range(1, 13)
)
ONE_IS_IN, TWO_IS_IN = f"{13:032x}", f"{14:032x}"
APART = frozenset({"ExpertContributed", "HistoryGranted", "ExcerptNoted", "MembersChanged"})
WITH_PAYLOAD = frozenset(
    {
        "CaseProposed",
        "CaseAccepted",
        "CaseNotAccepted",
        "MessageSent",
        "MessageCorrected",
        "ExcerptShared",
        "DisclosureProposed",
        "ExpertInputRequested",
        "ConflictDeclared",
        "ExpertContributed",
        "AdviceProposed",
        "AdviceReleased",
        "ApprovalGiven",
        "ApprovalRefused",
    }
)


class Membership(Enum):
    """How the author stands to the place. ELSEWHERE: in another compartment of the case."""

    MEMBER = "member"
    ELSEWHERE = "elsewhere"
    LEFT = "left"
    NEVER = "never"


class Certification(Enum):
    """What vouches for a device. UNKNOWN: in no roster, and not invited."""

    CERTIFIED = "certified"
    OTHER_ROLE = "other role"
    REVOKED = "revoked"
    INVITED = "invited"
    UNKNOWN = "unknown"

    @property
    def listed(self) -> bool:
        return self not in (Certification.INVITED, Certification.UNKNOWN)


class Written(NamedTuple):
    """An entry that is there. where: the name of its compartment."""

    id: str
    kind: str
    where: str
    author: str
    body: Mapping[str, Any] = {}


def name_of(place: str) -> str:
    return f"{place}-123456789"


def other_role(role: str) -> str:
    """A role that stands nowhere in a support case."""
    return "auditor" if role == "pool_coordinator" else "pool_coordinator"


@cache
def trust(role: str, certification: Certification, device: str = AUTHOR) -> Trust:
    """Root 1, and a roster that knows everyone, and the device as its certification says."""
    invitable = frozenset({*FAMILY, "local_party"})
    people = {
        person: Person(person, frozenset({given}), "lse", frozenset())
        for person, given in PEOPLE.values()
    }
    devices = {one: Device(one, person, "key", False) for one, (person, _) in PEOPLE.items()}
    root = Root("root", 1, START * 2, 2, (), (), 14, (), invitable)
    roster = Roster("roster", NO_HASH, 1, START * 2, 1, people, devices)
    return listing(Trust("pin", root, roster), device, role, certification)


def listing(known: Trust, device: str, role: str, certification: Certification) -> Trust:
    """The same roster with one more person, as the certification of his device says."""
    if not certification.listed or known.roster is None:
        return known
    person, gone = f"person {device[:2]}", certification is Certification.REVOKED
    given = other_role(role) if certification is Certification.OTHER_ROLE else role
    listed = Person(person, frozenset({given}), "lse", frozenset())
    roster = replace(
        known.roster,
        people={**known.roster.people, person: listed},
        devices={**known.roster.devices, device: Device(device, person, "key", gone)},
    )
    return replace(known, roster=roster)


@cache
def before(place: str, expert: bool, apart: str) -> dict[str, Written]:
    """What was written before: whatever an act may name. expert: the author is one, deployed.
    apart: the kind of the act, if it needs other entries than the rest."""
    here, governance, notes = name_of(place), name_of("governance"), "worknotes-987654321"
    disclosure = {"disclosure": "excerpt", "ground": "consent"}
    erasure = {"entries": None, "ground": "data_subject"}
    found = [
        Written(SAID, "MessageSent", here, AUTHOR),
        Written(PROPOSAL, "CaseProposed", governance, LEAD),
        Written(ADVICE, "AdviceProposed", governance, LEAD),
        Written(APPROVED, "DisclosureProposed", governance, LEAD, disclosure),
        Written(OPEN, "DisclosureProposed", governance, LEAD, disclosure),
        Written(ERASURE, "ErasureProposed", here, SUPERVISOR, erasure),
        Written(ORIGIN, "MessageSent", notes, LEAD),
        Written(ONE, "ExpertContributed", "analysis-222222222", FIRST),
        Written(TWO, "ExpertContributed", "analysis-333333333", SECOND),
        Written(ONE_IS_IN, "ContributionAnnounced", name_of("expert"), FIRST, {"analysis": ONE}),
        Written(TWO_IS_IN, "ContributionAnnounced", name_of("expert"), SECOND, {"analysis": TWO}),
    ]
    if (expert or place == "analysis") and apart != "ExpertContributed":
        found.append(Written(HERS, "ExpertContributed", name_of("analysis"), AUTHOR))
    for device in (FIRST, SECOND, NEWCOMER, *([AUTHOR] if expert else [])):
        found.append(Written(device[::-1], "ExpertDeployed", notes, LEAD, {"expert": device}))
    if apart in ("HistoryGranted", "MembersChanged"):
        unsealed = {"analyses": [HERS, ONE], "given_up": None}
        found.append(Written(UNSEALED, "AnalysesUnsealed", "expert-987654321", LEAD, unsealed))
    if apart == "ExcerptNoted":
        found.append(Written(EXCERPT, "ExcerptShared", "dialogue-987654321", LEAD))
    return {one.id: one for one in found}


@cache
def _entries(place: str, expert: bool, apart: str) -> Ledger[str, Note]:
    ledger: Ledger[str, Note] = Ledger()
    for one in before(place, expert, apart).values():
        person = PEOPLE[one.author][0] if one.author in PEOPLE else f"person {one.author[:2]}"
        names = [one.body[name] for name in ("expert", "analysis") if name in one.body]
        names += one.body.get("analyses", ())
        payload, ground = one.kind in WITH_PAYLOAD, one.body.get("ground")
        note = Note(one.kind, one.where, 1, 1, one.author, person, payload, None, ground)
        ledger = ledger.adding(one.id, note._replace(names=tuple(names)))
    return ledger


def stated(
    state: str,
    place: str,
    role: str,
    membership: Membership = Membership.MEMBER,
    invited: bool = False,
    kind: str = "",
) -> Case:
    """A case in a state, with the lead in one place and the author standing to it as said. Where
    the case has been taken, the author is the substitute: what the lead may, he may. kind: of the
    act that is tried."""
    return _stated(state, place, role, membership, invited, kind if kind in APART else "")


@cache
def _stated(
    state: str, place: str, role: str, membership: Membership, invited: bool, apart: str
) -> Case:
    line = Line(AUTHOR, role, INVITATION if invited else None)
    left = membership is Membership.LEFT
    bound = None if membership is Membership.NEVER else AUTHOR
    governance = Compartment(name_of("governance"), "", 5, "head", 1, (LEAD_LINE,), LEAD)
    here = replace(
        governance,
        name=name_of(place),
        lines=tuple(sorted([LEAD_LINE, *([line] if membership is Membership.MEMBER else [])])),
        owed=left,
        gone=frozenset({AUTHOR} if left else ()),
        invitations={INVITATION: Invitation(role, START + 60, bound)} if invited else {},
    )
    elsewhere = replace(governance, name=f"{place}-987654321", lines=(line,))
    places = [governance, here, *([elsewhere] if membership is Membership.ELSEWHERE else [])]
    return Case(
        CASE,
        SERVICE,
        state,
        frozenset({LEAD}),
        {one.name: one for one in places},
        {"assignee": LEAD, "substitute": AUTHOR} if state == "active" else {},
        _entries(place, role in EXPERTS, apart),
        approvals={APPROVED: "ApprovalGiven"},
    )


def body_of(kind: str, place: str, epoch: int = 1) -> dict[str, Any]:
    """The body of an act, which names what is there."""
    grant = {"to": LEAD, "epochs": None, "reason": "joined", "mandate": None, "wrap": ""}
    erasure = {"entries": None, "ground": "data_subject"}
    role = "relative" if place == "dialogue" else "local_party"
    bodies: dict[str, dict[str, Any]] = {
        "WrapRefused": {"epoch": epoch},
        "ParticipantInvited": {"invitation": "8" * 32, "role": role, "expires": EVER},
        "RequesterKeyReplaced": {"device": NEW},
        "HistoryGranted": {**grant, "entries": [HERS if place == "analysis" else SAID]},
        "RecoveryApproved": {"epoch": epoch},
        "ErasureProposed": erasure,
        "MessageWithdrawn": {"entries": [SAID], "ground": "withdrawn"},
        "PayloadErased": {**erasure, "proposal": ERASURE},
        "MessageCorrected": {"of": SAID},
        "SubstituteNamed": {"substitute": COLLEAGUE},
        "DisclosureProposed": {"disclosure": "excerpt", "ground": "consent"},
        "ApprovalGiven": {"of": OPEN},
        "ApprovalRefused": {"of": OPEN},
        "CaseAccepted": {"proposal": PROPOSAL},
        "CaseNotAccepted": {"proposal": PROPOSAL},
        "CasemanagerAssigned": {"casemanager": AUTHOR, "no_conflict": True},
        "ExcerptShared": {"proposal": APPROVED},
        "ExcerptNoted": {"excerpt": EXCERPT, "origin": ORIGIN},
        "ExpertDeployed": {"expert": FIRST},
        "ContributionAnnounced": {"analysis": HERS},
        "AnalysesUnsealed": {"analyses": [ONE, TWO], "given_up": None},
        "AdviceReleased": {"proposal": ADVICE},
        "ExpertReleased": {"expert": FIRST},
        # Kinds of the consultation: no row of a support case has them.
        "ConsultationAssigned": {"assignee": AUTHOR, "no_conflict": True},
        "ConsultationClosed": {"attested": True},
        "DelayExplained": {"term": "first_answer"},
        "CrisisResolved": {"proposal": PROPOSAL},
        "CaseSupportOffered": {"proposal": PROPOSAL},
        "LinkConsented": {"to": SERVICE},
        "ConsultationEscalated": {"case": "7" * 32},
    }
    return bodies.get(kind, {})


OPENING = {"service": SERVICE, "ground": "public_task", "purpose": "support"}


def opening(*lines: Line) -> dict[str, Any]:
    """The body of an opening."""
    said = {"epoch": 0, "commit": "", "reason": "opened", "salt": ""}
    return {**said, "members": members(*lines), **OPENING}


@cache
def attempt(kind: str, place: str, role: str, invited: bool = False) -> Entry:
    """What the author tries: an entry of a kind that names what is there. Members are changed by
    mere rotation, and a compartment is opened with the author alone in it."""
    line = Line(AUTHOR, role, INVITATION if invited else None)
    if kind == "CompartmentOpened":
        return act(kind, f"{place}-111111111", opening(line._replace(invitation=None)))
    if kind == "MembersChanged":
        return change(place, "rotated", LEAD_LINE, line)
    return act(kind, name_of(place), body_of(kind, place))


def act(kind: str, where: str, body: dict[str, Any], author: str = AUTHOR) -> Entry:
    opens, changes = kind == "CompartmentOpened", kind == "MembersChanged"
    payload = Payload(f"payload of {kind}", 584, "keybox", ()) if kind in WITH_PAYLOAD else None
    header = Header(
        case=CASE,
        compartment=where,
        seq=0 if opens else 6,
        prev=NO_HASH if opens else "head",
        kind=kind,
        epoch=0 if opens else 2 if changes else 1,
        author=author,
        roster=1,
        seen_size=0,
        seen_root=NO_LOG_ROOT,
        id="f" * 32,
        at=START,
        body=body,
        payload=payload,
    )
    carded = frozenset({author, NEW, NEWCOMER, AUTHOR, *PEOPLE})
    return Entry(header, "hash", START, signature_good=True, carded=carded)


def change(place: str, reason: str, *lines: Line) -> Entry:
    body = {"epoch": 2, "commit": "", "reason": reason, "members": members(*lines)}
    return act("MembersChanged", name_of(place), body)


def judged(case: Case | None, entry: Entry, known: Trust) -> Refusal | None:
    """What the rules say of an entry; None: accepted."""
    try:
        check(case, entry, known, RULES)
    except Refused as refused:
        return refused.refusal
    return None


def state_after(case: Case, entry: Entry, known: Trust) -> str:
    return evolve(case, entry, known, SERVICES).state


# The same in a store, with real keys

LAX = ProtocolAlone(
    name=SERVICE,
    begins="opened",
    states=("opened",),
    first=frozenset(),
    opening={},
    grounds=frozenset(),
    purposes=frozenset(),
    walls={},
    steps=(),
)
GRANT = bytes(64)  # what is granted stays closed here
WAYS = {
    "opened": (),
    "proposed": ("CaseProposed",),
    "intake": ("CaseProposed", "CaseAccepted"),
    "active": ("CaseProposed", "CaseAccepted", "CasemanagerAssigned", "SubstituteNamed"),
    "not_accepted": ("CaseProposed", "CaseNotAccepted"),
}


class Situation(NamedTuple):
    """What is tried, by whom and where."""

    state: str
    kind: str
    role: str
    place: str
    membership: Membership
    certification: Certification


def _in_governance(entry_id: str, kind: str, author: str, **body: Any) -> Written:
    return Written(entry_id, kind, name_of("governance"), author, body)


WAY = {
    one.kind: one
    for one in (
        _in_governance(PROPOSAL, "CaseProposed", LEAD),
        _in_governance("c1" * 16, "CaseAccepted", SUPERVISOR, proposal=PROPOSAL),
        _in_governance("c2" * 16, "CaseNotAccepted", SUPERVISOR, proposal=PROPOSAL),
        _in_governance("c3" * 16, "CasemanagerAssigned", LEAD, casemanager=LEAD, no_conflict=True),
        _in_governance("c4" * 16, "SubstituteNamed", LEAD, substitute=AUTHOR),
    )
}
APPROVAL = _in_governance("c5" * 16, "ApprovalGiven", SUPERVISOR, of=APPROVED)


def _needed(what: Situation) -> list[Written]:
    """The entries that the act names, and what they need."""
    kind, place, expert = what.kind, what.place, what.role in EXPERTS
    there = before(place, expert, kind if kind in APART else "")
    named = {
        entry_id
        for value in body_of(kind, place).values()
        for entry_id in (value if isinstance(value, list) else [value])
    }
    named |= {AUTHOR[::-1]} if kind == "ExpertContributed" else set()
    named |= {ONE_IS_IN, TWO_IS_IN} if (kind, place) == ("AnalysesUnsealed", "expert") else set()
    named |= {UNSEALED} if HERS in named and kind == "HistoryGranted" else set()
    found = [one for one in there.values() if one.id in named and one.id != PROPOSAL]
    return [*found, APPROVAL] if APPROVED in named else found


class Stage:
    """Cases in the store of a running world, laid down by the protocol's rules alone, so that
    someone stands where the table would never let him. The world's own server judges what comes
    after, and its fold of what was laid is by the table."""

    def __init__(self, world: World) -> None:
        self._world, opened = world, world.opened
        self._store = CaseStore(
            opened.settings.store, opened.settings.pin, opened.signer, {SERVICE: LAX}, world.clock
        )
        # What is laid down here need not outlive a power cut.
        with self._store.entries.datastore.get_connection(commit=False) as connection:
            connection.cursor().execute("PRAGMA synchronous=OFF")
        self._staff = {device: new_device() for device in (*PEOPLE, NEW)}
        self._authors = {(role, one): new_device() for role in ROLES for one in Certification}
        listed = [(self._staff[device], role) for device, (_, role) in PEOPLE.items()]
        listed += [(keys, role) for (role, one), keys in self._authors.items() if one.listed]
        for number, (keys, role) in enumerate(listed, 1):
            world.ceremony.list_person(number, [role], keys)
        world.publish(*(keys for keys, _ in listed))
        self._cards = {
            keys: keys.card() for keys in (*self._staff.values(), *self._authors.values())
        }

    def close(self) -> None:
        self._store.close()

    def turn(self) -> None:
        """The next roster: who is to have another role or a revoked device has it from now on."""
        lost = {self._cards[keys].device: one for one, keys in self._authors.items()}
        for person in self._world.ceremony.people:
            (device,) = person["devices"]
            role, certification = lost.get(device["device"], ("", None))
            if certification is Certification.OTHER_ROLE:
                person["roles"] = [other_role(role)]
            if certification is Certification.REVOKED:
                device["revoked"] = "2026-01-01T00:00Z"
        self._world.publish()

    def case(self, what: Situation) -> "Laid":
        """The case in which it is tried."""
        keys = {**self._staff, AUTHOR: self._authors[what.role, what.certification]}
        laid = Laid(self, what, keys, {name: self._cards[one] for name, one in keys.items()})
        laid.lay()
        return laid

    @property
    def moment(self) -> tuple[int, int]:
        """The newest roster, and the time."""
        return len(self._world.ceremony.rosters), int(self._world.clock())

    def put(self, header: bytes, signature: bytes, parts: SealedParts, card: Card) -> None:
        self._store.post(Post(header, signature, parts, card))

    def tried(self, laid: "Laid") -> tuple[str, str]:
        """What the server answers to the act over HTTP: its name, and its words."""
        draft = laid.act()
        header, signature = draft.signed(laid.keys[AUTHOR])
        card = laid.cards[NEW if laid.what.kind == "RequesterKeyReplaced" else AUTHOR]
        body = {"header": b64(header), "signature": b64(signature), "card": card.fields()}
        try:
            Transport(self._world.url).post(Receipt, path(ENTRIES), body | show_parts(draft.parts))
        except ServerRefused as refused:
            return refused.name, str(refused)
        return "accepted", ""


@dataclass
class Laid:
    """A case in the store. keys, cards: of everyone, by what stated cases call their devices."""

    stage: Stage
    what: Situation
    keys: Mapping[str, DeviceKeys]
    cards: Mapping[str, Card]
    places: dict[str, Compartment] = field(default_factory=dict)
    salt: bytes = field(default_factory=lambda: os.urandom(SALT_BYTES))

    @property
    def case(self) -> str:
        return case_id(self.cards[LEAD].device, b64(self.salt))

    def lay(self) -> None:
        """The state, the place and the author's standing to it, and what his act names."""
        what, here, governance = self.what, name_of(self.what.place), name_of("governance")
        elsewhere = f"{what.place}-987654321" if what.membership is Membership.ELSEWHERE else here
        joins = what.membership is not Membership.NEVER
        author = self.line(AUTHOR, what.role)
        needed = _needed(what)
        for name in dict.fromkeys((governance, here, elsewhere)):
            others = {one.author for one in needed if one.where == name} & {FIRST, SECOND}
            others |= {SUPERVISOR} if name == governance else set()
            lines = [self.line(device, PEOPLE[device][1]) for device in others]
            if name == elsewhere and joins and what.certification.listed:
                lines.append(author)
            self.open(name, *lines)
        for kind in WAYS[what.state]:
            self.write(WAY[kind])
        if what.certification is Certification.INVITED:
            body = {"invitation": INVITATION, "role": what.role, "expires": EVER}
            self.write(Written("c6" * 16, "ParticipantInvited", elsewhere, LEAD, body))
            if joins:
                guest = author._replace(invitation=INVITATION)
                lines = [*self.places[elsewhere].lines, guest]
                self.put(LEAD, self.draft(LEAD, "MembersChanged", elsewhere, lines=lines))
        stands = what.membership is Membership.MEMBER
        for one in needed:
            if not stands and AUTHOR in (one.author, *one.body.values()):
                continue
            if one.where not in self.places:
                role = what.role if one.author == AUTHOR else PEOPLE[one.author][1]
                line = self.line(one.author, role)
                self.open(one.where, *([line] if one.author != LEAD else []))
            self.write(one)
        if what.membership is Membership.LEFT:
            self.write(Written("c7" * 16, "MemberLeft", here, AUTHOR))

    def line(self, device: str, role: str) -> Line:
        return Line(self.cards[device].device, role, None)

    def open(self, name: str, *others: Line) -> None:
        """Open a compartment, by the lead and with these others."""
        lines = [self.line(LEAD, "casemanager"), *others]
        self.put(LEAD, self.draft(LEAD, "CompartmentOpened", name, lines=lines))

    def write(self, one: Written) -> None:
        draft = self.draft(one.author, one.kind, one.where, one.body)
        self.put(one.author, replace(draft, header=replace(draft.header, id=one.id)))

    def draft(
        self,
        author: str,
        kind: str,
        where: str,
        body: Mapping[str, Any] | None = None,
        lines: Sequence[Line] = (),
    ) -> Draft:
        """An entry that follows. lines: of an opening or a change of members."""
        cards = {card.device: card for card in self.cards.values()}
        device, listed = self.cards[author].device, tuple(sorted(lines))
        if kind == "CompartmentOpened":
            salt = os.urandom(SALT_BYTES) if self.places else self.salt
            return draft_opening(
                self.case, where, salt, listed, cards, OPENING, device, *self.stage.moment
            )
        place = self.places[where]
        if kind == "MembersChanged":
            reason = "joined" if author == LEAD else "rotated"
            return draft_change(place, self.case, reason, listed, cards, device, *self.stage.moment)
        value = {"text": kind} if kind in WITH_PAYLOAD else None
        said = self.named(body or {})
        parts = SealedParts()
        if kind == "HistoryGranted":
            said, parts = {**said, "wrap": hash_of(GRANT)}, SealedParts(wraps={said["to"]: GRANT})
        draft = draft_entry(
            place, self.case, kind, said, value, bytes(32), device, *self.stage.moment
        )
        return replace(draft, parts=parts) if parts.wraps else draft

    def named(self, value: Any) -> Any:
        """The same with the real devices."""
        if isinstance(value, Mapping):
            return {name: self.named(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.named(item) for item in value]
        return self.cards[value].device if value in self.cards else value

    def put(self, author: str, draft: Draft) -> None:
        """Store it by the protocol's rules, and go on from there."""
        header = draft.header
        received, signature = draft.signed(self.keys[author])
        self.stage.put(received, signature, draft.parts, self.cards[AUTHOR])
        before = self.places.get(header.compartment)
        lines = header.lines if header.changes_members else before.lines if before else ()
        self.places[header.compartment] = Compartment(
            header.compartment, "", header.seq, entry_hash(received), header.epoch, lines, ""
        )

    def act(self) -> Draft:
        """What the author tries."""
        what, here = self.what, name_of(self.what.place)
        own = self.line(AUTHOR, what.role)
        if what.kind == "CompartmentOpened":
            return self.draft(AUTHOR, what.kind, f"{what.place}-111111111", lines=[own])
        place = self.places[here]
        lines = place.lines if place.line(own.device) else (*place.lines, own)
        body = body_of(what.kind, what.place, place.epoch)
        return self.draft(AUTHOR, what.kind, here, body, lines)
