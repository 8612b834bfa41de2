"""Numbers for whoever runs the server: what was asked, how it ended, how far the projector is.

No label holds a case, a device, a kind of entry or an address. Still, counts tell when somebody
writes: they are given out on a listener of their own and nowhere else.
"""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, Response, current_app, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from werkzeug.exceptions import NotFound

from api.config import Listener
from api.counts_folder import VARIABLE
from api.state import opened
from projections.projector import PROJECTIONS
from wire.paths import HEALTH
from wire.problems import MEDIA_TYPE, TYPE_PREFIX

PATH = "/metrics"
# Whoever asks can make up a method; a label cannot take whatever anybody makes up.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_METRICS = "zegel.metrics"


class Metrics:
    """What is counted in this process, or in all that share the folder of `api.counts_folder`."""

    def __init__(self) -> None:
        disable_created_metrics()  # when something happened first: many processes do not tell it
        self._own = CollectorRegistry()
        self._requests = Counter(
            "zegel_requests",
            "Requests that were answered.",
            ("route", "method", "status"),
            registry=self._own,
        )
        self._seconds = Histogram(
            "zegel_request_seconds",
            "Seconds until a request was answered.",
            ("route",),
            registry=self._own,
        )
        self._refusals = Counter(
            "zegel_refusals",
            "Answers that were refusals or other problems, by name.",
            ("name",),
            registry=self._own,
        )
        self._throttled = Counter(
            "zegel_throttled",
            "Requests that were over a limit.",
            ("limit",),
            registry=self._own,
        )

        self._unlogged = Counter(
            "zegel_unlogged_refusals",
            "Refused reads that stand in no log of reads.",
            registry=self._own,
        )

    def answered(self, response: Response, seconds: float) -> None:
        """Count the request that is being answered."""
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in METHODS else "other"
        self._requests.labels(route, method, response.status_code).inc()
        self._seconds.labels(route).observe(seconds)
        if response.mimetype == MEDIA_TYPE:
            name = json.loads(response.get_data())["type"].removeprefix(TYPE_PREFIX)
            self._refusals.labels(name).inc()

    def throttled(self, limit: str) -> None:
        self._throttled.labels(limit).inc()

    def unlogged(self) -> None:
        self._unlogged.inc()

    def page(self) -> bytes:
        """All numbers in Prometheus' text format."""
        counted = self._own
        if VARIABLE in os.environ:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)
        places = CollectorRegistry()
        places.register(_Places())
        return generate_latest(counted) + generate_latest(places)


class _Places:
    """How far the store has come and how far behind it the read models are, as of now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        views, position = opened().views, opened().store.position()
        yield GaugeMetricFamily(
            "zegel_store_position", "Position of the last entry or document.", position
        )
        lag = GaugeMetricFamily(
            "zegel_projection_lag", "Positions yet to be projected.", labels=("projection",)
        )
        for projection in PROJECTIONS:
            behind = position - views.position(projection.name)
            lag.add_metric((projection.name,), max(behind, 0))
        yield lag


def metrics() -> Metrics:
    """Those of the running application."""
    found = current_app.extensions[_METRICS]
    assert isinstance(found, Metrics)
    return found


def install(app: Flask, listener: Listener | None) -> None:
    """Answer for metrics and health on that listener, and nothing else there."""
    app.extensions[_METRICS] = Metrics()

    @app.before_request
    def on_its_listener() -> Response | None:
        if listener is None or not _came_in_on(listener, request.environ):
            return None
        if request.path == HEALTH:
            return None
        if request.path == PATH and request.method in ("GET", "HEAD"):
            return Response(metrics().page(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
        raise NotFound


def _came_in_on(listener: Listener, environ: Mapping[str, Any]) -> bool:
    """Where gunicorn took the request in. Of one that came through a Unix socket it knows neither
    peer nor port, and puts what the request itself says in the place of the port."""
    took_in = (environ.get("SERVER_NAME"), environ.get("SERVER_PORT"))
    return took_in == (listener.host, str(listener.port)) and bool(environ.get("REMOTE_ADDR"))
