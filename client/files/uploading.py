"""Sending sealed files up in pieces, going on where an upload stands when it was cut off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from client.errors import Distrust, NotPossible, ServerRefused
from client.files.enclosures import Enclosure, Parcel, Sealed
from client.server.transport import Transport, patiently
from crypto.secret.payload import Place
from crypto.secret.seeds import DeviceKeys
from wire.header import MAX_ATTACHMENTS
from wire.parts import MAX_ATTACHMENT_BYTES, PIECE_BYTES
from wire.paths import HEALTH, UPLOAD, path
from wire.schemas import Health, Uploaded

UNWELL = frozenset({"standing-still", "set-aside"})
# The name of a file, how many of its bytes are done, and how many there are.
Progress = Callable[[str, int, int], None]


def no_progress(name: str, done: int, total: int) -> None:
    """Where nobody watches."""


def refuse_files(transport: Transport, files: Sequence[Enclosure]) -> None:
    """Raises NotPossible for files that this server would not take; nothing of them was sent."""
    if len(files) > MAX_ATTACHMENTS:
        raise NotPossible(f"at most {MAX_ATTACHMENTS} files go with one message")
    if not files:
        return
    try:
        told = transport.get(Health, HEALTH).get("max_attachment_bytes", MAX_ATTACHMENT_BYTES)
    except ServerRefused as refused:
        if refused.name not in UNWELL:
            raise
        told = MAX_ATTACHMENT_BYTES  # it takes files while its readers wait, and says if too large
    most = min(told, MAX_ATTACHMENT_BYTES)
    for one in files:
        if one.size > most:
            size = most // 2**20
            raise NotPossible(f"{one.name} is too large: this server takes at most {size} MiB")


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
            offset = patiently(partial(self._put, offset))
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
