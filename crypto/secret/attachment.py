"""Sealing and opening attachments as streams, a piece at a time in memory (PROTOCOL.md section 3).

Each attachment has a key of its own, and is bound to its place and number as a payload is.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from crypto.padding import ATTACHMENT_FLOOR, MARK, padded_size
from crypto.secret.payload import Place, part_context
from crypto.secret.wrap import CannotOpen

STEP_BYTES = 64 * 1024


class SourceChanged(Exception):
    """A file has another size than when its sealing began."""


def seal_attachment(
    key: bytes, place: Place, number: int, source: BinaryIO, size: int
) -> Iterator[bytes]:
    """Ciphertext of the source's bytes, padded. size: of the source; number: from 1.

    Raises SourceChanged.
    """
    encryptor = Cobblestone256Encryptor(key, part_context(place, number))
    for step in _padded(source, size):
        yield encryptor.update(step)
    yield encryptor.finalize()


def _padded(source: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while step := source.read(STEP_BYTES):
        left -= len(step)
        if left < 0:
            raise SourceChanged
        yield step
    if left:
        raise SourceChanged
    yield bytes([MARK])
    yield from _zeros(padded_size(size, ATTACHMENT_FLOOR) - size - 1)


def _zeros(count: int) -> Iterator[bytes]:
    for start in range(0, count, STEP_BYTES):
        yield bytes(min(STEP_BYTES, count - start))


def open_attachment(
    key: bytes, place: Place, number: int, size: int, sealed: Iterable[bytes]
) -> Iterator[bytes]:
    """The source's bytes, which hold only once the stream has come to its end. size: of the source.

    Raises CannotOpen, also for padding of another form.
    """
    decryptor = Cobblestone256Decryptor(key, part_context(place, number))
    padding = _Padding(size)
    try:
        for step in sealed:
            yield padding.cut(decryptor.update(step))
        yield padding.cut(decryptor.finalize())
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the attachment does not open with this key in this place") from error
    padding.refuse_unless_whole()


class _Padding:
    """Takes the padding off a stream: what comes after `size` bytes is one mark, then zeros."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._padded = padded_size(size, ATTACHMENT_FLOOR)
        self._seen = 0

    def cut(self, step: bytes) -> bytes:
        """What of a step belongs to the source. Raises CannotOpen."""
        text = step[: max(0, self._size - self._seen)]
        rest = step[len(text) :]
        if rest:
            # The mark stands right behind the source.
            first = MARK if self._seen + len(text) == self._size else 0
            if rest[0] != first or rest.count(0, 1) != len(rest) - 1:
                raise CannotOpen("the padding is not as the protocol asks")
        self._seen += len(step)
        return text

    def refuse_unless_whole(self) -> None:
        if self._seen != self._padded:
            raise CannotOpen("the padding is not as the protocol asks")
