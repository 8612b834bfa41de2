"""Who stands in a compartment, changed by those who may: leaving, removing, turning keys over,
further devices, replaced keys, history, and recovery by custodians (PROTOCOL.md sections 2 and 3).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from client.errors import Distrust, NotPossible, Unreadable
from client.people.erasure import entry_of
from client.people.outside import Structure, write
from client.place.chain import Chain, Item
from client.place.compose import Draft, draft_change, draft_grant
from client.server.directory import whose
from client.session import Session
from client.why import Why
from crypto.secret.grant import Granted
from crypto.secret.wrap import CannotOpen
from domain.entry import Line
from domain.membership import renewed
from domain.refusal import Refusal
from domain.trust import Trust


def remove(session: Session, chain: Chain, beginning: str) -> None:
    """Put out the member whose device or person begins so, a person on all her devices; whoever
    stays has new keys. Raises NotPossible, EpochMoved, ServerRefused, Distrust."""
    session.settle(chain)
    trust = session.directory.newest
    going = [line for line in chain.lines if _begins(trust, line, beginning)]
    who = {whose(trust, line.device) for line in going}
    if not beginning or len(who) != 1 or len(going) == len(chain.lines):
        raise NotPossible(Why.SEVERAL_MEMBERS, count=len(who), beginning=beginning)
    session.change_members(
        chain, "removed", tuple(line for line in chain.lines if line not in going)
    )


def _begins(trust: Trust, line: Line, beginning: str) -> bool:
    return any(one.startswith(beginning) for one in (line.device, whose(trust, line.device)))


def leave(session: Session, chain: Chain) -> None:
    """Leave: from the next epoch on this device holds no key here. Raises as remove."""
    session.write(chain, "MemberLeft", {})


def turn_over(session: Session, chain: Chain) -> None:
    """New keys for those who stand here, on all certified devices of the people among them, as far
    as this member may let those in."""
    session.settle(chain)
    trust = session.directory.newest
    session.change_members(chain, "rotated", renewed(trust, chain.lines))
    wall = session.rules.services[chain.state.service].walls[chain.compartment.type]
    mine = chain.compartment.line(session.device)
    may_add = wall.adds.get(mine.role, frozenset()) if mine else frozenset()
    further = [line for line in _further_devices(trust, chain.lines) if line.role in may_add]
    if further:
        session.change_members(chain, "joined", tuple(sorted((*chain.lines, *further))))


def _further_devices(trust: Trust, lines: Iterable[Line]) -> list[Line]:
    """Certified devices of the people who stand here that do not stand here themselves."""
    standing = list(lines)
    listed = {line.device for line in standing}
    people = {(line.role, trust.person(line.device)) for line in standing}
    return [
        Line(device, role, None)
        for role, person in sorted(people, key=lambda one: one[0])
        for device in trust.holders(role)
        if person is not None and trust.person(device) == person and device not in listed
    ]


def grant(
    session: Session,
    chain: Chain,
    to: str,
    reason: str,
    epochs: Sequence[int] = (),
    items: Sequence[Item] = (),
) -> None:
    """Give a member keys of earlier epochs, or of single entries, by an entry that says so.

    Raises NotPossible for keys that this device does not hold, and as remove.
    """
    session.settle(chain)
    missing = [epoch for epoch in epochs if epoch not in chain.epoch_keys]
    if missing:
        raise NotPossible(Why.NO_EPOCH_KEY, epoch=missing[0])
    granted = Granted(
        {epoch: chain.epoch_keys[epoch] for epoch in epochs},
        {item.entry.header.id: _key_of(session, chain, item) for item in items},
    )
    card = session.directory.cards([to]).get(to)
    if card is None:
        raise Distrust(Refusal.UNCERTIFIED_MEMBER, f"the server shows no card that fits {to}")
    draft = draft_grant(
        chain.compartment,
        chain.case,
        card,
        granted,
        reason,
        session.device,
        session.roster_version(),
        session.now(),
    )
    session.send(chain, draft)


def _key_of(session: Session, chain: Chain, item: Item) -> bytes:
    header = item.entry.header
    if header.payload is None:
        raise NotPossible(Why.NO_SUCH_MESSAGE, number=header.seq)
    try:
        if chain.can_open(item):
            return chain.entry_key(header, session.parts(chain, item))
    except (CannotOpen, Unreadable) as error:
        raise NotPossible(Why.CANNOT_OPEN, number=header.seq) from error
    raise NotPossible(Why.CANNOT_OPEN, number=header.seq)


def replace_key(session: Session, after: Session, chains: Iterable[Chain]) -> None:
    """Put another device in the place of this one, in each of its compartments; the new one renews
    the keys. Neither is in a roster. after: the session of the new device. Raises as remove."""
    for chain in chains:
        session.settle(chain)
        body = {"device": after.device}
        draft = session.draft(chain, "RequesterKeyReplaced", body, None, None)
        session.introduce(chain, after.card)
        item = session.send(chain, replace(draft, card=after.card))
        after.pins.position = max(after.pins.position, item.position)
        taken = after.read(chain.case, chain.name)
        if taken is None:
            raise Distrust("went-back", "the new device is not shown where it was put")
        after.settle(taken)


def approve_recovery(session: Session, case: str, compartment: str) -> None:
    """As a custodian: agree that the members of a compartment get new keys without any of them."""
    write(
        session,
        case,
        lambda found: entry_of(
            session,
            found,
            compartment,
            "RecoveryApproved",
            {"epoch": found.compartment(compartment).epoch},
        ),
    )


def recover(session: Session, case: str, compartment: str) -> None:
    """As a third custodian: a new epoch for those who stand there, by two approvals of it. It gives
    nobody an old key. Raises NotPossible, ServerRefused, Distrust."""
    write(session, case, lambda found: _recovery(session, found, compartment))


def _recovery(session: Session, found: Structure, compartment: str) -> Draft:
    here = found.compartment(compartment)
    approvals = [
        header.id
        for header in found.headers
        if header.kind == "RecoveryApproved"
        and (header.compartment, header.epoch) == (compartment, here.epoch)
        and header.id not in found.case.used
    ]
    if len(approvals) < 2:
        raise NotPossible(Why.NO_RECOVERY)
    lines = renewed(session.directory.newest, here.lines)
    cards = session.directory.cards(line.device for line in lines)
    return draft_change(
        here,
        found.case.case,
        "recovered",
        tuple(line for line in lines if line.device in cards),
        cards,
        session.device,
        session.roster_version(),
        session.now(),
        {"approvals": approvals[-2:]},
    )
