"""Trust and cases as folded so far, kept beside their heads in this process.

A look-up reads only what was stored since the last one. Values are immutable; what is kept is a
cache, and loses nothing when it is dropped.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from eventsourcing.sqlite import SQLiteCursor

from domain.entry import Entry
from domain.evolve import evolve
from domain.service import Service
from domain.state import Case
from domain.trust import Trust
from store.events import TRUST_STREAM, DocumentStored, EntryStored, RootStored, RosterStored, event
from store.sqlite import EntryRecorder
from wire.header import entry_hash, parse_header
from wire.trust_documents import parse_root, parse_roster

MAX_CASES = 2_000
MAX_ROSTERS = 8


class Folded(NamedTuple):
    """A case, and the version of the last entry in it."""

    case: Case | None
    version: int


class Folds:
    def __init__(
        self,
        recorder: EntryRecorder,
        pin: str,
        services: Mapping[str, Service],
        max_cases: int = MAX_CASES,
    ) -> None:
        self._max_cases = max_cases
        self._recorder = recorder
        self._pin = pin
        self._services = services
        self._lock = threading.RLock()
        self._cases: OrderedDict[str, Folded] = OrderedDict()
        self._rosters: OrderedDict[int, Trust] = OrderedDict()
        self._newest: tuple[int, Trust] = (0, Trust(pin))

    def trust(self, cursor: SQLiteCursor) -> Trust:
        """What is certified now."""
        with self._lock:
            version = self._recorder.select_version(cursor, TRUST_STREAM)
            if version != self._newest[0]:
                root = self._document(cursor, RootStored)
                roster = self._document(cursor, RosterStored)
                self._newest = (
                    version,
                    Trust(
                        self._pin,
                        parse_root(root.document) if root else None,
                        parse_roster(roster.document) if roster else None,
                    ),
                )
            return self._newest[1]

    def _document(
        self, cursor: SQLiteCursor, kind: type[DocumentStored], nth: int | None = None
    ) -> DocumentStored | None:
        row = self._recorder.select_document(cursor, TRUST_STREAM, kind.topic, nth)
        found = event(row) if row else None
        return found if isinstance(found, DocumentStored) else None

    def trust_of_roster(self, cursor: SQLiteCursor, version: int) -> Trust:
        """What roster `version` certified: rosters are numbered from 1 without a gap."""
        with self._lock:
            if version not in self._rosters:
                found = self._document(cursor, RosterStored, version)
                roster = parse_roster(found.document) if found else None
                if roster is None or roster.version != version:
                    raise KeyError(f"the store holds no roster {version} in its place")
                self._rosters[version] = Trust(self._pin, roster=roster)
            self._rosters.move_to_end(version)
            if len(self._rosters) > MAX_ROSTERS:
                self._rosters.popitem(last=False)
            return self._rosters[version]

    def case(self, cursor: SQLiteCursor, case: str, version: int | None = None) -> Folded:
        """A case as it stands, or as it stood at a version; version 0 when there is none."""
        if UUID(case) == TRUST_STREAM:
            return Folded(None, 0)  # the stream of trust documents is no case
        with self._lock:
            folded = self._cases.get(case, Folded(None, 0))
            if version is not None and folded.version > version:
                folded = Folded(None, 0)
            limit = -1 if version is None else version - folded.version
            for _, row in self._recorder.select_stream(cursor, UUID(case), folded.version, limit):
                stored = event(row)
                assert isinstance(stored, EntryStored)  # only entries stand in a case's stream
                folded = self._after(cursor, folded, stored)
            self._keep(case, folded)
            return folded

    def advance(self, before: Folded, entry: Entry, trust: Trust) -> None:
        """Take in an entry that was stored right after `before`: nobody has to read it again."""
        case = entry.header.case
        with self._lock:
            if self._cases.get(case, Folded(None, 0)).version == before.version:
                after = evolve(before.case, entry, trust, self._services)
                self._keep(case, Folded(after, before.version + 1))

    def _after(self, cursor: SQLiteCursor, folded: Folded, stored: EntryStored) -> Folded:
        header = parse_header(stored.header)
        entry = Entry(header, entry_hash(stored.header), stored.stored)
        trust = self.trust_of_roster(cursor, header.roster)
        case = evolve(folded.case, entry, trust, self._services)
        return Folded(case, stored.originator_version)

    def _keep(self, case: str, folded: Folded) -> None:
        if folded.case is None:
            return
        self._cases[case] = folded
        self._cases.move_to_end(case)
        if len(self._cases) > self._max_cases:
            self._cases.popitem(last=False)
