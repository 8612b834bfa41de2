"""What waits: for someone who works here, and for the supervisors over all. One line a case."""

import signal
import sys
import time
from typing import Any

import click
from rich.cells import cell_len

from cli.desk.step import root_warning, roster_warning
from cli.home.folder import device_session
from cli.office.waiting import Row, Waiting, Words, cases_of
from cli.screen.show import ago, clock_time, due_text, print_json, say
from cli.screen.spoken import JSON, command
from cli.screen.terminal import GAP, cut, is_plain, padded, paged, put, put_lines, table, width
from cli.sentences.advice import explain
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name
from client.errors import Distrust, ServerRefused, Unreachable
from client.session import Session
from domain.terms import ALARM

COLUMNS = ("case", "about", "waits for", "due", "state", "since")
ALWAYS = 4  # of the columns; the others where there is room
ABOUT = 1  # the column of words, which is cut to the room that is left
LEAST_WORDS, ROOMY = 12, 24  # characters of what it is about
LOOK_SECONDS, DRAW_SECONDS = 3, 60  # how often the server is asked, and how often terms are told
MARK, CRISIS = "!", "CRISIS"  # in every language
SUPERVISOR = "supervisor"
PASSING = frozenset({"busy", "too-many", "not-yet", "internal"})  # of refusals: asked again


@command()
@click.option("--content/--no-content", default=True, help="Open the first words of each case.")
@click.option("--watch", is_flag=True, help="Stay, and show what changes; Ctrl-C ends it.")
@JSON
def inbox(content: bool, watch: bool, as_json: bool) -> None:
    """What waits for you, for whom and by when: crises first, then what is late.

    What a case is about is opened on this machine alone; without it (--no-content) nothing is read.
    """
    session = device_session()
    if as_json:
        found = session.work_list()
        others = {"elsewhere": found["elsewhere"]} if found["elsewhere"] else {}
        listed = {one.case for one in cases_of(found["work"], time.time())}
        work = [row for row in found["work"] if row["case"] in listed]
        alarms = _alarms(session, work)
        print_json({"work": work, **others, **({"alarms": alarms} if alarms else {})})
        return
    words = Words(session) if content else None
    if watch:
        _watch(session, words)
        return
    with paged():
        faults = _show(session, words, session.work_list())
    if faults:
        sys.exit(1)


def _show(session: Session, words: Words | None, found: dict[str, Any]) -> int:
    """Show what waits; how many cases there are whose conversation does not hold."""
    now = time.time()
    faults: list[Distrust] = []
    rows = [_truly(row, words, faults) for row in found["work"]]
    cases = cases_of([*rows, *_alarms(session, rows)], now)
    lines = [_line(session, one, _about(one, words, faults)) for one in cases]
    _one_line_each(_("Inbox"), lines)
    if not lines:
        say(_("Nothing waits."))
    if found["elsewhere"]:
        told = _("More wait for your role where this device was not let in; colleagues can do so")
        say(f"{told}: {found['elsewhere']}.")
    session.directory.refresh()
    trust = session.directory.newest
    warnings = [roster_warning(trust.roster, now)]
    if trust.gives(session.device, SUPERVISOR):
        warnings.append(root_warning(trust.root, now))
    for warning in filter(None, warnings):
        say(warning)
    for fault in {str(one): one for one in faults}.values():
        explained = explain(fault)
        say(f"{explained['what']}\n{explained['next']}")
    return len(faults)


def _alarms(session: Session, known: list[Row]) -> list[Row]:
    """Every crisis that a supervisor is not told of where she stands: without content, for all of
    them to see (TABLES.md S1). Empty for everybody else."""
    told = {row["case"] for row in known if any(term["term"] == ALARM for term in row["terms"])}
    session.directory.refresh()
    if not session.directory.newest.gives(session.device, SUPERVISOR):
        return []
    return [
        row
        for row in session.overview()
        if row["case"] not in told and any(term["term"] == ALARM for term in row["terms"])
    ]


def _truly(row: Row, words: Words | None, faults: list[Distrust]) -> Row:
    try:
        return row if words is None else words.truly(row)
    except Distrust as error:
        faults.append(error)
        return row


def _about(one: Waiting, words: Words | None, faults: list[Distrust]) -> str:
    if words is None:
        return ""
    try:
        asked = one.table is not None and any(map(one.table.asks_in, one.table.first))
        unread = _("not for this device") if asked else name(one.service)
        return words.of(one) or f"({unread})"
    except Distrust as error:  # one case that does not hold hides no other; it is told below
        faults.append(error)
        return _("DOES NOT HOLD")


@command()
@JSON
def overview(as_json: bool) -> None:
    """Every case that is not done: state, waiting and terms. For supervisors."""
    session = device_session()
    try:
        rows = session.overview()
    except ServerRefused as refused:
        if refused.name != "no-such-case":
            raise
        raise CannotDo(_("only supervisors see all that waits")) from refused
    if as_json:
        print_json({"cases": rows})
        return
    now = time.time()
    with paged():
        lines = [_line(session, one, name(one.service)) for one in cases_of(rows, now)]
        _one_line_each(_("All that is not done"), lines)
        if not lines:
            say(_("Nothing waits."))


# --- one line a case -----------------------------------------------------------------------------


def _cells(row: Row, now: float) -> list[str]:
    """What is shown of one row of a work list, without names and content."""
    return _told(Waiting([row], now), row["case"][:8], "")


def _line(session: Session, one: Waiting, about: str) -> list[str]:
    return _told(one, session.numbers.called(one.case), about)


def _told(one: Waiting, called: str, about: str) -> list[str]:
    since = one.waiting[0]["waiting_since"] if one.waiting else None
    state = name(one.state) if one.state else ""
    due = due_text(one.terms, one.now)
    if one.crisis:
        called, due = f"{MARK} {called}", f"{CRISIS} {due}"
    return [called, about, _whom(one), due, state, ago(since, one.now)]


def _whom(one: Waiting) -> str:
    if not one.waits_for:
        return ""
    if not one.waits_for_me:
        return name(one.waits_for)
    row = one.waiting[0]
    if one.mine and one.is_apart(row):
        return _("a colleague")  # who was asked there; the asker has the case
    if one.untaken:
        return _("whoever takes it")
    return f"{_('you')} ({one.decides} {_('to decide')})" if one.decides else _("you")


def _one_line_each(title: str, rows: list[list[str]]) -> None:
    """The rows, with what they are about cut to the room there is; where a screen is too narrow for
    columns, and where nothing is drawn, column under column."""
    put(title)
    if not rows:
        return
    for count in (len(COLUMNS), len(COLUMNS) - 1, ALWAYS):
        heads = [_(column) for column in COLUMNS][:count]
        shown = [row[:count] for row in rows]
        others = [row[:ABOUT] + row[ABOUT + 1 :] for row in (heads, *shown)]
        wide = [max(map(cell_len, cells)) for cells in zip(*others, strict=True)]
        room = width() - sum(wide) - len(GAP) * (count - 1)
        if room >= (LEAST_WORDS if count == ALWAYS else ROOMY) and not is_plain():
            break
    else:
        short = [[row[0], cut(row[ABOUT], 2 * width()), *row[2:ALWAYS]] for row in rows]
        heads = [_(column) for column in COLUMNS][:ALWAYS]
        table("", heads, short)
        return
    for row in (heads, *shown):
        cells = [*row]
        cells[ABOUT] = cut(row[ABOUT], room)
        widths = [*wide[:ABOUT], room, *wide[ABOUT:]]
        put_lines([GAP.join(map(padded, cells, widths)).rstrip(" ")])


# --- watching ------------------------------------------------------------------------------------


class _Ended(BaseException):  # as KeyboardInterrupt: nothing on the way takes it for a fault
    """Whoever watches has had enough."""


def _watch(session: Session, words: Words | None) -> None:
    """Show what waits whenever something moved, until Ctrl-C or SIGTERM. A server that does not
    answer is told once, and asked again."""

    def end(*_signal: object) -> None:
        raise _Ended

    before = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        _look_on(session, words)
    except _Ended:
        say(_("Ended."))
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _look_on(session: Session, words: Words | None) -> None:
    seen: dict[str, Any] | None = None
    drawn, silent = 0.0, False
    while True:
        try:
            found = session.work_list()
            if silent:
                say(f"{clock_time(time.time())} {_('The server answers again.')}")
            if silent or found != seen or time.monotonic() - drawn >= DRAW_SECONDS:
                _clear()
                _show(session, words, found)
                say(f"{_('As it was at')} {clock_time(time.time())}. {_('Ctrl-C ends this.')}")
                seen, drawn, silent = found, time.monotonic(), False
        except (Unreachable, ServerRefused) as error:
            if isinstance(error, ServerRefused) and error.name not in PASSING:
                raise
            if not silent:
                told = _("The server does not answer: what is shown may be old. Trying on.")
                say(f"{clock_time(time.time())} {told}")
            silent = True
        time.sleep(LOOK_SECONDS)


def _clear() -> None:
    """A fresh screen on a terminal; one list under the other elsewhere."""
    if sys.stdout.isatty() and not is_plain():
        click.clear()
    else:
        put()
