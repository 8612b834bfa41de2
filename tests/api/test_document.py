"""The interface document describes what the server does, for programs and for people.

Holds api/app.py, wire/problems.py, api/docs.py, api/blueprint.py.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from werkzeug.routing import Rule

import wire.paths
from tests.support.world import World
from wire.problems import MEDIA_TYPE

EXAMPLES = 12
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    allow_header_conformance,
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("world")) as running:
        running.staff("consultation_worker")
        running.mother()
        yield running


@pytest.fixture(scope="module")
def spec(world: World) -> dict[str, Any]:
    found = world.app.test_client().get("/openapi.json").get_json()
    assert isinstance(found, dict)
    return found


def operations(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


def test_the_interface_document_is_valid_openapi_3_1(spec: dict[str, Any]) -> None:
    assert spec["openapi"].startswith("3.1.")
    assert [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(spec)] == []
    for name, schema in spec["components"]["schemas"].items():
        rooted = {**schema, "components": spec["components"]}
        assert jsonschema_rs.Draft202012Validator(rooted), name
        jsonschema_rs.meta.validate(schema)


def test_every_route_of_the_server_is_described(world: World, spec: dict[str, Any]) -> None:
    described = {(method.upper(), path) for method, path, _ in operations(spec)}
    pages = {"/docs", "/openapi.json"}
    rules = [rule for rule in world.app.url_map.iter_rules() if rule.rule not in pages]
    assert described == {(method, path) for rule in rules for method, path in served(rule)}


def served(rule: Rule) -> set[tuple[str, str]]:
    path = rule.rule.replace("<string:", "{").replace(">", "}")
    return {(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def test_every_path_that_both_ends_know_is_described(spec: dict[str, Any]) -> None:
    templates = {
        value
        for value in vars(wire.paths).values()
        if isinstance(value, str) and re.fullmatch(r"(/[a-z{}-]+)+", value)
    }
    described = {path.removeprefix(wire.paths.VERSION) for path in spec["paths"]}
    assert described == templates


def test_every_operation_says_what_it_does_and_which_problems_it_answers(
    spec: dict[str, Any],
) -> None:
    for method, path, operation in operations(spec):
        where = f"{method} {path}"
        assert operation["summary"], where
        problems = {status for status in operation["responses"] if status >= "400"}
        wanted = {"400", "503"}
        wanted |= {"413", "415"} if "requestBody" in operation else set()
        wanted |= {"404"} if "{case}" in path else set()
        assert wanted <= problems, where
        assert "default" not in operation["responses"], where
        for status in problems:
            content = operation["responses"][status]["content"]
            assert content == {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def test_nothing_is_described_that_no_operation_uses(spec: dict[str, Any]) -> None:
    written = str(spec)
    for name in spec["components"]["schemas"]:
        assert f"'#/components/schemas/{name}'" in written, name


def test_names_in_a_path_are_described_with_their_one_spelling(spec: dict[str, Any]) -> None:
    for path, item in spec["paths"].items():
        named = {one["name"]: one["schema"]["pattern"] for one in item.get("parameters", [])}
        assert set(named) == {part[1:-1] for part in path.split("/") if part.startswith("{")}


class Page(HTMLParser):
    """What a page says, and what it would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words = ""
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        fetching = ("src", "href", "srcset", "action", "data", "poster")
        self.links += [value or "" for name, value in attrs if name in fetching]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_readable_page_shows_every_operation_and_every_body(
    world: World, spec: dict[str, Any]
) -> None:
    answer = world.app.test_client().get("/docs")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    words = Page(answer.text).words
    for method, path, operation in operations(spec):
        assert f"{method.upper()} {path}" in words
        assert operation["summary"] in words
    for name, schema in spec["components"]["schemas"].items():
        assert name in words
        assert all(field in words for field in schema["properties"])


def test_the_readable_page_loads_nothing_from_elsewhere(world: World) -> None:
    answer = world.app.test_client().get("/docs")
    page = Page(answer.text)
    assert page.links == ["/openapi.json"]
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert "@import" not in answer.text and "url(" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.split("; ") == ["default-src 'none'", "style-src 'unsafe-inline'"]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_the_server_answers_as_the_document_says(
    world: World, spec: dict[str, Any], mode: GenerationMode
) -> None:
    """No fault of the server, no status, content type or body that is not described."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app=world.app)
    found = [result.ok() for result in schema.get_all_operations()]
    assert len(found) == len(operations(spec))
    for operation in found:
        if mode is GenerationMode.POSITIVE or can_be_asked_wrongly(operation):
            try_out(operation, mode)


def can_be_asked_wrongly(operation: Any) -> bool:
    return bool(list(operation.iter_parameters()) or operation.body)


def try_out(operation: Any, mode: GenerationMode) -> None:
    @given(st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def run(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        response = case.call()
        assert response.status_code < 500 or response.status_code == 503
        case.validate_response(response, checks=CHECKS)

    run()
