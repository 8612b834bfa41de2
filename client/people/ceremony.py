"""The key ceremony: root 1 with its keys, and each root after it, a year at a time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from client.errors import NotPossible
from client.people.ceremony_folder import (
    REGISTRAR,
    KeptRoot,
    Passphrase,
    first_keys,
    keep_root,
    made_or_kept,
    opened,
    replace,
    root_key,
    roots_of,
)
from client.server.pins import Pins
from client.why import Why
from crypto.encoding import canonical, hash_of
from crypto.secret.long_lived import LongLivedKeys
from domain.refusal import Refused
from domain.trust import SECONDS_A_DAY, Root
from wire.header import minute_of
from wire.trust_documents import ROOT_LABEL, parse_root

INVITABLE = ("requester", "relative", "foster_family", "local_party", "professional", "minor")
THRESHOLD = 2
ROOT_DAYS = 365


class Change(NamedTuple):
    """What the next root has otherwise than the last. root_keys: numbers, from 1, of those made
    anew. registrar: whether it is made anew. log: the log's key; witnesses: keys of all, and how
    many of them must cosign. None and () leave things as they are."""

    root_keys: tuple[int, ...] = ()
    registrar: bool = False
    log: str | None = None
    witnesses: tuple[str, ...] | None = None
    witness_threshold: int | None = None


def init(
    folder: Path,
    log: str,
    roster_days: int,
    passphrase: Passphrase,
    now: int,
    previous_pins: Sequence[str] = (),
) -> str:
    """Make the keys and sign root 1; gives the pin. passphrase: asked for each key file by name.
    previous_pins: of ceremonies before this one, whose codes still open.

    After a break it goes on with the keys that are there, each opened by its passphrase. Raises
    NotPossible if the folder holds a root already, a key does not open, or the log's key is none.
    """
    if (folder / "root.json").exists():
        raise NotPossible(Why.ROOT_THERE, folder=folder)
    fields: dict[str, Any] = {
        "type": "zegel/root",
        "v": 1,
        "version": 1,
        "expires": minute_of(now + ROOT_DAYS * SECONDS_A_DAY),
        "threshold": THRESHOLD,
        "roster_days": roster_days,
        "logs": [log],
        "witnesses": {"threshold": 0, "keys": []},
        "invitable": list(INVITABLE),
        "previous_pins": list(previous_pins),
    }
    sample = LongLivedKeys(bytes(32), bytes(32)).public()
    _checked({**fields, "keys": [sample] * len(first_keys()), "registrars": [sample]})
    for one in (folder, folder / "cards"):
        one.mkdir(mode=0o700, parents=True, exist_ok=True)
    roots = [made_or_kept(folder / f"{name}.json", "root", passphrase) for name in first_keys()]
    registrar = made_or_kept(folder / f"{REGISTRAR}.json", "registrar", passphrase)
    fields |= {"keys": [keys.public() for keys in roots], "registrars": [registrar.public()]}
    document = _checked(fields)
    own = [roots[key].sign_document(key, ROOT_LABEL, document) for key in range(THRESHOLD)]
    replace(folder / "people.json", {"people": []})
    keep_root(folder, document, {"own": own, "previous": []}, first_keys(), REGISTRAR)
    return hash_of(document)


def renew(
    folder: Path,
    change: Change,
    passphrase: Passphrase,
    now: int,
    signers: tuple[int, ...] = (),
) -> Root:
    """Sign the next root, valid for another year; `publishing.publish` sends it. signers: numbers
    of the old root's keys whose people are there; without them the first that stay.

    It is signed by the threshold of the old root's keys and of its own, those made anew among them.
    After a break it goes on with the new keys that are there. Raises NotPossible.
    """
    last = roots_of(folder)[-1]
    if Pins.load(folder / "pins.json").root["version"] < last.root.version:
        raise NotPossible(Why.ROOT_UNPUBLISHED, version=last.root.version)
    fields = _changed(last, change, now)
    _checked(fields)  # before anybody types a passphrase
    numbers = range(1, len(last.keys) + 1)
    for number in (*signers, *change.root_keys):
        if number not in numbers:
            raise NotPossible(Why.NO_SUCH_ROOT_KEY, number=number, count=len(last.keys))
    old = _who_signs(last, change, signers)
    held = {
        number: opened(folder / f"{last.keys[number - 1]}.json", "root", passphrase)
        for number in old
    }
    for number, keys in held.items():
        if keys.public() != fields["keys"][number - 1]:
            raise NotPossible(Why.OTHER_ROOT_KEY, key=last.keys[number - 1])
    names, version = list(last.keys), fields["version"]
    own = {number: keys for number, keys in held.items() if number not in change.root_keys}
    for number in change.root_keys:
        name = f"{root_key(number)}-of-root-{version}"
        names[number - 1] = name
        own[number] = made_or_kept(folder / f"{name}.json", "root", passphrase)
        fields["keys"][number - 1] = own[number].public()
    registrar = last.registrar
    if change.registrar:
        registrar = f"{REGISTRAR}-of-root-{version}"
        made = made_or_kept(folder / f"{registrar}.json", "registrar", passphrase)
        fields["registrars"] = [made.public()]
    document = _checked(fields)
    signatures = {"own": _signed(own, document), "previous": _signed(held, document)}
    keep_root(folder, document, signatures, tuple(names), registrar)
    return parse_root(document)


def _changed(last: KeptRoot, change: Change, now: int) -> dict[str, Any]:
    """The next root's fields, but for the keys that are made anew."""
    fields = {
        **last.fields,
        "version": last.root.version + 1,
        "expires": minute_of(now + ROOT_DAYS * SECONDS_A_DAY),
        "keys": list(last.fields["keys"]),
    }
    if change.log is not None:
        fields["logs"] = [change.log, *last.fields["logs"][1:]]
    witnesses = dict(last.fields["witnesses"])
    if change.witnesses is not None:
        witnesses["keys"] = list(change.witnesses)
    if change.witness_threshold is not None:
        witnesses["threshold"] = change.witness_threshold
    if witnesses["threshold"] > len(witnesses["keys"]):
        raise NotPossible(
            Why.WITNESSES, threshold=witnesses["threshold"], count=len(witnesses["keys"])
        )
    return {**fields, "witnesses": witnesses}


def _who_signs(last: KeptRoot, change: Change, signers: tuple[int, ...]) -> list[int]:
    """Numbers of the old root's keys that sign, as many as it asks for at least."""
    wanted = last.root.threshold
    if signers:
        if len(set(signers)) < wanted:
            raise NotPossible(Why.ROOT_SIGNERS, count=wanted)
        return sorted(set(signers))
    numbers = range(1, len(last.keys) + 1)
    # Who hands a key over may be gone: those that stay come first.
    return sorted(numbers, key=lambda number: (number in change.root_keys, number))[:wanted]


def _signed(keys: dict[int, LongLivedKeys], document: bytes) -> list[dict[str, Any]]:
    numbered = sorted(keys.items())
    return [one.sign_document(number - 1, ROOT_LABEL, document) for number, one in numbered]


def _checked(fields: dict[str, Any]) -> bytes:
    """The document, held to the rules that it will be read by. Raises NotPossible."""
    document = canonical(fields)
    try:
        parse_root(document)
    except Refused as refused:
        raise NotPossible(Why.ROOT_UNSAYABLE, reason=refused.detail) from refused
    return document
