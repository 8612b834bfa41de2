"""Holding whoever asks to limits: how much one source may do at a time.

A source is the address of the peer, or the one that the operator's own proxies saw, an IPv6 address
by its /64, which is what one subscriber has. It is looked up in `api.counters` and kept nowhere.
Whoever is certified is held to the number of requests alone: he has a name that can be revoked.
"""

import math
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from api.counters import Counters
from api.metrics import metrics
from api.problems import answer
from api.state import opened
from domain.refusal import Refusal, Refused
from wire.paths import HEALTH

_COUNTERS = "zegel.counters"
# A body is read, and costs, before it is known to be junk: each such piece counts as a request.
WEIGHED_BYTES = 256 * 2**10
PUBLISHING = "directory.publish"
# A first roster of an office, with the cards of its devices; later ones grow from the newest.
PUBLISHED_BYTES, TIMES_THE_NEWEST = 4 * 2**20, 4


class TooMany(Refused):
    """Over a limit: `retry_after` is the number of seconds after which it is not any more."""

    def __init__(self, what: str, seconds: float) -> None:
        self.retry_after = max(1, math.ceil(seconds))
        super().__init__(Refusal.TOO_MANY, f"{what}: again in {self.retry_after} s")


def take(what: str, amount: float = 1, device: str | None = None) -> None:
    """Count what the source of this request does towards a limit of `api.config.Limits`.

    device: the one that does it, if it says; nothing is counted when it is certified. Raises
    TooMany, and then nothing was counted.
    """
    if device is not None and _is_certified(device):
        return
    settings, counters = opened().settings, current_app.extensions[_COUNTERS]
    assert isinstance(counters, Counters)
    source = source_of(request.environ, settings.proxies)
    seconds = counters.take(what, source, getattr(settings.limits, what), amount)
    if seconds:
        metrics().throttled(what)
        raise TooMany(what, seconds)


def _is_certified(device: str) -> bool:
    listed = opened().store.trust().device(device)
    return listed is not None and not listed.revoked


def source_of(environ: Mapping[str, Any], proxies: int) -> bytes:
    """Whom a request counts for: an IPv4 address in 4 bytes or an IPv6 /64 in 8, and nothing for a
    peer that has no address.

    proxies: how many trusted ones stand in front. Each appends the peer that it saw, so that the
    source is that many places from the right of X-Forwarded-For; what is further left was written
    by whoever asks. A header that is shorter or no address there says nothing.
    """
    hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = _network(hops[-proxies].strip()) if 0 < proxies <= len(hops) else b""
    return seen or _network(environ.get("REMOTE_ADDR", ""))


def _network(address: str) -> bytes:
    try:
        parsed = ip_address(address)
    except ValueError:
        return b""
    if isinstance(parsed, IPv6Address):
        return parsed.ipv4_mapped.packed if parsed.ipv4_mapped else parsed.packed[:8]
    return parsed.packed


def _refuse_too_large(n_bytes: int) -> None:
    """Anyone may send a root or roster, and it is read before its signatures can be: no more of it
    than the newest gives reason for. Raises RequestEntityTooLarge."""
    roster = opened().store.trust().roster
    if n_bytes > PUBLISHED_BYTES + TIMES_THE_NEWEST * (roster.size if roster else 0):
        raise RequestEntityTooLarge


def install(app: Flask, counters: Counters) -> None:
    """Hold every request to its limit before anything of it is read, but for those about health."""
    app.extensions[_COUNTERS] = counters

    @app.before_request
    def count() -> None:
        if request.path != HEALTH:
            weight = 1 + (request.content_length or 0) // WEIGHED_BYTES
            take("requests", min(weight, opened().settings.limits.requests.burst))
        if request.endpoint == PUBLISHING and request.method == "POST":
            take("publications")
            _refuse_too_large(request.content_length or 0)

    @app.errorhandler(TooMany)
    def too_many(error: TooMany) -> Response:
        response = answer(error.refusal, error.detail)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
