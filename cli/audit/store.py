"""`zegel audit --all`: a whole store, with a bar that shows how far it is."""

import sys
from pathlib import Path
from typing import Any

from cli.home.folder import device_session, home_folder
from cli.screen.bar import Counting
from cli.screen.show import local_time, print_json, say
from cli.screen.terminal import table
from cli.sentences.counting import counted
from cli.sentences.findings import told
from cli.sentences.language import _
from client.audit.replay import LIMITS
from client.audit.store import StoreAudit, audit_store
from client.audit.verdicts import CHECKS

SHOWN_FAULTS = 20


def audit_all(terms: Path | None, notes: Path | None, as_json: bool) -> None:
    session = device_session()
    with Counting(_("entries")) as bar:
        found = audit_store(session, terms, notes or home_folder() / "audit.jsonl", bar)
    if as_json:
        print_json(fields(found))
    else:
        show(found)
    if not found.holds:
        sys.exit(1)


def fields(found: StoreAudit) -> dict[str, Any]:
    return {
        "holds": found.holds,
        "position": found.position,
        "entries": found.entries,
        "taken_up": found.taken_up,
        "taken_up_of": found.began if found.taken_up else None,
        "store": [
            {"name": one.name, "what": one.what, "evidence": one.evidence, "faults": one.faults}
            for one in found.store
        ],
        "cases": [
            {
                "case": one.case,
                "entries": one.entries,
                "holds": one.holds,
                "verdicts": one.verdicts,
                "faults": one.faults,
            }
            for one in sorted(found.cases, key=lambda one: one.positions)
        ],
        "limits": LIMITS,
    }


def show(found: StoreAudit) -> None:
    rows = []
    for name_, what in CHECKS.items():
        checked = [one.verdicts[name_] for one in found.cases if name_ in one.verdicts]
        if checked:
            bad = sum(count > 0 for count in checked)
            rows.append([_mark(not bad), name_, _(what), str(len(checked)), str(bad)])
    rows += [[_mark(one.holds), one.name, _(one.what), "", ""] for one in found.store]
    columns = ["", "", _("what was checked"), _("cases"), _("do not hold")]
    table(_("The whole store"), columns, rows)
    for one in found.store:
        say(f"{one.name}: {told(one.evidence)}")
    if found.taken_up:
        begun = local_time(found.began)
        taken_up = f"{_cases(found.taken_up)} ({begun})"
        say(f"{_('Judged by the run that was broken off')}: {taken_up}.")
    faults = [f"{one.name} {fault}" for one in found.store for fault in one.faults]
    # Of a case what comes first: the others may follow from it.
    faults += [f"{one.case}: {one.faults[0]}" for one in found.cases if one.faults]
    for fault in faults[:SHOWN_FAULTS]:
        say(f"✗ {told(fault)}")
    every = len(faults) + sum(max(0, len(one.faults) - 1) for one in found.cases)
    if every > min(len(faults), SHOWN_FAULTS):
        say(f"{_('More of them, with --json')}: {every - min(len(faults), SHOWN_FAULTS)}")
    say(outcome(found))
    for limit in LIMITS:
        say(f"  {_('not shown')}: {_(limit)}")


def outcome(found: StoreAudit) -> str:
    if found.holds:
        judged = f"{found.entries} {_('entries')}, {len(found.cases)} {_('cases')}"
        return counted(f"{_('Everything holds')}: {judged}.")
    if not found.cases:
        return _("There was nothing to judge: the store has no case.")
    return _("DOES NOT HOLD")


def _mark(holds: bool) -> str:
    return "✓" if holds else "✗"


def _cases(count: int) -> str:
    return counted(f"{count} {_('cases')}")
