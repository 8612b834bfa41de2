"""An audit's page as a browser shows it, and what it has to say of the JSON it was made from."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page

from cli.sentences.counting import counted
from cli.sentences.language import _, name

Cell = str | list[str]
Table = list[list[Cell]]

# Every row by its cells, as they can be read: a text, or the items of a list.
READ = """id => [...document.querySelectorAll(`#${id} > tbody > tr`)].map(row =>
    [...row.cells].map(cell => {
        const items = [...cell.querySelectorAll('li')].map(item => item.innerText)
        return items.length ? items : cell.innerText
    }))"""


def tables(page: Page) -> dict[str, Table]:
    """Every table by its name."""
    names = page.evaluate("[...document.querySelectorAll('table')].map(table => table.id)")
    return {one: _plain(page.evaluate(READ, one)) for one in names}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\u00a0", " ").strip()
    return [_plain(one) for one in value]


def utc(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _cell(parts: Sequence[str]) -> Cell:
    return [*parts] if len(parts) > 1 else parts[0] if parts else "–"


def _place(compartment: str | None) -> str:
    kind, _dash, number = (compartment or "").partition("-")
    return f"{name(kind)} {number}".strip() if compartment else "–"


class Expected:
    """What the tables have to say."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    def tables(self) -> dict[str, Table]:
        made = {
            "approvals": self._approvals(),
            "verdicts": self._verdicts(),
            "people": self._people(),
            "places": self._places(),
            "epochs": self._epochs(),
            "timeline": self._timeline(),
            "readers": self._readers(),
            "reads": self._reads(),
            "numbers": self._numbers(),
        }
        return {one: rows for one, rows in made.items() if rows}

    def _person(self, person: str | None, device: str | None = None) -> str:
        for number, one in enumerate(self.everyone(), 1):
            if person == one["person"] if person else device in one["devices"]:
                return f"{number} · {(one['person'] or one['devices'][0])[:8]}"
        return "–"

    def everyone(self) -> list[dict[str, Any]]:
        """Who stood in the case; then, in the order of the page, who wrote or looked besides."""
        stood = self.found["people"]
        named = [line["person"] for line in self.found["history"] if line["person"]]
        named += [one["user"] for one in self.found["reads"] or () if one["user"] != "public"]
        others = dict.fromkeys(one for one in named if one not in {who["person"] for who in stood})
        return [*stood, *({"person": one, "devices": []} for one in others)]

    def _entry(self, entry: str | None) -> str:
        for number, line in enumerate(self.found["history"]):
            if line["id"] == entry:
                return f"{number} · {line['id'][:8]}"
        return entry or "–"

    def _members(self, members: list[dict[str, Any]]) -> Cell:
        return _cell(
            [f"{name(one['role'])} {self._person(None, one['device'])}" for one in members]
        )

    def _verdicts(self) -> Table:
        return [
            [
                one["name"],
                _(one["what"]),
                self._mark(one),
                counted(one["evidence"]),
                _cell([counted(fault) for fault in one["faults"]]),
            ]
            for one in self.found["verdicts"]
        ]

    def _mark(self, one: dict[str, Any]) -> str:
        if not one["judged"]:
            return "– nothing to judge"
        return "✓ yes" if one["holds"] else "✗ no"

    def _approvals(self) -> Table:
        history = self.found["history"]
        return [
            [
                *self._act(history[one["proposal"]]),
                *(["–"] * 3 if one["answer"] is None else self._act(history[one["answer"]])),
                _cell([f"{name(history[at]['kind'])} {at}" for at in one["acted_upon"]]),
            ]
            for one in self.found["approvals"]
        ]

    def _act(self, line: dict[str, Any]) -> list[Cell]:
        what = f"{name(line['kind'])} {self._entry(line['id'])}"
        return [what, f"{name(line['role'])} {self._person(line['person'])}", utc(line["stored"])]

    def _people(self) -> Table:
        """Of those who stood in the case."""
        return [
            [
                str(number),
                _cell([one for one in (who["person"], *who["devices"]) if one]),
                _cell([name(role) for role in who["roles"]]),
                _cell([self._standing(one) for one in who["standings"]]),
                str(who["could_read"]),
            ]
            for number, who in enumerate(self.found["people"], 1)
        ]

    def _standing(self, one: dict[str, Any]) -> str:
        until = "until now" if one["until"] is None else f"until {utc(one['until'])}"
        where = f"{_place(one['compartment'])} – {name(one['role'])}"
        return f"{where}, since {utc(one['since'])}, {until}"

    def _places(self) -> Table:
        return [
            [
                one["compartment"],
                name(one["type"]),
                utc(one["opened"]),
                str(one["epoch"]),
                str(one["entries"]),
                self._members(one["members"]),
            ]
            for one in self.found["places"]
        ]

    def _epochs(self) -> Table:
        return [
            [
                _place(one["compartment"]),
                str(one["epoch"]),
                utc(one["stored"]),
                name(one["reason"]),
                self._entry(one["entry"]),
                self._members(one["members"]),
            ]
            for one in self.found["epochs"]
        ]

    def _timeline(self) -> Table:
        return [
            [
                str(number),
                utc(line["stored"]),
                _place(line["compartment"]),
                name(line["role"]),
                self._person(line["person"]),
                self._what(line),
                self._state(line),
                str(line["epoch"]),
            ]
            for number, line in enumerate(self.found["history"])
        ]

    def _what(self, line: dict[str, Any]) -> str:
        about = line["about"]
        of = "" if about is None else f" {about}: {name(self.found['history'][about]['kind'])}"
        return name(line["kind"]) + of

    def _state(self, line: dict[str, Any]) -> str:
        before = f"{name(line['before']) or '–'} → " if line["before"] != line["after"] else ""
        return f"{before}{name(line['after'])}"

    def _readers(self) -> Table:
        rows: Table = []
        for entry in self.found["entries"]:
            about = [self._entry(entry["id"]), _place(entry["compartment"]), name(entry["kind"])]
            about.append(utc(entry["at"][1]))
            about += [f"erased on {utc(entry['erased'][1])}"] if entry["erased"] else []
            first, *others = (self._reader(one) for one in entry["readers"])
            rows += [[about, *first], *others]
        return rows

    def _reader(self, one: dict[str, Any]) -> list[Cell]:
        through, _space, given = one["through"].partition(" ")
        how = f"{through} {self._entry(given) if through == 'grant' else given}"
        who = [name(one["role"]), self._person(one["person"], one["device"])]
        return [*who, how, utc(one["since"][1])]

    def _reads(self) -> Table:
        return [
            [
                str(number),
                utc(one["at"]),
                _cell([name(role) for role in one["role"].split(", ") if role]),
                "nameless" if one["user"] == "public" else self._person(one["user"]),
                name(one["event_type"]),
                _place(one.get("compartment")),
                self._entry(one.get("entry")),
                f"{'✗ ' if one['outcome'] == 'refused' else ''}{name(one['outcome'])}",
            ]
            for number, one in enumerate(self.found["reads"] or ())
        ]

    def _numbers(self) -> Table:
        return [
            [str(number), str(line["position"]), line["id"]]
            for number, line in enumerate(self.found["history"])
        ]
