"""Whether the server is well, and under which log key it answers."""

from typing import Any

from flask_smorest import Blueprint

from api.state import opened
from wire.paths import HEALTH
from wire.schemas import Health

blueprint = Blueprint("health", __name__, description="Health")


@blueprint.route(HEALTH)
@blueprint.response(200, Health)
def health() -> dict[str, Any]:
    """How far the store has come, and how far the timelines"""
    return {
        "status": "ok",
        "position": opened().store.position(),
        "projected": opened().views.position("timeline"),
        "log": opened().signer.vkey,
    }
