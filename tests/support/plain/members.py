"""Who may stand in an epoch and who changes that, as the rule book's readers judge it (PROTOCOL.md
2 and 3, 4 rule 9)."""

from typing import Any

from tests.support.plain.case import Case, Place
from tests.support.plain.entry import Entry, Line, Trust


def acting_role(
    case: Case, place: Place, entry: Entry, trust: Trust, outside: dict[str, str]
) -> str | None:
    """In which role the author acts in a place; None for who does not stand in it."""
    header = entry.header
    line, office = place.line(header.author), outside.get(header.kind)
    if header.recovers:
        office = outside["RecoveryApproved"]
        return office if line is None and trust.gives(header.author, office) else None
    if office and not header.has_payload and trust.gives(header.author, office):
        return office
    return line.role if line and holds(trust, line) else None


def holds(trust: Trust, line: Line) -> bool:
    return trust.device(line.device) is None or trust.gives(line.device, line.role)


def certified(
    line: Line, openers: set[str], place: Place | None, entry: Entry, trust: Trust
) -> bool:
    """Whether somebody vouches for a device that is listed."""
    gone = place.gone | place.dead if place else set()
    if line.device not in entry.carded or line.device in gone:
        return False
    stood = place is not None and line in place.lines
    if trust.device(line.device) is not None:
        return trust.may_stay(line) and (line.invitation is None or stood)
    if line.invitation is None:
        return line.device in openers and line.role == "requester"
    bound = place.invitations.get(line.invitation) if place else None
    fresh = bound is not None and bound["role"] == line.role and bound["device"] is None
    return stood or (fresh and bound is not None and entry.stored < bound["expires"])


def difference(place: Place, trust: Trust, listed: list[Line]) -> tuple[list[Line], list[Line]]:
    """Who is added and who is removed, beside mere rotation."""
    added = [line for line in listed if line not in place.lines]
    removed = []
    for line in place.lines:
        if line in listed:
            continue
        successor = next((one for one in added if _same(trust, line, one)), None)
        if successor is not None:
            added.remove(successor)
        elif trust.may_stay(line):
            removed.append(line)
    return added, removed


def _same(trust: Trust, old: Line, new: Line) -> bool:
    """Whether a line is of another device of the same person, in the same role."""
    person = trust.person(old.device)
    return (
        person is not None
        and person == trust.person(new.device)
        and old.role == new.role
        and old.device != new.device
        and new.invitation is None
    )


def change_refused(
    case: Case,
    place: Place,
    entry: Entry,
    role: str,
    trust: Trust,
    wall: dict[str, Any],
    charged: list[str],
) -> str:
    """Whether a change does what its reason says, and its author may make it: "" or not-allowed."""
    header = entry.header
    added, removed = difference(place, trust, header.lines)
    reason = header.body["reason"]
    if header.recovers:
        people = (trust.person(case.facts.get(fact, "")) for fact in charged)
        theirs = {one.person for one in people if one}
        coming = [trust.person(line.device) for line in added]
        all_theirs = all(one is not None and one.person in theirs for one in coming)
        return "" if all_theirs and not removed else "not-allowed"
    wanted = {"joined": (True, False), "removed": (False, True)}.get(reason, (False, False))
    if (bool(added), bool(removed)) != wanted:
        return "not-allowed"
    for lines, table in ((added, wall["adds"]), (removed, wall["removes"])):
        if not {line.role for line in lines} <= {*table.get(role, [])}:
            return "not-allowed"
    return ""


def approvals_refused(case: Case, place: Place, entry: Entry, trust: Trust) -> str:
    """Whether two others approved a recovery of this epoch: "" or four-eyes."""
    author = trust.person(entry.header.author)
    persons = {author.person if author else None}
    for one in entry.header.body["approvals"]:
        note = case.entries.get(one)
        if (
            note is None
            or (note.kind, note.compartment) != ("RecoveryApproved", place.name)
            or note.epoch != place.epoch
            or one in case.used
            or note.person is None
            or note.person in persons
        ):
            return "four-eyes"
        persons.add(note.person)
    return ""
