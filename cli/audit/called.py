"""What a page calls the people and entries of a case: a number to find them by in its lists, and
the beginning of their id. An id stands in full in the list alone, or where no list has it."""

from collections.abc import Iterator, Mapping
from typing import Any

from wire.reads import PUBLIC

BEGINNING = 8
NOBODY = "–"
BETWEEN = "\u00a0·\u00a0"  # at which no line breaks


class Called:
    """found: as `client.audit.inspection.fields` gives it. people: as it lists them; after them who
    is spoken of and stood nowhere, as an officer who looked."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.people: list[dict[str, Any]] = [*found["people"], *_others(found)]
        self._people: dict[str, str] = {}
        for number, one in enumerate(self.people, 1):
            key = one["person"] or one["devices"][0]
            shown = f"{number}{BETWEEN}{key[:BEGINNING]}"
            self._people |= dict.fromkeys((key, *one["devices"]), shown)
        self._entries = {
            line["id"]: f"{number}{BETWEEN}{line['id'][:BEGINNING]}"
            for number, line in enumerate(found["history"])
        }

    def person(self, person: str | None, device: str | None = None) -> str:
        """Somebody, by the number of the person or else of the device."""
        asked = person or device
        if not asked or asked == PUBLIC:
            return NOBODY
        return self._people.get(asked, asked)

    def entry(self, entry: str | None) -> str:
        return self._entries.get(entry, entry) if entry else NOBODY


def _others(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of whom the case speaks and who never stood in it."""
    standing = {one["person"] for one in found["people"]}
    others: dict[str, dict[str, Any]] = {}
    for person, devices, roles in _spoken_of(found):
        if person not in standing:
            empty: dict[str, Any] = {
                "devices": {},
                "roles": {},
                "standings": [],
                "could_read": None,
            }
            one = others.setdefault(person, {"person": person, **empty})
            one["devices"] |= dict.fromkeys(devices)  # each once, in their order
            one["roles"] |= dict.fromkeys(roles)
    return [
        {**one, "devices": [*one["devices"]], "roles": [*one["roles"]]} for one in others.values()
    ]


def _spoken_of(found: dict[str, Any]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Who wrote, and whom the read log names: person, devices, roles."""
    for line in found["history"]:
        if line["person"]:
            yield line["person"], [], [line["role"]]
    for read in found["reads"] or ():
        if read["user"] != PUBLIC:
            yield read["user"], [read["network"]["id"]], roles_of(read)


def roles_of(read: Mapping[str, Any]) -> list[str]:
    """The roles of whoever a line of the read log is about."""
    return [role for role in read["role"].split(", ") if role]
