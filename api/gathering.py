"""A request as it comes in pieces: what is its head, what its body, and when it is whole.

Neither a socket nor a clock is here; `api.patient_worker` has both. gunicorn's parser alone says
where a body ends, so that no two readers of the same bytes can differ.
"""

import io
import re
from typing import Any

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import (
    LimitRequestHeaders,
    LimitRequestLine,
    NoMoreData,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from wire.paths import TRUST, path

MAX_HEAD_BYTES = 16 * 2**10  # a proven request has under 2 KiB
MAX_BODY_BYTES = 4 * 2**20  # an entry has at most 3 MiB of sealed parts, a piece of a file 1 MiB
MAX_TRUST_BODY_BYTES = 40 * 2**20  # a roster of 16 MiB with the cards of its people, in base64
# A bare LF is not allowed, but ends the head here: then the parser sees it and says so at once.
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HEAD_END_BYTES = 4


class Unreadable(Exception):
    """What came is no request that is read here. name: of the problem, in `wire.problems`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Gathering:
    """What has come over one connection and was not taken yet.

    config: gunicorn's. client: the address of the peer, as the socket gives it.
    """

    def __init__(self, config: Any, client: Any) -> None:
        self._config, self._client = config, client
        self._received = bytearray()
        self._searched_bytes = 0
        self._request: Any = None  # of gunicorn, once its head is whole
        self._body_bytes = 0
        self._told_to_continue = False

    @property
    def held_bytes(self) -> int:
        return len(self._received)

    @property
    def began(self) -> bool:
        """Whether something of a request has come."""
        return bool(self._received) or self._request is not None

    def add(self, received: bytes) -> None:
        self._received += received

    def take(self) -> Any:
        """The next request, its body in `body` as a file, or None while it is not whole.

        Raises Unreadable, after which nothing more can be taken.
        """
        if self._request is None and not self._take_head():
            return None
        if len(self._received) < self._body_bytes:
            return None
        request, self._request = self._request, None
        request.body = io.BytesIO(self._received[: self._body_bytes])
        del self._received[: self._body_bytes]
        self._told_to_continue = False
        return request

    def must_continue(self) -> bool:
        """Whether the client waits for "100 Continue" before it sends the body: once a request."""
        request = self._request
        if request is None or self._told_to_continue or request.version < (1, 1):
            return False
        self._told_to_continue = any(name == "EXPECT" for name, _value in request.headers)
        return self._told_to_continue

    def _take_head(self) -> bool:
        end = _HEAD_END.search(self._received, max(0, self._searched_bytes - _HEAD_END_BYTES))
        head_bytes = end.end() if end else len(self._received)
        if head_bytes > MAX_HEAD_BYTES:
            raise Unreadable("head-too-large")
        self._searched_bytes = 0 if end else head_bytes
        if end is None:
            return False
        request = self._parsed(bytes(self._received[:head_bytes]))
        del self._received[:head_bytes]
        reader = request.body.reader
        if isinstance(reader, ChunkedReader):
            raise Unreadable("length-required")
        publishes = request.method == "POST" and request.path == path(TRUST)
        if reader.length > (MAX_TRUST_BODY_BYTES if publishes else MAX_BODY_BYTES):
            raise Unreadable("too-large")
        self._request, self._body_bytes = request, reader.length
        return True

    def _parsed(self, head: bytes) -> Any:
        try:
            return Request(self._config, IterUnreader([head]), self._client)
        except UnsupportedTransferCoding as error:
            raise Unreadable("length-required") from error
        except LimitRequestLine as error:
            raise Unreadable("target-too-long") from error
        except LimitRequestHeaders as error:
            raise Unreadable("head-too-large") from error
        except (ParseException, NoMoreData) as error:
            raise Unreadable("bad-request") from error
