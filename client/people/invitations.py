"""Inviting someone whom no roster knows: the secret stays with whoever invited until she is let in.

invitations/<id>    HPKE to this device: the invitation's bytes
"""

import os
from pathlib import Path
from typing import Any, NamedTuple

from client.errors import NotPossible
from client.place.chain import Chain
from client.server.transport import Transport
from client.session import Session
from crypto.device import Card, card_from
from crypto.encoding import Malformed, b64, bind
from crypto.secret.invitation import (
    Invitation,
    NotAnInvitation,
    new_secret,
    read_invitation,
)
from crypto.secret.wrap import CannotOpen, hpke_open, hpke_seal
from domain.entry import Line
from domain.trust import SECONDS_A_DAY
from wire.header import minute_of
from wire.paths import ACCEPTANCES, INVITATIONS, path
from wire.schemas import Acceptances, Accepted

DAYS = 14


class Invited(NamedTuple):
    """Someone who proved that she was given the secret of an invitation."""

    invitation: Invitation
    card: Card


class Invitations:
    """The secrets of invitations that are on their way. folder: where they wait, None for this
    process alone."""

    def __init__(self, session: Session, folder: Path | None = None) -> None:
        self._session = session
        self._folder = folder
        self._held: dict[str, Invitation] = {}

    def _file(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / name

    def keep(self, invitation: Invitation) -> None:
        self._held[invitation.id] = invitation
        file = self._file(invitation.id)
        if file is None:
            return
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sealed = hpke_seal(self._session.card, _info(invitation.id), invitation.to_bytes())
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(sealed)

    def find(self, name: str) -> Invitation | None:
        """An invitation by its id, if this device made it."""
        file = self._file(name)
        if name in self._held or file is None:
            return self._held.get(name)
        try:
            opened = hpke_open(self._session.keys, _info(name), file.read_bytes())
            return read_invitation(b64(opened))
        except (OSError, CannotOpen, NotAnInvitation):
            return None

    def forget(self, name: str) -> None:
        self._held.pop(name, None)
        file = self._file(name)
        if file is not None:
            file.unlink(missing_ok=True)

    # --- whoever invites ---------------------------------------------------------------------

    def invite(self, chain: Chain, role: str, days: int = DAYS) -> Invitation:
        """Invite someone into a compartment; give her what this returns by another way than the
        server. Raises NotPossible, EpochMoved, ServerRefused, Distrust."""
        session = self._session
        invitation = Invitation(new_secret(), chain.case, chain.name, role, session.device)
        expires = minute_of(session.now() + days * SECONDS_A_DAY)
        self.keep(invitation)  # first: one that nobody can check is of no use
        body = {"invitation": invitation.id, "role": role, "expires": expires}
        session.write(chain, "ParticipantInvited", body)
        return invitation

    def accepted(self, chain: Chain) -> list[Invited]:
        """Who proved to have been given a secret of this device's, and was not let in yet. Cards
        and tags that do not fit are passed over: anyone may post one."""
        answer = self._session.transport.get(
            Acceptances,
            path(ACCEPTANCES, case=chain.case, compartment=chain.name),
            {},
            self._session.keys,
        )
        found = (self._checked(chain, one) for one in answer["acceptances"])
        return [one for one in found if one is not None]

    def _checked(self, chain: Chain, fields: dict[str, Any]) -> Invited | None:
        invitation = self.find(fields["invitation"])
        standing = chain.compartment.invitations.get(fields["invitation"])
        try:
            card = card_from(fields["card"])
        except Malformed:
            return None
        if invitation is None or standing is None or standing.device is not None:
            return None
        here = (invitation.case, invitation.compartment) == (chain.case, chain.name)
        fits = invitation.fits(card.device, fields["tag"])
        return Invited(invitation, card) if here and fits else None

    def admit(self, chain: Chain, invited: Invited) -> None:
        """Let someone in, from the next epoch on. Raises as invite."""
        invitation = invited.invitation
        self._session.settle(chain)
        line = Line(invited.card.device, invitation.role, invitation.id)
        lines = tuple(sorted((*chain.lines, line)))
        self._session.change_members(chain, "joined", lines, invited.card)
        self.forget(invitation.id)


def accept(transport: Transport, card: Card, invitation: Invitation) -> None:
    """Say that one was invited, by the tag that the secret gives. Raises ServerRefused."""
    body = {
        "invitation": invitation.id,
        "card": card.fields(),
        "tag": invitation.tag(card.device),
    }
    transport.post(Accepted, path(INVITATIONS), body)


def typed_invitation(typed: str) -> Invitation:
    """What someone typed or pasted. Raises NotPossible."""
    try:
        return read_invitation(typed)
    except NotAnInvitation as error:
        raise NotPossible(error.mistake, **error.facts) from error


def _info(name: str) -> bytes:
    return bind("zegel/v1/invitation-kept", [name])
