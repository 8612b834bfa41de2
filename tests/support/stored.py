"""Rows as a release has stored them, for every later release to read.

    {"cards":["…"],"final":{"case":"…","head":"…","seq":8,"state":"closed",…},"pin":"…",
     "rows":[{"state":"…","stream":"…","topic":"zegel/root/1","version":1},…]}

Made once a release and then never again: `python -m tests.support.stored FILE`.
"""

import json
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from client.cases.consultation import message
from crypto.device import card_from
from crypto.encoding import b64, parse_canonical, unb64
from domain.check import Rules
from domain.services.registry import SERVICES
from domain.state import Case
from domain.trust import Trust
from store.events import EntryStored, event
from tests.support.desk import Desk, Talk
from wire.pipeline import Reading, receive_document

FOLDER = Path(__file__).parent.parent / "vectors"


def rows_of(release: dict[str, Any]) -> list[StoredEvent]:
    return [
        StoredEvent(UUID(row["stream"]), row["version"], row["topic"], unb64(row["state"]))
        for row in release["rows"]
    ]


def replayed(release: dict[str, Any]) -> dict[str, Any]:
    """What the rows come to when signatures and rules are checked again. Raises Refused."""
    cards = [card_from(parse_canonical(unb64(card), 4096)) for card in release["cards"]]
    known = {card.device: card for card in cards}
    reading, states = Reading(Trust(release["pin"]), Rules(SERVICES), known), []
    for row in rows_of(release):
        read = event(row)
        if isinstance(read, EntryStored):
            reading, _ = reading.receive(read.header, read.signature, read.stored)
            assert reading.case is not None
            states.append(reading.case.state)
        else:
            signed = (read.document, json.loads(read.signatures), read.stored)
            reading = reading.with_trust(receive_document(reading.trust, read.what, *signed))
    assert reading.case is not None
    return _final(reading.case) | {"states": states}


def _final(case: Case) -> dict[str, Any]:
    (compartment,) = case.compartments.values()
    return {
        "case": case.case,
        "service": case.service,
        "state": case.state,
        "facts": dict(case.facts),
        "openers": sorted(case.openers),
        "compartment": compartment.name,
        "seq": compartment.seq,
        "head": compartment.head,
        "epoch": compartment.epoch,
        "lines": [[line.device, line.role] for line in compartment.lines],
        "entries": [entry for entry, _ in case.entries.items()],
    }


def made(folder: Path) -> dict[str, Any]:
    """A root, a roster and a consultation from its opening to its close."""
    desk = Desk(folder)
    worker = desk.workers[0]
    talk = Talk(desk).asked().taken(worker)
    talk.write(worker, "AnswerGiven", {}, message("an answer"))
    talk.write(talk.keys, "MessageSent", {}, message("thank you"))
    talk.closed(worker)
    with closing(desk.store), desk.shell() as shell:
        rows = shell.execute(
            "SELECT originator_id, originator_version, topic, state FROM stored_events "
            "ORDER BY rowid"
        ).fetchall()
        cards = shell.execute("SELECT card FROM cards ORDER BY device").fetchall()
    release: dict[str, Any] = {
        "pin": desk.pin,
        "cards": [b64(card) for (card,) in cards],
        "rows": [
            {"stream": stream, "version": version, "topic": topic, "state": b64(state)}
            for stream, version, topic, state in rows
        ],
    }
    return release | {"final": replayed(release)}


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        text = json.dumps(made(Path(folder)), indent=1) + "\n"
    with open(sys.argv[1], "x") as file:  # what was once stored is never written again
        file.write(text)
