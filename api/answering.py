"""One whole request to its whole answer, through the application, without a client in sight.

What goes wrong before or outside the application is answered here too, as a problem document.
"""

import json
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from traceback import extract_tb
from typing import Any, NamedTuple

import structlog
from gunicorn.http import wsgi
from gunicorn.util import http_date

from wire.problems import MEDIA_TYPE, problem, status_of

MOUNT = "SCRIPT_NAME"
log = structlog.get_logger()


class Answer(NamedTuple):
    """keep: whether another request may follow on the same connection."""

    written: bytes
    keep: bool


class Written:
    """What gunicorn writes to, as if it were a socket."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.sendall = self.parts.append

    def send(self, continues: bytes) -> None:
        """Of "100 Continue" alone, which was said before the body came."""


class Nameless(wsgi.Response):
    """gunicorn's answer, without the name of the software that made it."""

    def default_headers(self) -> list[str]:
        return [line for line in super().default_headers() if not line.startswith("Server:")]


def answer(app: Any, request: Any, ends: tuple[Any, Any], config: Any, keep: bool) -> Answer:
    """What the application answers; a problem if it fails in the middle, and nothing of its half.

    request: gunicorn's. ends: addresses of client and server. keep: if both sides allow it.
    """
    try:
        return _asked(app, request, ends, config, keep)
    except Exception as fault:  # outside the application, which has answered for its own
        log_fault(fault)
        return problem_answer("internal")


def _asked(app: Any, request: Any, ends: tuple[Any, Any], config: Any, keep: bool) -> Answer:
    written = Written()
    # A mount path, by a header of whoever asks or by the environment, would make another request of
    # it than was proven and counted.
    request.headers = [one for one in request.headers if one[0] != MOUNT] + [(MOUNT, "")]
    response, environ = wsgi.create(request, written, *ends, config, response_class=Nameless)
    environ["wsgi.multithread"] = True
    if not keep:
        response.force_close()
    chunks: Iterable[bytes] = app(environ, response.start_response)
    try:
        for chunk in chunks:
            response.write(chunk)
        response.close()
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return Answer(b"".join(written.parts), not response.should_close())


def problem_answer(name: str) -> Answer:
    """A problem of `wire.problems`, after which the connection is closed."""
    status, body = status_of(name), json.dumps(problem(name))
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Date: {http_date()}",
        "Connection: close",
        f"Content-Type: {MEDIA_TYPE}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    )
    return Answer("\r\n".join((*head, "", body)).encode("ascii"), keep=False)


def log_fault(fault: Exception) -> None:
    """What failed and where, without a value: a message could name a case."""
    frame = extract_tb(fault.__traceback__)[-1]
    where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"]
    log.error("fault", fault=type(fault).__name__, route=None, where=where)
