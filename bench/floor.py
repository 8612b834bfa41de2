"""The floor: what any server of signed entries must at least do, and nothing else.

Accepting: one Ed25519 signature verified, the same schema loaded from the same body, one row
committed once with the same durability. Reading: the same rows as JSON, with no proof asked.
"""

import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

from flask import Flask, request
from nacl.signing import VerifyKey

from crypto.encoding import b64, labelled, unb64
from projections.timeline import read_timeline
from store.turn import Turns
from wire.header import ENTRY_SIGNATURE_LABEL
from wire.schemas import EntryEnvelope

# Where the floor keeps its rows, and the read models whose timeline it shows.
ROWS, VIEWS = "BENCH_ROWS", "BENCH_VIEWS"
CREATE = (
    "CREATE TABLE kept (rowid INTEGER PRIMARY KEY AUTOINCREMENT, header BLOB NOT NULL, "
    "signature BLOB NOT NULL, payload BLOB NOT NULL, keybox BLOB NOT NULL)"
)


class _Threads(threading.local):
    """One connection for each thread of a worker."""

    def __init__(self) -> None:
        self.rows = connect(Path(os.environ[ROWS]))
        self.views = connect(Path(os.environ[VIEWS]))


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def create_app() -> Flask:
    app = Flask("floor")
    envelope, held = EntryEnvelope(), _Threads()
    turns = Turns(Path(os.environ[ROWS] + ".turn"))

    @app.post("/entries/<sign>")
    def accept(sign: str) -> tuple[dict[str, Any], int]:
        body = envelope.load(request.get_json())
        header, signature = unb64(body["header"]), unb64(body["signature"])
        VerifyKey(unb64(sign)).verify(labelled(ENTRY_SIGNATURE_LABEL, header), signature)
        row = (header, signature, unb64(body["payload"]), unb64(body["keybox"]))
        # In turn, as the product does: two processes that busy-poll for SQLite's lock are slower.
        with turns.take():
            position = held.rows.execute(
                "INSERT INTO kept (header, signature, payload, keybox) VALUES (?,?,?,?)", row
            ).lastrowid
        return {"position": position}, 201

    @app.get("/timeline/<case>/<compartment>/<int(signed=True):after>/<int:limit>")
    def timeline(case: str, compartment: str, after: int, limit: int) -> dict[str, Any]:
        cursor: Any = held.views.cursor()
        rows = read_timeline(cursor, case, compartment, after, limit)
        return {
            "entries": [
                {
                    "header": b64(row.header),
                    "signature": b64(row.signature),
                    "stored": row.stored,
                    "position": row.position,
                }
                for row in rows
            ]
        }

    return app
