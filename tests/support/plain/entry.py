"""A line of the rule vectors as a reader of the rule book sees it: who is certified, and what was
written."""

from collections.abc import Mapping
from typing import Any, NamedTuple

OPENED, CHANGED = "CompartmentOpened", "MembersChanged"


class Person(NamedTuple):
    person: str
    roles: list[str]
    organisation: str
    disciplines: list[str]


class Device(NamedTuple):
    person: str
    revoked: bool


class Trust:
    """A root and a roster, as a line of the vectors says them."""

    def __init__(self, line: Mapping[str, Any]) -> None:
        roster = line["roster"]
        self.invitable = line["root"]["invitable"]
        self.version, self.expires = roster["version"], roster["expires"]
        self.people = {name: Person(name, **one) for name, one in roster["people"].items()}
        self.devices = {name: Device(**one) for name, one in roster["devices"].items()}

    def device(self, device: str) -> Device | None:
        return self.devices.get(device)

    def person(self, device: str) -> Person | None:
        listed = self.devices.get(device)
        return self.people[listed.person] if listed else None

    def person_of(self, device: str) -> str | None:
        person = self.person(device)
        return person.person if person else None

    def gives(self, device: str, role: str) -> bool:
        person = self.person(device)
        return person is not None and role in person.roles

    def holders(self, role: str) -> list[str]:
        return [
            name
            for name, one in sorted(self.devices.items())
            if not one.revoked and role in self.people[one.person].roles
        ]

    def may_stay(self, line: "Line") -> bool:
        listed = self.device(line.device)
        return listed is None or (not listed.revoked and self.gives(line.device, line.role))


class Line(NamedTuple):
    device: str
    role: str
    invitation: str | None


class Header:
    """The parts of a header that rules look at."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.said = said
        self.kind, self.author, self.id = said["kind"], said["author"], said["id"]
        self.compartment, self.epoch, self.body = said["compartment"], said["epoch"], said["body"]
        self.type = self.compartment.split("-")[0]
        self.opens = self.kind == OPENED
        self.changes = self.kind in (OPENED, CHANGED)
        self.recovers = self.kind == CHANGED and self.body.get("reason") == "recovered"
        payload = said["payload"]
        files = payload["attachments"] if payload else []
        self.files = len(files)
        self.parts = [payload["hash"], *(one["hash"] for one in files)] if payload else []
        self.has_payload = payload is not None

    @property
    def lines(self) -> list[Line]:
        return [
            Line(one["device"], one["role"], one.get("invitation")) for one in self.body["members"]
        ]


class Entry:
    def __init__(self, said: Mapping[str, Any]) -> None:
        self.header = Header(said["header"])
        self.hash, self.stored = said["hash"], said["stored"]
        self.fits_case, self.signature_good = said["fits_case"], said["signature_good"]
        self.carded, self.parts = said["carded"], said["parts"]
