"""Where every device stood and stands, since when and until when: the part of the access report
that is asked for across cases, when a device was stolen or a person asks what she could read.

What was readable there is not kept: whoever asks computes it from the entries of those cases.
"""

import sqlite3
from typing import NamedTuple

from eventsourcing.sqlite import SQLiteCursor

from domain.access import Moment, Standing, concerns_standing, stand_on
from projections.projection import Change, Projection

_COLUMNS = "device, person, role, compartment, since_at, since, until_at, until"


class StoodIn(NamedTuple):
    case: str
    standing: Standing


class AccessProjection(Projection):
    name = "access"
    rows = ("standing",)
    create = (
        "CREATE TABLE IF NOT EXISTS standing (case_id TEXT NOT NULL, device TEXT NOT NULL, "
        "person TEXT, role TEXT NOT NULL, compartment TEXT NOT NULL, since_at INTEGER NOT NULL, "
        "since INTEGER NOT NULL, until_at INTEGER, until INTEGER, "
        "PRIMARY KEY (case_id, compartment, device, since_at))",
        "CREATE INDEX IF NOT EXISTS standing_by_device ON standing (device)",
    )

    def apply(self, cursor: SQLiteCursor, change: Change) -> None:
        header = change.header
        if header is None or not concerns_standing(header):
            return
        place = (header.case, header.compartment)
        cursor.execute(
            f"SELECT {_COLUMNS} FROM standing WHERE case_id=? AND compartment=? AND until IS NULL",
            place,
        )
        here = {row["device"]: _standing(row) for row in cursor.fetchall()}
        moment = Moment(change.position, change.event.stored)
        moved = stand_on(here, moment, header, change.trust)
        for one in moved.ended:
            cursor.execute(
                "UPDATE standing SET until_at=?, until=? "
                "WHERE case_id=? AND compartment=? AND device=? AND since_at=?",
                (*moment, *place, one.device, one.since.position),
            )
        for one in moved.begun:
            cursor.execute(
                "INSERT INTO standing VALUES (?,?,?,?,?,?,?,?,?)",
                (
                    header.case,
                    *(one.device, one.person, one.role, one.compartment),
                    *one.since,
                    *(one.until or (None, None)),
                ),
            )


def read_standings(cursor: SQLiteCursor, device: str) -> list[StoodIn]:
    """Where a device stood, in the order in which it came there."""
    cursor.execute(
        f"SELECT case_id, {_COLUMNS} FROM standing WHERE device=? ORDER BY since_at, compartment",
        (device,),
    )
    return [StoodIn(row["case_id"], _standing(row)) for row in cursor.fetchall()]


def _standing(row: sqlite3.Row) -> Standing:
    until = None if row["until_at"] is None else Moment(row["until_at"], row["until"])
    since = Moment(row["since_at"], row["since"])
    return Standing(row["device"], row["person"], row["role"], row["compartment"], since, until)
