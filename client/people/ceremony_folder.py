"""The folder of the key ceremony: what lies in it, and how its files are read, replaced and opened.

It belongs to people who meet, on a machine that never is the server's:

    root-key-1.json … root-key-3.json, registrar-key.json   sealed with a passphrase each
    root.json       root 1 with its signatures and the names of the key files; its hash is the pin
    root-2.json …   each later root, likewise; a key that was made for it is named after it
    people.json     the list that the next roster is made from
    published.json  the list that was stored last, with the number and the end of its roster
    cards/          the cards of certified devices, to be published with the roster
    signed.json     the roster that was signed last: the only one of its version, sent until stored
    pins.json       the newest root and roster seen: no second one of a version is ever signed
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from client.errors import NotPossible
from client.own_files import owned
from client.why import Why
from crypto.encoding import Malformed, b64, canonical, hash_of, parse_canonical, unb64
from crypto.secret.keyfile import WrongPassphrase, read_key_file, write_key_file
from crypto.secret.long_lived import LongLivedKeys, new_long_lived
from domain.trust import Root
from wire.trust_documents import ROOT_KEYS, parse_root

MAX_FILE_BYTES = 16 * 2**20
REGISTRAR = "registrar-key"

Passphrase = Callable[[str], str]


class KeptRoot(NamedTuple):
    """A root of this folder. fields: of its document. keys: names of the key files of its root
    keys, in their order; registrar: of its registrar's."""

    root: Root
    fields: dict[str, Any]
    document: bytes
    signatures: dict[str, Any]
    keys: tuple[str, ...]
    registrar: str


def root_key(number: int) -> str:
    """The name of a root key of root 1, counted from 1."""
    return f"root-key-{number}"


def first_keys() -> tuple[str, ...]:
    return tuple(root_key(number) for number in range(1, ROOT_KEYS + 1))


def roots_of(folder: Path) -> list[KeptRoot]:
    """All roots of this folder, oldest first. Raises NotPossible."""
    kept = [_kept_root(folder / "root.json")]
    while (later := folder / f"root-{len(kept) + 1}.json").exists():
        kept.append(_kept_root(later))
    return kept


def _kept_root(path: Path) -> KeptRoot:
    kept = read(path)
    document = unb64(kept["bytes"])
    fields = parse_canonical(document, MAX_FILE_BYTES)
    names = kept.get("files", {"keys": first_keys(), "registrar": REGISTRAR})
    keys, registrar = tuple(names["keys"]), names["registrar"]
    return KeptRoot(parse_root(document), fields, document, kept["signatures"], keys, registrar)


def keep_root(
    folder: Path, document: bytes, signatures: dict[str, Any], keys: tuple[str, ...], registrar: str
) -> None:
    """Put a root on the disk beside those before it."""
    version = parse_root(document).version
    files = {"keys": list(keys), "registrar": registrar}
    path = folder / ("root.json" if version == 1 else f"root-{version}.json")
    replace(path, {"bytes": b64(document), "signatures": signatures, "files": files})


def pin_of(folder: Path) -> str:
    """The pin of root 1. Raises NotPossible."""
    return hash_of(unb64(read(folder / "root.json")["bytes"]))


def made_or_kept(path: Path, what: str, passphrase: Passphrase) -> LongLivedKeys:
    """Keys of a new file, or those of the one that a ceremony left when it was broken off. Raises
    NotPossible."""
    if path.exists():
        return opened(path, what, passphrase)
    keys = new_long_lived()
    value = {"sign": b64(keys.sign), "mldsa": b64(keys.mldsa)}
    write_key_file(path, what, value, passphrase(path.stem))
    return keys


def opened(path: Path, what: str, passphrase: Passphrase) -> LongLivedKeys:
    """The keys of a file. Raises NotPossible."""
    try:
        value = read_key_file(path, what, passphrase(path.stem))
    except WrongPassphrase as error:
        raise NotPossible(Why.WRONG_PASSPHRASE, file=path.stem) from error
    except Malformed as error:
        raise NotPossible(Why.DAMAGED, file=path, reason=str(error)) from error
    except OSError as error:
        raise NotPossible(Why.UNREADABLE, file=path, reason=str(error.strerror)) from error
    return LongLivedKeys(unb64(value["sign"], 32), unb64(value["mldsa"], 32))


def registrar(folder: Path, passphrase: Passphrase) -> LongLivedKeys:
    """The keys that sign rosters under the newest root. Raises NotPossible."""
    return opened(folder / f"{roots_of(folder)[-1].registrar}.json", "registrar", passphrase)


def replace(path: Path, value: Any) -> None:
    """Write a file whole, on the disk before this returns."""
    beside = path.with_suffix(".new")
    with open(beside, "wb", opener=owned) as file:
        file.write(canonical(value))
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def read(path: Path) -> Any:
    """Raises NotPossible if it is not there."""
    if not path.exists():
        raise NotPossible(Why.NO_CEREMONY, file=path)
    return parse_canonical(path.read_bytes(), MAX_FILE_BYTES)
