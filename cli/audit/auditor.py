"""The auditor's command: the history of a case, what was checked of it, and who could read what."""

import sys
from pathlib import Path
from typing import Any

import click

from cli.audit.called import NOBODY
from cli.audit.lines import case_lines, judged_by, more_faults
from cli.audit.page import page
from cli.audit.store import audit_all
from cli.audit.tables import place
from cli.home.folder import device_session
from cli.home.new_file import refuse_if_there, write_new
from cli.screen.show import local_time, print_json, say
from cli.screen.spoken import JSON, command
from cli.screen.terminal import paged, table
from cli.sentences.cannot import CannotDo
from cli.sentences.counting import counted
from cli.sentences.findings import told
from cli.sentences.language import _, name
from client.audit.case_numbers import case_numbered
from client.audit.inspection import fields, inspect
from wire.calendar import BadTerms, read_calendar

SHOWN_FAULTS = 3  # of one check on screen: what comes first is told above them


@command()
@click.argument("case", required=False)
@click.option("--all", "everything", is_flag=True, help="Every case of the store.")
@click.option(
    "--notes",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --all: the file in which it is noted what was judged.",
)
@click.option("--seq", type=click.IntRange(min=0), help="The state as it was after this entry.")
@click.option(
    "--at", "moment", help="As it was at a position of the store, or a time as it is printed."
)
@click.option(
    "--terms",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="ZEGEL_TERMS",
    help="Office hours and terms, as the server has them; else those that are built in.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write it all to a new file, as a page to read and to print.",
)
@JSON
def audit(
    case: str | None,
    everything: bool,
    notes: Path | None,
    seq: int | None,
    moment: str | None,
    terms: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """Replay a CASE without any content key, with the server's own rules.

    Prints who (by role) did what and when, from which state to which, and the verdict. Exit code 1
    if anything does not hold. --seq counts the case's entries in store order, from 0. With --all
    every case is judged, on all cores; a run that was broken off is taken up where it was.
    """
    try:
        calendar = read_calendar(terms)
    except BadTerms as error:
        raise CannotDo(str(error)) from error
    if everything == (case is not None):
        raise CannotDo(_("name a CASE, or give --all"))
    if case is None:
        if any(one is not None for one in (seq, moment, html)):
            raise CannotDo(_("--seq, --at and --html are of one case"))
        audit_all(terms, notes, as_json)
        return
    if seq is not None and moment is not None:
        raise CannotDo(_("give --seq or --at, not both"))
    if html is not None:
        refuse_if_there(html)
    session = device_session()
    case = case_numbered(session, session.numbers.number(case) or case)
    found = fields(inspect(session, case, calendar, moment, seq))
    if html is not None:
        write_new(html, page(found))
    if as_json:
        print_json(found)
    else:
        with paged():
            _show(found)
    if not found["holds"]:
        sys.exit(1)


def _show(found: dict[str, Any]) -> None:
    table(
        f"{_('Case')} {found['case']}",
        [_("entry"), _("when"), _("who"), _("person"), _("what"), _("state"), _("epoch")],
        [
            [
                str(number),
                local_time(line["stored"]),
                name(line["role"]),
                (line["person"] or "")[:8],
                _what(line, found["history"]),
                _state(line),
                str(line["epoch"]),
            ]
            for number, line in enumerate(found["history"])
        ],
    )
    for label, parts in case_lines(found, local_time):
        say(f"{label}: {' '.join(parts)}.")
    for one in found["places"]:
        members = ", ".join(map(_member, one["members"])) or NOBODY
        say(f"{_('Members now')}, {place(one['compartment'])}: {members}.")
    _show_verdict(found)
    for one in found["verdicts"]:
        mark = ("✓" if one["holds"] else "✗") if one["judged"] else "–"
        say(f"  {mark} {one['name']} {_(one['what'])} ({told(one['evidence'])})")
        for fault in one["faults"][:SHOWN_FAULTS]:
            say(f"      {told(fault)}")
        if len(one["faults"]) > SHOWN_FAULTS:
            more = len(one["faults"]) - SHOWN_FAULTS
            say(f"      {_('More of them, with --json')}: {more}")
    say("; ".join(f"{label}: {text}" for label, text in judged_by(found)))


def _show_verdict(found: dict[str, Any]) -> None:
    """Whether it holds, of what does not the first cause, and right under it what is not shown."""
    finding, cause = found["finding"], found["cause"]
    if finding:
        which = f" ({finding['entry']})" if finding["entry"] else ""
        where = f"{_('entry')} {finding['index']}{which}"
        stopped = f"{finding['rule']}: {finding['detail']}"
        say(f"{_('DOES NOT HOLD')}: {where}: {told(stopped)}")
    elif cause:
        say(f"{_('DOES NOT HOLD')}: {told(' '.join((cause['check'], cause['fault'])))}")
    else:
        say(counted(f"{_('Everything holds')}: {len(found['history'])} {_('entries')}."))
    if more := more_faults(found):
        say(f"  {more}")
    for limit in found["limits"]:
        say(f"  {_('not shown')}: {_(limit)}")
    if found["reads"] is None:
        whose = _("Who was given what: auditors and privacy officers alone see the read log.")
        say(f"  {_('not shown')}: {whose}")


def _what(line: dict[str, Any], history: list[dict[str, Any]]) -> str:
    """What an entry did, and what it decided: the proposal by its number."""
    if line["about"] is None:
        return name(line["kind"])
    return f"{name(line['kind'])} {line['about']}: {name(history[line['about']]['kind'])}"


def _member(one: dict[str, Any]) -> str:
    """Who stands in a place: the role, and the beginning of the person or else the device."""
    return f"{name(one['role'])} {(one['person'] or one['device'])[:8]}"


def _state(line: dict[str, Any]) -> str:
    """The state after an entry; and before it, where the entry changed it."""
    before = name(line["before"]) if line["before"] else "–"
    after = name(line["after"])
    return after if line["before"] == line["after"] else f"{before} → {after}"
