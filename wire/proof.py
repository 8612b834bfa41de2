"""Proving a request by a device key: RFC 9421 in one strict profile.

    Signature-Input: zegel=("@method" "@authority" "@path" "@query");created=1795428060;
                     keyid="5c825a5cda84c39bd94fba1e590b844d";nonce="…22 characters…";tag="zegel"
    Signature: zegel=:…base64…:

`content-digest` (SHA-256, RFC 9530) is covered too when there is a body. `@authority` comes from
configuration on both ends, never from a Host header, which a proxy may have written.

    Zegel-Authority: zegel.example      the authority a client means, so that it can be told another

says beside the proof what is inside its signature: it decides nothing but what a refusal is called
(docs/adr/0010).
"""

import base64
import re
from typing import NamedTuple

from crypto.encoding import sha256
from crypto.signatures import verify_raw

MAX_AGE_SECONDS = 120
TAG = "zegel"
AUTHORITY_HEADER = "Zegel-Authority"
_PARAMETERS = re.compile(
    r'(?P<parameters>\((?P<components>"[a-z@-]+"(?: "[a-z@-]+")*)\)'
    r";created=(?P<created>[0-9]{1,12})"
    r';keyid="(?P<keyid>[0-9a-f]{32})"'
    r';nonce="(?P<nonce>[A-Za-z0-9_-]{22})"'
    r';tag="zegel")',
    re.ASCII,
)
_SIGNATURE = re.compile(r"zegel=:(?P<base64>[A-Za-z0-9+/]{85}[AQgw]==):", re.ASCII)


class Request(NamedTuple):
    """What a proof covers. query: with its question mark, "?" when there is none."""

    method: str
    authority: str
    path: str
    query: str
    body: bytes


class Unproven(Exception):
    """A request without a good proof."""


class Untimely(Exception):
    """A proof that was made too long before or after the clock of whoever reads it. now: unix time
    in seconds of that clock. It says nothing of who made it, or of what was asked for."""

    def __init__(self, now: int) -> None:
        super().__init__("created is too far from now")
        self.now = now


class Proof(NamedTuple):
    keyid: str
    created: int
    nonce: str
    base: bytes
    signature: bytes


def content_digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(sha256(body)).decode()}:"


def components(request: Request) -> tuple[str, ...]:
    covered = ("@method", "@authority", "@path", "@query")
    return (*covered, "content-digest") if request.body else covered


def parameters(request: Request, keyid: str, created: int, nonce: str) -> str:
    names = " ".join(f'"{name}"' for name in components(request))
    return f'({names});created={created};keyid="{keyid}";nonce="{nonce}";tag="{TAG}"'


def signature_base(request: Request, signature_parameters: str) -> bytes:
    """The bytes that are signed (RFC 9421 section 2.5)."""
    values = {
        "@method": request.method,
        "@authority": request.authority,
        "@path": request.path,
        "@query": request.query,
        "content-digest": content_digest(request.body),
    }
    lines = [f'"{name}": {values[name]}' for name in components(request)]
    lines.append(f'"@signature-params": {signature_parameters}')
    return "\n".join(lines).encode()


def proof_headers(request: Request, signature_parameters: str, signature: bytes) -> dict[str, str]:
    headers = {
        "Signature-Input": f"zegel={signature_parameters}",
        "Signature": f"zegel=:{base64.b64encode(signature).decode()}:",
    }
    if request.body:
        headers["Content-Digest"] = content_digest(request.body)
    return headers


def read_proof(
    request: Request, signature_input: str, signature: str, digest: str, now: int
) -> Proof:
    """The proof that came with a request, its key not yet known. Raises Unproven, Untimely."""
    signed = _SIGNATURE.fullmatch(signature)
    if not signature_input.startswith("zegel=") or signed is None:
        raise Unproven("no signature called zegel")
    stated = signature_input.removeprefix("zegel=")
    found = _PARAMETERS.fullmatch(stated)
    if found is None:
        raise Unproven("Signature-Input is not of the profile")
    if found["components"] != " ".join(f'"{name}"' for name in components(request)):
        raise Unproven("the covered components are not those of the profile")
    if request.body and digest != content_digest(request.body):
        raise Unproven("Content-Digest does not fit the body")
    created = int(found["created"])
    if abs(now - created) > MAX_AGE_SECONDS:
        raise Untimely(now)
    raw = base64.b64decode(signed["base64"])
    return Proof(found["keyid"], created, found["nonce"], signature_base(request, stated), raw)


def proves(proof: Proof, sign: bytes | None) -> bool:
    """Whether the proof was made by this device key."""
    return sign is not None and verify_raw(sign, proof.base, proof.signature)
