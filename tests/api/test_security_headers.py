"""Every answer, whatever was asked and however it ended, tells browsers to do nothing with it.

Holds api/app.py, api/headers.py.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from api.app import MAX_BODY_BYTES
from api.config import LIMITS, Listener
from api.counters import Limit
from tests.support.world import World
from wire.paths import ENTRIES, TRUST, path

PRIVATE = Listener("127.0.0.1", 9100)
WANTED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "MADE-UP")


def are_there(answer: TestResponse) -> bool:
    """Each header, once. The page for people has a policy of its own: its style is in it."""
    headers = answer.headers
    wanted = dict(WANTED)
    if answer.mimetype == "text/html":
        own = headers["Content-Security-Policy"]
        assert own.startswith("default-src 'none'") and "script" not in own
        wanted["Content-Security-Policy"] = own
    allowed = re.findall(r"([a-z-]+)=\(([^)]*)\)", headers["Permissions-Policy"])
    assert {"camera", "microphone", "geolocation"} <= {name for name, _ in allowed}
    assert not any(to for _, to in allowed)
    seconds = re.fullmatch(r"max-age=(\d+)", headers["Strict-Transport-Security"])
    assert seconds is not None and int(seconds[1]) >= 180 * 86_400
    return all(headers.getlist(name) == [value] for name, value in wanted.items())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("world"), metrics=PRIVATE) as running:
        running.staff("consultation_worker")
        yield running


def test_they_are_on_the_answer_of_every_route_to_every_method(world: World) -> None:
    statuses = set()
    for rule in world.app.url_map.iter_rules():
        for target in (re.sub("<[^>]*>", "x", rule.rule), re.sub("<[^>]*>", "1" * 32, rule.rule)):
            for method in METHODS:
                answer = world.app.test_client().open(target, method=method)
                assert are_there(answer), f"{method} {target}"
                statuses.add(answer.status_code)
    assert statuses == {200, 400, 401, 404, 405, 415}


def test_they_are_on_what_is_no_route_too_large_or_the_operators(world: World) -> None:
    client = world.app.test_client()
    private = {"SERVER_NAME": PRIVATE.host, "SERVER_PORT": str(PRIVATE.port)}
    large = {"CONTENT_LENGTH": str(MAX_BODY_BYTES + 1), "CONTENT_TYPE": "application/json"}
    found = {
        404: client.get("/nothing"),
        413: client.post(path(ENTRIES), environ_overrides=large),
        200: client.get("/metrics", environ_overrides=private),
    }
    assert {status: answer.status_code for status, answer in found.items()} == dict(
        zip(found, found, strict=True)
    )
    assert all(are_there(answer) for answer in found.values())
    assert are_there(client.get("/other", environ_overrides=private))


def test_they_are_on_what_is_over_a_limit_and_on_a_fault_of_the_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("world")
    with World(folder, limits=replace(LIMITS, requests=Limit(40, 1e-3))) as world:
        world.staff("consultation_worker")
        client = world.app.test_client()
        elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
        for _ in range(40):
            client.get("/nothing", environ_overrides=elsewhere)
        throttled = client.get(path(TRUST), environ_overrides=elsewhere)
        assert throttled.status_code == 429 and are_there(throttled)

        with closing(sqlite3.connect(folder / "views.sqlite")) as views:
            views.execute("UPDATE trust_document SET signatures='no json'")
            views.commit()
        fault = client.get(path(TRUST), environ_overrides={"REMOTE_ADDR": "192.0.2.2"})
        assert fault.status_code == 500 and are_there(fault)
