"""The list of people that the next roster is made from: who is put on it, changed, revoked, and
what of it is not published yet. Every change is held to the roster's own rules when it is made."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from client.errors import NotPossible
from client.people.ceremony_folder import read, replace
from client.why import Why
from crypto.device import Card, card_from
from crypto.encoding import b64, canonical
from domain.refusal import Refused
from domain.trust import NO_HASH
from wire.header import minute_of
from wire.trust_documents import parse_roster

NUMBER_CHARACTERS = 5  # a longer one is the beginning of an id

People = list[dict[str, Any]]


class Found(NamedTuple):
    """Somebody listed. number: the place on the list, from 1. devices: those that were meant."""

    number: int
    person: dict[str, Any]
    devices: list[dict[str, Any]]


class Published(NamedTuple):
    """The list as it was stored last. version: 0 if none was yet. expires: a UTC minute."""

    version: int
    expires: str
    people: People


def read_enrolment(path: Path) -> Card:
    """The card that a person handed in. Raises NotPossible."""
    try:
        return card_from(json.loads(path.read_text()))
    except (OSError, ValueError) as error:
        raise NotPossible(Why.NO_CARD, file=path, reason=str(error)) from error


def listed(folder: Path) -> People:
    """Everybody on the list of the next roster. Raises NotPossible."""
    return list(read(folder / "people.json")["people"])


def published(folder: Path) -> Published:
    """What was stored last, as far as this folder knows."""
    file = folder / "published.json"
    return Published(**read(file)) if file.exists() else Published(0, "", [])


def find(people: People, said: str) -> Found:
    """Whom a number on the list, or the beginning of the id of a person or device, means. Raises
    NotPossible."""
    said = said.replace(" ", "").lower()
    if said.isascii() and said.isdigit() and len(said) <= NUMBER_CHARACTERS:
        if not 1 <= int(said) <= len(people):
            raise NotPossible(Why.NOBODY_LISTED, number=said, count=len(people))
        return _whole(people, int(said))
    found = [
        _whole(people, number)
        for number, one in enumerate(people, 1)
        if one["person"].startswith(said)
    ]
    found += [
        Found(number, one, [device])
        for number, one in enumerate(people, 1)
        for device in one["devices"]
        if device["device"].startswith(said)
    ]
    if len(found) != 1 or not said:
        raise NotPossible(Why.SEVERAL_LISTED, count=len(found), beginning=said)
    return found[0]


def _whole(people: People, number: int) -> Found:
    one = people[number - 1]
    return Found(number, one, one["devices"])


def certify(
    folder: Path,
    card: Card,
    roles: tuple[str, ...],
    organisation: str,
    disciplines: tuple[str, ...],
    person: str | None,
    now: int,
) -> str:
    """Put a device on the list of the next roster; gives the person's id. person: number or id of
    somebody listed to add a device to, None for a new person. Raises NotPossible."""
    people = listed(folder)
    if any(one["device"] == card.device for each in people for one in each["devices"]):
        raise NotPossible(Why.LISTED_ALREADY, device=card.device)
    found: dict[str, Any]
    if person is None:
        if not roles or not organisation:
            raise NotPossible(Why.NEW_PERSON)
        found = {"person": os.urandom(16).hex(), "disciplines": [], "devices": []}
        people.append(found)
    else:
        found = find(people, person).person
    found["devices"].append(
        {"device": card.device, "sign": b64(card.sign), "from": minute_of(now), "revoked": None}
    )
    _say(found, roles, organisation, disciplines)
    _checked(people)
    replace(folder / "cards" / f"{card.device}.json", card.fields())
    replace(folder / "people.json", {"people": people})
    return str(found["person"])


def edit(
    folder: Path,
    person: str,
    roles: tuple[str, ...],
    organisation: str,
    disciplines: tuple[str, ...],
) -> dict[str, Any]:
    """Give somebody listed other roles, another organisation or other disciplines, each in the
    place of all before; gives the person as listed now. Raises NotPossible."""
    people = listed(folder)
    found = find(people, person).person
    _say(found, roles, organisation, disciplines)
    _checked(people)
    replace(folder / "people.json", {"people": people})
    return found


def _say(
    found: dict[str, Any], roles: tuple[str, ...], organisation: str, disciplines: tuple[str, ...]
) -> None:
    if roles:
        found["roles"] = sorted(set(roles))
    if organisation:
        found["organisation"] = organisation
    if disciplines:
        found["disciplines"] = sorted(set(disciplines))


def _checked(people: People) -> None:
    """Raises NotPossible for what no roster may list."""
    draft = {
        "type": "zegel/roster",
        "v": 1,
        "version": 1,
        "prev": NO_HASH,
        "issued": minute_of(0),
        "expires": minute_of(0),
        "root": 1,
        "people": people,
    }
    try:
        parse_roster(canonical(draft))
    except Refused as refused:
        raise NotPossible(Why.LIST_UNSAYABLE, reason=refused.detail) from refused


def revoke(folder: Path, said: str, now: int) -> list[str]:
    """Mark a device, or all of a person, as revoked from the next roster on; gives the ids of those
    that were not. said: as for `find`. Raises NotPossible."""
    people = listed(folder)
    standing = [one for one in find(people, said).devices if one["revoked"] is None]
    for one in standing:
        one["revoked"] = minute_of(now)
    if standing:
        replace(folder / "people.json", {"people": people})
    return [str(one["device"]) for one in standing]


def changed(before: People, now: People) -> set[str]:
    """Ids of people who stand otherwise on one list than on the other."""
    old, new = ({one["person"]: one for one in people} for people in (before, now))
    return {person for person in old.keys() | new.keys() if old.get(person) != new.get(person)}


def undo(folder: Path, sure: Callable[[set[str]], bool]) -> set[str]:
    """Put the list back as it was stored last; gives the ids of people who stand otherwise again.
    sure: asked with them before. Raises NotPossible."""
    if (folder / "signed.json").exists():
        raise NotPossible(Why.LIST_UNANSWERED)
    before = published(folder).people
    differing = changed(before, listed(folder))
    if not differing or not sure(differing):
        return set()
    replace(folder / "people.json", {"people": before})
    kept = {one["device"] for each in before for one in each["devices"]}
    for card in (folder / "cards").glob("*.json"):
        if card.stem not in kept:
            card.unlink()
    return differing
