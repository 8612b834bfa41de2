"""Over random histories of support cases, at every position, each read model is what a fold of the
entries up to there says: nothing is owed to how the projector came to it.

Holds projections/projector.py, projections/access.py.
"""

import json
import random
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import projections.projector
from crypto.encoding import canonical
from domain.access import Moment, access
from domain.check import Rules
from domain.entry import Header, Parts
from domain.refusal import Refused
from domain.services.registry import SERVICES
from domain.trust import Trust
from projections.access import read_standings
from projections.projector import Projector, open_views
from store.application import NoSuchCase
from store.events import DocumentStored, EntryStored, event
from tests.support.audit.access_play import ROLES, WHAT, Nothing, Play
from tests.support.desk import Desk
from tests.support.fold import Rows, tables
from wire.header import parse_header
from wire.pipeline import Reading, entry_facts, named_devices, receive_document

HISTORIES, STEPS = 6, 24


class Folded:
    """The read models as a fold gives them, event after event; no projection has a part in it."""

    def __init__(self, play: Play) -> None:
        self.trust = Trust(play.desk.pin)
        self.trusts: list[tuple[int, Trust]] = []
        self.reading = Reading(self.trust, Rules(SERVICES), play.cards)
        self.entries: list[tuple[int, EntryStored]] = []
        self.documents: list[tuple[int, DocumentStored]] = []
        self.cards = play.cards
        self.named: set[str] = set()

    def take(self, position: int, stored: Any) -> None:
        if isinstance(stored, DocumentStored):
            signatures = json.loads(stored.signatures)
            made = (stored.what, stored.document, signatures, stored.stored)
            self.trust = receive_document(self.trust, *made)
            self.trusts.append((position, self.trust))
            self.documents.append((position, stored))
            self.named |= set(self.trust.roster.devices if self.trust.roster else ())
            return
        header = parse_header(stored.header)
        self.reading = self.reading.with_trust(self.trust)
        made = (stored.header, stored.signature, stored.stored, self.trust, self.cards)
        entry = entry_facts(header, *made, Parts.NOT_LOOKED_AT)
        self.reading = self.reading.with_entry(entry)
        self.entries.append((position, stored))
        self.named |= named_devices(header)

    def trust_at(self, position: int) -> Trust:
        return [trust for at, trust in self.trusts if at < position][-1]

    def rows(self) -> Rows:
        headers = [(at, one, parse_header(one.header)) for at, one in self.entries]
        made: Rows = {
            "trust_document": [
                (at, one.what, one.document, one.signatures, one.stored)
                for at, one in self.documents
            ],
            "card": [
                (device, canonical(self.cards[device].fields()))
                for device in self.named
                if device in self.cards
            ],
            "timeline": [
                (h.case, h.compartment, h.seq, at, one.stored, one.signature, one.header)
                for at, one, h in headers
            ],
            "standing": self._standings(headers),
            "work_explained": [],
            "work_compartment": [],
            "work": [],
        }
        case = self.reading.case
        for name, place in (case.compartments if case else {}).items():
            assert case is not None
            here = [(at, one.stored) for at, one, header in headers if header.compartment == name]
            since = place.waits_since if place.waits_for else None
            moments = json.dumps(dict(place.moments), sort_keys=True)
            known = (case.service, case.state, place.seq, here[-1][0], here[0][1])
            row = (case.case, name, *known, place.waits_for, since, moments)
            made["work_compartment"].append(row)
            person = self.trust.person(case.facts.get("assignee", ""))
            made["work"] += [
                (line.device, case.case, name, line.role, int(self._takes(person, line.device)))
                for line in place.lines
            ]
        return {table: sorted(rows, key=repr) for table, rows in made.items()}

    def _standings(self, headers: list[tuple[int, EntryStored, Header]]) -> list[tuple[Any, ...]]:
        placed = [(Moment(at, one.stored), header) for at, one, header in headers]
        return [
            (
                headers[0][2].case,
                *(one.device, one.person, one.role, one.compartment),
                *one.since,
                *(one.until or (None, None)),
            )
            for one in access(placed, self.trust_at).standings
        ]

    def _takes(self, person: Any, device: str) -> bool:
        return person is not None and self.trust.person(device) == person


def played(folder: Path, seed: int) -> Play:
    play = Play(Desk(folder, count(1_795_500_000).__next__, workers=0))
    draw = random.Random(seed)
    for _ in range(STEPS):
        with suppress(Nothing, Refused, NoSuchCase):
            draw.choice(WHAT)(play, draw.randrange(1_000), draw.randrange(1_000))
    return play


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_every_read_model_equals_a_fold_at_every_position(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(projections.projector, "BATCH", 1)
    play = played(tmp_path, seed)
    with closing(play.desk.store) as store:
        views = open_views(str(tmp_path / "views.sqlite"), create=True)
        projector, folded = Projector(store, views, play.desk.pin, SERVICES), Folded(play)
        for row in store.entries.select_notifications(0, 10_000, inclusive_of_start=False):
            assert projector.step() == 1
            folded.take(row.id - 1, event(row))
            assert tables(tmp_path / "views.sqlite") == folded.rows(), f"at {row.id - 1}"
        assert projector.step() == 0 and len(folded.entries) > STEPS
        views.close()


def test_who_is_charged_and_custodian_may_recover_her_own_place(tmp_path: Path) -> None:
    """One device comes in by the same entry twice: as a member, and as who made the key."""
    play = Play(Desk(tmp_path, count(1_795_500_000).__next__, workers=0))
    place = play.places[1]
    play.has_a_new_device([*ROLES].index("dirk"), 0)
    play.is_recovered(1, 0)
    mine = play.newest("dirk")
    assert [line.device for line in play.told[-1].header.lines] == [mine]
    with closing(play.desk.store) as store:
        views = open_views(str(tmp_path / "views.sqlite"), create=True)
        Projector(store, views, play.desk.pin, SERVICES).catch_up()
        with views.reading() as cursor:
            found = [one.standing for one in read_standings(cursor, mine)]
        views.close()
    assert [(one.role, one.compartment, one.until) for one in found] == [
        ("casemanager", place, None)
    ]
    assert [one for one in play.report(only=place).standings if one.device == mine] == found
