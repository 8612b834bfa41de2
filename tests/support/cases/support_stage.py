"""A support case laid down in a real store with real keys, so that its server judges what comes."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from client.errors import ServerRefused
from client.place.compose import Draft, draft_change, draft_entry, draft_opening
from client.server.transport import Transport
from client.session import SALT_BYTES
from crypto.device import Card
from crypto.encoding import b64, hash_of
from crypto.secret.seeds import DeviceKeys, new_device
from domain.entry import Line
from domain.kinds import ROLES
from domain.services.support import FAMILY_SUPPORT
from domain.state import Compartment
from store.application import CaseStore, Post

# The same in a store, with real keys
from tests.support.cases.support_history import (
    ADMITTED,
    APART,
    APPROVED,
    AUTHOR,
    EVER,
    EXPERTS,
    FIRST,
    FREE,
    HERS,
    INVITATION,
    LEAD,
    NEW,
    ONE_IS_IN,
    OPENING,
    PEOPLE,
    PROPOSAL,
    SECOND,
    SERVICE,
    SUPERVISOR,
    TWO_IS_IN,
    UNSEALED,
    WITH_PAYLOAD,
    Certification,
    Membership,
    Written,
    before,
    body_of,
    name_of,
    other_role,
)
from tests.support.vectors import ProtocolAlone
from tests.support.world import World
from wire.header import entry_hash
from wire.parts import SealedParts
from wire.paths import ENTRIES, path
from wire.pipeline import case_id
from wire.schemas import Receipt, show_parts

LAX = ProtocolAlone(
    name=SERVICE,
    begins="opened",
    states=("opened",),
    first=frozenset(),
    opening=FAMILY_SUPPORT.opening,
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
APPROVALS = {
    APPROVED: _in_governance("c5" * 16, "ApprovalGiven", SUPERVISOR, of=APPROVED),
    ADMITTED: _in_governance("c8" * 16, "ApprovalGiven", SUPERVISOR, of=ADMITTED),
}


def _needed(what: Situation) -> list[Written]:
    """The entries that the act names, and what they need."""
    kind, place, expert = what.kind, what.place, what.role in EXPERTS
    there = before(place, expert, kind if kind in APART else "")
    named = {
        entry_id
        for value in body_of(kind, place).values()
        for entry_id in (value if isinstance(value, list) else [str(value)])
    }
    named |= {AUTHOR[::-1]} if kind == "ExpertContributed" else set()
    named |= {ONE_IS_IN, TWO_IS_IN} if (kind, place) == ("AnalysesUnsealed", "expert") else set()
    named |= {FIRST[::-1]} if kind == "ExpertReleased" else set()
    named |= {ADMITTED} if kind == "IdentityCheckOpened" else set()
    named |= {FREE} if kind == "ExpertDeployed" else set()
    named |= {UNSEALED} if HERS in named and kind == "HistoryGranted" else set()
    found = [one for one in there.values() if one.id in named and one.id != PROPOSAL]
    return [*found, *(approval for of, approval in APPROVALS.items() if of in named)]


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
            return refused.name, refused.title
        return "accepted", ""


@dataclass
class Laid:
    """A case in the store. keys, cards: of everyone, by what stated cases call their devices.
    hashes: of the entries, by what stands for them there."""

    stage: Stage
    what: Situation
    keys: Mapping[str, DeviceKeys]
    cards: Mapping[str, Card]
    places: dict[str, Compartment] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
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
            first = {} if self.places else FAMILY_SUPPORT.beginning
            opening = {**OPENING, **first}
            return draft_opening(
                self.case, where, salt, listed, cards, opening, device, *self.stage.moment
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
        value = self.hashes.get(value, value)
        return self.cards[value].device if value in self.cards else value

    def put(self, author: str, draft: Draft) -> None:
        """Store it by the protocol's rules, and go on from there."""
        header = draft.header
        received, signature = draft.signed(self.keys[author])
        self.stage.put(received, signature, draft.parts, self.cards[AUTHOR])
        before = self.places.get(header.compartment)
        lines = header.lines if header.changes_members else before.lines if before else ()
        self.hashes[hash_of(header.id.encode())] = entry_hash(received)
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
