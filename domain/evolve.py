"""What an accepted entry changes: the fold. It never refuses and never reads a clock."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from domain.entry import Entry, Line
from domain.ledger import Ledger
from domain.membership import acting_role
from domain.service import Service
from domain.shapes import seconds_of
from domain.state import Approval, Case, Compartment, Invitation, Note
from domain.step import OTHER, Step
from domain.trust import Trust


def evolve(case: Case | None, entry: Entry, trust: Trust, services: Mapping[str, Service]) -> Case:
    """The case after an accepted entry."""
    header = entry.header
    if case is None:
        case = _begun(entry, services)
    service = table_of(case, services)
    compartment = case.compartments.get(header.compartment)
    role = acting_role(compartment, entry, trust) if compartment else None
    step = service.taken(case, entry, role)
    after = _opened(entry) if compartment is None else _continued(compartment, entry, trust)
    proposals = _proposals(case, entry, trust, service, step)
    sets = step.sets(case, entry, trust) if step else case.sets
    return Case(
        case.case,
        case.service,
        state=(step and step.to) or case.state,
        openers=_openers(case, entry),
        compartments=_stepped(
            {**case.compartments, after.name: after}, case._replace(sets=sets), entry, step, role
        ),
        facts=step.remembered(case, entry, trust) if step else case.facts,
        entries=case.entries.adding(header.id, _note(entry, trust)),
        parts=_parts(case.parts, entry),
        sets=sets,
        open=proposals.open,
        approvals=proposals.approvals,
        used=_used(case.used, header.body),
        rules=case.rules,
    )


def table_of(case: Case, services: Mapping[str, Service]) -> Service:
    """The table by which a case goes on. Raises KeyError where it is not known."""
    table = services[case.service].under(case.rules)
    if table is None:
        raise KeyError(f"{case.service} has no rules {case.rules}")
    return table


def _begun(entry: Entry, services: Mapping[str, Service]) -> Case:
    """A case before its first entry, or before the first that a reader holds."""
    body = entry.header.body
    service = services[body["service"]].under(body.get("rules"))
    assert service is not None  # an opening by unknown rules is refused
    return Case(
        entry.header.case,
        service.name,
        service.begins,
        frozenset({entry.header.author}),
        compartments={},
        facts={name: str(body[name]) for name in service.opening if name in body},
        entries=Ledger(),
        parts=Ledger(),
        rules=service.rules,
    )


def _stepped(
    compartments: dict[str, Compartment],
    case: Case,
    entry: Entry,
    step: Step | None,
    role: str | None,
) -> Mapping[str, Compartment]:
    """The compartments, with whom each waits for and the moments that terms count from. case:
    before the entry, with the sets after it.

    Where a proposal was made, nobody is waited for once it is acted upon elsewhere.
    """
    if step is None:
        return compartments
    here = compartments[entry.header.compartment]
    moments = step.moments(here.moments, entry, case.sets)
    if moments is not here.moments:
        here = here._replace(moments=moments)
    waits = _other_role(here, role) if step.waits == OTHER else step.waits
    compartments[here.name] = _waiting(here, waits, entry.stored)
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


def _other_role(compartment: Compartment, role: str | None) -> str:
    """The role of those who stand there beside an author of this one, the first by name; empty
    where nobody does."""
    return min((line.role for line in compartment.lines if line.role != role), default="")


def _forgetting(compartment: Compartment, names: tuple[str, ...]) -> Compartment:
    kept = {name: at for name, at in compartment.moments.items() if name not in names}
    return compartment._replace(moments=kept)


def _note(entry: Entry, trust: Trust) -> Note:
    header = entry.header
    entries = header.body.get("entries")
    return Note(
        header.kind,
        header.compartment,
        header.seq,
        header.epoch,
        header.author,
        trust.person_of(header.author),
        header.payload is not None,
        None if entries is None else tuple(entries),
        header.body.get("ground"),
    )


def _parts(parts: Ledger[str, str], entry: Entry) -> Ledger[str, str]:
    for part in entry.header.payload.hashes if entry.header.payload else ():
        parts = parts.adding(part, entry.header.id)
    return parts


class _Proposals(NamedTuple):
    open: Mapping[str, str]
    approvals: Mapping[str, Approval]


def _proposals(
    case: Case, entry: Entry, trust: Trust, service: Service, step: Step | None
) -> _Proposals:
    """The proposals that stand after an entry. One goes when it is acted upon, refused, or when a
    kind follows on which it lapses; a refusal is final."""
    header, stood = entry.header, _Proposals(case.open, case.approvals)
    answered = header.body.get("of", "")
    person = trust.person(header.author)
    if header.kind == "ApprovalGiven" and answered in stood.open and person is not None:
        before = stood.approvals.get(answered, Approval(frozenset(), 0)).persons
        now = Approval(before | {person.person}, entry.stored)
        stood = stood._replace(approvals={**stood.approvals, answered: now})
    lapsed = service.lapsing_on(header.kind)
    gone = {one for one, kind in stood.open.items() if kind in lapsed}
    gone |= {header.body.get("proposal", "")} & stood.open.keys()
    if header.kind == "ApprovalRefused":
        gone |= {answered} & stood.open.keys()
    if gone:
        stood = _Proposals(
            {one: kind for one, kind in stood.open.items() if one not in gone},
            {one: kept for one, kept in stood.approvals.items() if one not in gone},
        )
    if step is not None and step.proposes:
        stood = stood._replace(open={**stood.open, header.id: header.kind})
    return stood


def _used(used: frozenset[str], body: Mapping[str, Any]) -> frozenset[str]:
    now = {*body.get("approvals", ()), *([body["proposal"]] if body.get("proposal") else ())}
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
