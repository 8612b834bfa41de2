"""The key ceremony: root and registrar keys, the root document, and the list of people.

All of it lives in a folder of people who meet, on a machine that never is the server's:

    root-key-1.json … root-key-3.json, registrar-key.json   sealed with a passphrase each
    root.json       the newest root document with its signatures
    people.json     the list that the next roster is made from
    cards/          the cards of certified devices, to be published with the roster
    signed.json     the roster that was signed last: the only one of its version, sent until stored
    pins.json       the newest root and roster seen: no second one of a version is ever signed
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from client.directory import Directory
from client.errors import Distrust, NotPossible
from client.transport import Transport
from crypto.device import Card, card_from
from crypto.encoding import Malformed, b64, canonical, hash_of, parse_canonical, unb64
from crypto.secret.keyfile import WrongPassphrase, read_key_file, write_key_file
from crypto.secret.long_lived import LongLivedKeys, new_long_lived
from domain.trust import NO_HASH, SECONDS_A_DAY, Trust
from wire.header import minute_of
from wire.paths import TRUST, path
from wire.schemas import Published
from wire.trust_documents import ROOT_KEYS, ROOT_LABEL, ROSTER_LABEL, parse_roster

INVITABLE = ("requester", "relative", "foster_family", "local_party", "professional", "minor")
THRESHOLD = 2
ROOT_DAYS = 365
MAX_FILE_BYTES = 16 * 2**20

Passphrase = Callable[[str], str]


def init(folder: Path, log: str, roster_days: int, passphrase: Passphrase, now: int) -> str:
    """Make the keys and sign root 1; gives the pin. passphrase: asked for each key file by name.

    After a break it goes on with the keys that are there, each opened by its passphrase. Raises
    NotPossible if the folder holds a root already, or a key does not open.
    """
    if (folder / "root.json").exists():
        raise NotPossible(f"{folder} holds a root already")
    (folder / "cards").mkdir(parents=True, exist_ok=True)
    roots = [
        _made_or_kept(folder / f"root-key-{number}.json", "root", passphrase)
        for number in range(1, ROOT_KEYS + 1)
    ]
    registrar = _made_or_kept(folder / "registrar-key.json", "registrar", passphrase)
    document = canonical(
        {
            "type": "zegel/root",
            "v": 1,
            "version": 1,
            "expires": minute_of(now + ROOT_DAYS * SECONDS_A_DAY),
            "threshold": THRESHOLD,
            "keys": [keys.public() for keys in roots],
            "registrars": [registrar.public()],
            "roster_days": roster_days,
            "logs": [log],
            "witnesses": {"threshold": 0, "keys": []},
            "invitable": list(INVITABLE),
            "previous_pins": [],
        }
    )
    own = [roots[key].sign_document(key, ROOT_LABEL, document) for key in range(THRESHOLD)]
    signatures = {"own": own, "previous": []}
    _replace(folder / "people.json", {"people": []})
    _replace(folder / "root.json", {"bytes": b64(document), "signatures": signatures})
    return hash_of(document)


def _made_or_kept(path_: Path, what: str, passphrase: Passphrase) -> LongLivedKeys:
    if path_.exists():
        return _opened(path_, what, passphrase)
    keys = new_long_lived()
    value = {"sign": b64(keys.sign), "mldsa": b64(keys.mldsa)}
    write_key_file(path_, what, value, passphrase(path_.stem))
    return keys


def _opened(path_: Path, what: str, passphrase: Passphrase) -> LongLivedKeys:
    try:
        value = read_key_file(path_, what, passphrase(path_.stem))
    except WrongPassphrase as error:
        raise NotPossible(f"the passphrase does not open {path_.stem}: type it again") from error
    except Malformed as error:
        raise NotPossible(f"{path_} is damaged: {error}") from error
    except OSError as error:
        raise NotPossible(f"{path_} cannot be read: {error.strerror}") from error
    return LongLivedKeys(unb64(value["sign"], 32), unb64(value["mldsa"], 32))


def _replace(path_: Path, value: Any) -> None:
    beside = path_.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(canonical(value))
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path_)


def _read(path_: Path) -> Any:
    if not path_.exists():
        raise NotPossible(f"{path_} is not there: is this the folder of the ceremony?")
    return parse_canonical(path_.read_bytes(), MAX_FILE_BYTES)


def pin_of(folder: Path) -> str:
    """The pin of the root in this folder (which is root 1)."""
    return hash_of(unb64(_read(folder / "root.json")["bytes"]))


def read_enrolment(path_: Path) -> Card:
    """The card that a person handed in. Raises NotPossible."""
    try:
        return card_from(json.loads(path_.read_text()))
    except (OSError, ValueError) as error:
        raise NotPossible(f"{path_} holds no card: {error}") from error


def certify(
    folder: Path,
    card: Card,
    roles: tuple[str, ...],
    organisation: str,
    disciplines: tuple[str, ...],
    person: str | None,
    now: int,
) -> str:
    """Put a device on the list of the next roster; gives the person's id. person: an id to add a
    device to somebody listed, None for a new person. Raises NotPossible."""
    people = _read(folder / "people.json")["people"]
    if any(one["device"] == card.device for each in people for one in each["devices"]):
        raise NotPossible(f"{card.device} is listed already")
    device = {
        "device": card.device,
        "sign": b64(card.sign),
        "from": minute_of(now),
        "revoked": None,
    }
    found = next((each for each in people if each["person"] == person), None)
    if person is not None and found is None:
        raise NotPossible(f"nobody listed has the id {person}")
    if found is None:
        found = {"person": os.urandom(16).hex(), "devices": []}
        people.append(found)
    found["devices"].append(device)
    if roles:
        found["roles"] = sorted(set(roles))
    if organisation:
        found["organisation"] = organisation
    found["disciplines"] = sorted(set(disciplines)) or found.get("disciplines", [])
    if "roles" not in found or "organisation" not in found:
        raise NotPossible("a new person needs a role and an organisation")
    (folder / "cards" / f"{card.device}.json").write_bytes(canonical(card.fields()))
    _replace(folder / "people.json", {"people": people})
    return str(found["person"])


def revoke(folder: Path, device: str, now: int) -> str:
    """Mark a device as revoked from the next roster on; gives its full id. device: the id or its
    beginning. Raises NotPossible."""
    people = _read(folder / "people.json")["people"]
    devices = [one for each in people for one in each["devices"]]
    found = [one for one in devices if one["device"].startswith(device)]
    if len(found) != 1:
        raise NotPossible(f"{len(found)} devices are listed whose id begins with {device}")
    if found[0]["revoked"] is None:
        found[0]["revoked"] = minute_of(now)
        _replace(folder / "people.json", {"people": people})
    return str(found[0]["device"])


def publish(
    folder: Path, transport: Transport, directory: Directory, pw: Passphrase, now: int
) -> Trust:
    """Send the root if the server has none, then the next roster, signed by the registrar.

    A signed roster lies on the disk before it is sent: whether one whose answer was lost had been
    stored is not known, and a second one of its version is never signed while that one can be.
    """
    root = _read(folder / "root.json")
    trust = directory.refresh()
    if trust.root is None:
        trust = _send(transport, directory, "root", root["bytes"], root["signatures"], [])
    signed = _signed(folder)
    if signed is not None:
        if _may_be_stored(signed, trust, now):
            trust = _send_roster(folder, transport, directory, signed)
        (folder / "signed.json").unlink()
        if _says_it_all(folder, signed, trust, now):
            return trust
    document = _next_roster(folder, trust, now)
    keys = registrar(folder, pw)
    signatures = [keys.sign_document(0, ROSTER_LABEL, document)]
    signed = {"bytes": b64(document), "signatures": signatures}
    _replace(folder / "signed.json", signed)
    trust = _send_roster(folder, transport, directory, signed)
    (folder / "signed.json").unlink()
    return trust


def registrar(folder: Path, passphrase: Passphrase) -> LongLivedKeys:
    """The keys that sign rosters. Raises NotPossible."""
    return _opened(folder / "registrar-key.json", "registrar", passphrase)


def _signed(folder: Path) -> Any:
    """The roster of which it is not known whether it was stored; None if there is none."""
    file = folder / "signed.json"
    return _read(file) if file.exists() else None


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
    return of_today and people == _read(folder / "people.json")["people"]


def _send_roster(folder: Path, transport: Transport, directory: Directory, signed: Any) -> Trust:
    """Raises Distrust if the server shows another than it says it took."""
    cards = [_read(file) for file in sorted((folder / "cards").glob("*.json"))]
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
            "people": _read(folder / "people.json")["people"],
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
