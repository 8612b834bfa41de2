"""Blueprints whose operations read requests strictly and say so in the interface document."""

import json
import re
from collections.abc import Callable
from typing import Any

import flask_smorest
from flask import Request
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser, abort
from werkzeug.exceptions import UnsupportedMediaType

from wire.fields import PATH_PATTERNS
from wire.paths import rule

Operation = Callable[..., Any]
Declares = Callable[[Operation], Operation]  # a decorator of an operation

MAX_MEMBERS = 2_000  # of an object or list in a body; cards of a roster are 1,000


class StrictParser(FlaskParser):
    """Refuses unknown query parameters and bodies that are not called application/json; whatever
    json cannot read is a bad request, also too deep a nesting or too long a number."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}

    def _raw_load_json(self, req: Request) -> Any:
        if req.mimetype != "application/json":
            raise UnsupportedMediaType
        try:
            return json.loads(req.get_data(cache=True), object_pairs_hook=_bounded)
        except (ValueError, RecursionError) as error:
            abort(400, exc=error, messages={"json": ["Invalid JSON body."]})


def _bounded(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of a body. Raises ValueError for one with more names, or a longer list in it, than
    any that is meant: to say of each what is wrong with it takes seconds."""
    if len(pairs) > MAX_MEMBERS or any(
        isinstance(value, list) and len(value) > MAX_MEMBERS for _, value in pairs
    ):
        raise ValueError("more members than anything has")
    return dict(pairs)


class Blueprint(flask_smorest.Blueprint):
    ARGUMENTS_PARSER = StrictParser()

    # flask-smorest's own, which has no types.
    response: Callable[..., Declares]
    alt_response: Callable[..., Declares]
    doc: Callable[..., Declares]

    def arguments(self, schema: type[Schema], **options: Any) -> Declares:
        """What an operation takes; the schema is made once, not again for every request."""
        declares: Declares = super().arguments(schema(), **options)
        return declares

    def route(self, template: str, **options: Any) -> Declares:
        """An operation at one of `wire.paths`."""
        parameters = _path_parameters(template)
        declares: Declares = super().route(rule(template), parameters=parameters, **options)
        return declares


def _path_parameters(template: str) -> list[dict[str, Any]]:
    return [
        {
            "in": "path",
            "name": name,
            "required": True,
            "schema": {"type": "string", "pattern": PATH_PATTERNS[name]},
        }
        for name in re.findall(r"{([a-z]+)}", template)
    ]
