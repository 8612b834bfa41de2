"""The header of an entry: the only part the server reads (PROTOCOL.md section 3).

    {"at":"2026-11-23T10:02Z","author":"5c82…","body":{},"case":"a0bc…",
     "compartment":"dialogue-774424100","epoch":0,"id":"0101…","kind":"MessageSent",
     "payload":{"attachments":[],"hash":"…","keybox":"…","size":584},"prev":"…","roster":1,
     "seen":{"root":"47DE…","size":0},"seq":1,"v":1}

Here is rule 1 of section 4: its spelling and shape. All other rules are in `domain`.
"""

import json
import re
from time import gmtime, strftime
from typing import Any

from crypto.encoding import Malformed, b64, canonical, labelled, parse_canonical, sha256
from domain.entry import Attachment, Header, Payload
from domain.refusal import Refusal, Refused, refuse_unless
from domain.services.registry import KINDS
from domain.shapes import (
    Spelled,
    compartment_name,
    hash_,
    identifier,
    integer,
    malformed,
    minute,
    number,
    seconds_of,
    spelled_list,
    spelled_or_null,
    spelled_record,
)

MAX_HEADER_BYTES = 64 * 1024
MAX_ATTACHMENTS = 20
ENTRY_LABEL = "zegel/v1/entry"
ENTRY_SIGNATURE_LABEL = "zegel/v1/entry-signature"


def _kind(value: Any, where: str) -> None:
    if not isinstance(value, str) or value not in KINDS:
        raise malformed(where, "unknown kind")


def _anything(value: Any, where: str) -> None:
    """What a body may be is for its kind to say."""


_FIELDS = spelled_record(
    {
        "v": Spelled(integer(1, 1), "1"),
        "case": identifier,
        "compartment": compartment_name,
        "seq": number,
        "prev": hash_,
        "kind": Spelled(_kind, f'"({"|".join(KINDS)})"'),
        "epoch": number,
        "author": identifier,
        "roster": number,
        "seen": spelled_record({"size": number, "root": hash_}),
        "id": identifier,
        "at": minute,
        # Anything: it is parsed by itself. It can end in one place only, for what follows it has
        # no part in which the same could stand.
        "body": Spelled(_anything, r"(\{\}|\{.*\})"),
        "payload": spelled_or_null(
            spelled_record(
                {
                    "hash": hash_,
                    "size": number,
                    "keybox": hash_,
                    "attachments": spelled_list(
                        spelled_record({"hash": hash_, "size": number}), maximum=MAX_ATTACHMENTS
                    ),
                }
            )
        ),
    }
)
_SPELLING = re.compile(_FIELDS.spelling, re.ASCII)


def parse_header(received: bytes) -> Header:
    """A header from its received bytes. Raises Refused: malformed, unsupported-version."""
    header = header_at_sight(received) or parsed_header(received)
    epoch = header.body.get("epoch", header.epoch)
    refuse_unless(epoch == header.epoch, Refusal.MALFORMED, "body and header name other epochs")
    if header.changes_members and not header.recovers:
        among = any(line.device == header.author for line in header.lines)
        refuse_unless(among, Refusal.MALFORMED, "the author is not among the members")
    return header


def header_at_sight(received: bytes) -> Header | None:
    """A header whose spelling fits: a fraction of the work of parsing it. None if that does not
    show it to be right; then it is parsed, which says what is wrong, if anything is.

    Its body may be too deep by one container here; the shape of no kind is as deep as that.
    """
    if len(received) > MAX_HEADER_BYTES:
        return None
    try:
        found = _SPELLING.fullmatch(received.decode())
    except UnicodeDecodeError:
        return None
    if found is None:
        return None
    # In the order of their names, as in the example above.
    groups = found.groups()
    at, author, spelled_body, case, compartment, epoch, id_, kind = groups[:8]
    prev, roster, seen_root, seen_size, seq = groups[12:]
    body: dict[str, Any] = {}
    try:
        if spelled_body != "{}":
            body = parse_canonical(spelled_body.encode(), MAX_HEADER_BYTES)
        KINDS[kind](body, "body")
    except (Malformed, Refused):
        return None
    return Header(
        case,
        compartment,
        int(seq),
        prev,
        kind,
        int(epoch),
        author,
        int(roster),
        int(seen_size),
        seen_root,
        id_,
        seconds_of(at),
        body,
        _payload(*groups[8:12]),
    )


def _payload(attachments: str | None, hash_: str, keybox: str, size: str) -> Payload | None:
    if attachments is None:
        return None
    files = [] if attachments == "[]" else json.loads(attachments)
    return Payload(hash_, int(size), keybox, _attachments(files))


def _attachments(listed: list[dict[str, Any]]) -> tuple[Attachment, ...]:
    return tuple(Attachment(one["hash"], one["size"]) for one in listed)


def parsed_header(received: bytes) -> Header:
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
            _attachments(payload["attachments"]),
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
