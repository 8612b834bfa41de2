"""Posting an entry. It needs no login: the entry is signed."""

from typing import Any
from uuid import UUID

from api.blueprint import Blueprint
from api.limits import TooMany, take
from api.problems import documented
from api.state import opened
from crypto.device import card_from
from crypto.encoding import Malformed, b64, unb64
from crypto.signatures import verify
from domain.entry import Header
from domain.refusal import Refusal, Refused
from store.application import Post
from store.events import EntryStored, event
from wire.header import ENTRY_SIGNATURE_LABEL, parse_header
from wire.paths import ENTRIES
from wire.schemas import EntryEnvelope, NoQuery, Receipt, read_parts

blueprint = Blueprint("entries", __name__, description="Posting entries")


@blueprint.route(ENTRIES, methods=["POST"])
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(EntryEnvelope, description="A signed entry with its sealed parts")
@blueprint.response(201, Receipt)
@documented(400, 403, 404, 409, 413, 415, 429, 503)
def post_entry(_: dict[str, Any], envelope: dict[str, Any]) -> dict[str, str]:
    """Store an entry and answer with a signed receipt

    The answer comes after the entry is on the disk. Posting the same bytes again gives the same
    receipt. A member who lost a race is answered out-of-order, with the entries it missed.
    """
    try:
        post = Post(
            unb64(envelope["header"]),
            unb64(envelope["signature"]),
            read_parts(envelope),
            card_from(envelope["card"]) if "card" in envelope else None,
        )
    except Malformed as error:
        raise Refused(Refusal.MALFORMED, str(error)) from error
    header = parse_header(post.header)
    try:
        take("openings" if header.opens else "posts", device=_signer(header, post))
    except TooMany:
        if not _is_stored(header, post):
            raise
    receipt = opened().store.post(post)
    return {"receipt": b64(receipt.stated), "signature": b64(receipt.signature)}


def _signer(header: Header, post: Post) -> str | None:
    """Its author, if the signature is by that device: anyone can name one that is certified, and
    would be held to no limit."""
    sign = opened().store.device_key(header.author)
    if sign is None or not verify(sign, ENTRY_SIGNATURE_LABEL, post.header, post.signature):
        return None
    return header.author


def _is_stored(header: Header, post: Post) -> bool:
    """Whether these bytes were posted before: whoever did not get the receipt asks for it again,
    and no limit keeps it from him (PROTOCOL.md section 3)."""
    entries = opened().store.entries
    with entries.reading() as cursor:
        known = entries.select_entry(cursor, UUID(header.case), header.id)
    stored = event(known[1]) if known else None
    return isinstance(stored, EntryStored) and (
        (stored.header, stored.signature) == (post.header, post.signature)
    )
