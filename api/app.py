"""The application factory."""

import time
from collections.abc import Callable

import structlog
from flask import Flask, Response, g, request
from flask_smorest import Api

from api import (
    attachments,
    cases,
    directory,
    docs,
    entries,
    health,
    invitations,
    limits,
    metrics,
    problems,
    proof,
    reads,
    work,
)
from api.config import Settings, read_settings
from api.counters import Counters, shared
from api.headers import HEADERS
from api.state import open_store
from wire.paths import VERSION

MAX_BODY_BYTES = 40 * 2**20

log = structlog.get_logger()


def create_app(
    settings: Settings | None = None,
    clock: Callable[[], float] = time.time,
    counters: Counters | None = None,
) -> Flask:
    """The server's application. Call it after the fork: it opens the store.

    counters: of what sources do; those that were made before the fork if not given. Raises
    BadSettings, FileNotFoundError.
    """
    configure_logs()
    settings = settings or read_settings()
    app = Flask("zegel", static_folder=None)
    app.url_map.merge_slashes = False  # it answers with a redirect, and that in HTML
    app.config.update(
        API_TITLE="Zegel",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        PROPAGATE_EXCEPTIONS=False,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    app.extensions["zegel"] = open_store(settings, clock=clock)
    api = Api(
        spec_kwargs={
            "info": {"description": "Sealed entries, ordered and kept; nothing here is readable."}
        },
    )
    api.DEFAULT_ERROR_RESPONSE_NAME = None  # each operation names its own problems
    api.init_app(app)
    for module in (entries, attachments, invitations, cases, reads, work, directory, health):
        prefix = "" if module is health else VERSION
        api.register_blueprint(module.blueprint, url_prefix=prefix)
    for unused in ("Error", "PaginationMetadata"):  # put there by the library
        del api.spec.components.schemas[unused]
    docs.install(app, api)
    problems.install(app)
    _install_hooks(app)
    metrics.install(app, settings.metrics)
    limits.install(app, counters or shared())
    proof.install(app)
    return app


def _install_hooks(app: Flask) -> None:
    @app.before_request
    def start() -> None:
        g.started = time.monotonic()

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        seconds = time.monotonic() - g.started
        metrics.metrics().answered(response, seconds)
        # Route and outcome only: no path, no address, no id.
        log.info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
        )
        return response


def configure_logs() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        # One write a line: two workers' lines must not run together.
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )
