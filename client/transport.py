"""HTTP to the server, with each request proven by the device key where that is asked."""

import os
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from client.errors import Distrust, ServerRefused, Unreachable
from crypto.encoding import b64
from crypto.secret.seeds import DeviceKeys
from wire.problems import TYPE_PREFIX
from wire.proof import Request, parameters, proof_headers, signature_base

TIMEOUT_SECONDS = 30
MAX_ANSWER_BYTES = 64 * 2**20


class Transport:
    """One server. url: such as https://zegel.example; its host and port are the authority that
    proofs are bound to."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._authority = authority_of(self.url)
        self._session = requests.Session()
        self._session.headers.clear()
        self._session.headers.update({"Accept": "application/json", "User-Agent": "zegel"})
        self._session.trust_env = False

    def get(
        self, path: str, query: dict[str, Any] | None = None, keys: DeviceKeys | None = None
    ) -> dict[str, Any]:
        """The JSON of an answer. keys: prove the request by this device.

        Raises Unreachable, ServerRefused, Distrust(not-answering).
        """
        asked = urlencode(query or {}, doseq=True)
        headers = self._proof("GET", path, asked, keys) if keys else {}
        return self._send("GET", path + (f"?{asked}" if asked else ""), headers, None)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post JSON. Raises as get."""
        return self._send("POST", path, {}, body)

    def _proof(self, method: str, path: str, query: str, keys: DeviceKeys) -> dict[str, str]:
        request = Request(method, self._authority, path, f"?{query}", b"")
        stated = parameters(request, keys.card().device, int(time.time()), b64(os.urandom(16)))
        signature = keys.sign_raw(signature_base(request, stated))
        return proof_headers(request, stated, signature)

    def _send(
        self, method: str, target: str, headers: dict[str, str], body: dict[str, Any] | None
    ) -> dict[str, Any]:
        try:
            response = self._session.request(
                method,
                self.url + target,
                headers=headers,
                json=body,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Unreachable(f"{self.url} does not answer") from error
        try:
            answer = response.json()
        except ValueError as error:
            raise Distrust("not-answering", "the answer is not JSON") from error
        if not isinstance(answer, dict):
            raise Distrust("not-answering", "the answer is not an object")
        if response.ok:
            return answer
        raise ServerRefused(
            str(answer.get("type", "")).removeprefix(TYPE_PREFIX),
            str(answer.get("title", "The server refused.")),
            str(answer.get("detail", "")),
            answer.get("missed") or [],
        )


def authority_of(url: str) -> str:
    """Host and port as RFC 9421 signs them: lower case, without the scheme's own port."""
    parts = urlsplit(url)
    own = {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, own) else f"{host}:{parts.port}"
