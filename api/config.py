"""What an operator sets: environment variables that begin with ZEGEL_, and nothing by default that
would weaken a check."""

from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvError

from crypto.encoding import Malformed, unb64
from wire.parts import MAX_ATTACHMENT_BYTES

MAX_ATTACHMENT_MIB = MAX_ATTACHMENT_BYTES // 2**20


class BadSettings(Exception):
    """A setting is missing or wrong; the text says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """data: folder of the store. pin: hash of root 1, base64url; empty before a ceremony, and then
    nothing is accepted. origin: name of the log, used when its key is made. authority: host and
    port as clients name them. bind: where the web server listens. workers, threads: of it.
    terms: the file of office hours and terms, see `api.office`. blobs_at: folder or address of
    attachments, a folder in `data` if empty. max_attachment_bytes: of the file itself."""

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
        settings = Settings(
            data=data,
            pin=env.str("PIN", "") or _kept_pin(data),
            origin=env.str("ORIGIN", "localhost/zegel/0"),
            authority=env.str("AUTHORITY", "127.0.0.1:8020"),
            bind=env.str("BIND", "127.0.0.1:8020"),
            workers=env.int("WORKERS", 2),
            threads=env.int("THREADS", 8),
            terms=Path(terms) if (terms := env.str("TERMS", "")) else None,
            blobs_at=env.str("BLOBS", ""),
            max_attachment_bytes=env.int("MAX_ATTACHMENT_MIB", MAX_ATTACHMENT_MIB) * 2**20,
        )
        if settings.pin:
            unb64(settings.pin, 32)
    except EnvError as error:
        raise BadSettings(f"{error}; see docs/operations.md") from error
    except Malformed as error:
        raise BadSettings(f"ZEGEL_PIN is no pin: {error}") from error
    return settings


def pin_file(data: Path) -> Path:
    return data / "pin"


def _kept_pin(data: Path) -> str:
    file = pin_file(data)
    return file.read_text().strip() if file.exists() else ""
