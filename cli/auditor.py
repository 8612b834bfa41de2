"""The auditor's command: the history of a case, what was checked of it, and who could read what."""

import sys
from dataclasses import asdict

import click

from cli.home import device_session
from cli.language import _, name
from cli.show import local_time, print_json, table
from cli.spoken import JSON, command
from client.audit import (
    LIMITS,
    Evidence,
    Line,
    Report,
    access_of,
    ends_at,
    fetch,
    hold_to_pins,
    position_at,
    replay,
)
from client.errors import NotPossible
from client.read_log import Read, fetch_reads
from client.session import Session
from client.verdicts import Verdict, verdicts
from wire.reads import READERS


@command()
@click.argument("case")
@click.option("--seq", type=click.IntRange(min=0), help="The state as it was after this entry.")
@click.option("--at", "moment", help="As it was at a time (UTC minute) or position of the store.")
@JSON
def audit(case: str, seq: int | None, moment: str | None, as_json: bool) -> None:
    """Replay a CASE without any content key, with the server's own rules.

    Prints who (by role) did what and when, from which state to which, and the verdict. Exit code 1
    if anything does not hold. --seq counts the case's entries in store order, from 0.
    """
    if seq is not None and moment is not None:
        raise NotPossible(_("give --seq or --at, not both"))
    session = device_session()
    evidence, cards = fetch(session.transport, session.keys, case)
    session.directory.refresh()
    moment = moment if seq is None else _of_entry(evidence, seq)
    counting = evidence if moment is None else _until(evidence, moment)
    report = replay(case, evidence, cards, session.directory, len(counting))
    if report.holds and moment is None:
        hold_to_pins(case, evidence, session.pins)
    checked = verdicts(
        counting,
        report,
        access_of(evidence[: len(report.history)], session.directory),
        _reads(session, case, None if moment is None else ends_at(evidence, moment)),
    )
    if as_json:
        print_json(_fields(case, report, checked))
    else:
        _show(case, report, checked)
    if not report.holds or not all(one.holds for one in checked):
        sys.exit(1)


def _of_entry(evidence: list[Evidence], seq: int) -> str | None:
    """The position of an entry of the case, by its number; of the last one past the end."""
    upto = evidence[: seq + 1]
    return str(upto[-1].position) if upto else None


def _until(evidence: list[Evidence], moment: str) -> list[Evidence]:
    """The entries that count."""
    last = position_at(evidence, moment)
    return evidence[: sum(item.position <= last for item in evidence)]


def _reads(session: Session, case: str, ends: int | None) -> list[Read] | None:
    """The lines of the read log up to a time, None for all. None for who may not see them: others
    than auditors and privacy officers see the structure of a case alone."""
    trust = session.directory.newest
    if not any(trust.gives(session.device, role) for role in READERS):
        return None
    found = fetch_reads(session, case)
    return [one for one in found if ends is None or one.fields["at"] <= ends]


def _fields(case: str, report: Report, checked: list[Verdict]) -> dict[str, object]:
    last = report.history[-1] if report.history else None
    return {
        "case": case,
        "holds": report.holds and all(one.holds for one in checked),
        "finding": asdict(report.finding) if report.finding else None,
        "verdicts": [asdict(one) for one in checked],
        "state": last.after if last else None,
        "members": last.readers if last else [],
        "history": [asdict(line) for line in report.history],
        "limits": LIMITS,
    }


def _show(case: str, report: Report, checked: list[Verdict]) -> None:
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
    for one in checked:
        mark = "✓" if one.holds else "✗"
        click.echo(f"  {mark} {one.name} {_(one.what)} ({one.evidence})")
        for fault in one.faults:
            click.echo(f"      {fault}")
    if report.finding:
        found = report.finding
        where = f"{_('entry')} {found.index} ({found.entry})"
        click.echo(f"{_('DOES NOT HOLD')}: {where}: {found.rule}: {found.detail}")
    elif all(one.holds for one in checked):
        click.echo(f"{_('Everything holds')}: {len(report.history)} {_('entries')}.")
    else:
        click.echo(_("DOES NOT HOLD"))
    for limit in LIMITS:
        click.echo(f"  {_('not shown')}: {_(limit)}")
    if all(one.name != "A11" for one in checked):
        told = _("Who was given what: auditors and privacy officers alone see the read log.")
        click.echo(f"  {_('not shown')}: {told}")


def _reader(said: str) -> str:
    """A member as the report says it: the role, and the beginning of the device."""
    role, _space, device = said.rpartition(" ")
    return f"{name(role)} {device}"


def _state(line: Line) -> str:
    """The state after an entry; and before it, where the entry changed it."""
    before = name(line.before) if line.before else "–"
    return name(line.after) if line.before == line.after else f"{before} → {name(line.after)}"
