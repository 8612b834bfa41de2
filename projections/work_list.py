"""The work list: for each device the compartments in which it stands, what state they are in, and
since when someone waits. No content: it is made of headers."""

from dataclasses import dataclass

from eventsourcing.sqlite import SQLiteCursor

from domain.state import Case, Compartment
from projections.projection import Change, Projection


@dataclass(frozen=True, slots=True)
class WorkRow:
    """opened, waiting_since: unix time; waiting_since is None when nobody waits for an answer."""

    case: str
    compartment: str
    service: str
    state: str
    role: str
    mine: bool
    seq: int
    position: int
    opened: int
    waiting_since: int | None


class WorkListProjection(Projection):
    name = "work_list"
    rows = ("work", "work_compartment")
    create = (
        "CREATE TABLE IF NOT EXISTS work_compartment (case_id TEXT NOT NULL, "
        "compartment TEXT NOT NULL, service TEXT NOT NULL, state TEXT NOT NULL, "
        "seq INTEGER NOT NULL, position INTEGER NOT NULL, opened INTEGER NOT NULL, "
        "waiting_since INTEGER, PRIMARY KEY (case_id, compartment))",
        "CREATE TABLE IF NOT EXISTS work (device TEXT NOT NULL, case_id TEXT NOT NULL, "
        "compartment TEXT NOT NULL, role TEXT NOT NULL, mine INTEGER NOT NULL, "
        "PRIMARY KEY (device, case_id, compartment))",
        "CREATE INDEX IF NOT EXISTS work_by_case ON work (case_id, compartment)",
    )

    def apply(self, cursor: SQLiteCursor, change: Change) -> None:
        header, case = change.header, change.case
        if header is None or case is None:
            return
        compartment = case.compartments[header.compartment]
        self._write_compartment(cursor, change, case, compartment)
        cursor.execute(
            "UPDATE work_compartment SET state=? WHERE case_id=?", (case.state, case.case)
        )
        cursor.execute(
            "DELETE FROM work WHERE case_id=? AND compartment=?", (case.case, compartment.name)
        )
        assignee = case.facts.get("assignee")
        person = change.trust.person(assignee) if assignee else None
        for line in compartment.lines:
            mine = person is not None and change.trust.person(line.device) == person
            cursor.execute(
                "INSERT INTO work VALUES (?,?,?,?,?)",
                (line.device, case.case, compartment.name, line.role, mine),
            )

    def _write_compartment(
        self, cursor: SQLiteCursor, change: Change, case: Case, compartment: Compartment
    ) -> None:
        header = change.header
        assert header is not None  # apply looked
        waiting = "waiting_since"
        if header.payload is not None:
            from_outside = change.trust.device(header.author) is None
            waiting = "COALESCE(waiting_since, excluded.waiting_since)" if from_outside else "NULL"
        cursor.execute(
            "INSERT INTO work_compartment VALUES (?,?,?,?,?,?,?,?) "
            "ON CONFLICT (case_id, compartment) DO UPDATE SET "
            f"seq=excluded.seq, position=excluded.position, waiting_since={waiting}",
            (
                case.case,
                compartment.name,
                case.service,
                case.state,
                compartment.seq,
                change.position,
                change.event.stored,
                change.event.stored if header.payload is not None else None,
            ),
        )


def read_work(cursor: SQLiteCursor, device: str) -> list[WorkRow]:
    """What a device stands in: those waiting longest first, then the newest."""
    cursor.execute(
        "SELECT case_id, compartment, service, state, role, mine, seq, position, opened, "
        "waiting_since FROM work JOIN work_compartment USING (case_id, compartment) "
        "WHERE device=? ORDER BY waiting_since IS NULL, waiting_since, opened DESC, case_id",
        (device,),
    )
    return [
        WorkRow(**{**dict(zip(WorkRow.__slots__, row, strict=True)), "mine": bool(row["mine"])})
        for row in cursor.fetchall()
    ]
