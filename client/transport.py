"""HTTP to the server, with each request proven by the device key where that is asked."""

import json
import os
import re
import time
from collections.abc import Callable
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit

import requests
from marshmallow import Schema, ValidationError
from urllib3.exceptions import HTTPError

from client.errors import Distrust, ServerRefused, Unreachable
from crypto.encoding import b64
from crypto.secret.seeds import DeviceKeys
from wire.problems import TYPE_PREFIX
from wire.proof import Request, parameters, proof_headers, signature_base
from wire.schemas import Problem

SILENCE_SECONDS = 30
PAUSE_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
ANSWER_SECONDS = 120
MAX_ANSWER_BYTES = 64 * 2**20
MAX_ENTRIES = 1_000_000  # of a case
MAX_POSITION = 2**40  # of a store, and of lines that anyone can have written by asking


T = TypeVar("T")


def patiently(ask: Callable[[], T], *passes: str) -> T:
    """What the server answers, once it does: it may be busy, or starting anew. passes: what else
    is a matter of waiting.

    Only for what may be asked twice. Raises what `ask` raises the last time.
    """
    passing = {"busy", *passes}
    for pause in PAUSE_SECONDS:
        try:
            return ask()
        except Unreachable:
            # What was asked may have been done: a limit met now says nothing of that.
            passing.add("too-many")
        except ServerRefused as refused:
            if refused.name not in passing:
                raise
        time.sleep(pause)
    return ask()


class Transport:
    """One server. url: such as https://zegel.example; its host and port are the authority that
    proofs are bound to."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._authority = authority_of(self.url)
        self._session = requests.Session()
        self._session.headers.clear()
        self._session.headers.update(
            {
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "zegel",
            }
        )
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get(
        self,
        schema: type[Schema],
        path: str,
        query: dict[str, Any] | None = None,
        keys: DeviceKeys | None = None,
    ) -> dict[str, Any]:
        """An answer of the given shape. keys: prove the request by this device.

        Raises Unreachable, ServerRefused, Distrust(not-answering).
        """
        asked = urlencode(query or {}, doseq=True)
        headers = self._proof("GET", path, asked, keys) if keys else {}
        return self._send(schema, "GET", path + (f"?{asked}" if asked else ""), headers, None)

    def post(self, schema: type[Schema], path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post JSON. Raises as get."""
        return self._send(schema, "POST", path, {}, body)

    def put(
        self,
        schema: type[Schema],
        path: str,
        query: dict[str, Any],
        body: bytes,
        keys: DeviceKeys,
    ) -> dict[str, Any]:
        """Send raw bytes, proven by this device. Raises as get."""
        asked = urlencode(query)
        headers = self._proof("PUT", path, asked, keys, body)
        headers["Content-Type"] = "application/octet-stream"
        received = self._exchange("PUT", f"{path}?{asked}", headers, data=body)
        return _answer(schema, received)

    def get_range(self, path: str, begin: int, end: int, keys: DeviceKeys) -> bytes:
        """Bytes from begin up to end of what lies there, or fewer of them; at least one.

        Raises as get, and Distrust(not-answering) if other bytes come than were asked for.
        """
        headers = self._proof("GET", path, "", keys) | {"Range": f"bytes={begin}-{end - 1}"}
        received = self._exchange("GET", path, headers)
        if received.status != 206:
            _answer(Problem, received)
        form = r"bytes (\d{1,16})-(\d{1,16})/\d{1,16}"
        shown = re.fullmatch(form, received.content_range, re.ASCII)
        if (
            shown is None
            or int(shown[1]) != begin
            or not begin <= int(shown[2]) < end
            or len(received.body) != int(shown[2]) + 1 - begin
        ):
            raise Distrust("not-answering", "other bytes came than were asked for")
        return received.body

    def _proof(
        self, method: str, path: str, query: str, keys: DeviceKeys, body: bytes = b""
    ) -> dict[str, str]:
        request = Request(method, self._authority, path, f"?{query}", body)
        stated = parameters(request, keys.card().device, int(time.time()), b64(os.urandom(16)))
        signature = keys.sign_raw(signature_base(request, stated))
        return proof_headers(request, stated, signature)

    def _send(
        self,
        schema: type[Schema],
        method: str,
        target: str,
        headers: dict[str, str],
        body: dict[str, Any] | None,
    ) -> dict[str, Any]:
        return _answer(schema, self._exchange(method, target, headers, json=body))

    def _exchange(
        self, method: str, target: str, headers: dict[str, str], **body: Any
    ) -> "_Received":
        try:
            with self._session.request(
                method,
                self.url + target,
                headers=headers,
                timeout=SILENCE_SECONDS,
                allow_redirects=False,
                stream=True,
                **body,
            ) as response:
                shown = response.headers.get("Content-Range", "")
                return _Received(response.status_code, _read(response), shown)
        except (requests.RequestException, HTTPError) as error:
            raise Unreachable(f"{self.url} does not answer") from error


class PatientTransport(Transport):
    """For who has much to ask: where the server sets a limit, it waits."""

    def get(self, *asked: Any, **how: Any) -> dict[str, Any]:
        return patiently(lambda: super(PatientTransport, self).get(*asked, **how), "too-many")


class _Received(NamedTuple):
    status: int
    body: bytes
    content_range: str


def _answer(schema: type[Schema], received: _Received) -> dict[str, Any]:
    """What an answer says. Raises ServerRefused for a problem, Distrust(not-answering)."""
    try:
        answer = json.loads(received.body)
        if received.status in (200, 201, 202):
            return dict(_made(schema).load(answer))
        problem = _made(Problem).load(answer)
    except (ValueError, RecursionError, ValidationError) as error:
        raise Distrust("not-answering", "the answer is not of the right shape") from error
    raise ServerRefused(
        problem["type"].removeprefix(TYPE_PREFIX),
        problem["title"],
        problem.get("detail", ""),
        problem.get("missed", []),
    )


_made = cache(lambda schema: schema())  # a schema is made once


def _read(response: requests.Response) -> bytes:
    """The body, no longer than there is a use for and no slower than anyone waits."""
    deadline, received = time.monotonic() + ANSWER_SECONDS, bytearray()
    # read1: whatever has come, so that a slow drip meets the deadline.
    while part := response.raw.read1(64 * 1024):
        received += part
        if len(received) > MAX_ANSWER_BYTES or time.monotonic() > deadline:
            raise Distrust("not-answering", "the answer does not come to an end")
    return bytes(received)


def next_page(after: int, following: int | None, most: int = MAX_ENTRIES) -> int | None:
    """The cursor to go on from, up to most. Raises Distrust(not-answering) if paging does not go
    forward."""
    if following is not None and not after < following <= most:
        raise Distrust("not-answering", "the pages do not come to an end")
    return following


def authority_of(url: str) -> str:
    """Host and port as RFC 9421 signs them: lower case, without the scheme's own port."""
    parts = urlsplit(url)
    own = {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, own) else f"{host}:{parts.port}"
