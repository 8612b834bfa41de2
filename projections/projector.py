"""The projector: follows the store in batches and keeps every projection up to date.

Exactly one is active; a second one waits for the first to go. A fault in one read model sets that
one aside, where it stood: it takes no further event and answers nobody until it has been mended,
and the others go on. Any other fault stops the projector: going on past an event would lose it
silently.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import structlog
from eventsourcing.persistence import PersistenceError
from eventsourcing.sqlite import SQLiteCursor

from domain.service import Service
from domain.trust import Trust, evolve_root, evolve_roster
from projections.access import AccessProjection
from projections.beat import Beat
from projections.directory import DirectoryProjection
from projections.projection import Change, Projection
from projections.stopping import Stops
from projections.timeline import TimelineProjection
from projections.views import Views
from projections.work_list import WorkListProjection
from store.application import CaseStore
from store.events import EntryStored, Stored, event
from store.folds import Folds
from store.turn import try_lock
from wire.header import parse_header
from wire.pipeline import named_devices
from wire.trust_documents import parse_root, parse_roster

BATCH = 256
POLL_SECONDS = 0.01
MAX_CASES = 50_000

# The directory first: whoever reads a timeline finds the cards and rosters that it needs.
PROJECTIONS: tuple[Projection, ...] = (
    DirectoryProjection(),
    TimelineProjection(),
    WorkListProjection(),
    AccessProjection(),
)
TABLES = tuple(statement for projection in PROJECTIONS for statement in projection.create)
# Of the database and the machine, not of what a read model makes of an event.
_NOT_ITS_OWN = (sqlite3.OperationalError, PersistenceError, OSError, MemoryError)

log = structlog.get_logger()


class ModelFault(Exception):
    """A read model cannot take an event: its own fault, for the store accepted it."""

    def __init__(self, name: str, position: int, cause: Exception) -> None:
        super().__init__(f"{name} at {position}: {type(cause).__name__}")
        self.name, self.position = name, position


def open_views(path: str, *, create: bool = False) -> Views:
    """create: make the tables; those of an earlier release with another shape are made anew, and
    the projector fills them from the store."""
    views = Views(path, TABLES)
    if create:
        views.create_table()
        with views.writing() as cursor:
            for projection in PROJECTIONS:
                if projection.is_outdated(cursor):
                    projection.make_anew(cursor)
                    views.forget(cursor, projection.name)
    return views


class Projector:
    def __init__(
        self, store: CaseStore, views: Views, pin: str, services: Mapping[str, Service]
    ) -> None:
        self._store = store
        self._views = views
        self._pin = pin
        self._services = services
        self._folds = Folds(store.entries, pin, services, MAX_CASES)

    def step(self) -> int:
        """Project one batch; how many events it held. Projections at the same place go together.

        0 too when a read model was set aside: its part of the batch is undone with the others',
        which take it in the next step.
        """
        try:
            return self._step()
        except ModelFault as fault:
            log.error("set-aside", projection=fault.name, position=fault.position, exc_info=True)
            with self._views.writing() as cursor:
                self._views.set_aside(cursor, fault.name, fault.position)
            return 1

    def _step(self) -> int:
        with self._views.writing() as cursor:
            aside = self._views.aside(cursor)
            places: dict[int, list[Projection]] = {}
            for projection in PROJECTIONS:
                if projection.name not in aside:
                    place = self._views.tracked(cursor, projection.name)
                    places.setdefault(place, []).append(projection)
            if not places:
                return 0
            place = min(places)
            return self._project(cursor, places[place], place, BATCH)

    def _project(
        self, cursor: SQLiteCursor, projections: list[Projection], after: int, limit: int
    ) -> int:
        rows = self._store.entries.select_notifications(after, limit, inclusive_of_start=False)
        if not rows:
            return 0
        for projection in projections:
            self._views.track(cursor, projection.name, rows[-1].id)
        with self._store.entries.reading() as reading:
            for row in rows:
                change = self._change(reading, row.id - 1, event(row))
                for projection in projections:
                    _apply(projection, cursor, change)
        return len(rows)

    def _change(self, cursor: SQLiteCursor, position: int, stored: Stored) -> Change:
        if isinstance(stored, EntryStored):
            header = parse_header(stored.header)
            folded = self._folds.case(cursor, header.case, stored.originator_version)
            trust = self._folds.trust_of_roster(cursor, header.roster)
            cards = self._store.cards_in(cursor, named_devices(header))
            return Change(position, stored, trust, cards, header, folded.case)
        trust = Trust(self._pin)
        if stored.what == "root":
            return Change(position, stored, evolve_root(trust, parse_root(stored.document)), {})
        trust = evolve_roster(trust, parse_roster(stored.document))
        listed = trust.roster.devices if trust.roster else {}
        return Change(position, stored, trust, self._store.cards_in(cursor, listed))

    def catch_up(self) -> None:
        """Project until nothing is left."""
        while self.step():
            pass

    def rebuild(self, name: str) -> int:
        """Make one projection again from nothing, in one transaction: readers see the old one until
        the new one is whole. How many events it took. Raises KeyError for an unknown name."""
        projection = {projection.name: projection for projection in PROJECTIONS}[name]
        self._folds = Folds(self._store.entries, self._pin, self._services, MAX_CASES)
        with self._views.writing() as cursor:
            projection.clear(cursor)
            self._views.forget(cursor, name)
            self._views.take_back(cursor, name)
            place = total = 0
            while count := self._project(cursor, [projection], place, BATCH):
                place = self._views.tracked(cursor, name)
                total += count
        return total

    def run(self, stop: Stops, lock: Path) -> None:
        """Follow the store until told to stop, as the one active projector. What was set aside is
        tried again at the start: a newer release may have mended it."""
        while not stop.is_set():
            with try_lock(lock) as alone:
                if alone:
                    with self._views.writing() as cursor:
                        for name in self._views.aside(cursor):
                            self._views.take_back(cursor, name)
                        self._forget_what_is_gone(cursor)
                    self._follow(stop, Beat(lock))
                else:
                    stop.wait(1.0)

    def _forget_what_is_gone(self, cursor: SQLiteCursor) -> None:
        """Empty a read model that has come further than the store, which was put back to an earlier
        day: it shows what is gone, and would pass over what comes in its place."""
        for projection in PROJECTIONS:
            if self._views.tracked(cursor, projection.name) > self._store.position() + 1:
                projection.clear(cursor)
                self._views.forget(cursor, projection.name)

    def _follow(self, stop: Stops, beat: Beat) -> None:
        for _ in _changes(self._store.entries.datastore.pool.db_name, stop, beat):
            while not stop.is_set() and self.step():
                beat.give()


def _apply(projection: Projection, cursor: SQLiteCursor, change: Change) -> None:
    """Raises ModelFault."""
    try:
        projection.apply(cursor, change)
    except _NOT_ITS_OWN:
        raise
    except Exception as error:  # whatever a read model does wrong, the others must go on
        raise ModelFault(projection.name, change.position, error) from error


def _changes(path: str, stop: Stops, beat: Beat) -> Iterator[int]:
    """Yield at the start and whenever another connection has written to the file: SQLite has no
    subscriptions, but counts writes across processes."""
    connection = sqlite3.connect(path)
    seen = -1
    try:
        while not stop.is_set():
            beat.give()
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            if version != seen:
                seen = version
                yield version
            else:
                stop.wait(POLL_SECONDS)
    finally:
        connection.close()
