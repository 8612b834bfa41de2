"""What an accepted entry changes: the fold. It never refuses and never reads a clock."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.entry import Entry, Line
from domain.ledger import Ledger
from domain.membership import acting_role
from domain.service import Service, Step
from domain.shapes import seconds_of
from domain.state import Case, Compartment, Invitation, Note
from domain.trust import Trust

SINGLY_NAMED = ("expert", "excerpt", "origin", "analysis", "hash")


def evolve(case: Case | None, entry: Entry, trust: Trust, services: Mapping[str, Service]) -> Case:
    """The case after an accepted entry."""
    header = entry.header
    if case is None:
        service = services[header.body["service"]]
        said = {name: str(header.body[name]) for name in service.opening if name in header.body}
        opener = frozenset({header.author})
        first = (header.case, service.name, service.begins, opener)
        case = Case(*first, compartments={}, facts=said, entries=Ledger(), parts=Ledger())
    service = services[case.service]
    compartment = case.compartments.get(header.compartment)
    role = acting_role(compartment, entry, trust) if compartment else None
    step = service.taken(case, entry, role)
    after = _opened(entry) if compartment is None else _continued(compartment, entry, trust)
    return Case(
        case.case,
        case.service,
        state=(step and step.to) or case.state,
        openers=_openers(case, entry),
        compartments=_stepped({**case.compartments, after.name: after}, case, entry, step),
        facts=step.remembered(case.facts, entry) if step else case.facts,
        entries=case.entries.adding(header.id, _note(entry, trust)),
        parts=_parts(case.parts, entry),
        approvals=_approvals(case, entry),
        used=_used(case.used, header.body),
    )


def _stepped(
    compartments: dict[str, Compartment], case: Case, entry: Entry, step: Step | None
) -> Mapping[str, Compartment]:
    """The compartments, with whom each waits for and the moments that terms count from.

    Where a proposal was made, nobody is waited for once it is acted upon elsewhere.
    """
    if step is None:
        return compartments
    here = compartments[entry.header.compartment]
    moments = step.moments(here.moments, entry.stored)
    if moments is not here.moments:
        here = here._replace(moments=moments)
    compartments[here.name] = _waiting(here, step.waits, entry.stored)
    proposal = case.entries.get(entry.header.body.get("proposal", ""))
    if proposal is not None and proposal.compartment != here.name:
        where = compartments[proposal.compartment]
        compartments[where.name] = _waiting(where, "", entry.stored)
    if not step.clears:
        return compartments
    return {name: _forgetting(one, step.clears) for name, one in compartments.items()}


def _waiting(compartment: Compartment, waits: str | None, since: int) -> Compartment:
    if waits is None or waits == compartment.waits_for:
        return compartment
    return compartment._replace(waits_for=waits, waits_since=since)


def _forgetting(compartment: Compartment, names: tuple[str, ...]) -> Compartment:
    kept = {name: at for name, at in compartment.moments.items() if name not in names}
    return compartment._replace(moments=kept)


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
        _named(entry, trust),
    )


def _named(entry: Entry, trust: Trust) -> tuple[str, ...]:
    body = entry.header.body
    if entry.header.kind == "ExpertContributed":
        return (entry.hash,)  # what its announcement commits to
    return (*_names(body), *_persons(body, trust)) if body else ()


def _persons(body: Mapping[str, Any], trust: Trust) -> tuple[str, ...]:
    """The roster's persons whom a grant is for, or who are deployed or released."""
    found = (trust.person(body[name]) for name in ("to", "expert") if name in body)
    return tuple(person.person for person in found if person)


def _names(body: Mapping[str, Any]) -> tuple[str, ...]:
    """What a body says that later rules ask for by name (`domain.analyses`)."""
    single = (body[name] for name in SINGLY_NAMED if name in body)
    return (*single, *body.get("analyses", ()))


def _parts(parts: Ledger[str, str], entry: Entry) -> Ledger[str, str]:
    for part in entry.header.payload.hashes if entry.header.payload else ():
        parts = parts.adding(part, entry.header.id)
    return parts


def _approvals(case: Case, entry: Entry) -> Mapping[str, str]:
    header = entry.header
    if header.kind in ("ApprovalGiven", "ApprovalRefused"):
        return {**case.approvals, header.body["of"]: header.kind}
    return case.approvals


def _used(used: frozenset[str], body: Mapping[str, Any]) -> frozenset[str]:
    now = {*body.get("approvals", ()), *([body["proposal"]] if "proposal" in body else ())}
    return used | now if now else used


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
    after = compartment._replace(seq=header.seq, head=entry.hash)
    if header.changes_members:
        return _new_epoch(after, entry, trust)
    if header.kind == "MemberLeft":
        return after._replace(
            owed=True,
            lines=tuple(line for line in after.lines if line.device != header.author),
            gone=after.gone | {header.author},
        )
    if header.kind == "PayloadErased" and body["entries"] is None:
        return after._replace(owed=True)  # every wrap went: without new keys nobody writes on
    if header.kind == "WrapRefused":
        alone = header.author == after.epoch_author or len(after.lines) == 1
        again = header.author in after.refused_before
        return after._replace(
            owed=after.owed or not (alone or again),
            refusers=after.refusers | {header.author},
        )
    if header.kind == "RequesterKeyReplaced":
        return _replaced(after, header.author, body["device"])
    if header.kind == "ParticipantInvited":
        invitation = Invitation(body["role"], seconds_of(body["expires"]))
        return after._replace(invitations={**after.invitations, body["invitation"]: invitation})
    return after


def _new_epoch(compartment: Compartment, entry: Entry, trust: Trust) -> Compartment:
    header = entry.header
    invitations = dict(compartment.invitations)
    for line in header.lines:
        bound = invitations.get(line.invitation) if line.invitation else None
        if bound and bound.device is None and trust.device(line.device) is None:
            invitations[str(line.invitation)] = replace(bound, device=line.device)
    return compartment._replace(
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
    return compartment._replace(
        owed=True,
        lines=tuple(lines),
        gone=compartment.gone | {old},
        dead=compartment.dead | {old},
        invitations=invitations,
    )
