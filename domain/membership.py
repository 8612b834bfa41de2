"""Who may stand in an epoch: certification, rotation, adding and removing (PROTOCOL.md 2, 3).

Here are the rules that compare a list of members with the epoch before it. Who may add or remove
whom is asked of the service's table.
"""

from collections.abc import Mapping
from typing import NamedTuple

from domain.charge import charged
from domain.entry import Entry, Line
from domain.guard import Act
from domain.refusal import Refusal, Refused, refuse_unless
from domain.service import Service, View
from domain.state import Case, Compartment
from domain.trust import Trust

# Acts in a compartment by someone who need not be a member of it (rule 7), by kind.
OUTSIDE_ROLES: Mapping[str, str] = {
    "PayloadErased": "privacy_officer",
    "ErasureProposed": "supervisor",
    "RecoveryApproved": "key_custodian",
}
# Of these, the ones that nobody writes in another role, whatever a table says.
BY_OFFICE_ALONE = ("PayloadErased", "RecoveryApproved")


class Difference(NamedTuple):
    """What a new list adds to and takes from the standing members, beyond mere rotation."""

    added: tuple[Line, ...]
    removed: tuple[Line, ...]


def may_stay(trust: Trust, line: Line) -> bool:
    """Whether rosters let a standing line stand on. Devices in no roster are not theirs."""
    listed = trust.device(line.device)
    return listed is None or (not listed.revoked and trust.gives(line.device, line.role))


def renewed(trust: Trust, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines that may stand on. In the place of a device that rosters took away comes another
    one of the same person, if there is one: who forgot her passphrase is not shut out."""
    found = [line for line in lines if may_stay(trust, line)]
    for line in lines:
        if line in found:
            continue
        taken = {other.device for other in (*found, *lines)}
        for device in trust.holders(line.role):
            if device not in taken and trust.person(device) == trust.person(line.device):
                found.append(Line(device, line.role, None))
                break
    return tuple(sorted(found))


def rotation_owed(compartment: Compartment, trust: Trust) -> bool:
    """Whether new keys must come before anything else is written."""
    return compartment.owed or not all([may_stay(trust, line) for line in compartment.lines])


def difference(compartment: Compartment, trust: Trust, listed: tuple[Line, ...]) -> Difference:
    """Compare a new list with the standing members. Dropping a line that rosters no longer allow,
    and putting another device of the same roster person and role in a place, are rotation."""
    new, standing = set(listed), set(compartment.lines)
    added = [line for line in listed if line not in standing]
    removed = []
    for line in compartment.lines:
        if line in new:
            continue
        successor = next((other for other in added if _takes_place(trust, line, other)), None)
        if successor is not None:
            added.remove(successor)
        elif may_stay(trust, line):
            removed.append(line)
    return Difference(tuple(added), tuple(removed))


def _takes_place(trust: Trust, old: Line, new: Line) -> bool:
    mine, other = trust.person(old.device), trust.person(new.device)
    same = mine is not None and mine == other and old.role == new.role
    return same and old.device != new.device and new.invitation is None


def refuse_uncertified(
    case: Case | None, compartment: Compartment | None, entry: Entry, trust: Trust
) -> None:
    """Raises Refused(uncertified-member) for the first listed device that nobody vouches for.

    compartment: the one that goes on, None when this entry opens it. case: None when nothing of it
    was read before; then the author is the opening requester if the case id fits him, and nobody
    is if it does not.
    """
    first = frozenset({entry.header.author} if entry.fits_case else ())
    openers = case.openers if case else first
    for line in entry.header.lines:
        why = _uncertified(line, openers, compartment, entry, trust)
        if why:
            raise Refused(Refusal.UNCERTIFIED_MEMBER, f"{line.device} as {line.role}: {why}")


def _uncertified(
    line: Line,
    openers: frozenset[str],
    compartment: Compartment | None,
    entry: Entry,
    trust: Trust,
) -> str | None:
    if line.device not in entry.carded:
        return "no card"
    if compartment and line.device in compartment.gone | compartment.dead:
        return "it left or was replaced"
    listed = trust.device(line.device)
    if listed is not None:
        if line.invitation is not None and not (compartment and line in compartment.lines):
            return "devices of a roster are not invited"
        return None if may_stay(trust, line) else "revoked, or the roster gives another role"
    if line.device in openers and line.role == "requester" and line.invitation is None:
        return None
    if compartment is None or line.invitation is None:
        return "in no roster and not invited"
    if line in compartment.lines:
        return None
    invitation = compartment.invitations.get(line.invitation)
    if invitation is None or invitation.role != line.role:
        return "not invited for that role"
    if invitation.device is not None:
        return "the invitation was used"
    return None if entry.stored < invitation.expires else "the invitation has expired"


def refuse_change(act: Act, service: Service, view: View) -> None:
    """Raises Refused(not-allowed, or what a guard names) unless the author may make this change.

    The reason given must be what happens: rotated and left add and remove nobody, joined only
    adds, removed only removes. A recovery lets in those whose case it is, and nobody else.
    """
    header = act.entry.header
    change = difference(act.compartment, act.trust, header.lines)
    if header.recovers:
        _refuse_recovery(act, change)
        return
    fits = {
        "joined": bool(change.added) and not change.removed,
        "removed": bool(change.removed) and not change.added,
    }.get(header.body["reason"], not change.added and not change.removed)
    refuse_unless(
        fits,
        Refusal.NOT_ALLOWED,
        f"{header.body['reason']}: adds {len(change.added)}, removes {len(change.removed)}",
    )
    service.refuse_change(
        act,
        added=frozenset(line.role for line in change.added),
        removed=frozenset(line.role for line in change.removed),
        view=view,
    )


def _refuse_recovery(act: Act, change: Difference) -> None:
    theirs = charged(act.case, act.trust)
    refuse_unless(
        not change.removed and all(act.person(line.device) in theirs for line in change.added),
        Refusal.NOT_ALLOWED,
        "a recovery removes nobody, and adds those alone whose case it is",
    )


def refuse_approvals(act: Act) -> None:
    """Raises Refused(four-eyes): a recovery needs two unused approvals of this epoch, by two
    custodian persons who are not its author."""
    compartment = act.compartment
    persons = {act.person(act.author)}
    for approval in act.entry.header.body["approvals"]:
        note = act.case.entries.get(approval)
        refuse_unless(
            note is not None
            and note.kind == "RecoveryApproved"
            and note.compartment == compartment.name
            and note.epoch == compartment.epoch
            and approval not in act.case.used
            and note.person is not None
            and note.person not in persons,
            Refusal.FOUR_EYES,
            f"{approval} is no unused approval by another custodian",
        )
        assert note is not None  # for the type checker: refused above
        persons.add(note.person)


def acting_role(compartment: Compartment, entry: Entry, trust: Trust) -> str | None:
    """The role in which the author acts here: as a member, or as one of those whom rule 7 excepts.
    None for everyone else."""
    header = entry.header
    line = compartment.line(header.author)
    if header.recovers:
        return None if line or not trust.gives(header.author, "key_custodian") else "key_custodian"
    outside = OUTSIDE_ROLES.get(header.kind)
    if outside and header.payload is None and trust.gives(header.author, outside):
        return outside
    return line.role if line and _holds(trust, line) else None


def _holds(trust: Trust, line: Line) -> bool:
    """Whether a member still has the role it stands with: rosters say so for those they list."""
    return trust.device(line.device) is None or trust.gives(line.device, line.role)


def is_member(case: Case, device: str, trust: Trust) -> bool:
    """Whether a device is a current member of some compartment of the case."""
    lines = (compartment.line(device) for compartment in case.compartments.values())
    return any(line is not None and _holds(trust, line) for line in lines)
