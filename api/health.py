"""Whether the server is well, and under which log key it answers."""

from typing import Any

from api.blueprint import Blueprint
from api.problems import documented
from api.state import opened
from wire.paths import HEALTH
from wire.schemas import Health, NoQuery

blueprint = Blueprint("health", __name__, description="Health")


@blueprint.route(HEALTH)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, Health)
@documented(400, 503)
def health(_: dict[str, Any]) -> dict[str, Any]:
    """How far the store has come, how far the timelines, and how large a file may be"""
    return {
        "status": "ok",
        "position": opened().store.position(),
        "projected": opened().views.position("timeline"),
        "log": opened().signer.vkey,
        "max_attachment_bytes": opened().settings.max_attachment_bytes,
    }
