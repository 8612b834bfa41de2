"""What a device could read, in every case: for when it was lost or stolen, or its person asks.

The server says in which cases it stood; what it could read there is computed from their entries.
Only an audit of the whole store shows that no case was left out.
"""

from dataclasses import dataclass

from client.audit.inspection import replayed
from client.audit.replay import access_of
from client.errors import Distrust, NotPossible
from client.session import Session
from domain.access import Readable, Standing
from wire.paths import STANDINGS, path
from wire.work_schemas import Standings


@dataclass(frozen=True, slots=True)
class Reach:
    """In one case: where the devices stood, and the contents to which they were given the key.
    fault: why nothing is told of it; then its entries have to be looked at with an audit."""

    case: str
    standings: tuple[Standing, ...]
    entries: tuple[Readable, ...]
    fault: str = ""


def devices_of(session: Session, beginning: str) -> list[str]:
    """The device whose number begins so or has that local name, or all devices of such a person.

    Raises NotPossible unless that is one device or one person of the roster; a whole number of a
    device that no roster lists is one too.
    """
    roster = session.directory.refresh().roster
    listed = roster.devices.values() if roster else ()
    known = [number for one in listed for number in (one.device, one.person)]
    beginning = session.numbers.beginning(beginning, known)
    devices = [one.device for one in listed if one.device.startswith(beginning)]
    people = {one.person for one in listed if one.person.startswith(beginning)}
    if len(devices) == 1 and not people:
        return devices
    if len(people) == 1 and not devices:
        return [one.device for one in listed if one.person in people]
    if not devices and not people and len(beginning) == 32:
        return [beginning]
    raise NotPossible(f"{len(devices)} devices and {len(people)} people begin with {beginning}")


def reach(session: Session, devices: list[str]) -> list[Reach]:
    """What the devices could read, by case. One that does not hold, or in which the devices did not
    stand as the server says, keeps no other from being told. Raises ServerRefused."""
    cases: dict[str, set[tuple[str, str, int]]] = {}
    for device in devices:
        answer = session.transport.get(Standings, path(STANDINGS), {"device": device}, session.keys)
        for one in answer["standings"]:
            said = (device, one["compartment"], one["since"])
            cases.setdefault(one["case"], set()).add(said)
    found = []
    for case, stood in cases.items():
        try:
            found.append(_in_case(session, case, devices, stood))
        except Distrust as error:
            found.append(Reach(case, (), (), str(error)))
    return found


def _in_case(
    session: Session, case: str, devices: list[str], said: set[tuple[str, str, int]]
) -> Reach:
    _, report = replayed(session, case)
    found = access_of(report, session.directory)
    stood = tuple(one for one in found.standings if one.device in devices)
    told = {(one.device, one.compartment, one.since.stored) for one in stood}
    if not said <= told:
        raise Distrust("not-answering", "the server says more than its entries do")
    readable = (
        entry
        for entry in found.entries.values()
        if any(one.device in devices for one in entry.readers)
    )
    return Reach(case, stood, tuple(readable))
