"""Entries of every kind, written rightly and wrongly, with names of things from one's own place,
from elsewhere and from nowhere. Nothing is judged here: `tests.support.walls.Visit` compares.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crypto.encoding import b64, hash_of
from crypto.padding import PAYLOAD_FLOOR, sealed_size
from crypto.secret.seeds import new_device
from domain.check import NO_LOG_ROOT
from domain.entry import Attachment, Header, Line, Payload
from domain.fields import Field, Origin
from domain.kinds import CHANGED, OPENED
from domain.services.registry import BODIES, KINDS
from domain.shapes import data_of
from domain.trust import NO_HASH
from tests.support.asking import Answer
from tests.support.hostile.wall_questions import ABSENT, NO_HASH_OF_ANY, About
from tests.support.hostile.walls import Visit
from tests.support.rules.writing import example
from wire.header import ENTRY_SIGNATURE_LABEL, entry_hash, header_bytes, minute_of
from wire.parts import KEYBOX_BYTES, WRAP_BYTES
from wire.paths import ENTRIES, TIMELINE, WORK_LIST, path

ABSENT_TOO = "f" * 32
# Asked of the newest entry of each kind elsewhere: what those who answer and advise would name.
NAMED = ("MessageSent", "AdviceProposed", "ExpertContributed")
BY_OFFICE = ("ErasureProposed", "RecoveryApproved")
MOVING = (OPENED, CHANGED, "WrapRefused", "RequesterKeyReplaced", "MemberLeft")

EXCERPT_PROPOSED = {
    "disclosure": "excerpt",
    "ground": "consent",
    "recipient": "municipality",
    "of": None,
    "to": None,
}


def bodies(entry: str, device: str, epoch: int, now: int) -> dict[str, dict[str, Any]]:
    """A body of every kind that has fields, which name this entry and this device."""
    erased = {"entries": [entry], "ground": "withdrawn"}
    granted = {"to": device, "epochs": None, "entries": [entry], "reason": "asked"}
    of, proposal = {"of": entry}, {"proposal": entry}
    invited = {"invitation": entry, "role": "relative", "expires": minute_of(now + 86_400)}
    by_origin = {
        Origin.OWN_DEVICE: device,
        Origin.DEVICE: device,
        Origin.ENTRY: entry,
        Origin.PROPOSAL: entry,
        Origin.STATED: True,
        Origin.TERM: "triage",
        Origin.MOMENT: minute_of(now + 86_400),
    }
    simple = {
        kind: {
            name: by_origin[field.origin] if field.origin in by_origin else _first_of(field)
            for name, field in body.items()
        }
        for kind, body in BODIES.items()
    }
    return simple | {
        "ParticipantInvited": invited,
        "HistoryGranted": granted | {"mandate": None, "wrap": hash_of(b"")},
        "RecoveryApproved": {"epoch": epoch},
        "ErasureProposed": erased,
        "MessageWithdrawn": erased,
        "PayloadErased": erased | proposal,
        "MessageCorrected": of,
        "ConsultationEscalated": {"case": entry, "id": entry, "hash": hash_of(b"")},
        "DisclosureProposed": EXCERPT_PROPOSED,
        "ContributionAnnounced": {"analysis": entry, "hash": NO_HASH},
        "AnalysesUnsealed": {"analyses": [entry], "given_up": "lost"},
    }


def _first_of(field: Field) -> Any:
    """What may stand in a field by its shape alone."""
    return example(data_of(field.shape))[0]


def sealed(*files: Attachment) -> tuple[Payload, dict[str, str]]:
    """A payload as a header names it, and its parts: the server cannot tell what is in it."""
    text, keybox = os.urandom(sealed_size(PAYLOAD_FLOOR)), os.urandom(KEYBOX_BYTES)
    named = Payload(hash_of(text), len(text), hash_of(keybox), files)
    return named, {"payload": b64(text), "keybox": b64(keybox)}


class Pen:
    """Writes in a person's place, following on what was accepted there."""

    def __init__(self, visit: Visit, about: About) -> None:
        here = about.tape.here(about.here)
        last = here[-1].header
        self.visit, self.about, self.now = visit, about, visit.twins[0].now
        self.seq, self.prev, self.epoch = last.seq, entry_hash(here[-1].post.header), last.epoch
        self.lines = [one.header for one in here if one.header.changes_members][-1].lines

    @property
    def stands(self) -> bool:
        return any(line.device == self.visit.device for line in self.lines)

    def header(self, kind: str, body: Mapping[str, Any], **changes: Any) -> Header:
        opens = kind == OPENED
        header = Header(
            case=self.about.case,
            compartment=self.about.here,
            seq=0 if opens else self.seq + 1,
            prev=NO_HASH if opens else self.prev,
            kind=kind,
            epoch=0 if opens else self.epoch + (kind == CHANGED),
            author=self.visit.device,
            roster=self.about.tape.entries[-1].header.roster,
            seen_size=0,
            seen_root=NO_LOG_ROOT,
            id=os.urandom(16).hex(),
            at=self.now - self.now % 60,
            body=body,
            payload=None,
        )
        return replace(header, **changes)

    def post(self, what: str, header: Header, envelope: Mapping[str, Any]) -> list[Answer]:
        received = header_bytes(header)
        keys = self.visit.keys or new_device()
        signature = keys.sign_with(ENTRY_SIGNATURE_LABEL, received)
        body = {"header": b64(received), "signature": b64(signature), **envelope}
        answers = self.visit.send(f"{header.kind}, {what}", path(ENTRIES), body)
        if answers[0].status == 201 and header.compartment == self.about.here:
            self.seq, self.prev, self.epoch = header.seq, entry_hash(received), header.epoch
            self.lines = header.lines if header.changes_members else self.lines
        return answers

    def write(
        self, what: str, kind: str, body: Mapping[str, Any] | None = None, **changes: Any
    ) -> list[Answer]:
        """An entry that would follow; changes: fields of its header or envelope that differ."""
        envelope = changes.pop("envelope", {})
        if self.about.service.carries_payload(kind) and "payload" not in changes:
            changes["payload"], parts = sealed()
            envelope = parts | envelope
        if kind == "HistoryGranted" and body:
            envelope = {"wraps": {body["to"]: ""}}
        return self.post(what, self.header(kind, body or {}, **changes), envelope)

    def members(self, what: str, reason: str, *lines: Line, **more: Any) -> list[Answer]:
        """A change of members, or an opening; more: further fields of its body."""
        kind, changes = OPENED if reason == "opened" else CHANGED, more.pop("changes", {})
        wraps = {line.device: os.urandom(WRAP_BYTES) for line in lines}
        named = [
            {"device": line.device, "role": line.role, "wrap": hash_of(wraps[line.device])}
            | ({"invitation": line.invitation} if line.invitation else {})
            for line in sorted(lines)
        ]
        body = {"commit": NO_HASH_OF_ANY, "reason": reason, "members": named, **more}
        header = self.header(kind, body, **changes)
        header = replace(header, body={**body, "epoch": header.epoch})
        return self.post(what, header, {"wraps": {to: b64(wrap) for to, wrap in wraps.items()}})

    def open(self, what: str, name: str) -> list[Answer]:
        """Open a compartment of the case, with nobody else in it."""
        opening = {"service": self.about.service.name, "ground": "public_task"}
        opening |= {"purpose": "support", "salt": b64(os.urandom(16))}
        line = Line(self.visit.device, self.about.role, None)
        return self.members(what, "opened", line, changes={"compartment": name}, **opening)


def write(visit: Visit, about: About, file: Attachment) -> None:
    """Every kind of entry, rightly and wrongly. file: one that was sent up here."""
    pen = Pen(visit, about)
    said = [one.header for one in about.tape.entries if one.header.payload]
    here = [header.id for header in said if header.compartment == about.here][-1:] or [ABSENT]
    filled = bodies(here[0], about.colleague, pen.epoch, pen.now)
    for kind in sorted(KINDS.keys() - set(MOVING)):
        answers = pen.write("of here", kind, filled.get(kind))
        assert b":malformed" not in answers[0].body, f"give {kind} a body in wall_questions"
    newest = {one.kind: one.id for one in said if one.compartment in about.elsewhere}
    # To whoever does not stand here bodies do not matter.
    for entry in [newest[kind] for kind in NAMED if kind in newest and pen.stands]:
        for kind, body in bodies(entry, about.stranger, pen.epoch, pen.now).items():
            if entry in str(body) or about.stranger in str(body):
                pen.write("of elsewhere", kind, body)
    named, parts = sealed(file)
    pen.write("with a file", "MessageSent", payload=named, envelope=parts)
    _write_wrongly(pen, about)
    _write_elsewhere(pen, about)
    _move(pen, about)


def _write_wrongly(pen: Pen, about: About) -> None:
    """What is refused for other reasons than its kind; and what was posted before."""
    stored = about.tape.here(about.here)
    missed = stored[1].header
    wrong: dict[str, dict[str, Any]] = {
        "behind": {"seq": missed.seq, "prev": missed.prev},
        "ahead": {"seq": pen.seq + 9},
        "on another head": {"prev": NO_HASH_OF_ANY},
        "with an id of here": {"id": missed.id},
        "of another epoch": {"epoch": pen.epoch + 1},
        "of an old roster": {"roster": missed.roster - 1},
        "with a view of the log": {"seen_size": 7},
        "of another day": {"at": pen.now - pen.now % 60 - 86_400},
        "of another case": {"case": ABSENT},
        "in another's name": {"author": about.colleague},
        "without payload": {"payload": None},
        "with a file that did not come": {"payload": sealed(Attachment(NO_HASH, 16_456))[0]},
        "with a part of here": {"payload": stored[-1].header.payload},
        "with a card": {"envelope": {"card": new_device().card().fields()}},
        "with junk": {"envelope": {"junk": 1}},
    }
    for what, changes in wrong.items():
        pen.write(what, "MessageSent", **changes)
    for held in ({}, [], {"header": "x"}, {"header": b64(b"{}"), "signature": b64(bytes(64))}):
        pen.visit.send(f"an envelope, {held}", path(ENTRIES), held)
    for one in [one for one in stored if one.header.author == pen.visit.device][-1:]:
        again = {"header": b64(one.post.header), "signature": b64(one.post.signature)}
        pen.visit.send("the same again", path(ENTRIES), again)
        pen.visit.send("forged", path(ENTRIES), again | {"signature": b64(bytes(64))})


def _write_elsewhere(pen: Pen, about: About) -> None:
    """As if one stood there; and openings of places that are there, and that are not."""
    walls, filled = about.service.walls, bodies(ABSENT, pen.visit.device, 0, pen.now)
    opens = {kind for kind, wall in walls.items() if about.role in wall.opened_by}
    for name in about.elsewhere:
        pen.write(f"in {name}", "MessageSent", compartment=name)
    for kind in () if about.role == "supervisor" else BY_OFFICE:
        name = about.elsewhere[0]
        pen.write(f"in {name}", kind, filled[kind], compartment=name)
    for name in (*about.elsewhere, *(f"{kind}-123456789" for kind in walls)):
        # Who may open one and guesses a name finds it taken, or leaves an open place behind.
        if name.partition("-")[0] not in opens - about.service.first:
            pen.open(f"in {name}", name)


def _move(pen: Pen, about: About) -> None:
    """Changes of members, new keys, a new device, and leaving at last."""
    theirs = [one for one in about.pending if one.compartment != about.here]
    coming = (
        Line(about.colleague, "casemanager", None),
        Line(ABSENT, about.role, None),
        Line(ABSENT, theirs[0].role, theirs[0].id),
    )
    for line in coming:
        pen.members("coming", "joined", *{*pen.lines, line})
    own = [line for line in pen.lines if line.device == pen.visit.device]
    pen.members("the others going", "removed", *(own or pen.lines))
    pen.members("recovering", "recovered", *pen.lines, approvals=[ABSENT, ABSENT_TOO])
    pen.write("of here", "WrapRefused", {"epoch": pen.epoch})
    pen.write("before new keys", "MessageSent")
    pen.members("new keys", "rotated", *pen.lines)
    pen.write("after new keys", "MessageSent")
    new = new_device().card()
    card = {"card": new.fields()}
    pen.write("by another", "RequesterKeyReplaced", {"device": new.device}, envelope=card)
    pen.write("at last", "MemberLeft")
    pen.write("after leaving", "MessageSent")
    pen.visit.ask(path(TIMELINE, case=about.case, compartment=about.here))
    pen.visit.ask(path(WORK_LIST))
