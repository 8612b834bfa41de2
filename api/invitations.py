"""Accepting an invitation, and seeing who did."""

from typing import Any

from api.blueprint import Blueprint
from api.limits import take
from api.problems import documented
from api.proof import member_of
from api.state import opened
from crypto.device import card_from
from crypto.encoding import Malformed
from domain.refusal import Refusal, Refused
from store.invitations import Acceptance, accept
from wire.paths import ACCEPTANCES, INVITATIONS
from wire.schemas import Acceptances, AcceptanceSchema, Accepted, NoQuery

blueprint = Blueprint("invitations", __name__, description="Invitations")


@blueprint.route(INVITATIONS, methods=["POST"])
@blueprint.arguments(NoQuery, location="query")
@blueprint.arguments(AcceptanceSchema, description="A card, and the tag that the secret gives")
@blueprint.response(202, Accepted)
@documented(400, 413, 415, 429, 503)
def accept_invitation(_: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Say that one was invited

    The answer is the same whether there is such an invitation or not. Whoever invited checks the
    tag, and lets the device in by an entry.
    """
    take("posts")
    try:
        card = card_from(body["card"])
    except Malformed as error:
        raise Refused(Refusal.MALFORMED, str(error)) from error
    store = opened().store
    accept(store.entries, Acceptance(body["invitation"], card, body["tag"]), store.now())
    return {}


@blueprint.route(ACCEPTANCES)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, Acceptances)
@documented(400, 404, 409, 429, 503)
def acceptances(_: dict[str, Any], case: str, compartment: str) -> dict[str, Any]:
    """Who says that she was invited into a compartment, for its present members"""
    known, store = member_of(case, compartment)[1], opened().store
    standing, now = known.compartments[compartment].invitations, store.now()
    return {
        "acceptances": [
            {"invitation": one.invitation, "card": one.card.fields(), "tag": one.tag}
            for one in store.acceptances(case, compartment)
            if one.invitation in standing and now < standing[one.invitation].expires
        ]
    }
