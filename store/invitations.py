"""Invitations that stand, and those who say they were invited (PROTOCOL.md section 2).

An invitee posts her card and a tag; whoever invited fetches both, checks the tag with the secret,
which the server never has, and lets her in. What was posted is kept until then, the newest few for
each invitation: junk by someone who learned of one does not keep the right person out, who can post
again. Whoever does not know an invitation cannot even find out whether it stands.
"""

from collections.abc import Iterable
from typing import NamedTuple

from eventsourcing.sqlite import SQLiteCursor

from crypto.device import Card, parse_card
from crypto.encoding import canonical
from domain.entry import Header
from domain.shapes import seconds_of
from store.sqlite import EntryRecorder

MAX_ACCEPTANCES = 5


class Acceptance(NamedTuple):
    """Someone who says that she was invited. tag: in base64url."""

    invitation: str
    card: Card
    tag: str


def note_invitation(cursor: SQLiteCursor, header: Header) -> None:
    """Remember an invitation that was just stored, in its transaction; forget one that was just
    used or has expired, with who accepted it."""
    if header.changes_members:
        used = {line.invitation for line in header.lines if line.invitation}
        cursor.execute(
            "SELECT invitation FROM invitations WHERE case_id=? AND compartment=?",
            (header.case, header.compartment),
        )
        _forget(cursor, used & {row["invitation"] for row in cursor.fetchall()})
    if header.kind == "ParticipantInvited":
        _forget_expired(cursor, header.at)
        cursor.execute(
            "INSERT OR IGNORE INTO invitations VALUES (?,?,?,?)",
            (
                header.body["invitation"],
                header.case,
                header.compartment,
                seconds_of(header.body["expires"]),
            ),
        )


def _forget(cursor: SQLiteCursor, invitations: Iterable[str]) -> None:
    named = [(invitation,) for invitation in invitations]
    for table in ("acceptances", "invitations"):
        cursor.executemany(f"DELETE FROM {table} WHERE invitation=?", named)


def _forget_expired(cursor: SQLiteCursor, now: int) -> None:
    cursor.execute("SELECT invitation FROM invitations WHERE expires<=?", (now,))
    _forget(cursor, [row["invitation"] for row in cursor.fetchall()])


def accept(entries: EntryRecorder, acceptance: Acceptance, now: float) -> None:
    """Keep an acceptance for whoever invited, as the newest one. Nothing tells whether it was
    kept."""
    invitation, card, tag = acceptance
    with entries.turn() as cursor:
        _forget_expired(cursor, int(now))
        # Posted again, it is the newest one: it goes to the end. Where no such invitation stands it
        # is written and taken out again: an answer that came sooner would tell.
        cursor.execute(
            "DELETE FROM acceptances WHERE invitation=? AND device=? AND tag=?",
            (invitation, card.device, tag),
        )
        cursor.execute(
            "INSERT INTO acceptances VALUES (?,?,?,?)",
            (invitation, card.device, canonical(card.fields()), tag),
        )
        cursor.execute(
            "DELETE FROM acceptances WHERE invitation=? AND (rowid NOT IN "
            "(SELECT rowid FROM acceptances WHERE invitation=? ORDER BY rowid DESC LIMIT ?) "
            "OR NOT EXISTS (SELECT 1 FROM invitations WHERE invitation=?))",
            (invitation, invitation, MAX_ACCEPTANCES, invitation),
        )


def select_acceptances(cursor: SQLiteCursor, case: str, compartment: str) -> list[Acceptance]:
    """Who says that she was invited into a compartment, in the order of the invitations."""
    cursor.execute(
        "SELECT a.invitation, a.card, a.tag FROM acceptances a JOIN invitations i "
        "USING (invitation) WHERE i.case_id=? AND i.compartment=? ORDER BY a.rowid",
        (case, compartment),
    )
    return [
        Acceptance(row["invitation"], parse_card(row["card"]), row["tag"])
        for row in cursor.fetchall()
    ]
