"""What waits: for someone who works here, and for the supervisors over all."""

import time
from typing import Any

from cli.desk import roster_warning
from cli.home import device_session
from cli.language import _, name
from cli.show import ago, local_time, print_json, say, table
from cli.spoken import JSON, command
from client.errors import NotPossible, ServerRefused

DONE = ("closed", "escalated")
COLUMNS = ("case", "what", "state", "waits for", "since", "due", "yours")


@command()
@JSON
def inbox(as_json: bool) -> None:
    """What waits for you, for whom and how long. No content is fetched."""
    session = device_session()
    rows = session.work()
    if as_json:
        print_json({"work": rows})
        return
    now = time.time()
    open_rows = [row for row in rows if row["state"] not in DONE or row["terms"]]
    table(
        _("Inbox"),
        [_(column) for column in COLUMNS],
        [_cells(row, now) for row in sorted(open_rows, key=_urgency)],
    )
    if not open_rows:
        say(_("Nothing waits."))
    session.directory.refresh()
    warning = roster_warning(session.directory.newest.roster, now)
    if warning:
        say(warning)


@command()
@JSON
def overview(as_json: bool) -> None:
    """Every consultation that is not done: state, waiting and terms. For supervisors."""
    session = device_session()
    try:
        rows = session.overview()
    except ServerRefused as refused:
        raise NotPossible(_("only supervisors see all that waits")) from refused
    if as_json:
        print_json({"cases": rows})
        return
    now = time.time()
    table(
        _("All that is not done"),
        [_(column) for column in COLUMNS[:-1]],
        [_cells(row, now)[:-1] for row in sorted(rows, key=_urgency)],
    )


def _urgency(row: dict[str, Any]) -> tuple[bool, float, float]:
    """Terms that were not explained first, the earliest first; then those waiting longest."""
    due = min((term["due"] for term in row["terms"] if not term["explained"]), default=None)
    waiting = row["waiting_since"]
    return (due is None, due or 0, waiting if waiting is not None else float("inf"))


def _cells(row: dict[str, Any], now: float) -> list[str]:
    place = row.get("compartment", "dialogue").partition("-")[0]
    return [
        row["case"][:8],
        name(place),
        name(row["state"]) if row["state"] else "",
        name(row["waits_for"]) if row["waits_for"] else "",
        ago(row["waiting_since"], now),
        due_text(row["terms"], now),
        _("yes") if row.get("mine") else "",
    ]


def due_text(terms: list[dict[str, Any]], now: float) -> str:
    """The most urgent term, and how many have passed."""
    if not terms:
        return ""
    passed = [term for term in terms if term["due"] < now]
    unexplained = [term for term in passed if not term["explained"]]
    first = (unexplained or passed or terms)[0]
    if first in unexplained:
        return f"{_('OVERDUE')}: {name(first['term'])}, {local_time(first['due'])}"
    if first in passed:
        return f"{name(first['term'])}: {_('late, explained')}"
    return f"{name(first['term'])}: {local_time(first['due'])}"
