"""How a way through a service is written down (`ways`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Move:
    """An entry of a way. by: the role of its author, with the number of his device in the cast
    where it matters ("supervisor 1"). where: the type of its place, or its name. body: fields that
    it has; a device is written "@supervisor 1".
    out: members of this role are put out, by a change of members, and nobody is let in after it.
    refused: it is tried, and nothing comes of it. later: so many seconds after the last entry.
    """

    kind: str
    by: str = ""
    where: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    out: str = ""
    refused: bool = False
    later: int = 0


Way = tuple[Move | str, ...]


def opens(by: str, **body: Any) -> Move:
    return Move("CompartmentOpened", by, body=body)


def out(role: str, where: str, by: str = "") -> Move:
    return Move("MembersChanged", by, where, out=role)
