"""Everything there is to ask about a case, with names of things from one's own place, from
elsewhere and from nowhere. Nothing is judged here: `tests.support.walls.Visit` compares.
"""

import os
from dataclasses import dataclass

from crypto.encoding import b64, sha256
from crypto.padding import ATTACHMENT_FLOOR, sealed_size
from crypto.secret.invitation import Invitation
from crypto.secret.seeds import new_device
from domain.entry import Attachment
from domain.service import Service
from domain.trust import NO_HASH
from tests.support.hostile.walls import Tape, Visit, Written
from wire.paths import (
    ACCEPTANCES,
    ATTACHMENT,
    CARDS,
    CASES,
    ENTRIES,
    HEALTH,
    INVITATIONS,
    MANY_PARTS,
    OVERVIEW,
    PARTS,
    READS,
    STANDINGS,
    STRUCTURE,
    TIMELINE,
    TRUST,
    UPLOAD,
    WORK_LIST,
    WRAPS,
    path,
)

ABSENT = "0" * 31 + "1"
NO_HASH_OF_ANY = "A" * 43
PAGES = ("", "after=0&limit=2", "limit=1", "after=3", "after=-1&limit=500", "after=9999")
WAITS = ("wait=0", "wait=LAST", f"wait={2**53 - 1}", "wait=-2")
BAD = ("limit=0", "limit=501", "after=-2", "after=x", "more=1", f"after={2**53}")
RANGES = ("bytes=0-9", "bytes=16000-", "bytes=-5", "bytes=99999999-", "bytes=x")
ODD_NAMES = ("dialogue-123456789", "Dialogue-123456789", "dialogue-1")
METHODS = ("HEAD", "OPTIONS", "DELETE", "PATCH", "PUT")
NOWHERE = ("/", "/v1", "/v1/", "/v1/nothing", "/metrics", "//health", "/v1/cases/{case}")
NOWHERE += ("/v1/cases/{case}/compartments", "/v1/cases/{case}/compartments/{compartment}")
READ = (TIMELINE, PARTS, MANY_PARTS, ATTACHMENT, UPLOAD, WRAPS, ACCEPTANCES, STRUCTURE, READS)
READ += (WORK_LIST, OVERVIEW, CASES, STANDINGS, TRUST, CARDS)


@dataclass(frozen=True)
class About:
    """What a person asks about. own: the compartments where she stands or stood; she writes in the
    first. colleague: a device that stands everywhere; stranger: one that stands elsewhere. pending:
    invitations that stand; begun: a file that came up elsewhere and that no entry names yet."""

    case: str
    tape: Tape
    service: Service
    own: tuple[str, ...]
    role: str
    colleague: str
    stranger: str
    pending: tuple[Invitation, ...]
    begun: bytes

    @property
    def compartments(self) -> list[str]:
        return sorted({one.header.compartment for one in self.tape.entries})

    @property
    def elsewhere(self) -> list[str]:
        return [name for name in self.compartments if name not in self.own]

    @property
    def here(self) -> str:
        return (*self.own, *self.elsewhere)[0]


def look(visit: Visit, about: About) -> None:
    """Everything that can be asked for, in one's own places, in all others and in none."""
    for name in (*about.own, *about.elsewhere, *ODD_NAMES):
        where = {"case": about.case, "compartment": name}
        for query in (*PAGES, *WAITS, *BAD) if name in about.own else ("",):
            visit.ask(path(TIMELINE, **where), query)
        visit.ask(path(WRAPS, **where))
        for query in ("seqs=0-500", "seqs=1,3-4", "seqs=4-3", "seqs=", "seqs=x", ""):
            visit.ask(path(MANY_PARTS, **where), query)
        visit.ask(path(ACCEPTANCES, **where))
    said = {one.header.compartment: one for one in about.tape.entries if one.header.payload}
    for one in about.tape.entries:
        if one.header.compartment in about.own or one in said.values():
            for name in {one.header.compartment, about.here}:
                _look_at_parts(visit, about.case, name, one)
    place = {"case": about.case, "compartment": about.here}
    odd = {"entry": ABSENT, "number": "1", "hash": NO_HASH_OF_ANY}
    for entry in (ABSENT, "x", about.here):
        visit.ask(path(PARTS, **place, entry=entry))
        visit.ask(path(ATTACHMENT, **place, entry=entry, number="1"))
    for hash_ in (NO_HASH, NO_HASH_OF_ANY, "x"):
        visit.ask(path(UPLOAD, **place, hash=hash_))
    for template in (STRUCTURE, READS):
        for case, query in ((about.case, "after=3&limit=5"), (about.case, BAD[0]), (ABSENT, "")):
            visit.ask(path(template, case=case), query)
    for template in (WORK_LIST, OVERVIEW, CASES, TRUST):
        for query in (*WAITS, BAD[4]):
            visit.ask(path(template), query)
    devices = (visit.device, about.colleague, ABSENT, "x")
    for query in (*(f"device={one}" for one in devices), f"device={devices[0]}&wait=LAST"):
        visit.ask(path(CARDS), query)
        visit.ask(path(STANDINGS), query)
    for target in NOWHERE:
        visit.ask(target.format(**place))
    read = (path(template, **place, **odd) for template in READ)
    for target in (*read, path(INVITATIONS), path(ENTRIES), HEALTH, "/docs", "/openapi.json"):
        for method in ("GET", *METHODS):  # HEAD after GET: it gives the same length
            visit.ask(target, method=method)


def _look_at_parts(visit: Visit, case: str, name: str, one: Written) -> None:
    where = {"case": case, "compartment": name, "entry": one.header.id}
    visit.ask(path(PARTS, **where))
    for hash_ in one.files:
        visit.ask(path(UPLOAD, case=case, compartment=name, hash=hash_))
        for number in ("1", "2", "0", "01"):
            visit.ask(path(ATTACHMENT, **where, number=number))
        for asked in RANGES:
            visit.ask(path(ATTACHMENT, **where, number="1"), Range=asked)


def send(visit: Visit, about: About) -> Attachment:
    """Files, and acceptances of invitations. Gives the file that came whole, if it might come."""
    sent = os.urandom(sealed_size(ATTACHMENT_FLOOR))
    size, hash_, raw = len(sent), b64(sha256(sent)), {"Content-Type": "application/octet-stream"}
    for name in (about.here, *about.elsewhere):
        put = path(UPLOAD, case=about.case, compartment=name, hash=b64(sha256(about.begun)))
        visit.ask(put)
        visit.ask(put, f"size={size}&offset=0", "PUT", about.begun, **raw)
    for name in (about.here, about.elsewhere[-1]):
        put = path(UPLOAD, case=about.case, compartment=name, hash=hash_)
        other = put.replace(hash_, NO_HASH_OF_ANY)
        for target, query, piece in (
            (put, f"size={size}&offset=5", sent),
            (put, f"size={size + 1}&offset=0", sent),
            (put, f"size={2**40}&offset=0", sent),
            (put, f"size={size}&offset=0", sent[1:]),
            (put, "", sent),
            (put, f"size={size}&offset=0", sent),
            (put, f"size={size}&offset=0", sent),
            (other, f"size={size}&offset=0", sent),
            (other + "x", f"size={size}&offset=0", sent),
        ):
            visit.ask(target, query, "PUT", piece, **raw)
        visit.ask(put, f"size={size}&offset=0", "PUT", sent, **raw | {"Content-Type": "text/plain"})
        visit.ask(put)
    card = new_device().card()
    for invitation in about.pending:
        tag = invitation.tag(card.device)
        accepted = {"invitation": invitation.id, "card": card.fields(), "tag": tag}
        for changed in ({}, {"invitation": ABSENT}, {"tag": "x"}, {"card": {}}, {"more": 1}):
            visit.send(f"accepting, {changed}", path(INVITATIONS), accepted | changed)
    for name in about.own:
        visit.ask(path(ACCEPTANCES, case=about.case, compartment=name))
    return Attachment(hash_, size)
