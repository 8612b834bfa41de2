"""The rules: whether an entry may follow, in the order of PROTOCOL.md section 4.

One function for the server before it stores, for every client over what it receives and for every
auditor over everything. It reads no clock and no store; what it needs of bytes and keys stands
proven in the entry. Shape (rule 1) is checked where bytes are parsed, in `wire.header`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.entry import Entry, Parts
from domain.guard import Act, Linked
from domain.history import refuse_erasure, refuse_grant, refuse_proposal
from domain.kinds import OPENING_FIELDS
from domain.membership import (
    BY_OFFICE_ALONE,
    OUTSIDE_ROLES,
    acting_role,
    is_member,
    refuse_approvals,
    refuse_change,
    refuse_uncertified,
    rotation_owed,
)
from domain.refusal import Refusal, Refused, refuse_unless
from domain.service import Service, View
from domain.shapes import seconds_of
from domain.state import Case, Compartment
from domain.trust import NO_HASH, Trust

MAX_CLOCK_SECONDS = 600
NO_LOG_ROOT = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"  # H(""): the log before its first 03

WHILE_OWED = frozenset({"MembersChanged", "ErasureProposed", "PayloadErased", "RecoveryApproved"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What a reader judges by: its service tables, and how much of the case it holds."""

    services: Mapping[str, Service]
    view: View = View.WHOLE


def check(
    case: Case | None, entry: Entry, trust: Trust, rules: Rules, linked: Linked | None = None
) -> None:
    """Raises Refused with the first rule that the entry breaks; returns if it may follow.

    case: the fold of what the reader holds before this entry, None before the first. linked: the
    entry of another case that this one names, if it names one and such a one is there.
    """
    header = entry.header
    service = _service(case, entry, rules)
    compartment = case.compartments.get(header.compartment) if case else None
    _check_place(case, compartment, entry, service, rules.view)
    _check_author(entry, trust)
    _check_freshness(entry, trust)
    if case is None or compartment is None:
        _check_opening(case, entry, trust, service, rules.view)
    else:
        _check_entry(case, compartment, entry, trust, service, rules.view, linked)
    _check_parts(case, entry, service)


def _service(case: Case | None, entry: Entry, rules: Rules) -> Service:
    """The table that applies. What an opening must carry depends on its service, so a wrong one
    is a matter of shape: malformed."""
    header = entry.header
    name = header.body["service"] if header.opens else case.service if case else None
    if name is None:
        raise Refused(Refusal.OUT_OF_ORDER, "the first entry opens a compartment")
    version = case.rules if case else header.body.get("rules")
    newest = rules.services.get(name)
    service = newest.under(version) if newest else None
    if service is None:
        raise Refused(Refusal.MALFORMED, f"no service is called {name}, or not by rules {version}")
    if header.opens:
        extra = header.body.keys() - OPENING_FIELDS.keys()
        wanted = service.opening if case is None else {}
        if rules.view is View.WHOLE or entry.fits_case:
            refuse_unless(extra == wanted.keys(), Refusal.MALFORMED, "body: fields of the opening")
            for name, shape in wanted.items():
                shape(header.body[name], f"body.{name}")
    return service


def _check_place(
    case: Case | None,
    compartment: Compartment | None,
    entry: Entry,
    service: Service,
    view: View,
) -> None:
    """Rules 2 to 4: case, id, sequence."""
    header = entry.header
    if case is None:
        later = view is View.PART and header.type not in service.first
        fits = not header.opens or entry.fits_case or later
        refuse_unless(fits, Refusal.WRONG_CASE, "opener and salt give another case id")
    else:
        if header.case != case.case:
            raise Refused(Refusal.WRONG_CASE, f"it names case {header.case}")
        refuse_unless(header.id not in case.entries, Refusal.DUPLICATE_ENTRY, header.id)
    if compartment is None:
        refuse_unless(
            header.opens and header.seq == 0 and header.prev == NO_HASH,
            Refusal.OUT_OF_ORDER,
            f"{header.compartment} is not open",
        )
    elif header.opens or header.seq != compartment.seq + 1 or header.prev != compartment.head:
        raise Refused(
            Refusal.OUT_OF_ORDER, f"entry {header.seq} does not follow on entry {compartment.seq}"
        )


def _check_author(entry: Entry, trust: Trust) -> None:
    """Rule 5. A device that rosters list is judged by them; any other needs a card."""
    author = entry.header.author
    listed = trust.device(author)
    if listed is None and author not in entry.carded:
        raise Refused(Refusal.UNKNOWN_AUTHOR, f"no card for {author}")
    if listed is not None and listed.revoked:
        raise Refused(Refusal.REVOKED, author)
    if not entry.signature_good:
        raise Refused(Refusal.BAD_SIGNATURE, f"not by {author}")


def _check_freshness(entry: Entry, trust: Trust) -> None:
    """Rule 6: newest roster, view of the log, clock."""
    header, roster = entry.header, trust.roster
    if roster is None or header.roster != roster.version or entry.stored >= roster.expires:
        newest = roster.version if roster else "none"
        raise Refused(
            Refusal.STALE_ROSTER, f"it names roster {header.roster}; the newest is {newest}"
        )
    refuse_unless(
        header.seen_size == 0 and header.seen_root == NO_LOG_ROOT,
        Refusal.STALE_VIEW,
        "the log holds no checkpoint yet",
    )
    late = entry.stored - header.at
    if abs(late) > MAX_CLOCK_SECONDS:
        raise Refused(Refusal.CLOCK, f"written {late} seconds before it was stored")


def _check_opening(
    case: Case | None, entry: Entry, trust: Trust, service: Service, view: View
) -> None:
    header = entry.header
    if case is not None and view is View.WHOLE:
        refuse_unless(
            is_member(case, header.author, trust),
            Refusal.NOT_A_MEMBER,
            "who opens is a member of the case",
        )
    refuse_unless(header.epoch == 0, Refusal.WRONG_EPOCH, "a compartment opens with epoch 0")
    refuse_uncertified(case, None, entry, trust)
    role = next(line.role for line in header.lines if line.device == header.author)
    if case is not None:
        refuse_unless(
            header.body["service"] == case.service, Refusal.NOT_ALLOWED, "another service's case"
        )
    service.refuse_opening(entry, role, trust, first=case is None and entry.fits_case)


def _check_entry(
    case: Case,
    compartment: Compartment,
    entry: Entry,
    trust: Trust,
    service: Service,
    view: View,
    linked: Linked | None,
) -> None:
    """Rules 7 to 10 for an entry that goes on in an open compartment."""
    header = entry.header
    role = acting_role(compartment, entry, trust)
    if role is None:
        raise Refused(Refusal.NOT_A_MEMBER, f"{header.author} does not stand in it now")
    wanted = compartment.epoch + (1 if header.changes_members else 0)
    if header.epoch != wanted:
        raise Refused(Refusal.WRONG_EPOCH, f"it names epoch {header.epoch}")
    if header.kind not in WHILE_OWED and rotation_owed(compartment, trust):
        raise Refused(Refusal.ROTATION_OWED, f"epoch {compartment.epoch}")
    act = Act(case, compartment, entry, role, trust, linked)
    if header.changes_members:
        refuse_uncertified(case, compartment, entry, trust)
        refuse_change(act, service, view)
        service.refuse_holders(entry, trust)
        if header.recovers:
            refuse_approvals(act)
        return
    _refuse_newcomer(act)
    if header.kind in BY_OFFICE_ALONE:
        office = OUTSIDE_ROLES[header.kind]
        refuse_unless(role == office, Refusal.NOT_ALLOWED, f"only a {office} writes {header.kind}")
    if header.kind == "HistoryGranted":
        refuse_grant(act)
    service.refuse_step(act, view)
    if header.kind == "ParticipantInvited":
        refuse_unless(
            header.body["invitation"] not in compartment.invitations,
            Refusal.WRONG_STATE,
            "this invitation stands already",
        )
    if header.kind in ("ErasureProposed", "MessageWithdrawn"):
        refuse_proposal(act)
    if header.kind == "PayloadErased":
        refuse_erasure(act)


def _refuse_newcomer(act: Act) -> None:
    """Rule 9 where one device or role is named outside a list of members."""
    header, trust = act.entry.header, act.trust
    if header.kind == "ParticipantInvited":
        refuse_unless(
            trust.root is not None and header.body["role"] in trust.root.invitable,
            Refusal.UNCERTIFIED_MEMBER,
            f"a {header.body['role']} cannot be invited",
        )
        refuse_unless(
            act.entry.stored < seconds_of(header.body["expires"]),
            Refusal.UNCERTIFIED_MEMBER,
            "the invitation has expired",
        )
    if header.kind == "RequesterKeyReplaced":
        new = header.body["device"]
        refuse_unless(
            new in act.entry.carded
            and trust.device(new) is None
            and act.compartment.line(new) is None
            and new not in act.compartment.gone | act.compartment.dead,
            Refusal.UNCERTIFIED_MEMBER,
            f"{new} cannot take this place",
        )
        refuse_unless(
            trust.device(header.author) is None,
            Refusal.NOT_ALLOWED,
            "devices of a roster are replaced by rosters",
        )


def _check_parts(case: Case | None, entry: Entry, service: Service) -> None:
    """Rule 11: sealed parts present, named once, and there iff the kind carries them."""
    header = entry.header
    refuse_unless(entry.parts is not Parts.MISSING, Refusal.MISSING_PAYLOAD, header.id)
    carries = service.carries_payload(header.kind)
    if carries is not None and carries != (header.payload is not None):
        word = "carries" if carries else "carries no"
        raise Refused(Refusal.PAYLOAD_MISMATCH, f"{header.kind} {word} payload")
    if header.payload is not None:
        hashes = header.payload.hashes
        refuse_unless(
            len(set(hashes)) == len(hashes) and not _named_before(case, hashes),
            Refusal.PAYLOAD_MISMATCH,
            "a sealed part that was named before",
        )
    refuse_unless(
        entry.parts is not Parts.MISMATCHED, Refusal.PAYLOAD_MISMATCH, "other bytes than it names"
    )


def _named_before(case: Case | None, hashes: tuple[str, ...]) -> bool:
    return case is not None and any(map(case.parts.__contains__, hashes))
