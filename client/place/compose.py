"""Making entries: sealed, signed, and judged by the rules before they leave this machine."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from client.files.enclosures import Enclosure, Parcel
from crypto.device import Card
from crypto.encoding import b64, hash_of
from crypto.secret.grant import Granted, seal_grant
from crypto.secret.payload import Place, seal_payload
from crypto.secret.seeds import DeviceKeys
from crypto.secret.wrap import commitment, grant_info, hpke_seal, new_epoch_key, wrap_info
from domain.check import NO_LOG_ROOT
from domain.entry import Header, Line, Payload
from domain.state import Compartment
from domain.trust import NO_HASH
from wire.header import ENTRY_SIGNATURE_LABEL, header_bytes
from wire.parts import SealedParts
from wire.schemas import show_parts


@dataclass(frozen=True, slots=True)
class Written:
    """What an entry says: its kind, body and payload, and the files that go with it."""

    kind: str
    body: Mapping[str, Any]
    value: dict[str, Any] | None
    files: Sequence[Enclosure] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry ready to be signed and sent. epoch_key: the new one, if it makes an epoch. card: of
    a device that the entry names and the server may not know. written: what it says, where that may
    turn out to be stored already."""

    header: Header
    parts: SealedParts
    epoch_key: bytes | None = field(default=None, repr=False)
    card: Card | None = None
    written: Written | None = field(default=None, repr=False)

    def signed(self, keys: DeviceKeys) -> tuple[bytes, bytes]:
        """Header bytes and signature: the bytes are made here, once."""
        received = header_bytes(self.header)
        return received, keys.sign_with(ENTRY_SIGNATURE_LABEL, received)

    def following(self, compartment: Compartment, roster: int, now: int) -> "Draft":
        """The same draft after entries that were stored meanwhile, in the same epoch."""
        return replace(
            self,
            header=replace(
                self.header,
                seq=compartment.seq + 1,
                prev=compartment.head,
                roster=roster,
                at=now - now % 60,
            ),
        )


def envelope(header: bytes, signature: bytes, parts: SealedParts) -> dict[str, Any]:
    """What is posted of an entry: the bytes that were signed, in base64, and its sealed parts."""
    return {"header": b64(header), "signature": b64(signature), **show_parts(parts)}


def new_id() -> str:
    return os.urandom(16).hex()


def _blank(case: str, compartment: str, kind: str, author: str, roster: int, now: int) -> Header:
    return Header(
        case=case,
        compartment=compartment,
        seq=0,
        prev=NO_HASH,
        kind=kind,
        epoch=0,
        author=author,
        roster=roster,
        seen_size=0,
        seen_root=NO_LOG_ROOT,
        id=new_id(),
        at=now - now % 60,
        body={},
        payload=None,
    )


def _next(
    compartment: Compartment, case: str, kind: str, author: str, roster: int, now: int
) -> Header:
    """Of an entry after the last one that is known here, in the current epoch."""
    return replace(
        _blank(case, compartment.name, kind, author, roster, now),
        seq=compartment.seq + 1,
        prev=compartment.head,
        epoch=compartment.epoch,
    )


def draft_entry(
    compartment: Compartment,
    case: str,
    kind: str,
    body: Mapping[str, Any],
    value: dict[str, Any] | None,
    epoch_key: bytes | None,
    author: str,
    roster: int,
    now: int,
    parcel: Parcel | None = None,
) -> Draft:
    """An entry in the current epoch; value is its payload, None for none. parcel: the files that
    go with it, sealed for its id."""
    header = replace(_next(compartment, case, kind, author, roster, now), body=body)
    if parcel is not None:
        header = replace(header, id=parcel.id)
    if value is None or epoch_key is None:
        return Draft(header, SealedParts())
    place = Place(case, compartment.name, header.id, author)
    sealed = seal_payload(epoch_key, place, compartment.epoch, value)
    named = tuple(one.named for one in parcel.sealed) if parcel else ()
    payload = Payload(
        hash_of(sealed.ciphertext), len(sealed.ciphertext), hash_of(sealed.keybox), named
    )
    return Draft(replace(header, payload=payload), SealedParts(sealed.ciphertext, sealed.keybox))


def draft_epoch(
    header: Header, lines: tuple[Line, ...], cards: Mapping[str, Card], extra: Mapping[str, Any]
) -> Draft:
    """A new epoch for the header's case, compartment and epoch: one fresh key, a wrap for each.

    Raises KeyError for a member without a card, CannotOpen for one whose card has no usable key.
    """
    key = new_epoch_key()
    commit = commitment(header.case, header.compartment, header.epoch, key)
    wraps = {
        line.device: hpke_seal(
            cards[line.device],
            wrap_info(
                header.case, header.compartment, header.epoch, line.device, header.author, commit
            ),
            key,
        )
        for line in lines
    }
    members = [
        {"device": line.device, "role": line.role, "wrap": hash_of(wraps[line.device])}
        | ({"invitation": line.invitation} if line.invitation else {})
        for line in sorted(lines)
    ]
    body = {"epoch": header.epoch, "commit": commit, "members": members, **extra}
    return Draft(replace(header, body=body), SealedParts(wraps=wraps), key)


def draft_opening(
    case: str,
    compartment: str,
    salt: bytes,
    lines: tuple[Line, ...],
    cards: Mapping[str, Card],
    extra: Mapping[str, Any],
    author: str,
    roster: int,
    now: int,
) -> Draft:
    """The first entry of a compartment; extra: service, ground, purpose and what it needs."""
    header = _blank(case, compartment, "CompartmentOpened", author, roster, now)
    return draft_epoch(header, lines, cards, {"reason": "opened", "salt": b64(salt), **extra})


def draft_change(
    compartment: Compartment,
    case: str,
    reason: str,
    lines: tuple[Line, ...],
    cards: Mapping[str, Card],
    author: str,
    roster: int,
    now: int,
    extra: Mapping[str, Any] | None = None,
) -> Draft:
    """A change of members, or a mere rotation. extra: what a recovery says besides."""
    header = _next(compartment, case, "MembersChanged", author, roster, now)
    header = replace(header, epoch=compartment.epoch + 1)
    return draft_epoch(header, lines, cards, {"reason": reason, **(extra or {})})


def draft_grant(
    compartment: Compartment,
    case: str,
    card: Card,
    granted: Granted,
    reason: str,
    author: str,
    roster: int,
    now: int,
) -> Draft:
    """A grant of history to the device of a card: exactly these keys. Raises CannotOpen."""
    header = _next(compartment, case, "HistoryGranted", author, roster, now)
    info = grant_info(case, compartment.name, header.id, card.device, author)
    wrap = seal_grant(card, info, granted)
    body = {
        "to": card.device,
        "epochs": sorted(granted.epochs) or None,
        "entries": sorted(granted.entries) or None,
        "reason": reason,
        "mandate": None,
        "wrap": hash_of(wrap),
    }
    return Draft(replace(header, body=body), SealedParts(wraps={card.device: wrap}))
