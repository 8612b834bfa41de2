"""Sending what the ceremony signed: roots that the server has not, then the next roster."""

from pathlib import Path
from typing import Any

from client.errors import Distrust, NotPossible
from client.people.ceremony_folder import (
    MAX_FILE_BYTES,
    Passphrase,
    read,
    registrar,
    replace,
    roots_of,
)
from client.server.directory import Directory
from client.server.transport import Transport
from client.why import Why
from crypto.encoding import b64, canonical, hash_of, parse_canonical, unb64
from domain.trust import NO_HASH, SECONDS_A_DAY, Trust
from wire.header import minute_of
from wire.paths import TRUST, path
from wire.schemas import Published
from wire.trust_documents import ROSTER_LABEL, parse_roster


def publish(
    folder: Path, transport: Transport, directory: Directory, pw: Passphrase, now: int
) -> Trust:
    """Send the roots that the server has not, then the next roster, signed by the registrar.

    A signed roster lies on the disk before it is sent: whether one whose answer was lost had been
    stored is not known, and a second one of its version is never signed while that one can be.
    Raises NotPossible where the newest root has expired.
    """
    trust = _roots_sent(folder, transport, directory)
    assert trust.root is not None  # sent before
    if now >= trust.root.expires:
        raise NotPossible(Why.ROOT_EXPIRED, version=trust.root.version)
    signed = _signed(folder)
    if signed is not None:
        if _may_be_stored(signed, trust, now):
            trust = _send_roster(folder, transport, directory, signed)
        _note_published(folder, trust)
        (folder / "signed.json").unlink()
        if _says_it_all(folder, signed, trust, now):
            return trust
    document = _next_roster(folder, trust, now)
    keys = registrar(folder, pw)
    signatures = [keys.sign_document(0, ROSTER_LABEL, document)]
    signed = {"bytes": b64(document), "signatures": signatures}
    replace(folder / "signed.json", signed)
    trust = _send_roster(folder, transport, directory, signed)
    _note_published(folder, trust)
    (folder / "signed.json").unlink()
    return trust


def _roots_sent(folder: Path, transport: Transport, directory: Directory) -> Trust:
    """Raises NotPossible if another folder has gone on from here, Distrust."""
    kept = roots_of(folder)
    trust = directory.refresh()
    for one in kept[trust.root.version if trust.root else 0 :]:
        document = b64(one.document)
        trust = _send(transport, directory, "root", document, one.signatures, [])
    assert trust.root is not None  # one of this folder is there
    if trust.root.hash != kept[-1].root.hash:
        raise NotPossible(Why.ROOT_NOT_HERE, version=trust.root.version, folder=folder)
    return trust


def _signed(folder: Path) -> Any:
    """The roster of which it is not known whether it was stored; None if there is none."""
    file = folder / "signed.json"
    return read(file) if file.exists() else None


def _may_be_stored(signed: Any, trust: Trust, now: int) -> bool:
    """Whether a roster is neither stored nor overtaken, and the rules may still take it."""
    roster = parse_roster(unb64(signed["bytes"]))
    assert trust.root is not None  # sent before
    due = roster.version == (trust.roster.version if trust.roster else 0) + 1
    return due and now < roster.expires and roster.root == trust.root.version


def _says_it_all(folder: Path, signed: Any, trust: Trust, now: int) -> bool:
    """Whether a roster is the newest that is stored, of today and of the list as it is now."""
    document, newest = unb64(signed["bytes"]), trust.roster
    assert trust.root is not None  # sent before
    if newest is None or newest.hash != hash_of(document):
        return False
    of_today = newest.expires > now + (trust.root.roster_days - 1) * SECONDS_A_DAY
    people = parse_canonical(document, MAX_FILE_BYTES)["people"]
    return of_today and people == read(folder / "people.json")["people"]


def _note_published(folder: Path, trust: Trust) -> None:
    """Keep what the roster says that was signed last, if it is the one that is stored."""
    document, newest = unb64(read(folder / "signed.json")["bytes"]), trust.roster
    if newest is not None and newest.hash == hash_of(document):
        fields = parse_canonical(document, MAX_FILE_BYTES)
        noted = {name: fields[name] for name in ("version", "expires", "people")}
        replace(folder / "published.json", noted)


def _send_roster(folder: Path, transport: Transport, directory: Directory, signed: Any) -> Trust:
    """Raises Distrust if the server shows another than it says it took."""
    cards = [read(file) for file in sorted((folder / "cards").glob("*.json"))]
    trust = _send(transport, directory, "roster", signed["bytes"], signed["signatures"], cards)
    if trust.roster is None or trust.roster.hash != hash_of(unb64(signed["bytes"])):
        raise Distrust("forked", "the server says it took the roster, and shows another")
    return trust


def _next_roster(folder: Path, trust: Trust, now: int) -> bytes:
    assert trust.root is not None  # sent before
    last = trust.roster
    return canonical(
        {
            "type": "zegel/roster",
            "v": 1,
            "version": last.version + 1 if last else 1,
            "prev": last.hash if last else NO_HASH,
            "issued": minute_of(now),
            "expires": minute_of(now + trust.root.roster_days * SECONDS_A_DAY),
            "root": trust.root.version,
            "people": read(folder / "people.json")["people"],
        }
    )


def _send(
    transport: Transport,
    directory: Directory,
    what: str,
    document: str,
    signatures: Any,
    cards: list[Any],
) -> Trust:
    body = {"what": what, "bytes": document, "signatures": signatures, "cards": cards}
    answer = transport.post(Published, path(TRUST), body)
    return directory.refresh(answer["position"])
