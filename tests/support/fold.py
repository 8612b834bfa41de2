"""What the read models must hold: a fold of the stored bytes, written down plainly.

It shares no code with the projections: it is what they are held against.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from projections.projector import PROJECTIONS
from tests.support.desk import dump

TABLES = [table for one in PROJECTIONS for table in one.rows]
STATES = {
    "CompartmentOpened": "opened",
    "ConsultationReceived": "received",
    "ConsultationAssigned": "in_triage",
    "AnswerGiven": "in_dialogue",
    "ShortAdviceGiven": "advised",
    "ConsultationClosed": "closed",
}
ASKED = ("said_at", "asked_at")
SAID = ("said_at",)
MOMENTS = {
    "ConsultationReceived": ASKED,
    "MessageSent": SAID,
    "AnswerGiven": SAID,
    "ShortAdviceGiven": SAID,
    "ConsultationClosed": ("closed_at",),
}
LEAVES = ("MemberLeft", "RequesterKeyReplaced")
Rows = dict[str, list[tuple[Any, ...]]]


def tables(views: Path) -> Rows:
    """What the read models hold."""
    with closing(sqlite3.connect(views)) as shell:
        return dump(shell, TABLES)


def fold(store: Path) -> Rows:
    """What the read models must hold, written down plainly from the bytes of the store."""
    rows: Rows = {table: [] for table in TABLES}
    persons: dict[str, str] = {}
    devices: set[str] = set()
    compartments: dict[tuple[str, str], dict[str, Any]] = {}
    with closing(sqlite3.connect(store)) as shell:
        stored_rows = shell.execute("SELECT rowid, topic, state FROM stored_events ORDER BY rowid")
        for position, topic, state in ((rowid - 1, *rest) for rowid, *rest in stored_rows):
            stored = int.from_bytes(state[:8], "big")
            what = topic.split("/")[1]
            if what != "entry":
                size = int.from_bytes(state[8:12], "big")
                signatures, document = state[12 : 12 + size], state[12 + size :]
                rows["trust_document"].append((position, what, document, signatures, stored))
                for person in json.loads(document).get("people", []):
                    of_person = {one["device"]: person["person"] for one in person["devices"]}
                    persons |= of_person
                    devices |= set(of_person)
                continue
            signature, header = state[8:72], state[72:]
            entry = json.loads(header)
            place = (entry["case"], entry["compartment"])
            rows["timeline"].append((*place, entry["seq"], position, stored, signature, header))
            one = compartments.setdefault(place, {"opened": stored, "waits": "", "moments": {}})
            one |= {"seq": entry["seq"], "position": position}
            _stand(one.setdefault("stood", []), entry, persons, (position, stored))
            one["state"] = STATES.get(entry["kind"], one.get("state"))
            if "members" in entry["body"]:
                one["members"] = {line["device"]: line["role"] for line in entry["body"]["members"]}
                devices |= set(one["members"])
            if entry["kind"] == "MemberLeft":
                del one["members"][entry["author"]]
            one["assignee"] = entry["body"].get("assignee", one.get("assignee"))
            one["moments"] |= dict.fromkeys(MOMENTS.get(entry["kind"], ()), stored)
            if entry["payload"] is not None:
                hers = entry["author"] not in persons
                waits = "consultation_worker" if hers else "requester"
                waits = "" if entry["kind"] == "ConsultationClosed" else waits
                if waits != one["waits"]:
                    one |= {"waits": waits, "since": stored}
        for (case, name), one in compartments.items():
            rows["standing"] += [
                (case, device, person, role, name, *since, *until)
                for device, person, role, since, until in one["stood"]
            ]
        for place, one in compartments.items():
            since = one["since"] if one["waits"] else None
            known = (one["state"], one["seq"], one["position"], one["opened"], one["waits"], since)
            moments = json.dumps(one["moments"], sort_keys=True)
            rows["work_compartment"].append((*place, "consultation", *known, moments))
            for device, role in one["members"].items():
                person = persons.get(one["assignee"] or "")
                mine = person is not None and persons.get(device) == person
                rows["work"].append((device, *place, role, int(mine)))
        cards = dict(shell.execute("SELECT device, card FROM cards"))
    rows["card"] = [(device, cards[device]) for device in devices if device in cards]
    return {table: sorted(found, key=repr) for table, found in rows.items()}


def _stand(
    stood: list[list[Any]], entry: dict[str, Any], persons: dict[str, str], at: tuple[int, int]
) -> None:
    """Who came and who went with an entry; each stands as long as nothing ended it."""
    listed = {one["device"]: one["role"] for one in entry["body"].get("members", ())}
    here = [one for one in stood if one[4] == (None, None)]
    for one in here:
        left = one[0] == entry["author"] and entry["kind"] in LEAVES
        if left or (listed and one[0] not in listed):
            one[4] = at
    known = {one[0] for one in here}
    for device, role in listed.items():
        if device not in known:
            stood.append([device, persons.get(device), role, at, (None, None)])
