"""Whether the server is well, and under which log key it answers; nothing that moves with writing,
for anyone may ask."""

from typing import Any

from api.blueprint import Blueprint
from api.problems import ProblemError, documented
from api.state import opened
from projections.beat import stands_still
from wire.paths import HEALTH
from wire.schemas import Health, NoQuery

blueprint = Blueprint("health", __name__, description="Health")


@blueprint.route(HEALTH)
@blueprint.arguments(NoQuery, location="query")
@blueprint.response(200, Health)
@documented(400, 503)
def health(_: dict[str, Any]) -> dict[str, Any]:
    """Whether what is stored reaches its readers, and how large a file may be

    It is not well while the projector gives no sign, or while a read model is set aside: then
    nobody is shown what came since.
    """
    here = opened()
    if stands_still(here.settings.projector_lock):
        raise ProblemError("standing-still")
    with here.views.reading() as cursor:
        aside = here.views.aside(cursor)
    if aside:
        raise ProblemError("set-aside", ", ".join(sorted(aside)))
    return {
        "status": "ok",
        "log": here.signer.vkey,
        "max_attachment_bytes": here.settings.max_attachment_bytes,
    }
