"""What an operator sets: environment variables that begin with ZEGEL_, and nothing by default that
would weaken a check."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from environs import Env, EnvError

from api.counters import Limit
from crypto.encoding import Malformed, unb64
from wire.parts import MAX_ATTACHMENT_BYTES

MIB = 2**20
MAX_ATTACHMENT_MIB = MAX_ATTACHMENT_BYTES // MIB
HOUR = 3600
LOCAL = "127.0.0.1:8020"
_PORT = re.compile(r":[0-9]+$")


class BadSettings(Exception):
    """A setting is missing or wrong; the text says which, and what to do."""


class Listener(NamedTuple):
    """Where the web server listens: a numeric address, so that a request can be told by it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one source may do. Openings, posts and uploads hold for those who are not certified."""

    openings: Limit
    posts: Limit
    requests: Limit
    upload_bytes: Limit
    publications: Limit
    refusals: Limit


LIMITS = Limits(
    # Who is worried asks once; but many can stand behind one address: a school, a mobile network.
    openings=Limit(10, 30 / HOUR),
    # Forty messages in one go, and then one every half minute for as long as it takes.
    posts=Limit(40, 120 / HOUR),
    # A command asks about ten times: an office of thirty can begin its day behind one address.
    requests=Limit(600, 20),
    # Six of the largest attachments, and twelve more in the hour after.
    upload_bytes=Limit(160 * MIB, 320 * MIB / HOUR),
    # A registrar sends a root or roster now and then; what anyone else sends costs a signature.
    publications=Limit(20, 60 / HOUR),
    # What is erased is refused once to each reader; each more is a line that is kept for years.
    refusals=Limit(60, 120 / HOUR),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """data: folder of the store. pin: hash of root 1, base64url; empty before a ceremony, and then
    nothing is accepted. origin: name of the log, used when its key is made. authority: host and
    port as clients name them. bind: where the web server listens. workers, threads: of it.
    terms: the file of office hours and terms, see `wire.calendar`. blobs_at: folder or address of
    attachments, a folder in `data` if empty. max_attachment_bytes: of the file itself. limits: see
    `api.limits`. proxies: how many trusted ones stand in front. metrics: where they are given out,
    nowhere by default."""

    data: Path
    pin: str
    origin: str
    authority: str
    bind: str
    workers: int = 2
    threads: int = 8
    terms: Path | None = None
    blobs_at: str = ""
    max_attachment_bytes: int = MAX_ATTACHMENT_BYTES
    limits: Limits = LIMITS
    proxies: int = 0
    metrics: Listener | None = None

    @property
    def listeners(self) -> list[str]:
        """Where gunicorn listens."""
        return [self.bind, str(self.metrics)] if self.metrics else [self.bind]

    @property
    def blobs(self) -> str:
        return self.blobs_at or str(self.data / "blobs")

    @property
    def store(self) -> str:
        return str(self.data / "store.sqlite")

    @property
    def views(self) -> str:
        return str(self.data / "views.sqlite")

    @property
    def reads(self) -> str:
        return str(self.data / "reads.sqlite")

    @property
    def log_key(self) -> Path:
        return self.data / "log.key"

    @property
    def pin_file(self) -> Path:
        return pin_file(self.data)

    @property
    def projector_lock(self) -> Path:
        return self.data / "projector.lock"


def read_settings() -> Settings:
    """Settings from the environment. Raises BadSettings."""
    env = Env(prefix="ZEGEL_")
    try:
        data = Path(env.str("DATA", "zegel-data")).absolute()
        if not env.str("DATA", "zegel-data").strip():
            raise BadSettings("ZEGEL_DATA is empty: name the folder of the store, or leave it out")
        settings = Settings(
            data=data,
            pin=env.str("PIN", "") or _kept_pin(data),
            origin=env.str("ORIGIN", "localhost/zegel/0"),
            authority=_authority(env.str("AUTHORITY", LOCAL)),
            bind=env.str("BIND", LOCAL),
            workers=env.int("WORKERS", 2),
            threads=env.int("THREADS", 8),
            terms=Path(terms) if (terms := env.str("TERMS", "")) else None,
            blobs_at=env.str("BLOBS", ""),
            max_attachment_bytes=env.int("MAX_ATTACHMENT_MIB", MAX_ATTACHMENT_MIB) * MIB,
            limits=_limits(env),
            proxies=env.int("PROXIES", 0),
            metrics=_listener(listener) if (listener := env.str("METRICS", "")) else None,
        )
        if settings.pin:
            unb64(settings.pin, 32)
    except EnvError as error:
        raise BadSettings(f"{error}; see docs/operations.md") from error
    except Malformed as error:
        raise BadSettings(f"ZEGEL_PIN is no pin: {error}") from error
    if settings.proxies < 0:
        raise BadSettings("ZEGEL_PROXIES counts the proxies in front: 0 or more")
    for name, count in (("WORKERS", settings.workers), ("THREADS", settings.threads)):
        if count < 1:
            raise BadSettings(f"ZEGEL_{name} is {count}: with fewer than 1 nothing is served")
    if not 1 <= settings.max_attachment_bytes // MIB <= MAX_ATTACHMENT_MIB:
        raise BadSettings(
            f"ZEGEL_MAX_ATTACHMENT_MIB is 1 to {MAX_ATTACHMENT_MIB}: no client sends a larger file"
        )
    return settings


def _limits(env: Env) -> Limits:
    return Limits(
        openings=_limit(env, "OPENINGS", LIMITS.openings),
        posts=_limit(env, "POSTS", LIMITS.posts),
        requests=_limit(env, "REQUESTS", LIMITS.requests),
        upload_bytes=_limit(env, "UPLOAD_MIB", LIMITS.upload_bytes, MIB),
        publications=_limit(env, "PUBLICATIONS", LIMITS.publications),
        refusals=_limit(env, "REFUSALS", LIMITS.refusals),
    )


def _limit(env: Env, name: str, usual: Limit, unit: int = 1) -> Limit:
    """10/30: ten at once, and thirty an hour."""
    written = env.str(f"LIMIT_{name}", "")
    if not written:
        return usual
    found = re.fullmatch(r"([1-9]\d{0,14})/([1-9]\d{0,14})", written, re.ASCII)
    if found is None:
        raise BadSettings(f"ZEGEL_LIMIT_{name} is no limit: write as 10/30, at once / an hour")
    return Limit(int(found[1]) * unit, int(found[2]) * unit / HOUR)


def _listener(written: str) -> Listener:
    """127.0.0.1:9100, or [::1]:9100."""
    host, _, port = written.rpartition(":")
    try:
        address = str(ip_address(host.removeprefix("[").removesuffix("]")))
        return Listener(address, int(port))
    except ValueError as error:
        raise BadSettings(f"ZEGEL_METRICS is no address with a port: {written}") from error


def _authority(written: str) -> str:
    """zegel.example, zegel.example:8443 or [::1]:8020: as clients name the server."""
    host, colon, port = written.rpartition(":") if _PORT.search(written) else (written, "", "")
    wrong = ""
    if "/" in written or "@" in written or any(c.isspace() for c in written) or not host:
        wrong = "is a host and a port, without https:// and without a path"
    elif written != written.lower():
        wrong = "is written in small letters: clients name it so"
    elif colon and (port in ("80", "443") or not 1 <= int(port) <= 65535):
        wrong = "leaves out the port that is usual (80, 443), and has no port above 65535"
    if wrong:
        raise BadSettings(f"ZEGEL_AUTHORITY {wrong}; this is {written!r}")
    return written


def name_not_set(settings: Settings) -> str:
    """A word where clients elsewhere may come to a server that has been told no name for them;
    empty where only this machine comes, or where the name was set."""
    host = settings.bind.rpartition(":")[0].removeprefix("[").removesuffix("]")
    try:
        near = ip_address(host).is_loopback
    except ValueError:
        near = host == "localhost"
    if near or settings.authority != LOCAL:
        return ""
    return (
        f"ZEGEL_AUTHORITY is not set: every client that does not call this server {LOCAL} is "
        "refused. Set it to the name that clients use."
    )


def pin_file(data: Path) -> Path:
    return data / "pin"


def _kept_pin(data: Path) -> str:
    file = pin_file(data)
    return file.read_text().strip() if file.exists() else ""
