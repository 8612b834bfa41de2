"""Why a server could not be asked, or would not listen: each reason in a sentence of its own.

Nothing here speaks HTTP; `client.server.transport` does, and asks here what to call what went
wrong.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from client.errors import NotPossible, Unreachable
from client.why import Why
from wire.proof import MAX_AGE_SECONDS

MINUTE, HOUR, DAY = 60, 3600, 86_400
# A name or number with a port, and nothing that reads as a sentence.
AUTHORITY = r"([a-z0-9-]{1,63}\.){0,4}[a-z0-9-]{1,63}(:\d{1,5})?|\[[0-9a-f:.]{2,45}\](:\d{1,5})?"
SCHEMES = {"http": 80, "https": 443}


def authority_of(url: str) -> str:
    """Host and port as RFC 9421 signs them: lower case, without the scheme's own port. Raises
    NotPossible for what is no address of a server."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme not in SCHEMES or not re.fullmatch(r"[!-~]+", host, re.ASCII):
            raise ValueError
        if parts.query or parts.fragment or parts.username:
            raise ValueError
    except ValueError as error:
        raise NotPossible(Why.NO_ADDRESS, url=url) from error
    host = f"[{host}]" if ":" in host else host
    return host if port in (None, SCHEMES[parts.scheme]) else f"{host}:{port}"


def refuse_clock_off(theirs: int, before: float, after: float) -> None:
    """Raises NotPossible if a server would refuse proofs by this clock. theirs: unix time of the
    server, at some moment between before and after of ours."""
    ahead, behind = before - theirs, theirs - after
    if ahead > MAX_AGE_SECONDS:
        raise _ahead(ahead)
    if behind > MAX_AGE_SECONDS:
        raise _behind(behind)


def _ahead(seconds: float) -> NotPossible:
    """Two minutes or more, in the largest unit of which there are two."""
    if seconds >= 2 * DAY:
        return NotPossible(Why.DAYS_AHEAD, count=round(seconds / DAY))
    if seconds >= 2 * HOUR:
        return NotPossible(Why.HOURS_AHEAD, count=round(seconds / HOUR))
    return NotPossible(Why.MINUTES_AHEAD, count=round(seconds / MINUTE))


def _behind(seconds: float) -> NotPossible:
    if seconds >= 2 * DAY:
        return NotPossible(Why.DAYS_BEHIND, count=round(seconds / DAY))
    if seconds >= 2 * HOUR:
        return NotPossible(Why.HOURS_BEHIND, count=round(seconds / HOUR))
    return NotPossible(Why.MINUTES_BEHIND, count=round(seconds / MINUTE))


def another_name(url: str, authority: str) -> NotPossible:
    """The refusal of a server that is known by another authority than this address has."""
    named = authority if re.fullmatch(AUTHORITY, authority, re.ASCII) else "?"
    return NotPossible(Why.OTHER_AUTHORITY, url=url, authority=named)


def no_zegel(url: str) -> NotPossible:
    """For an answer that no Zegel server gives, before one was ever given."""
    return NotPossible(Why.NOT_ZEGEL, url=url)


def unreachable(url: str, error: Exception, proxy: str | None = None) -> Unreachable:
    """Why there was no answer, and whether what was asked may have come, as far as is known."""
    found = _why(url, error, proxy)
    reason = getattr(error.args[0], "reason", None) if error.args else None
    unmade = (requests.ConnectTimeout, NewConnectionError, ConnectTimeoutError)
    found.sent = not isinstance(error, unmade) and not isinstance(reason, unmade)
    return found


def _why(url: str, error: Exception, proxy: str | None) -> Unreachable:
    causes = [*_causes(error)]
    if isinstance(error, requests.exceptions.ProxyError) or (
        proxy and isinstance(error, requests.exceptions.ConnectionError)
    ):
        return Unreachable(Why.NO_PROXY, url=url, proxy=shown_proxy(proxy or ""))
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable(Why.NOT_THAT_SERVER, url=url)
    if any(isinstance(one, NameResolutionError) for one in causes):
        return Unreachable(Why.NO_SUCH_NAME, host=str(urlsplit(url).hostname))
    if any(isinstance(one, ConnectionRefusedError) for one in causes):
        return Unreachable(Why.NOBODY_THERE, authority=authority_of(url))
    return Unreachable(Why.NO_ANSWER, url=url)


def shown_proxy(proxy: str) -> str:
    """The address of a proxy without the name and password that may stand in it."""
    return re.sub(r"//[^/]*@", "//", proxy)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error with what led to it, and what the libraries keep inside."""
    for _ in range(10):
        if error is None:
            return
        yield error
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        held = inner if isinstance(inner, BaseException) else None
        error = held or error.__cause__ or error.__context__
