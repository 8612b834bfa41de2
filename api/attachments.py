"""Attachments: sent up in pieces by their hash before an entry names them, and given out by ranges.

Sealed bytes alone pass through here, a piece at a time.
"""

import re
from typing import Any

from flask import Response, request
from werkzeug.datastructures import Range
from werkzeug.exceptions import UnsupportedMediaType

from api.blueprint import Blueprint
from api.limits import take
from api.problems import ProblemError, documented
from api.proof import member_of
from api.reads import recorded
from api.state import opened
from crypto.padding import ATTACHMENT_FLOOR, is_sealed_size, padded_size, sealed_size
from domain.refusal import Refusal, refuse_unless
from store.application import NoSuchCase
from store.blobs import NoSuchPiece
from store.releases import Attached
from store.uploads import Place
from wire.fields import PATH_PATTERNS
from wire.parts import PIECE_BYTES
from wire.paths import ATTACHMENT, UPLOAD
from wire.schemas import NoQuery, Uploaded, UploadQuery

blueprint = Blueprint("attachments", __name__, description="Sealed files")
BYTES = "application/octet-stream"
_RAW = {"type": "string", "format": "binary"}


@blueprint.route(UPLOAD)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, Uploaded)
@documented(400, 404, 409, 429, 503)
def came(_: dict[str, Any], case: str, compartment: str, hash: str) -> dict[str, int]:
    """How much of an upload of the asking device has come

    Nothing, for one that was not begun. An upload that no entry names is deleted after a day.
    """
    device, _case = member_of(case, compartment)
    return {"offset": opened().store.uploads.offset(Place(case, compartment, device, hash))}


@blueprint.route(UPLOAD, methods=["PUT"])
@blueprint.arguments(UploadQuery, location="query")
@blueprint.response(200, Uploaded)
@blueprint.doc(requestBody={"required": True, "content": {BYTES: {"schema": _RAW}}})
@documented(400, 404, 409, 413, 415, 429, 503)
def upload(query: dict[str, Any], case: str, compartment: str, hash: str) -> dict[str, int]:
    """Send the next piece of an attachment, before the entry that names it

    Pieces are of 1 MiB, the last one is shorter. `size` is that of the whole ciphertext, `offset`
    where the piece begins. With the last piece the whole is held against its hash.
    """
    if request.mimetype != BYTES:
        raise UnsupportedMediaType
    request.max_content_length = PIECE_BYTES
    device, _case = member_of(case, compartment)
    well_formed = re.fullmatch(PATH_PATTERNS["hash"], hash, re.ASCII) is not None
    refuse_unless(well_formed, Refusal.MALFORMED, "the hash is not 32 bytes in base64url")
    size = query["size"]
    largest = sealed_size(padded_size(opened().settings.max_attachment_bytes, ATTACHMENT_FLOOR))
    if size > largest:
        raise ProblemError("too-large", f"an attachment has at most {largest} bytes, sealed")
    refuse_unless(
        is_sealed_size(size, ATTACHMENT_FLOOR), Refusal.PAYLOAD_MISMATCH, "no padding gives this"
    )
    piece = request.get_data(cache=True)
    take("upload_bytes", len(piece), device)
    place = Place(case, compartment, device, hash)
    return {"offset": opened().store.uploads.put(place, size, query["offset"], piece)}


@blueprint.route(ATTACHMENT)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(206, _RAW, content_type=BYTES)
@blueprint.alt_response(200, schema=_RAW, content_type=BYTES)
@documented(400, 404, 409, 416, 429, 503)
def attachment(_: dict[str, Any], case: str, compartment: str, entry: str, number: str) -> Response:
    """Ciphertext of an attachment, for a device that was given a key to its entry

    At most 1 MiB at a time: ask for what is larger by `Range`.
    """
    with recorded(
        "AttachmentFetched", case, compartment=compartment, entry=entry, number=number
    ) as reading:
        device, known = member_of(case, compartment)
        reading.by(device, known)
        note = known.entries.get(entry)
        if note is None or note.compartment != compartment:
            raise NoSuchCase
        found = re.fullmatch(PATH_PATTERNS["number"], number, re.ASCII)
        attached = found and opened().store.attachment_for(case, entry, device, int(number))
        if not attached:
            raise NoSuchCase
    begin, end = _asked(request.range, attached.size)
    try:
        body = _read(attached, begin, end)
    except NoSuchPiece as error:
        raise NoSuchCase from error
    response = Response(body, 206 if request.range else 200, content_type=BYTES)
    response.headers["Accept-Ranges"] = "bytes"
    if request.range:
        response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{attached.size}"
    return response


def _asked(range_: Range | None, size: int) -> tuple[int, int]:
    """Where to begin and end, no more than a piece apart. Raises ProblemError."""
    if range_ is None:
        if size > PIECE_BYTES:
            raise ProblemError("no-such-range", "it is larger than 1 MiB: ask by Range")
        return 0, size
    found = range_.range_for_length(size)
    if found is None:
        raise ProblemError("no-such-range", f"it has {size} bytes")
    begin, end = found
    return begin, min(end, begin + PIECE_BYTES)


def _read(attached: Attached, begin: int, end: int) -> bytes:
    blobs, first = opened().store.uploads.blobs, begin // PIECE_BYTES
    pieces = (blobs.get(attached.blob, one) for one in range(first, -(-end // PIECE_BYTES)))
    start = begin - first * PIECE_BYTES
    return b"".join(pieces)[start : start + end - begin]
