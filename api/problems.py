"""Turning what goes wrong into problem documents, in one place."""

import json
from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb
from typing import Any, TypeVar

import structlog
from eventsourcing.persistence import PersistenceError
from flask import Flask, Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api.rendering import stored_entry
from domain.refusal import Refusal, Refused
from store.application import Conflict, NoSuchCase
from store.uploads import WrongOffset
from wire.problems import MEDIA_TYPE, NO_SUCH_CASE, problem, status_of
from wire.proof import Untimely
from wire.schemas import Problem

MAX_DETAIL = 1_000  # characters
log = structlog.get_logger()
F = TypeVar("F", bound=Callable[..., Any])

_BY_STATUS = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    422: "bad-request",
}


class ProblemError(Exception):
    """A problem of the interface itself, by its name in `wire.problems`."""

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.detail = detail


def answer(name: str, detail: str = "", **members: Any) -> Response:
    """A problem document. Its detail is cut: it can be many times as long as what came."""
    body = problem(name, detail[:MAX_DETAIL]) | members
    return Response(json.dumps(body), status=status_of(name), content_type=MEDIA_TYPE)


def _where(error: BaseException) -> list[str]:
    """Where it went wrong, without a value: messages and local variables would name cases."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in extract_tb(error.__traceback__)
    ]


def documented(*statuses: int) -> Callable[[F], F]:
    """Say in the interface document that an operation may answer with these problems, and with
    that of who means another server (`api.proof`)."""

    def decorate(view: F) -> F:
        described: Any = view
        for status in (*statuses, status_of("other-authority")):
            described = Blueprint.alt_response(
                _DOCUMENTER, status, schema=Problem, content_type=MEDIA_TYPE
            )(described)
        # The words are wanted, not the wrappers: each would be called at every request.
        view._apidoc = described._apidoc  # type: ignore[attr-defined]
        return view

    return decorate


_DOCUMENTER = Blueprint("problems", __name__)


def install(app: Flask) -> None:
    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return answer(error.refusal, error.detail)

    @app.errorhandler(Conflict)
    def conflict(error: Conflict) -> Response:
        missed = [stored_entry(placed) for placed in error.missed]
        return answer(Refusal.OUT_OF_ORDER, error.refused.detail, missed=missed)

    @app.errorhandler(WrongOffset)
    def wrong_offset(error: WrongOffset) -> Response:
        return answer("wrong-offset", offset=error.offset)

    @app.errorhandler(NoSuchCase)
    def no_such_case(error: NoSuchCase) -> Response:
        return answer(NO_SUCH_CASE)

    @app.errorhandler(Untimely)
    def untimely(error: Untimely) -> Response:
        return answer(Refusal.CLOCK, now=error.now)

    @app.errorhandler(ProblemError)
    def interface(error: ProblemError) -> Response:
        return answer(error.name, error.detail)

    @app.errorhandler(PersistenceError)
    def busy(error: PersistenceError) -> Response:
        log.error("store", fault=type(error).__name__)
        return answer("busy")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        name = _BY_STATUS.get(error.code or 500, "internal")
        messages = getattr(error, "data", {}).get("messages")
        shown = answer(name, json.dumps(messages) if messages else "")
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            shown.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return shown

    @app.errorhandler(Exception)
    def internal(error: Exception) -> Response:
        rule = request.url_rule.rule if request.url_rule else None
        log.error("fault", fault=type(error).__name__, route=rule, where=_where(error))
        return answer("internal")
