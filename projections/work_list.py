"""The work list: the compartments of each case with whom they wait for, the moments from which
terms count, and the devices that stand in them. No content: it is made of headers."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from eventsourcing.sqlite import SQLiteCursor

from domain.charge import ASSIGNEE
from domain.services.registry import SERVICES
from domain.state import Case, Compartment
from projections.projection import Change, Projection

_COLUMNS = (
    "case_id, compartment, service, state, seq, position, opened, waits_for, waiting_since, moments"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A compartment as far as work goes. opened, waiting_since, moments: unix times; waiting_since
    is None when nobody is waited for. explained: by term, when its delay was last explained."""

    case: str
    compartment: str
    service: str
    state: str
    seq: int
    position: int
    opened: int
    waits_for: str
    waiting_since: int | None
    moments: Mapping[str, int]
    explained: Mapping[str, int]

    @property
    def type(self) -> str:
        return self.compartment.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Standing:
    """A place in which a device stands. mine: whether the person of the device took the case."""

    place: Place
    role: str
    mine: bool


class WorkListProjection(Projection):
    name = "work_list"
    rows = ("work", "work_compartment", "work_explained")
    create = (
        "CREATE TABLE IF NOT EXISTS work_compartment (case_id TEXT NOT NULL, "
        "compartment TEXT NOT NULL, service TEXT NOT NULL, state TEXT NOT NULL, "
        "seq INTEGER NOT NULL, position INTEGER NOT NULL, opened INTEGER NOT NULL, "
        "waits_for TEXT NOT NULL, waiting_since INTEGER, moments TEXT NOT NULL, "
        "PRIMARY KEY (case_id, compartment))",
        "CREATE TABLE IF NOT EXISTS work (device TEXT NOT NULL, case_id TEXT NOT NULL, "
        "compartment TEXT NOT NULL, role TEXT NOT NULL, mine INTEGER NOT NULL, "
        "PRIMARY KEY (device, case_id, compartment))",
        "CREATE INDEX IF NOT EXISTS work_by_case ON work (case_id, compartment)",
        "CREATE TABLE IF NOT EXISTS work_explained (case_id TEXT NOT NULL, term TEXT NOT NULL, "
        "at INTEGER NOT NULL, PRIMARY KEY (case_id, term))",
    )

    def apply(self, cursor: SQLiteCursor, change: Change) -> None:
        header, case = change.header, change.case
        if header is None or case is None:
            return
        service = SERVICES[case.service]
        opened = change.event.stored if header.opens else None
        for compartment in case.compartments.values():
            moved = compartment.name == header.compartment
            self._write(cursor, case, compartment, change.position if moved else None, opened)
        if header.kind in service.explaining:
            cursor.execute(
                "INSERT OR REPLACE INTO work_explained VALUES (?,?,?)",
                (case.case, header.body["term"], change.event.stored),
            )
        for compartment in case.compartments.values():
            # Who took the case is marked in all of them.
            if compartment.name == header.compartment or header.kind in service.assigning:
                self._write_standing(cursor, change, case, compartment)

    def _write(
        self,
        cursor: SQLiteCursor,
        case: Case,
        compartment: Compartment,
        position: int | None,
        opened: int | None,
    ) -> None:
        """An entry moves its own compartment, and the state and waiting of the others."""
        waiting = (
            case.state,
            compartment.waits_for,
            compartment.waits_since if compartment.waits_for else None,
            json.dumps(dict(compartment.moments), sort_keys=True),
        )
        if position is not None and opened is not None:
            cursor.execute(
                f"INSERT INTO work_compartment ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)",
                (
                    case.case,
                    compartment.name,
                    case.service,
                    case.state,
                    compartment.seq,
                    position,
                    opened,
                    *waiting[1:],
                ),
            )
            return
        cursor.execute(
            "UPDATE work_compartment SET state=?, waits_for=?, waiting_since=?, moments=?, seq=?, "
            "position=COALESCE(?, position) WHERE case_id=? AND compartment=?",
            (*waiting, compartment.seq, position, case.case, compartment.name),
        )

    def _write_standing(
        self, cursor: SQLiteCursor, change: Change, case: Case, compartment: Compartment
    ) -> None:
        cursor.execute(
            "DELETE FROM work WHERE case_id=? AND compartment=?", (case.case, compartment.name)
        )
        assignee = case.facts.get(ASSIGNEE)
        person = change.trust.person(assignee) if assignee else None
        for line in compartment.lines:
            mine = person is not None and change.trust.person(line.device) == person
            cursor.execute(
                "INSERT INTO work VALUES (?,?,?,?,?)",
                (line.device, case.case, compartment.name, line.role, mine),
            )


def read_work(cursor: SQLiteCursor, device: str) -> list[Standing]:
    """What a device stands in: those waiting longest first, then the newest. A consultation that
    was opened and in which nobody has asked anything yet is no work."""
    cursor.execute(
        f"SELECT role, mine, {_COLUMNS} FROM work JOIN work_compartment USING (case_id, "
        "compartment) WHERE device=? AND NOT (role='consultation_worker' AND state='opened') "
        "ORDER BY waiting_since IS NULL, waiting_since, opened DESC, case_id, compartment",
        (device,),
    )
    rows = cursor.fetchall()
    return [Standing(_place(cursor, row), row["role"], bool(row["mine"])) for row in rows]


def read_places(cursor: SQLiteCursor, done: frozenset[tuple[str, str]]) -> list[Place]:
    """The compartments of all cases that are in none of these services and states, or in crisis,
    oldest first."""
    marks = ",".join(["(?,?)"] * len(done))
    cursor.execute(
        f"SELECT {_COLUMNS} FROM work_compartment WHERE case_id IN (SELECT case_id FROM "
        f"work_compartment WHERE (service, state) NOT IN (VALUES {marks}) "
        f"OR moments LIKE '%\"crisis_at\"%') ORDER BY opened, case_id, compartment",
        [word for pair in sorted(done) for word in pair],
    )
    return [_place(cursor, row) for row in cursor.fetchall()]


def read_untaken(cursor: SQLiteCursor, device: str, stands: frozenset[tuple[str, str]]) -> int:
    """How many cases of these services and states there are in which a device stands nowhere."""
    count = 0
    for service, state in sorted(stands):
        cursor.execute(
            "SELECT COUNT(DISTINCT case_id) AS found FROM work_compartment WHERE service=? AND "
            "state=? AND case_id NOT IN (SELECT case_id FROM work WHERE device=?)",
            (service, state, device),
        )
        count += cursor.fetchone()["found"]
    return count


def _place(cursor: SQLiteCursor, row: sqlite3.Row) -> Place:
    cursor.execute("SELECT term, at FROM work_explained WHERE case_id=?", (row["case_id"],))
    explained = {found["term"]: found["at"] for found in cursor.fetchall()}
    return Place(
        row["case_id"],
        row["compartment"],
        row["service"],
        row["state"],
        row["seq"],
        row["position"],
        row["opened"],
        row["waits_for"],
        row["waiting_since"],
        json.loads(row["moments"]),
        explained,
    )
