"""Files of private keys, sealed with a passphrase (PROTOCOL.md section 1).

    {"argon2id":{"memory":268435456,"passes":3,"salt":"…"},"box":"…","v":1,"what":"device"}

Argon2id makes the key of an XChaCha20-Poly1305 box. Its parameters stand in the file and may grow;
below the floor here a file is refused, so that nobody can hand out a weak one.

Machines spell one accent in two ways, and a space in several. So a passphrase is taken as RFC 8265
(OpaqueString) takes passwords: every space as the common one, then Unicode NFC. Not NFKC: that
makes one of characters that a person can tell apart, and a passphrase weaker.
"""

import codecs
import os
import unicodedata
from pathlib import Path
from typing import Any

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from crypto.encoding import Malformed, b64, bind, canonical, parse_canonical, unb64
from crypto.secret.seeds import argon2id

PASSES = 3
MEMORY_BYTES = 256 * 2**20
MAX_PASSES = 10
MAX_MEMORY_BYTES = 4 * 2**30
MAX_FILE_BYTES = 64 * 1024


class WrongPassphrase(Exception):
    """The key file does not open with this passphrase."""


def spellings(passphrase: str) -> list[bytes]:
    """The bytes that a passphrase may stand for, each once. The first is how files are written;
    the others open files of before, made from what was typed. An ordinary passphrase has one."""
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in passphrase)
    tried = [unicodedata.normalize("NFC", spaced), passphrase]
    tried += [unicodedata.normalize(form, passphrase) for form in ("NFC", "NFD")]
    tried += [unicodedata.normalize("NFD", spaced)]
    return list(dict.fromkeys(one.encode("utf-8", "surrogateescape") for one in tried))


def write_key_file(path: Path, what: str, value: Any, passphrase: str) -> None:
    """Seal a value in a new file that only its owner reads. Raises FileExistsError.

    what: the kind of key, bound into the box, so that no file passes for another.
    """
    salt, nonce = os.urandom(16), os.urandom(24)
    outside = {"argon2id": {"memory": MEMORY_BYTES, "passes": PASSES, "salt": b64(salt)}, "v": 1}
    outside["what"] = what
    key = argon2id(spellings(passphrase)[0], salt, PASSES, MEMORY_BYTES, 32)
    box = nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(
        canonical(value), bind("zegel/v1/key-file", outside), nonce, key
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(canonical({**outside, "box": b64(box)}))
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path, what: str, passphrase: str) -> Any:
    """The sealed value. Raises OSError, Malformed, WrongPassphrase."""
    # An editor that saved the file leaves its marks around what stands in it, and only there.
    stands = path.read_bytes().removeprefix(codecs.BOM_UTF8).strip()
    fields = parse_canonical(stands, MAX_FILE_BYTES)
    if not isinstance(fields, dict) or fields.keys() != {"argon2id", "box", "v", "what"}:
        raise Malformed("not a key file")
    if fields["v"] != 1 or fields["what"] != what:
        raise Malformed(f"not a key file of a {what}, version 1")
    cost = fields["argon2id"]
    if not isinstance(cost, dict) or cost.keys() != {"memory", "passes", "salt"}:
        raise Malformed("not a key file")
    memory, passes = cost["memory"], cost["passes"]
    if type(memory) is not int or type(passes) is not int:
        raise Malformed("not a key file")
    if not (MEMORY_BYTES <= memory <= MAX_MEMORY_BYTES and PASSES <= passes <= MAX_PASSES):
        raise Malformed("its Argon2id parameters are outside the limits")
    box = unb64(fields.pop("box"))
    salt, context = unb64(cost["salt"], 16), bind("zegel/v1/key-file", fields)
    for spelling in spellings(passphrase):
        key = argon2id(spelling, salt, passes, memory, 32)
        try:
            opened = crypto_aead_xchacha20poly1305_ietf_decrypt(box[24:], context, box[:24], key)
        except CryptoError:
            continue
        return parse_canonical(opened, MAX_FILE_BYTES)
    raise WrongPassphrase("the key file does not open with this passphrase")
