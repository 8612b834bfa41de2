"""Posting an entry. It needs no login: the entry is signed."""

from typing import Any

from api.blueprint import Blueprint
from api.problems import documented
from api.state import opened
from crypto.device import card_from
from crypto.encoding import Malformed, b64, unb64
from domain.refusal import Refusal, Refused
from store.application import Post
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
    receipt = opened().store.post(post)
    return {"receipt": b64(receipt.stated), "signature": b64(receipt.signature)}
