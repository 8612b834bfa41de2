"""How this machine goes to a server: through which proxy, and by whose certificates.

ZEGEL_PROXY     such as socks5h://127.0.0.1:9050; none goes directly, whatever else is set
ALL_PROXY, HTTPS_PROXY, HTTP_PROXY, NO_PROXY   as other programs have them
ZEGEL_CA_FILE   certificates (PEM) by which the server is known, in the place of the usual ones

A proxy that is set is used or refused, never passed over: whoever set one may rely on it for not
being seen. Names are always looked up by a SOCKS proxy, never here.
"""

import os
import re
import sys
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from requests.utils import select_proxy, should_bypass_proxies

from cli.screen.terminal import notify
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from client.server.reaching import authority_of, shown_proxy
from client.server.transport import Transport, Way

DIRECTLY = "none"
SCHEMES = {"http", "https", "socks4a", "socks5h"}
WITH_NAMES = {"socks4": "socks4a", "socks5": "socks5h", "socks": "socks5h"}


def transport(server: str) -> Transport:
    """To a server, as this machine is set up. Raises NotPossible."""
    return Transport(server, way(server, os.environ), _tell_of_waiting)


def way(server: str, environ: Mapping[str, str]) -> Way:
    """Raises NotPossible for what is no address, a proxy that cannot be used, and a file without
    certificates; OSError for one that cannot be read."""
    authority_of(server)
    file = environ.get("ZEGEL_CA_FILE") or None
    if file is not None:
        try:
            with open(file, encoding="ascii") as opened:
                if "-----BEGIN CERTIFICATE-----" not in opened.read():
                    raise CannotDo(
                        _("{} holds no certificate").format(file),
                        "Name a file with certificates (PEM) in ZEGEL_CA_FILE.",
                    )
        except UnicodeError as error:
            raise CannotDo(
                _("{} holds no certificate").format(file),
                "Name a file with certificates (PEM) in ZEGEL_CA_FILE.",
            ) from error
    proxy = _chosen(server, environ)
    return Way(_usable(proxy) if proxy else None, file)


def _chosen(server: str, environ: Mapping[str, str]) -> str | None:
    own = environ.get("ZEGEL_PROXY", "").strip()
    if own:
        return None if own.lower() == DIRECTLY else own
    names = {name: _either(environ, f"{name}_proxy") for name in ("all", "http", "https", "no")}
    if should_bypass_proxies(server, names.pop("no") or "-"):
        return None
    # What is asked of the machine itself leaves it by no web proxy. Where all goes through one, as
    # through Tor, that is meant for this too.
    if _is_this_machine(server) and not names["all"]:
        return None
    return select_proxy(server, {name: one for name, one in names.items() if one})


def _either(environ: Mapping[str, str], name: str) -> str:
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def _is_this_machine(server: str) -> bool:
    host = urlsplit(server).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _usable(proxy: str) -> str:
    """A proxy's address as `requests` takes it. Raises NotPossible."""
    written = proxy if "://" in proxy else f"http://{proxy}"
    scheme, _colon, rest = written.partition("://")
    scheme = WITH_NAMES.get(scheme.lower(), scheme.lower())
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        if scheme not in SCHEMES or not re.fullmatch(r"[!-~]+", parts.hostname or "", re.ASCII):
            raise ValueError
        if parts.port is None and scheme.startswith("socks"):
            raise ValueError
    except ValueError as error:
        raise CannotDo(
            _("{} is no proxy that can be used").format(shown_proxy(proxy)),
            "Write it as socks5h://127.0.0.1:9050 or http://proxy.example:3128, in ZEGEL_PROXY.",
        ) from error
    return f"{scheme}://{rest}"


def _tell_of_waiting(seconds: int) -> None:
    if sys.stderr.isatty():
        told = _("The server sets a limit. Waiting, in seconds")
        notify(f"{told}: {seconds}")
