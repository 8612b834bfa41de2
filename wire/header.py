"""The header of an entry: the only part the server reads (PROTOCOL.md section 3).

    {"at":"2026-11-23T10:02Z","author":"5c82…","body":{},"case":"a0bc…",
     "compartment":"dialogue-774424100","epoch":0,"id":"0101…","kind":"MessageSent",
     "payload":{"attachments":[],"hash":"…","keybox":"…","size":584},"prev":"…","roster":1,
     "seen":{"root":"47DE…","size":0},"seq":1,"v":1}

Here is rule 1 of section 4: its spelling and shape. All other rules are in `domain`.
"""

from time import gmtime, strftime
from typing import Any

from crypto.encoding import Malformed, b64, canonical, labelled, parse_canonical, sha256
from domain.entry import Attachment, Header, Payload
from domain.kinds import KINDS
from domain.refusal import Refusal, Refused, refuse_unless
from domain.shapes import (
    compartment_name,
    hash_,
    identifier,
    integer,
    list_of,
    malformed,
    minute,
    nullable,
    record,
    seconds_of,
)

MAX_HEADER_BYTES = 64 * 1024
MAX_ATTACHMENTS = 20
ENTRY_LABEL = "zegel/v1/entry"
ENTRY_SIGNATURE_LABEL = "zegel/v1/entry-signature"


def _kind(value: Any, where: str) -> None:
    if not isinstance(value, str) or value not in KINDS:
        raise malformed(where, "unknown kind")


_FIELDS = record(
    {
        "v": integer(1, 1),
        "case": identifier,
        "compartment": compartment_name,
        "seq": integer(),
        "prev": hash_,
        "kind": _kind,
        "epoch": integer(),
        "author": identifier,
        "roster": integer(),
        "seen": record({"size": integer(), "root": hash_}),
        "id": identifier,
        "at": minute,
        "body": lambda value, where: None,
        "payload": nullable(
            record(
                {
                    "hash": hash_,
                    "size": integer(),
                    "keybox": hash_,
                    "attachments": list_of(
                        record({"hash": hash_, "size": integer()}), maximum=MAX_ATTACHMENTS
                    ),
                }
            )
        ),
    }
)


def parse_header(received: bytes) -> Header:
    """A header from its received bytes. Raises Refused: malformed, unsupported-version."""
    try:
        fields = parse_canonical(received, MAX_HEADER_BYTES)
    except Malformed as error:
        raise Refused(Refusal.MALFORMED, f"header: {error}") from error
    refuse_unless(isinstance(fields, dict), Refusal.MALFORMED, "header: not an object")
    version = fields.get("v")
    refuse_unless(
        type(version) is int and version == 1, Refusal.UNSUPPORTED_VERSION, f"version {version}"
    )
    _FIELDS(fields, "header")
    KINDS[fields["kind"]](fields["body"], "body")
    header = _header(fields)
    epoch = header.body.get("epoch", header.epoch)
    refuse_unless(epoch == header.epoch, Refusal.MALFORMED, "body and header name other epochs")
    if header.changes_members and not header.recovers:
        among = any(line.device == header.author for line in header.lines)
        refuse_unless(among, Refusal.MALFORMED, "the author is not among the members")
    return header


def _header(fields: dict[str, Any]) -> Header:
    payload = fields["payload"]
    return Header(
        case=fields["case"],
        compartment=fields["compartment"],
        seq=fields["seq"],
        prev=fields["prev"],
        kind=fields["kind"],
        epoch=fields["epoch"],
        author=fields["author"],
        roster=fields["roster"],
        seen_size=fields["seen"]["size"],
        seen_root=fields["seen"]["root"],
        id=fields["id"],
        at=seconds_of(fields["at"]),
        body=fields["body"],
        payload=payload
        and Payload(
            payload["hash"],
            payload["size"],
            payload["keybox"],
            tuple(Attachment(one["hash"], one["size"]) for one in payload["attachments"]),
        ),
    )


def minute_of(seconds: int) -> str:
    """Unix time as the UTC minute that documents carry."""
    at = gmtime(seconds)
    return f"{at.tm_year:04}{strftime('-%m-%dT%H:%MZ', at)}"  # %Y has no four digits everywhere


def header_bytes(header: Header) -> bytes:
    """The bytes of a header that is about to be signed: made once, never again."""
    payload = header.payload
    return canonical(
        {
            "v": 1,
            "case": header.case,
            "compartment": header.compartment,
            "seq": header.seq,
            "prev": header.prev,
            "kind": header.kind,
            "epoch": header.epoch,
            "author": header.author,
            "roster": header.roster,
            "seen": {"size": header.seen_size, "root": header.seen_root},
            "id": header.id,
            "at": minute_of(header.at),
            "body": dict(header.body),
            "payload": payload
            and {
                "hash": payload.hash,
                "size": payload.size,
                "keybox": payload.keybox,
                "attachments": [one._asdict() for one in payload.attachments],
            },
        }
    )


def entry_hash(received: bytes) -> str:
    return b64(sha256(labelled(ENTRY_LABEL, received)))
