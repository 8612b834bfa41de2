"""`zegel reach`: what a device or a person could read, in every case."""

import sys
from typing import Any

import click

from cli.home.folder import device_session
from cli.screen.show import local_time, print_json, say
from cli.screen.spoken import JSON, command
from cli.sentences.findings import told
from cli.sentences.language import _, name
from client.audit.inspection import standing_fields
from client.audit.reach import Reach, devices_of, reach
from client.place.names import type_of
from domain.access import Readable


@command("reach")
@click.argument("who")
@JSON
def reach_(who: str, as_json: bool) -> None:
    """What a device or person could read in every case: for when a device was lost or stolen.

    WHO is the beginning of a device's or a person's number, or your local name for it.
    For auditors and privacy officers; computed from signed entries, of the cases that the server
    names.
    """
    session = device_session()
    devices = devices_of(session, who)
    found = reach(session, devices)
    if as_json:
        print_json({"devices": devices, "cases": [_fields(one, devices) for one in found]})
    else:
        _show(found)
    if any(one.fault for one in found):
        sys.exit(1)


def _show(found: list[Reach]) -> None:
    for one in found:
        say(f"{_('Case')} {one.case}")
        if one.fault:
            say(f"    {_('DOES NOT HOLD')}: {told(one.fault)}")
            continue
        for standing in one.standings:
            place = name(type_of(standing.compartment))
            until = local_time(standing.until.stored) if standing.until else "…"
            say(
                f"    {place} · {name(standing.role)} · "
                f"{local_time(standing.since.stored)} – {until}"
            )
        kept = [entry for entry in one.entries if entry.erased is None]
        say(
            f"    {_('could read')}: {len(one.entries)}; {_('erased since')}: "
            f"{len(one.entries) - len(kept)}"
        )
    say(f"{_('Cases')}: {len(found)}. {_('Which entries these are: --json.')}")


def _fields(found: Reach, devices: list[str]) -> dict[str, Any]:
    return {
        "case": found.case,
        "fault": found.fault or None,
        "standings": [{"device": one.device, **standing_fields(one)} for one in found.standings],
        "entries": [_entry(one, devices) for one in found.entries],
    }


def _entry(entry: Readable, devices: list[str]) -> dict[str, Any]:
    mine = [one for one in entry.readers if one.device in devices]
    first = min(mine, key=lambda one: one.since)
    return {
        "entry": entry.id,
        "compartment": entry.compartment,
        "kind": entry.kind,
        "since": first.since.stored,
        "through": first.through,
        "erased": entry.erased.stored if entry.erased else None,
    }
