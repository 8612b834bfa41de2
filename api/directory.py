"""Trust documents and cards: public, for they carry their own proof."""

import json
import time
from typing import Any

from api.blueprint import Blueprint
from api.cases import wait_for
from api.problems import documented
from api.state import opened
from crypto.device import card_from
from crypto.encoding import Malformed, b64, unb64
from domain.refusal import Refusal, Refused
from projections.directory import read_cards, read_documents
from store.documents import newest_document
from wire.paths import CARDS, TRUST
from wire.schemas import (
    Cards,
    CardsQuery,
    NoQuery,
    Published,
    TrustDocuments,
    TrustPublication,
    TrustQuery,
)

blueprint = Blueprint("directory", __name__, description="Who is certified")


@blueprint.route(TRUST)
@blueprint.arguments(TrustQuery, location="query")
@blueprint.response(200, TrustDocuments)
@documented(400, 429, 503)
def documents(query: dict[str, Any]) -> dict[str, Any]:
    """Roots and rosters after a position, in the order in which they took effect

    `wait` holds the answer until it includes those that were stored up to that position. Whether
    the store has come that far with anything else is told to nobody here.
    """
    entries = opened().store.entries
    with entries.reading() as cursor:
        newest = newest_document(entries, cursor)
    wait_for("directory", min(query["wait"], newest))
    with opened().views.reading() as cursor:
        rows = read_documents(cursor, query["after"])
    return {
        "documents": [
            {
                "what": row.what,
                "bytes": b64(row.document),
                "signatures": json.loads(row.signatures),
                "stored": row.stored,
                "position": row.position,
            }
            for row in rows
        ],
        "now": int(time.time()),
    }


@blueprint.route(TRUST, methods=["POST"])
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(TrustPublication, description="A signed root or roster")
@blueprint.response(201, Published)
@documented(400, 403, 409, 413, 415, 429, 503)
def publish(_: dict[str, Any], publication: dict[str, Any]) -> dict[str, int]:
    """Store a root or roster: root keys and registrars sign it elsewhere"""
    try:
        document = unb64(publication["bytes"])
        cards = [card_from(card) for card in publication["cards"]]
    except Malformed as error:
        raise Refused(Refusal.MALFORMED, str(error)) from error
    position, stored = opened().store.publish(
        publication["what"], document, publication["signatures"], cards
    )
    return {"position": position, "stored": stored}


@blueprint.route(CARDS)
@blueprint.arguments(CardsQuery, location="query")
@blueprint.response(200, Cards)
@documented(400, 429, 503)
def cards(query: dict[str, Any]) -> dict[str, Any]:
    """The cards of the devices asked for, as far as they are known"""
    wait_for("directory", -1)
    with opened().views.reading() as cursor:
        return {"cards": [card.fields() for card in read_cards(cursor, query["device"])]}
