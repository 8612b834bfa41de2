"""The auditor's command: the history of a case, and whether everything holds."""

import sys
from dataclasses import asdict

import click

from cli.home import device_session
from cli.language import _, name
from cli.show import local_time, print_json, table
from cli.spoken import JSON, command
from client.audit import LIMITS, Line, Report, fetch, hold_to_pins, replay


@command()
@click.argument("case")
@click.option("--seq", type=click.IntRange(min=0), help="The state as it was after this entry.")
@JSON
def audit(case: str, seq: int | None, as_json: bool) -> None:
    """Replay a CASE without any content key, with the server's own rules.

    Prints who (by role) did what and when, from which state to which, and the verdict. Exit code 1
    if anything does not hold. --seq counts the case's entries in store order, from 0.
    """
    session = device_session()
    evidence, cards = fetch(session.transport, session.keys, case)
    session.directory.refresh()
    report = replay(case, evidence, cards, session.directory, None if seq is None else seq + 1)
    if report.holds and seq is None:
        hold_to_pins(case, evidence, session.pins)
    if as_json:
        print_json(_fields(case, report))
    else:
        _show(case, report)
    if not report.holds:
        sys.exit(1)


def _fields(case: str, report: Report) -> dict[str, object]:
    last = report.history[-1] if report.history else None
    return {
        "case": case,
        "holds": report.holds,
        "finding": asdict(report.finding) if report.finding else None,
        "state": last.after if last else None,
        "members": last.readers if last else [],
        "history": [asdict(line) for line in report.history],
        "limits": LIMITS,
    }


def _show(case: str, report: Report) -> None:
    table(
        f"{_('Case')} {case}",
        [_("entry"), _("when"), _("who"), _("person"), _("what"), _("state"), _("epoch")],
        [
            [
                str(number),
                local_time(line.stored),
                name(line.role),
                (line.person or "")[:8],
                line.kind,
                _state(line),
                str(line.epoch),
            ]
            for number, line in enumerate(report.history)
        ],
    )
    if report.history:
        last = report.history[-1]
        readers = ", ".join(map(_reader, last.readers))
        click.echo(f"{_('State')}: {name(last.after)}. {_('Members now')}: {readers}.")
    if report.finding:
        found = report.finding
        where = f"{_('entry')} {found.index} ({found.entry})"
        click.echo(f"{_('DOES NOT HOLD')}: {where}: {found.rule}: {found.detail}")
    else:
        click.echo(f"{_('Everything holds')}: {len(report.history)} {_('entries')}.")
    for limit in LIMITS:
        click.echo(f"  {_('not shown')}: {_(limit)}")


def _reader(said: str) -> str:
    """A member as the report says it: the role, and the beginning of the device."""
    role, _space, device = said.rpartition(" ")
    return f"{name(role)} {device}"


def _state(line: Line) -> str:
    """The state after an entry; and before it, where the entry changed it."""
    before = name(line.before) if line.before else "–"
    return name(line.after) if line.before == line.after else f"{before} → {name(line.after)}"
