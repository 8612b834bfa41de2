"""What a process holds open: the store, the read models, the settings. Made after the fork."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from api.config import BadSettings, Settings
from crypto.log_signer import LogSigner, read_log_key
from domain.services.registry import SERVICES
from projections.projector import open_views
from projections.views import Views
from store.application import CaseStore
from store.blobs import open_blobs
from store.private import make_private
from store.read_log import ReadLog
from wire.calendar import BadTerms, Calendar, read_calendar


@dataclass(frozen=True, slots=True)
class Opened:
    settings: Settings
    store: CaseStore
    views: Views
    signer: LogSigner
    calendar: Calendar
    reads: ReadLog

    def close(self) -> None:
        self.store.close()
        self.views.close()
        self.reads.close()


def open_store(
    settings: Settings, *, create: bool = False, clock: Callable[[], float] = time.time
) -> Opened:
    """Open what a server process needs. Raises FileNotFoundError when there is no log key or no
    store, OSError, PersistenceError and BadSettings."""
    signer = read_log_key(settings.log_key)
    try:
        calendar = read_calendar(settings.terms)
    except BadTerms as error:
        raise BadSettings(str(error)) from error
    for database in (settings.store, settings.views, settings.reads):
        make_private(Path(database)) if create else os.stat(database)
    blobs = open_blobs(settings.blobs)
    store = CaseStore(
        settings.store, settings.pin, signer, SERVICES, clock, blobs=blobs, create=create
    )
    store.erase_again()
    views = open_views(settings.views, create=create)
    reads = ReadLog(settings.reads, create=create)
    return Opened(settings, store, views, signer, calendar, reads)


def opened() -> Opened:
    """Those of the running application."""
    found = current_app.extensions["zegel"]
    assert isinstance(found, Opened)
    return found
