"""HTTP to the server, with each request proven by the device key where that is asked."""

import json
import os
import time
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any
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
ANSWER_SECONDS = 120
MAX_ANSWER_BYTES = 64 * 2**20
MAX_ENTRIES = 1_000_000


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

    def _proof(self, method: str, path: str, query: str, keys: DeviceKeys) -> dict[str, str]:
        request = Request(method, self._authority, path, f"?{query}", b"")
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
        try:
            with self._session.request(
                method,
                self.url + target,
                headers=headers,
                json=body,
                timeout=SILENCE_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as response:
                ok, received = response.status_code in (200, 201), _read(response)
        except (requests.RequestException, HTTPError) as error:
            raise Unreachable(f"{self.url} does not answer") from error
        try:
            answer = json.loads(received)
            if ok:
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


def next_page(after: int, following: int | None) -> int | None:
    """The cursor to go on from. Raises Distrust(not-answering) if paging does not go forward."""
    if following is not None and not after < following <= MAX_ENTRIES:
        raise Distrust("not-answering", "the pages do not come to an end")
    return following


def authority_of(url: str) -> str:
    """Host and port as RFC 9421 signs them: lower case, without the scheme's own port."""
    parts = urlsplit(url)
    own = {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, own) else f"{host}:{parts.port}"
