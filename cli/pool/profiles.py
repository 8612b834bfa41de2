"""`zegel pool experts, weeks`: who is in the pool, and in which weeks somebody can be asked; read
on this machine alone."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from cli.desk.step import done_in
from cli.home.folder import device_session
from cli.pool.calendar import calendar_lines, weeks_from
from cli.screen.show import local_time, print_json, say
from cli.screen.spoken import JSON, command
from cli.screen.terminal import paged, put_lines, table
from cli.sentences.language import _, name
from client.cases.casework import open_casework
from client.cases.consultation import payload
from client.pool.desk import Desk
from client.pool.experts import week_of
from client.pool.profiles import Profile, profile_in
from client.session import Session
from domain.shapes import seconds_of

SOON_DAYS = 30  # before a registration or a vetting ends it is told
SHOWN_WEEKS = 26


@command("experts")
@JSON
def experts(as_json: bool) -> None:
    """Everybody in the pool: vetted until when, what ends soon, and how much each does now."""
    session = device_session()
    desk = Desk(session).look()
    busy = {one.person: one.running for one in desk.experts()}
    rows = [_fields(session, one, busy) for one in desk.profiles()]
    if as_json:
        print_json({"experts": rows})
        return
    with paged():
        table(
            _("Experts"),
            [
                _("case"),
                _("expert"),
                _("organisation"),
                _("state"),
                _("vetted until"),
                _("busy"),
                "",
            ],
            [
                [
                    session.numbers.called(row["case"]),
                    session.numbers.name(row["person"] or "") or (row["person"] or "")[:8],
                    row["organisation"],
                    name(row["state"]),
                    row["vetted_until"] and local_time(seconds_of(row["vetted_until"]))[:10],
                    str(row["running"]),
                    ", ".join(row["ends_soon"]),
                ]
                for row in rows
            ],
        )


def _fields(session: Session, one: Profile, busy: dict[str, int]) -> dict[str, Any]:
    roster = session.directory.newest.roster
    person = roster.people.get(one.person or "") if roster else None
    return {
        "case": one.chain.case,
        "person": one.person,
        "organisation": person.organisation if person else "",
        "roles": sorted(person.roles) if person else [],
        "state": one.state,
        "vetted_until": one.vetting.until if one.vetting else "",
        "running": busy.get(one.person or "", 0),
        "ends_soon": ends_soon(one, datetime.fromtimestamp(session.now(), UTC).date()),
    }


def ends_soon(one: Profile, today: date) -> list[str]:
    """Her registrations that end within thirty days, or have ended: `BIG 2026-12-31`."""
    until = (today + timedelta(days=SOON_DAYS)).isoformat()
    said = (one.words or {}).get("registrations", ())
    return sorted(line for line in said if line.rpartition(" ")[2] <= until)


@command("weeks", takes_dashes=True)
@click.argument("case")
@click.argument("changes", nargs=-1)
@click.option("--acute/--no-acute", default=None, help="Can you be called for what cannot wait?")
@JSON
def weeks(case: str, changes: Sequence[str], acute: bool | None, as_json: bool) -> None:
    """The weeks in which you, or the expert of a profile, can be asked, as a calendar.

    CHANGES adds weeks (49, 2026-W49, 49-52, 2026-W49..2027-W03, all) and takes them away (-50).
    """
    session = device_session()
    work = open_casework(session, case)
    chain = work.named("profile")
    profile = profile_in(session, chain)
    told: dict[str, Any] = dict(profile.availability or {})
    known, today = set(told.get("weeks", ())), datetime.fromtimestamp(time.time(), UTC).date()
    if changes or acute is not None:
        known = weeks_from(" ".join(changes), week_of(today), known)
        on_call = bool(told.get("acute")) if acute is None else acute
        told = {"acute": on_call, **({"weeks": sorted(known)} if known else {})}
        body = {"available": profile.state != "unavailable"}
        work.write("profile", "AvailabilityUpdated", body, payload("availability/1", **told))
    if as_json:
        done_in(work, True, "", weeks=sorted(known))
        return
    put_lines(calendar_lines(known, week_of(today), SHOWN_WEEKS))
    say(_("On call for what cannot wait.") if told.get("acute") else _("Not on call."))
