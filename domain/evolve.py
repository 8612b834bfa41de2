"""What an accepted entry changes: the fold. It never refuses and never reads a clock."""

from collections.abc import Mapping
from dataclasses import replace

from domain.entry import Entry, Line
from domain.ledger import Ledger
from domain.membership import acting_role
from domain.service import Service
from domain.shapes import seconds_of
from domain.state import Case, Compartment, Invitation, Note
from domain.trust import Trust


def evolve(case: Case | None, entry: Entry, trust: Trust, services: Mapping[str, Service]) -> Case:
    """The case after an accepted entry."""
    header = entry.header
    if case is None:
        service = services[header.body["service"]]
        said = {name: str(header.body[name]) for name in service.opening if name in header.body}
        opener = frozenset({header.author})
        case = Case(header.case, service.name, service.begins, opener, facts=said)
    service = services[case.service]
    compartment = case.compartments.get(header.compartment)
    role = acting_role(compartment, entry, trust) if compartment else None
    state, facts = service.after(case, entry, role)
    after = _opened(entry) if compartment is None else _continued(compartment, entry, trust)
    return replace(
        case,
        state=state,
        facts=facts,
        openers=_openers(case, entry),
        compartments={**case.compartments, header.compartment: after},
        entries=case.entries.adding(header.id, _note(entry, trust)),
        parts=_parts(case.parts, entry),
        approvals=_approvals(case, entry),
        used=case.used | _used(entry),
    )


def _note(entry: Entry, trust: Trust) -> Note:
    header = entry.header
    person = trust.person(header.author)
    entries = header.body.get("entries")
    return Note(
        header.kind,
        header.compartment,
        header.seq,
        header.epoch,
        header.author,
        person.person if person else None,
        header.payload is not None,
        None if entries is None else tuple(entries),
        header.body.get("ground"),
    )


def _parts(parts: Ledger[str, str], entry: Entry) -> Ledger[str, str]:
    for part in entry.header.payload.hashes if entry.header.payload else ():
        parts = parts.adding(part, entry.header.id)
    return parts


def _approvals(case: Case, entry: Entry) -> Mapping[str, str]:
    header = entry.header
    if header.kind in ("ApprovalGiven", "ApprovalRefused"):
        return {**case.approvals, header.body["of"]: header.kind}
    return case.approvals


def _used(entry: Entry) -> set[str]:
    body = entry.header.body
    return {*body.get("approvals", ()), *([body["proposal"]] if "proposal" in body else ())}


def _openers(case: Case, entry: Entry) -> frozenset[str]:
    header = entry.header
    if header.kind == "RequesterKeyReplaced" and header.author in case.openers:
        return case.openers | {header.body["device"]}
    return case.openers


def _opened(entry: Entry) -> Compartment:
    header = entry.header
    return Compartment(
        name=header.compartment,
        salt=header.body["salt"],
        seq=0,
        head=entry.hash,
        epoch=0,
        lines=header.lines,
        epoch_author=header.author,
    )


def _continued(compartment: Compartment, entry: Entry, trust: Trust) -> Compartment:
    header, body = entry.header, entry.header.body
    after = replace(compartment, seq=header.seq, head=entry.hash)
    if header.changes_members:
        return _new_epoch(after, entry, trust)
    if header.kind == "MemberLeft":
        return replace(
            after,
            owed=True,
            lines=tuple(line for line in after.lines if line.device != header.author),
            gone=after.gone | {header.author},
        )
    if header.kind == "WrapRefused":
        alone = header.author == after.epoch_author or len(after.lines) == 1
        again = header.author in after.refused_before
        return replace(
            after,
            owed=after.owed or not (alone or again),
            refusers=after.refusers | {header.author},
        )
    if header.kind == "RequesterKeyReplaced":
        return _replaced(after, header.author, body["device"])
    if header.kind == "ParticipantInvited":
        invitation = Invitation(body["role"], seconds_of(body["expires"]))
        return replace(after, invitations={**after.invitations, body["invitation"]: invitation})
    return after


def _new_epoch(compartment: Compartment, entry: Entry, trust: Trust) -> Compartment:
    header = entry.header
    invitations = dict(compartment.invitations)
    for line in header.lines:
        bound = invitations.get(line.invitation) if line.invitation else None
        if bound and bound.device is None and trust.device(line.device) is None:
            invitations[str(line.invitation)] = replace(bound, device=line.device)
    return replace(
        compartment,
        epoch=header.epoch,
        lines=header.lines,
        epoch_author=header.author,
        owed=False,
        gone=frozenset(),
        refusers=frozenset(),
        refused_before=compartment.refusers,
        invitations=invitations,
    )


def _replaced(compartment: Compartment, old: str, new: str) -> Compartment:
    lines = sorted(
        Line(new, line.role, line.invitation) if line.device == old else line
        for line in compartment.lines
    )
    invitations = {
        name: replace(invitation, device=new) if invitation.device == old else invitation
        for name, invitation in compartment.invitations.items()
    }
    return replace(
        compartment,
        owed=True,
        lines=tuple(lines),
        gone=compartment.gone | {old},
        dead=compartment.dead | {old},
        invitations=invitations,
    )
