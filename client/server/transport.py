"""HTTP to the server, with each request proven by the device key where that is asked."""

import json
import os
import re
import time
from collections.abc import Callable
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

import requests
from marshmallow import Schema, ValidationError
from urllib3.exceptions import HTTPError

from client.errors import Distrust, ServerRefused, Unreachable
from client.server.reaching import (
    another_name,
    authority_of,
    no_zegel,
    refuse_clock_off,
    unreachable,
)
from client.why import Why
from crypto.encoding import b64
from crypto.secret.seeds import DeviceKeys
from domain.refusal import Refusal
from wire.problems import OTHERS, TYPE_PREFIX
from wire.proof import AUTHORITY_HEADER, Request, parameters, proof_headers, signature_base
from wire.schemas import Problem

SILENCE_SECONDS = 30
PAUSE_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
ANSWER_SECONDS = 120
MAX_ANSWER_BYTES = 64 * 2**20
REFUSALS = frozenset({*Refusal, *OTHERS})
MAX_ENTRIES = 1_000_000  # of a case
MAX_POSITION = 2**40  # of a store, and of lines that anyone can have written by asking
PATIENCE_SECONDS = 120  # for which a request waits in all where the server sets a limit
GATEWAYS = (502, 503, 504)  # said by what stands in front of a server that does not answer

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


class Way(NamedTuple):
    """How a server is reached. proxy: the address of one through which alone it is asked. ca_file:
    certificates by which it is known, in the place of the usual ones."""

    proxy: str | None = None
    ca_file: str | None = None


DIRECTLY = Way()


class Transport:
    """One server. url: such as https://zegel.example; its host and port are the authority that
    proofs are bound to. tell: what is called with a number of seconds before it waits for so long,
    where the server sets a limit.

    Raises NotPossible for what is no address.
    """

    def __init__(
        self, url: str, way: Way = DIRECTLY, tell: Callable[[int], None] = lambda seconds: None
    ) -> None:
        self.url = url.rstrip("/")
        self.patience_seconds: float = PATIENCE_SECONDS
        self._authority = authority_of(self.url)
        self.way, self._tell = way, tell
        self._answered = False  # whether a Zegel server has ever answered here
        self._session = requests.Session()
        self._session.headers.clear()
        self._session.headers.update(
            {
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "zegel",
                AUTHORITY_HEADER: self._authority,
            }
        )
        if way.proxy:
            self._session.proxies = {"http": way.proxy, "https": way.proxy}
        if way.ca_file:
            self._session.verify = way.ca_file
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
        target = path + (f"?{asked}" if asked else "")

        def ask() -> _Received:
            headers = self._proof("GET", path, asked, keys) if keys else {}
            return self._exchange("GET", target, headers)

        return self._answer(schema, self._allowed(ask))

    def post(self, schema: type[Schema], path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post JSON. Raises as get."""
        return self._answer(
            schema, self._allowed(lambda: self._exchange("POST", path, {}, json=body))
        )

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

        def send() -> _Received:
            headers = self._proof("PUT", path, asked, keys, body)
            headers["Content-Type"] = "application/octet-stream"
            return self._exchange("PUT", f"{path}?{asked}", headers, data=body)

        return self._answer(schema, self._allowed(send))

    def get_range(self, path: str, begin: int, end: int, keys: DeviceKeys) -> bytes:
        """Bytes from begin up to end of what lies there, or fewer of them; at least one.

        Raises as get, and Distrust(not-answering) if other bytes come than were asked for.
        """

        def ask() -> _Received:
            headers = self._proof("GET", path, "", keys) | {"Range": f"bytes={begin}-{end - 1}"}
            return self._exchange("GET", path, headers)

        received = self._allowed(ask)
        if received.status != 206:
            self._answer(Problem, received)
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

    def _allowed(self, ask: Callable[[], "_Received"]) -> "_Received":
        """What is answered, once the server allows it: what it holds off it has not done, so that
        it may be asked again when it says. Waits for `patience_seconds` in all."""
        left = self.patience_seconds
        while True:
            received = ask()
            seconds = received.retry_after
            if received.status != 429 or not 0 < seconds <= left:
                return received
            self._tell(seconds)
            time.sleep(seconds)
            left -= seconds

    def _exchange(
        self, method: str, target: str, headers: dict[str, str], **body: Any
    ) -> "_Received":
        began = time.time()
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
                again = response.headers.get("Retry-After", "")
                seconds = int(again) if re.fullmatch(r"\d{1,6}", again, re.ASCII) else 0
                received = _read(response)
                return _Received(response.status_code, received, shown, seconds, began)
        except (requests.RequestException, HTTPError, UnicodeError) as error:
            raise unreachable(self.url, error, self.way.proxy) from error

    def _answer(self, schema: type[Schema], received: "_Received") -> dict[str, Any]:
        """What an answer says. Raises ServerRefused for a problem, NotPossible for one of time or
        name, and for what no Zegel server says; Unreachable, Distrust(not-answering)."""
        try:
            answer = json.loads(received.body)
            if received.status in (200, 201, 202):
                loaded = dict(_made(schema).load(answer))
                self._answered = True
                return loaded
            problem = _made(Problem).load(answer)
        except (ValueError, RecursionError, ValidationError) as error:
            if received.status in GATEWAYS:
                raise Unreachable(Why.NO_ANSWER, url=self.url) from error
            if not self._answered and not (received.status == 200 and _is_object(received.body)):
                raise no_zegel(self.url) from error
            raise Distrust("not-answering", "the answer is not of the right shape") from error
        name = problem["type"].removeprefix(TYPE_PREFIX)
        if name not in REFUSALS:
            # By a server that is newer, or that lies: nothing is known of what it did.
            name = "internal"
        if name == Refusal.CLOCK and "now" in problem:
            refuse_clock_off(problem["now"], received.began, time.time())
            name = "too-slow"  # the clocks agree: it was the way that took so long
        if "authority" in problem:
            raise another_name(self.url, problem["authority"])
        raise ServerRefused(
            name, problem["title"], problem.get("detail", ""), problem.get("missed", [])
        )


class PatientTransport(Transport):
    """For who has much to ask: also where a server sets its limit without saying for how long."""

    def get(self, *asked: Any, **how: Any) -> dict[str, Any]:
        return patiently(lambda: super(PatientTransport, self).get(*asked, **how), "too-many")


class _Received(NamedTuple):
    """retry_after: seconds, 0 if nothing was said. began: unix time at which it was asked."""

    status: int
    body: bytes
    content_range: str
    retry_after: int
    began: float


def _is_object(body: bytes) -> bool:
    """Whether it could be an answer of a Zegel server, if not as one is."""
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


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


def next_page(
    after: int, following: int | None, most: int = MAX_ENTRIES, came: int | None = None
) -> int | None:
    """The cursor to go on from, up to most; came: up to which the page itself came, where it shows
    that. Raises Distrust(not-answering) if paging does not go forward, or further than it came."""
    forward = following is None or after < following <= most
    if not forward or (came is not None and following not in (None, came)):
        raise Distrust("not-answering", "the pages do not come to an end")
    return following
