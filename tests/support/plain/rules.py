"""The rules read from docs/rules.json alone, by a program of its own: what a second implementation
would be. Of `domain` there are only the functions that guards and listings name.

It asks in the order of PROTOCOL.md section 4, and gives the name of the first rule that is broken.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import domain.services.registry  # fills the catalogue
from domain.guard import CONDITIONS, LISTINGS
from tests.support.plain.case import Case, Place, begun, folded
from tests.support.plain.entry import Entry, Trust
from tests.support.plain.members import (
    acting_role,
    approvals_refused,
    certified,
    change_refused,
    holds,
)
from tests.support.plain.shapes import fits, seconds
from tests.support.plain.words import Act, Broken, ask, refuse_grant, refuse_words

assert domain.services.registry.SERVICES
Table = Mapping[str, Any]


class PlainRules:
    """A reader of a rule book."""

    def __init__(self, book: Mapping[str, Any]) -> None:
        self.book, self.protocol = book, book["protocol"]
        self.rank = {name: number for number, name in enumerate(book["refusals"])}
        self.outside = self.protocol["outside_roles"]

    def trusted(self, line: Mapping[str, Any]) -> Trust:
        return Trust(line)

    def judged(self, case: Case | None, line: Mapping[str, Any], trust: Trust, whole: bool) -> str:
        try:
            self._judge(case, Entry(line["entry"]), trust, whole, _linked(line["linked"]))
        except Broken as broken:
            return str(broken)
        return ""

    def folded(self, case: Case | None, line: Mapping[str, Any], trust: Trust) -> Case:
        entry = Entry(line["entry"])
        table = self._table(case, entry)
        if case is None:
            version = self._version(None, entry)
            case = begun(entry, table, version)
        place, row = case.compartments.get(entry.header.compartment), None
        role = acting_role(case, place, entry, trust, self.outside) if place else None
        if role:
            rows = self._rows(table, entry, role)
            row = next((one for one in rows if case.state in one["sources"]), None)
            row = row or next(iter(rows), None)
        return folded(case, entry, trust, table, row)

    # --- rules 1 to 6 ----------------------------------------------------------------------------

    def _judge(
        self, case: Case | None, entry: Entry, trust: Trust, whole: bool, linked: Any
    ) -> None:
        header = entry.header
        self._shape(case, entry, whole)
        table = self._table(case, entry)
        place = case.compartments.get(header.compartment) if case else None
        if case is None:
            later = not whole and header.type not in table["first"]
            ask(not header.opens or entry.fits_case or later, "wrong-case")
        else:
            ask(header.said["case"] == case.case, "wrong-case")
            ask(header.id not in case.entries, "duplicate-entry")
        follows = (place.seq + 1, place.head) if place else (0, self.protocol["no_hash"])
        ask((header.said["seq"], header.said["prev"]) == follows, "out-of-order")
        ask(header.opens == (place is None), "out-of-order")
        self._fresh(entry, trust)
        if case is None or place is None:
            self._opening(case, entry, trust, table, whole)
        else:
            self._going_on(Act(case, place, entry, "", trust, linked), table, whole)
        self._parts(case, entry, table)

    def _shape(self, case: Case | None, entry: Entry, whole: bool) -> None:
        header, body = entry.header, entry.header.body
        kind = self.book["kinds"].get(header.kind)
        ask(kind is not None and fits(kind["body"], body), "malformed")
        ask(body.get("epoch", header.epoch) == header.epoch, "malformed")
        if header.changes and not header.recovers:
            ask(any(line.device == header.author for line in header.lines), "malformed")
        ask(header.opens or case is not None, "out-of-order")
        if header.opens:
            wanted = self._table(case, entry)["opening"] if case is None else {}
            extra = {name: body[name] for name in body.keys() - {*self.protocol["opening"]}}
            if whole or entry.fits_case:
                ask(extra.keys() == wanted.keys(), "malformed")
                ask(all(fits(shape, extra[name]) for name, shape in wanted.items()), "malformed")

    def _version(self, case: Case | None, entry: Entry) -> int:
        if case is not None:
            return case.rules
        versions = self.book["services"].get(entry.header.body["service"], {})
        said = entry.header.body.get("rules")
        return int(said if said is not None else min(map(int, versions), default=0))

    def _table(self, case: Case | None, entry: Entry) -> Table:
        body = entry.header.body
        name = body["service"] if entry.header.opens else case.service if case else ""
        versions = self.book["services"].get(name, {})
        table = versions.get(str(self._version(case, entry)))
        ask(table is not None, "malformed")
        return dict(table)

    def _fresh(self, entry: Entry, trust: Trust) -> None:
        header, author = entry.header, entry.header.author
        listed = trust.device(author)
        ask(listed is not None or author in entry.carded, "unknown-author")
        ask(listed is None or not listed.revoked, "revoked")
        ask(entry.signature_good, "bad-signature")
        newest = header.said["roster"] == trust.version
        ask(newest and entry.stored < trust.expires, "stale-roster")
        ask(header.said["seen"] == {"size": 0, "root": self.protocol["no_log_root"]}, "stale-view")
        off = abs(entry.stored - seconds(header.said["at"]))
        ask(off <= self.protocol["max_clock_seconds"], "clock")

    # --- rules 7 to 10 ---------------------------------------------------------------------------

    def _opening(
        self, case: Case | None, entry: Entry, trust: Trust, table: Table, whole: bool
    ) -> None:
        header, body = entry.header, entry.header.body
        if case is not None and whole:
            lines = (place.line(header.author) for place in case.compartments.values())
            ask(any(line and holds(trust, line) for line in lines), "not-a-member")
        ask(header.epoch == 0, "wrong-epoch")
        openers = case.openers if case else {header.author} if entry.fits_case else set()
        vouched = [certified(line, openers, None, entry, trust) for line in header.lines]
        ask(all(vouched), "uncertified-member")
        ask(case is None or body["service"] == case.service, "not-allowed")
        role = next(line.role for line in header.lines if line.device == header.author)
        wall = table["walls"].get(header.type)
        ask(wall is not None and role in wall["opened_by"], "not-allowed")
        first = case is None and entry.fits_case
        ask((header.type in table["first"]) == first, "not-allowed")
        self._listed(entry, trust, wall, wall["opening"])
        ask(body["ground"] in table["grounds"], "not-allowed")
        ask(body["purpose"] in table["purposes"], "not-allowed")

    def _listed(self, entry: Entry, trust: Trust, wall: Table, more: Any = ()) -> None:
        for line in entry.header.lines:
            ask(line.role in wall["holds"], "not-allowed")
        for one in (*wall["listings"], *more):
            ask(LISTINGS[one["name"]](entry, trust, **one["arguments"]), "not-allowed")

    def _going_on(self, act: Act, table: Table, whole: bool) -> None:
        case, place, entry, trust = act.case, act.compartment, act.entry, act.trust
        header = entry.header
        role = acting_role(case, place, entry, trust, self.outside)
        ask(role is not None, "not-a-member")
        act.role = role or ""
        ask(header.epoch == place.epoch + header.changes, "wrong-epoch")
        owed = place.owed or not all(map(trust.may_stay, place.lines))
        ask(not owed or header.kind in self.protocol["while_owed"], "rotation-owed")
        if header.changes:
            self._change(act, table, whole)
            return
        self._newcomer(act)
        if header.kind in self.protocol["by_office_alone"]:
            ask(role == self.outside[header.kind], "not-allowed")
        if header.kind == "HistoryGranted":
            refuse_grant(act)
        self._step(act, table, whole)
        if header.kind == "ParticipantInvited":
            ask(header.body["invitation"] not in place.invitations, "wrong-state")
        refuse_words(act)

    def _change(self, act: Act, table: Table, whole: bool) -> None:
        case, place, entry, trust = act.case, act.compartment, act.entry, act.trust
        lines, wall = entry.header.lines, table["walls"][place.type]
        vouched = [certified(line, case.openers, place, entry, trust) for line in lines]
        ask(all(vouched), "uncertified-member")
        charged = self.protocol["charged"]
        refused = change_refused(case, place, entry, act.role, trust, wall, charged)
        ask(not refused, refused)
        if entry.header.body["reason"] in ("joined", "removed"):
            self._guards(act, wall["guards"], whole)
        self._listed(entry, trust, wall)
        if entry.header.recovers:
            refused = approvals_refused(case, place, entry, trust)
            ask(not refused, refused)

    def _newcomer(self, act: Act) -> None:
        header, body, place, trust = act.entry.header, act.body, act.compartment, act.trust
        if header.kind == "ParticipantInvited":
            ask(body["role"] in trust.invitable, "uncertified-member")
            ask(act.entry.stored < seconds(body["expires"]), "uncertified-member")
        if header.kind == "RequesterKeyReplaced":
            new = body["device"]
            known = trust.device(new) or place.line(new) or new in place.gone | place.dead
            ask(new in act.entry.carded and not known, "uncertified-member")
            ask(trust.device(act.author) is None, "not-allowed")

    def _rows(self, table: Table, entry: Entry, role: str) -> list[Table]:
        header = entry.header
        return [
            row
            for row in table["rows"]
            if row["kind"] == header.kind
            and role in row["writers"]
            and header.type in row["compartments"]
            and all(header.body.get(name) == value for name, value in row["when"].items())
        ]

    def _step(self, act: Act, table: Table, whole: bool) -> None:
        rows = self._rows(table, act.entry, act.role)
        ask(bool(rows), "not-allowed")
        if whole or self._tells_state(table, act.compartment.type):
            here = [row for row in rows if act.case.state in row["sources"]]
            self._row(act, (here or rows)[0], table, whole)
            return
        broken: list[Broken] = []
        for row in rows:
            try:
                self._row(act, row, table, whole)
                return
            except Broken as one:
                broken.append(one)
        raise broken[0]

    def _tells_state(self, table: Table, type_: str) -> bool:
        bearing = [set(row["compartments"]) for row in table["rows"] if row["to"] is not None]
        return type_ in table["first"] and set().union(*bearing) <= {type_}

    def _row(self, act: Act, row: Table, table: Table, whole: bool) -> None:
        ask(not (row["no_files"] and act.entry.header.files), "not-allowed")
        told = all(self._tells_state(table, one) for one in row["compartments"])
        scope = "compartment" if told else "case"
        in_state = {"name": "", "refusal": "wrong-state", "scope": scope, "row": row}
        self._guards(act, [in_state, *row["guards"]], whole)

    def _guards(self, act: Act, guards: Any, whole: bool) -> None:
        for guard in sorted(guards, key=lambda one: self.rank[one["refusal"]]):
            if not whole and guard["scope"] != "compartment":
                continue
            if guard["name"]:
                function = CONDITIONS[guard["name"]].function
                ask(function(act, **guard["arguments"]), guard["refusal"])
            else:
                ask(act.case.state in guard["row"]["sources"], guard["refusal"])

    # --- rule 11 ---------------------------------------------------------------------------------

    def _parts(self, case: Case | None, entry: Entry, table: Table) -> None:
        header = entry.header
        ask(entry.parts != "missing", "missing-payload")
        carries = any(row["kind"] == header.kind and row["payload"] for row in table["rows"])
        ask(carries == header.has_payload, "payload-mismatch")
        known = case.parts if case else set()
        ask(len({*header.parts}) == len(header.parts), "payload-mismatch")
        ask(not known & {*header.parts}, "payload-mismatch")
        ask(entry.parts != "mismatched", "payload-mismatch")

    # --- what is shown ---------------------------------------------------------------------------

    def plain(self, case: Case) -> dict[str, Any]:
        return {
            **{name: getattr(case, name) for name in ("case", "service", "rules", "state")},
            **{name: getattr(case, name) for name in ("facts", "open")},
            **{name: sorted(getattr(case, name)) for name in ("openers", "used", "parts")},
            "sets": {name: kept for name, kept in case.sets.items() if kept},
            "approvals": {
                one: {"persons": sorted(given.persons), "last": given.last}
                for one, given in case.approvals.items()
            },
            "entries": [*case.entries],
            "places": {name: _plain_place(place) for name, place in case.compartments.items()},
        }


def _linked(said: Mapping[str, Any] | None) -> Any:
    return said and SimpleNamespace(**said)


def _plain_place(place: Place) -> dict[str, Any]:
    said = ("seq", "head", "epoch", "epoch_author", "owed", "waits_for", "waits_since", "moments")
    sets = ("gone", "dead", "refusers", "refused_before")
    return {
        **{name: getattr(place, name) for name in said},
        **{name: sorted(getattr(place, name)) for name in sets},
        "members": place.lines,
        "invitations": place.invitations,
    }
