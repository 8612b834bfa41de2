"""Histories played at random, with all keys that each person ever opened, and what those open."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from client.cases.consultation import message, payload
from client.place.compose import Draft, draft_change, draft_entry, draft_grant, draft_opening
from crypto.device import Card
from crypto.encoding import b64, parse_canonical
from crypto.secret.grant import Granted, open_grant
from crypto.secret.payload import Place, open_keybox, open_payload
from crypto.secret.seeds import DeviceKeys, new_device
from crypto.secret.wrap import CannotOpen, grant_info, open_wrap, wrap_info
from domain.access import ERASED, Access, Moment, access
from domain.entry import Header, Line
from domain.membership import renewed, rotation_owed
from domain.services.support import FAMILY_SUPPORT
from domain.state import Compartment
from domain.trust import Trust
from store.application import Post
from tests.support.desk import SALT, Desk
from tests.support.people.support_case import WEIGHED
from wire.header import minute_of
from wire.parts import SealedParts
from wire.pipeline import case_id

T = TypeVar("T")
OPENING = {"service": "family_support", "ground": "public_task", "purpose": "support"}
STAFF = {
    "dirk": "casemanager",
    "ella": "casemanager",
    "carla": "supervisor",
    "xena": "duidingsexpert",
    "zoe": "zorgexpert",
}
INVITED = {"mother": "requester", "father": "relative", "town": "local_party"}
CUSTODIANS = ("kees", "karin")
OFFICES = {"frits": "privacy_officer", **dict.fromkeys(CUSTODIANS, "key_custodian")}
ROLES = {**STAFF, **INVITED, **OFFICES}
BESIDES = {"dirk": ["key_custodian"], "ella": ["key_custodian"]}  # two offices on one person
# Who may come into a place that dirk opens.
COMING = {
    "governance": ("ella",),
    "worknotes": ("ella",),
    "dialogue": ("mother", "father"),
    "expert": ("xena", "zoe", "ella"),
    "care": ("zoe",),
    "conflict": ("xena", "zoe"),
    "partners": ("town", "ella"),
}
BEGINNING = (
    ("dialogue", ("mother",)),
    ("dialogue", ("father",)),
    ("expert", ("xena", "zoe")),
    ("partners", ("town",)),
)


class Nothing(Exception):
    """There is nobody and nothing to do this with."""


def pick(options: Sequence[T], number: int) -> T:
    if not options:
        raise Nothing
    return options[number % len(options)]


class Written(NamedTuple):
    """An entry as it was stored, with the parts that went with it."""

    at: Moment
    header: Header
    parts: SealedParts


class Key(NamedTuple):
    """What an entry gave to a device: keys of epochs by number, and of entries by id."""

    at: Moment
    place: str
    through: str
    epochs: dict[int, bytes]
    entries: dict[str, bytes]


def keys_in(keys: DeviceKeys, written: Written) -> Iterator[Key]:
    """What a device can open of the wraps of an entry, whoever they were sealed to."""
    header, body = written.header, written.header.body
    place = (header.case, header.compartment)
    for to, wrap in written.parts.wraps.items():
        with suppress(CannotOpen):
            if header.changes_members:
                info = wrap_info(*place, header.epoch, to, header.author, body["commit"])
                epoch = {header.epoch: open_wrap(keys, info, wrap)}
                yield Key(written.at, place[1], f"epoch {header.epoch}", epoch, {})
            else:
                info = grant_info(*place, header.id, to, header.author)
                named = (body["epochs"] or [], body["entries"] or [])
                granted = open_grant(keys, info, wrap, *named)
                through = f"grant {header.id}"
                yield Key(written.at, place[1], through, *map(dict, granted))


def key_of(content: Written, key: Key) -> bytes | None:
    """The key of a content, if it can be had by what was given: every key is tried on it."""
    header, parts = content.header, content.parts
    if parts.keybox is None or parts.payload is None:
        return None
    place = Place(header.case, header.compartment, header.id, header.author)
    candidates = list(key.entries.values())
    for epoch in key.epochs.values():
        with suppress(CannotOpen):
            candidates.append(open_keybox(epoch, place, header.epoch, parts.keybox))
    for found in candidates:
        with suppress(CannotOpen):
            open_payload(found, place, parts.payload)
            return found
    return None


class Opening(NamedTuple):
    """That a content can be opened: since when, and through what."""

    since: Moment
    through: str


def openings(written: Sequence[Written], held: Sequence[Key]) -> dict[str, list[Opening]]:
    """What opens with these keys, the first way first, by content."""
    found = {
        content.header.id: sorted(
            Opening(max(content.at, key.at), key.through)
            for key in held
            if key_of(content, key) is not None
        )
        for content in written
        if content.header.payload
    }
    return {content: several for content, several in found.items() if several}


@dataclass
class Play:
    """A support case of dirk's. told: its entries. lines: who stood in a place after each. gone:
    the contents that the store lost, and with which entry. made: the keys of custodians who made
    them and stand outside, by device."""

    desk: Desk
    told: list[Written] = field(default_factory=list)
    lines: list[tuple[Moment, str, frozenset[str]]] = field(default_factory=list)
    trusts: list[tuple[int, Trust]] = field(default_factory=list)
    gone: dict[str, Moment] = field(default_factory=dict)
    made: list[tuple[str, Key]] = field(default_factory=list)
    keys: dict[str, DeviceKeys] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, (name, role) in enumerate(ROLES.items(), 1):
            keys = self.device_of(name)
            if name not in INVITED:
                self.desk.ceremony.list_person(number, [role, *BESIDES.get(name, ())], keys)
        self.publish()
        self.case = case_id(self.newest("dirk"), b64(SALT))
        note = payload("note/1", text="agreed")
        place = self.open("governance", (*self.all_of("dirk"), *self.all_of("carla")))
        proposed = self.say("dirk", place, "CaseProposed", {}, note)
        self.say("carla", place, "CaseAccepted", {"proposal": proposed}, note)
        taken = {"casemanager": self.newest("dirk"), "no_conflict": True}
        self.say("dirk", place, "CasemanagerAssigned", taken)
        notes = self.open("worknotes", self.all_of("dirk"))
        for expert in ("xena", "zoe"):
            self.deploy(expert, place, notes)
        for kind, names in BEGINNING:
            place = self.open(kind, self.all_of("dirk"))
            for name in names:
                self.come(place, name)
                self.say(name, place, value=message("first"))

    def deploy(self, expert: str, governance: str, notes: str) -> None:
        """An expert whom a supervisor admits, and who has no conflict of interest."""
        device, note = self.newest(expert), payload("note/1", text="agreed")
        admission = {"role": ROLES[expert], "ground": "necessity"}
        weighing = payload("weighing/2", **WEIGHED)
        proposal = self.say("dirk", governance, "AdmissionProposed", admission, weighing)
        self.say("carla", governance, "ApprovalGiven", {"of": proposal}, note)
        self.say("dirk", notes, "IdentityCheckOpened", {"expert": device, "match": None})
        alone = self.open("conflict", self.all_of("dirk"))
        self.come(alone, expert)
        self.say(expert, alone, "NoConflictStated", {})
        named = {"match": None, "proposal": proposal, "for": None}
        self.say("dirk", notes, "ExpertDeployed", {"expert": device, "as": "author", **named})

    # --- people --------------------------------------------------------------------------------

    def device_of(self, name: str) -> DeviceKeys:
        """A new device of somebody."""
        keys = new_device()
        card = keys.card()
        self.keys[card.device], self.cards[card.device] = keys, card
        self.names[card.device] = name
        if name not in INVITED:
            self.desk.workers.append(keys)
        return keys

    def newest(self, name: str) -> str:
        return [device for device, whose in self.names.items() if whose == name][-1]

    def person(self, name: str) -> str | None:
        """The number of somebody, none for who is in no roster."""
        return None if name in INVITED else f"{1 + list(ROLES).index(name):032x}"

    def all_of(self, name: str) -> tuple[Line, ...]:
        return (Line(self.newest(name), ROLES[name], None),)

    def publish(self) -> None:
        self.desk.publish_roster()
        self.trusts.append((self.desk.store.position(), self.desk.store.trust()))

    @property
    def trust(self) -> Trust:
        return self.trusts[-1][1]

    def trust_at(self, position: int) -> Trust:
        return [trust for at, trust in self.trusts if at < position][-1]

    # --- writing -------------------------------------------------------------------------------

    def place(self, name: str) -> Compartment:
        case = self.desk.store.case(self.case)
        assert case is not None
        return case.compartments[name]

    @property
    def places(self) -> list[str]:
        return [one.header.compartment for one in self.told if one.header.opens]

    def put(self, draft: Draft, card: Card | None = None) -> str:
        """Raises Refused, NoSuchCase."""
        post = Post(*draft.signed(self.keys[draft.header.author]), draft.parts, card)
        receipt = self.desk.store.post(post)
        at = Moment(receipt.position, parse_canonical(receipt.stated, 4096)[7])
        self.told.append(Written(at, draft.header, draft.parts))
        name, by = draft.header.compartment, draft.header.author
        if draft.header.recovers and draft.epoch_key and by not in draft.parts.wraps:
            key = {draft.header.epoch: draft.epoch_key}
            self.made.append((by, Key(at, name, f"epoch {draft.header.epoch}", key, {})))
        standing = frozenset(line.device for line in self.place(name).lines)
        self.lines.append((at, name, standing))
        self.gone |= {one: at for one in self.missing() if one not in self.gone}
        return draft.header.id

    def missing(self) -> list[str]:
        entries = self.desk.store.entries
        with entries.reading() as cursor:
            ids = (one.header.id for one in self.contents)
            held = {one: entries.select_parts(cursor, UUID(self.case), one) for one in ids}
        return [one for one, parts in held.items() if parts == SealedParts()]

    def now(self) -> tuple[int, int]:
        return self.desk.roster, self.desk.now()

    def open(self, kind: str, lines: tuple[Line, ...]) -> str:
        name, salt = f"{kind}-{100_000_000 + len(self.told)}", bytes([len(self.told)]) * 16
        by = self.newest("dirk")
        opening = OPENING if self.told else {**OPENING, **FAMILY_SUPPORT.beginning}
        made = (SALT if not self.told else salt, lines, self.cards, opening, by, *self.now())
        self.put(draft_opening(self.case, name, *made), self.cards[by])
        return name

    def change(self, by: str, name: str, reason: str, lines: Collection[Line]) -> None:
        made = (tuple(lines), self.cards, by, *self.now())
        new = {line.device for line in lines} - {line.device for line in self.place(name).lines}
        card = next((self.cards[one] for one in sorted(new) if self.names[one] in INVITED), None)
        self.put(draft_change(self.place(name), self.case, reason, *made), card)

    def say(
        self,
        who: str,
        name: str,
        kind: str = "MessageSent",
        body: dict[str, Any] | None = None,
        value: dict[str, Any] | None = None,
    ) -> str:
        """By a person's newest device, or a device."""
        by, here = self.newest(who) if who in ROLES else who, self.place(name)
        key = self.held(by, name)[0].get(here.epoch) if value else None
        if value and key is None:
            raise Nothing
        made = (kind, body or {}, value, key, by, *self.now())
        return self.put(draft_entry(here, self.case, *made))

    def held(self, device: str, name: str) -> tuple[dict[int, bytes], dict[str, bytes]]:
        """The keys of epochs, and of contents, that a device has in a place."""
        here = [one for one in self.told if one.header.compartment == name]
        keys = [key for one in here for key in keys_in(self.keys[device], one)]
        contents = {}
        for one in here:
            found = [found for key in keys if (found := key_of(one, key)) is not None]
            contents |= {one.header.id: found[0]} if found else {}
        return {number: key for one in keys for number, key in one.epochs.items()}, contents

    def come(self, place: str, name: str) -> None:
        by, (line,) = self.newest("dirk"), self.all_of(name)
        if name in INVITED:
            invitation = f"{len(self.told):032x}"
            expires = minute_of(self.desk.now() + 86_400)
            body = {"invitation": invitation, "role": line.role, "expires": expires}
            self.say(by, place, "ParticipantInvited", body)
            line = line._replace(invitation=invitation)
        self.change(by, place, "joined", sorted((*self.place(place).lines, line)))

    def settled(self, number: int) -> Compartment:
        """A place in which no new keys are owed."""
        name = pick(self.places, number)
        here = self.place(name)
        if rotation_owed(here, self.trust):
            lines = renewed(self.trust, here.lines)
            staying = [line.device for line in lines if line in here.lines]
            self.change(pick(staying, number), name, "rotated", lines)
        return self.place(name)

    def others(self, here: Compartment) -> list[Line]:
        return [line for line in here.lines if self.names[line.device] not in ("dirk", "carla")]

    # --- what may happen -----------------------------------------------------------------------

    def opens(self, a: int, _: int) -> None:
        kinds = [one for one in COMING if one != "governance" and len(self.places) < 9]
        self.open(pick(kinds, a), self.all_of("dirk"))

    def joins(self, a: int, b: int) -> None:
        here = self.settled(a)
        standing = {self.names[line.device] for line in here.lines}
        self.come(here.name, pick([one for one in COMING[here.type] if one not in standing], b))

    def leaves(self, a: int, b: int) -> None:
        here = self.settled(a)
        self.say(pick(self.others(here), b).device, here.name, "MemberLeft")

    def is_put_out(self, a: int, b: int) -> None:
        here = self.settled(a)
        out = pick(self.others(here), b)
        staying = [line for line in here.lines if line != out]
        self.change(self.newest("dirk"), here.name, "removed", staying)

    def turns_over(self, a: int, b: int) -> None:
        here = self.settled(a)
        self.change(pick(here.lines, b).device, here.name, "rotated", here.lines)

    def speaks(self, a: int, b: int) -> None:
        here = self.settled(a)
        self.say(pick(here.lines, b).device, here.name, value=message(f"{a} {b}"))

    def grants(self, a: int, b: int) -> None:
        here = self.settled(a)
        may = [line.device for line in here.lines if self.names[line.device] != "carla"]
        by = pick(sorted(may, key=lambda one: self.names[one] != "dirk"), b % 5 // 4)
        others = [line.device for line in here.lines if line.device != by]
        # Most often to who holds least: a grant of what one has shows nothing.
        to = pick(sorted(others, key=lambda one: len(self.held(one, here.name)[1])), b % 4 // 3)
        epochs, contents = self.held(by, here.name)
        earlier = {one: key for one, key in epochs.items() if one < here.epoch and one % 3 != a % 3}
        some = {one: contents[one] for one in sorted(contents)[: 1 + b % 2]}
        granted = pick([Granted(earlier, {}), Granted({}, some), Granted(earlier, some)], a // 9)
        if not (granted.epochs or granted.entries):
            raise Nothing
        made = (self.cards[to], granted, "needed", by, *self.now())
        self.put(draft_grant(here, self.case, *made))

    def is_revoked(self, a: int, _: int) -> None:
        self.revoke(pick(("ella", "xena", "zoe"), a))
        self.publish()

    def revoke(self, name: str) -> list[dict[str, Any]]:
        """Every device of somebody, in the next roster; the list of them."""
        people = self.desk.ceremony.people
        (listed,) = (one for one in people if one["person"] == self.person(name))
        for device in listed["devices"]:
            device["revoked"] = "2026-01-01T00:00Z"
        devices: list[dict[str, Any]] = listed["devices"]
        return devices

    def has_a_new_device(self, a: int, b: int) -> None:
        name = pick((*STAFF, *INVITED), a)
        if name in INVITED:
            self.replaces_her_key(name, b)
            return
        card = self.device_of(name).card()
        new = {"device": card.device, "sign": b64(card.sign), "from": "2026-01-01T00:00Z"}
        self.revoke(name).append(new | {"revoked": None})
        self.publish()

    def replaces_her_key(self, name: str, number: int) -> None:
        old = self.newest(name)
        standing = [one for one in self.places if self.place(one).line(old)]
        here = self.settled(self.places.index(pick(standing, number)))
        new = self.device_of(name).card()
        body = {"device": new.device}
        made = ("RequesterKeyReplaced", body, None, None, old, *self.now())
        self.put(draft_entry(here, self.case, *made), new)

    def is_recovered(self, a: int, b: int) -> None:
        """A place that dirk stands in, or stood in before he lost his device, gets a new key by
        the custodians: by one of them, or by dirk's other device."""
        name = pick([one for one in self.places if not one.startswith("dialogue")], a)
        here = self.place(name)
        by = pick(("dirk", "ella", *CUSTODIANS), b)
        approving = [one for one in ("dirk", "ella", *CUSTODIANS) if one != by][:2]
        ids = [self.say(one, name, "RecoveryApproved", {"epoch": here.epoch}) for one in approving]
        lines = dict.fromkeys((*renewed(self.trust, here.lines), *self.all_of("dirk")))
        made = (tuple(lines), self.cards, self.newest(by), *self.now(), {"approvals": ids})
        self.put(draft_change(self.place(name), self.case, "recovered", *made))

    def is_to_be_erased(self, a: int, b: int) -> None:
        name = pick(self.places, a)
        said = [one.header.id for one in self.contents if one.header.compartment == name]
        ids = None if b % 2 else [pick(said, b), *said[: b % 3]]
        body = {"entries": ids and sorted(set(ids)), "ground": "data_subject"}
        self.say("carla", name, "ErasureProposed", body)

    def is_erased(self, a: int, _: int) -> None:
        headers = [one.header for one in self.told]
        used = {one.body["proposal"] for one in headers if one.kind == ERASED}
        proposed = [one for one in headers if one.kind == "ErasureProposed" and one.id not in used]
        found = pick(proposed, a)
        self.say("frits", found.compartment, ERASED, {**found.body, "proposal": found.id})

    # --- what came of it -----------------------------------------------------------------------

    @property
    def contents(self) -> list[Written]:
        return [one for one in self.told if one.header.payload]

    def report(self, until: int | None = None, only: str = "") -> Access:
        headers = [(one.at, one.header) for one in self.told]
        mine = [one for one in headers if only in ("", one[1].compartment)]
        return access(mine, self.trust_at, until)

    def given_now(self, device: str) -> list[Written]:
        """The entries, with what the store gives out of them to a device that stands there."""
        given = [self.desk.store.wraps(self.case, name, device) for name in self.places]
        wraps = {entry: wrap for some in given for entry, wrap in some}
        parts_for = self.desk.store.parts_for
        return [
            one._replace(
                parts=replace(
                    parts_for(self.case, one.header.id, device) or SealedParts(),
                    wraps={device: wraps[one.header.id]} if one.header.id in wraps else {},
                )
            )
            for one in self.told
        ]


Happens = Callable[[Play, int, int], None]
WHAT: tuple[Happens, ...] = (
    *(Play.opens, Play.joins, Play.joins, Play.leaves, Play.is_put_out, Play.is_put_out),
    *(Play.turns_over, Play.speaks, Play.speaks, Play.grants, Play.grants, Play.is_revoked),
    *(Play.has_a_new_device, Play.is_to_be_erased, Play.is_erased, Play.is_recovered),
)
