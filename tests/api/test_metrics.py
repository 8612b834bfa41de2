"""What the server counts is told to its operator alone, and tells of nobody.

Holds api/metrics.py, api/counts_folder.py.
"""

import http.client
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from api.config import Listener
from api.limits import TooMany, take
from client.cases import consultation, consulting
from projections.projector import PROJECTIONS
from tests.support.asking import answer_of
from tests.support.processes import ROOT, WEB, Process, free_port, until
from tests.support.world import UNHELD, World, read
from wire.paths import HEALTH, TIMELINE, TRUST, path

PRIVATE = Listener("127.0.0.1", 9100)
Counted = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[World]:
    """A world whose metrics are given out on a listener of their own."""
    with World(tmp_path, metrics=PRIVATE) as running:
        yield running


def ask(world: World, target: str, **took_in: str) -> TestResponse:
    """took_in: what the web server says of where the request came in, if not in public."""
    return world.app.test_client().get(target, environ_overrides=took_in)


def operators(host: str = PRIVATE.host, port: int = PRIVATE.port, peer: str = "10.0.0.9") -> Any:
    return {"SERVER_NAME": host, "SERVER_PORT": str(port), "REMOTE_ADDR": peer}


def read_page(page: str) -> Counted:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def numbers(world: World) -> Counted:
    answer = ask(world, "/metrics", **operators())
    assert answer.status_code == 200 and answer.mimetype == "text/plain"
    return read_page(answer.text)


def of(counted: Counted, sample: str, /, **labels: str) -> float:
    return counted.get((f"zegel_{sample}", frozenset(labels.items())), 0)


def test_metrics_count_what_was_asked_how_it_ended_and_what_was_over_a_limit(
    counted: World,
) -> None:
    trust, timeline = "/v1/trust", f"/v1{TIMELINE}".replace("{", "<string:").replace("}", ">")
    before = numbers(counted)
    for _ in range(3):
        assert ask(counted, path(TRUST)).status_code == 200
    assert ask(counted, path(TIMELINE, case="0" * 32, compartment="a")).status_code == 404
    assert ask(counted, "/nothing").status_code == 404
    with counted.app.test_request_context(), pytest.raises(TooMany):
        take("posts", amount=10**15)

    now = numbers(counted)

    def more(sample: str, /, **labels: str) -> float:
        return of(now, sample, **labels) - of(before, sample, **labels)

    assert more("requests_total", route=trust, method="GET", status="200") == 3
    assert more("requests_total", route=timeline, method="GET", status="404") == 1
    assert more("requests_total", route="none", method="GET", status="404") == 1
    assert more("request_seconds_count", route=trust) == 3
    assert more("request_seconds_bucket", route=trust, le="+Inf") == 3
    assert more("refusals_total", name="no-such-case") == 1
    assert more("refusals_total", name="not-found") == 1
    assert more("throttled_total", limit="posts") == 1


def test_metrics_tell_how_far_the_store_has_come_and_the_read_models_are_behind(
    counted: World,
) -> None:
    counted.staff("consultation_worker")
    mother, asked, _ = counted.mother()

    def lags() -> set[float]:
        now = numbers(counted)
        assert of(now, "store_position") == counted.opened.store.position() > 0
        return {
            now["zegel_projection_lag", frozenset({("projection", one.name)})]
            for one in PROJECTIONS
        }

    assert lags() == {0}
    counted.stop_projector()
    mother.write(asked, "MessageSent", {}, consultation.message("more"))
    assert lags() == {1}


def test_no_number_has_a_case_a_device_a_kind_or_an_address_to_it(counted: World) -> None:
    (worker,) = counted.staff("consultation_worker")
    mother, asked, _ = counted.mother()
    consulting.take(worker, read(counted, worker, asked))
    ask(counted, path(TIMELINE, case=asked.case, compartment=asked.name))
    ask(counted, f"/v1/{asked.case}")
    counted.app.test_client().open("/", method=asked.case.upper())
    page = ask(counted, "/metrics", **operators()).text
    for private in (asked.case, asked.name, worker.device, mother.device, "127.0.0.1", "10.0.0.9"):
        assert private not in page and private.upper() not in page
    assert "CompartmentOpened" not in page and "MessageSent" not in page


def test_every_number_is_documented_with_its_labels(counted: World) -> None:
    with counted.app.test_request_context(), pytest.raises(TooMany):
        take("posts", amount=10**15)
    ask(counted, "/nothing")
    shown = {
        (family.name + "_total" * (family.type == "counter"), frozenset(sample.labels) - {"le"})
        for family in text_string_to_metric_families(ask(counted, "/metrics", **operators()).text)
        for sample in family.samples
    }
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    rows = re.findall(r"^\| `(zegel_\w+)` \| (.*?) ?\|", text, re.MULTILINE)
    documented = {(name, frozenset(filter(None, labels.split(", ")))) for name, labels in rows}
    assert shown == documented


@pytest.mark.parametrize(
    "took_in",
    [
        operators(),
        {},
        operators(port=8020),
        operators(host="10.0.0.1"),
        # What gunicorn says of a Unix socket: the host and port that the request itself named.
        operators(peer=""),
    ],
)
def test_on_every_other_listener_metrics_are_a_path_like_any_that_is_not_there(
    tmp_path: Path, took_in: Any
) -> None:
    is_theirs = took_in == operators()
    with World(tmp_path, metrics=None if is_theirs else PRIVATE) as world:
        answer = answer_of(ask(world, "/metrics", **took_in))
        assert answer == answer_of(ask(world, "/nothing", **took_in))
        assert answer.status == 404


def test_on_their_listener_nothing_else_is_answered_but_health(counted: World) -> None:
    for target in ("/", path(TRUST), "/docs", "/openapi.json", "/metrics/", "/metrics/x"):
        assert ask(counted, target, **operators()).status_code == 404, target
    posted = counted.app.test_client().post("/metrics", environ_overrides=operators())
    assert posted.status_code == 404
    assert ask(counted, HEALTH, **operators()).status_code == 200


def test_two_workers_are_counted_as_one_server_and_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, scratch = tmp_path / "data", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    with World(folder) as world:
        port, private = free_port(), free_port()
        bind = f"127.0.0.1:{port}"
        settings = {"DATA": str(folder), "PIN": world.pin, "AUTHORITY": bind, "BIND": bind}
        settings |= {"METRICS": f"127.0.0.1:{private}", "WORKERS": "2", **UNHELD}
        server = Process(WEB, settings, tmp_path / "web.log")
        try:
            until(lambda: answers(private, HEALTH) == 200, "the server answers")
            asked, folders = 0, "zegel-counts-*/counter_*.db"
            with ThreadPoolExecutor(8) as together:
                while len(list(scratch.glob(folders))) < 2:
                    asked += 40
                    assert asked < 2_000, "one worker does it all"
                    found = together.map(answers, [port] * 40, [path(TRUST)] * 40)
                    assert set(found) == {200}
            assert answers(port, "/metrics") == 404
            assert answers(private, path(TRUST)) == 404
            page = read_page(get(private, "/metrics")[1])
            trust = {"route": "/v1/trust", "method": "GET", "status": "200"}
            assert of(page, "requests_total", **trust) == asked
            server._process.terminate()
            server._process.wait(30)
            assert list(scratch.iterdir()) == []
        finally:
            server.kill()


def get(port: int, target: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def answers(port: int, target: str) -> int:
    try:
        return get(port, target)[0]
    except OSError:
        return 0
