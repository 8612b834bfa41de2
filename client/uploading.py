"""Sending sealed files up in pieces, going on where an upload stands when it was cut off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from client.enclosures import Parcel, Sealed
from client.errors import Distrust, ServerRefused
from client.transport import Transport, patiently
from crypto.secret.payload import Place
from crypto.secret.seeds import DeviceKeys
from wire.parts import PIECE_BYTES
from wire.paths import UPLOAD, path
from wire.schemas import Uploaded

# The name of a file, how many of its bytes are done, and how many there are.
Progress = Callable[[str, int, int], None]


def no_progress(name: str, done: int, total: int) -> None:
    """Where nobody watches."""


def send(
    transport: Transport, keys: DeviceKeys, place: Place, parcel: Parcel, progress: Progress
) -> None:
    """Send what has not come yet of each file. Raises ServerRefused, Unreachable, Distrust."""
    for sealed, spool in zip(parcel.sealed, parcel.spools, strict=True):
        where = path(UPLOAD, case=place.case, compartment=place.compartment, hash=sealed.hash)
        _Upload(transport, keys, where, sealed, spool).run(progress)


@dataclass
class _Upload:
    transport: Transport
    keys: DeviceKeys
    where: str
    sealed: Sealed
    spool: BinaryIO

    def run(self, progress: Progress) -> None:
        total = self.sealed.size
        offset = patiently(self._came)
        for _ in range(2 * total // PIECE_BYTES + 10):  # as often as it can take, and no more
            progress(self.sealed.name, offset, total)
            if offset == total:
                return
            offset = patiently(lambda offset=offset: self._put(offset))
        raise Distrust("not-answering", "an upload does not come to its end")

    def _came(self) -> int:
        return int(self.transport.get(Uploaded, self.where, {}, self.keys)["offset"])

    def _put(self, offset: int) -> int:
        self.spool.seek(offset)
        query = {"size": self.sealed.size, "offset": offset}
        piece = self.spool.read(PIECE_BYTES)
        try:
            return int(self.transport.put(Uploaded, self.where, query, piece, self.keys)["offset"])
        except ServerRefused as refused:
            if refused.name != "wrong-offset":
                raise
            return self._came()  # an answer was lost on the way
