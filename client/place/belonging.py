"""Which places of a case belong together.

A server may tell of more than there are, made up in this very case with the help of one certified
person: what is written there would be sealed to that person.
"""

from collections.abc import Sequence

from client.place.chain import Chain
from client.server.directory import whose
from crypto.secret.invitation import Invitation
from domain.entry import Line
from domain.trust import Trust


def opened_at(chain: Chain) -> tuple[int, str]:
    """Where a place stands in the order of the store, to sort by."""
    return chain.items[0].position, chain.name


def belonging(chains: Sequence[Chain], pinned: set[str], trust: Trust) -> list[Chain]:
    """Of the places of a case those that belong to it as far as this device can tell, in the order
    of the store. pinned: the names of those that it had read before.

    The first place bears the number of the case: nobody can make up another. From there on a place
    belongs to it that was opened by someone who stood in one that does, or by this person. Who does
    not stand in the first place knows none by which to judge: those read before go first.
    """
    left = sorted(chains, key=opened_at)
    if not left:
        return []
    me = whose(trust, left[0].device)
    found = [chain for chain in left if chain.items[0].entry.fits_case]
    if not found:
        return sorted(left, key=lambda chain: (chain.name not in pinned, *opened_at(chain)))
    belongs = {chain.name for chain in found}
    more = True
    while more:
        new = [one for one in left if one.name not in belongs and _by_one_of(one, me, found, trust)]
        found += new
        belongs |= {chain.name for chain in new}
        more = bool(new)
    return [chain for chain in left if chain.name in belongs]


def opener(chain: Chain, trust: Trust) -> str:
    """The person who opened a place."""
    return whose(trust, chain.items[0].entry.header.author)


def by_invitation(chain: Chain) -> bool:
    """Whether this device stands here by an invitation."""
    line = chain.compartment.line(chain.device)
    return line is not None and line.invitation is not None


def is_named_by(chain: Chain, invitation: Invitation) -> bool:
    """Whether this is the place that an invitation names, opened to this device by whoever gave
    it."""
    line = chain.compartment.line(chain.device)
    if line is None or (line.invitation, line.role) != (invitation.id, invitation.role):
        return False
    here = (chain.case, chain.name) == (invitation.case, invitation.compartment)
    return here and any(
        header.kind == "ParticipantInvited"
        and (header.author, header.body["invitation"]) == (invitation.inviter, invitation.id)
        for header in (item.entry.header for item in chain.items)
    )


def handed_over_to(chain: Chain) -> str:
    """The number of the case that a consultation was handed over to, "" for none."""
    said = (item.entry.header for item in reversed(chain.items))
    return next((str(one.body["case"]) for one in said if one.kind == "ConsultationEscalated"), "")


def has_written(chain: Chain, trust: Trust) -> bool:
    """Whether this person wrote here before, on any device of hers."""
    me = whose(trust, chain.device)
    return any(whose(trust, item.entry.header.author) == me for item in chain.items)


def _by_one_of(chain: Chain, me: str, known: Sequence[Chain], trust: Trust) -> bool:
    """Whether it was opened by this person, or by one who stood in a known place then."""
    who, position = opener(chain, trust), chain.items[0].position
    return who == me or any(who in _stood(one, position, trust) for one in known)


def _stood(chain: Chain, position: int, trust: Trust) -> set[str]:
    """Who stood in a place right before a position of the store."""
    lines: tuple[Line, ...] = ()
    for item in chain.items:
        if item.position > position:
            break
        if item.entry.header.changes_members:
            lines = item.entry.header.lines
    return {whose(trust, line.device) for line in lines}
