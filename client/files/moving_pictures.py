"""Moving pictures, taken apart and put together again: their frames as they were, with how long
and how often they are shown, and no other block of the file.

A frame that was made as a difference of the one before holds only as such, so frames are not drawn
anew: colours, transparency and disposal stay to the bit. Anything that is not needed to show them
(comments, profiles, EXIF, XMP, what stands behind the end) is left out.
"""

import struct
import zlib
from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by PNG's type of colour
ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
WEBP_MOVES, WEBP_HAS_ALPHA = 0x02, 0x10


class Broken(Exception):
    """The file does not hold together."""


def bare_gif(raw: bytes) -> bytes:
    """A GIF, moving or not, with its frames and its loop alone. Raises Broken."""
    kept, at = [b"GIF89a", raw[6:13]], 13
    if len(raw) < 13:
        raise Broken
    at = _colours(raw, at, raw[10], kept)
    control, frames = b"", 0
    while at < len(raw) and raw[at] != 0x3B:
        if raw[at] == 0x2C:
            start = at
            at += 10
            kept += [control, raw[start:at]]
            at = _colours(raw, at, raw[at - 1], kept)
            end = _blocks_end(raw, at + 1)
            kept.append(raw[at:end])
            at, control, frames = end, b"", frames + 1
        elif raw[at] == 0x21:
            end = _blocks_end(raw, at + 2)
            if raw[at + 1] == 0xF9 and end - at == 8:
                control = raw[at:end]
            elif raw[at + 1] == 0xFF and raw[at + 3 : at + 14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
                times = raw[at + 16 : at + 18] if raw[at + 14 : at + 16] == b"\3\1" else b""
                kept += [b"\x21\xff\x0bNETSCAPE2.0\3\1", times, b"\0"] if len(times) == 2 else []
            elif raw[at + 1] == 0x01:
                control = b""  # a text that hardly any program draws
            at = end
        else:
            raise Broken
    if not frames:
        raise Broken
    return b"".join([*kept, b"\x3b"])


def _colours(raw: bytes, at: int, flags: int, kept: list[bytes]) -> int:
    """Keep a table of colours, if the flags tell of one; where it ends."""
    end = at + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    kept.append(raw[at:end])
    return end


def _blocks_end(raw: bytes, at: int) -> int:
    while at < len(raw):
        if not raw[at]:
            return at + 1
        at += raw[at] + 1
    raise Broken


def is_moving_png(raw: bytes) -> bool:
    return any(name == b"acTL" for name, _ in _png_chunks(raw))


def bare_apng(raw: bytes) -> bytes:
    """A moving PNG with its frames and its loop alone, each frame's dots packed anew. Raises
    Broken."""
    kept: list[bytes] = [PNG_SIGNATURE]
    header, size, frame, number = b"", (0, 0), bytearray(), 0

    def number_next() -> bytes:
        nonlocal number
        number += 1
        return struct.pack(">I", number - 1)

    def flush(first: bool) -> None:
        if frame:
            packed = zlib.compress(_dots(bytes(frame), size, header), 6)
            frame.clear()
            kept.append(
                _png_chunk(b"IDAT", packed)
                if first
                else _png_chunk(b"fdAT", number_next() + packed)
            )

    first = True
    for name, held in _png_chunks(raw):
        if name == b"IHDR":
            header, size = held, struct.unpack(">II", held[:8])
            kept.append(_png_chunk(name, held))
        elif name in (b"PLTE", b"tRNS", b"acTL"):
            kept.append(_png_chunk(name, held))
        elif name == b"fcTL" and len(held) == 26:
            was_drawn = bool(frame)
            flush(first)
            first = first and not was_drawn
            size = struct.unpack(">II", held[4:12])
            kept.append(_png_chunk(name, number_next() + held[4:]))
        elif name == b"IDAT":
            frame += held
        elif name == b"fdAT":
            frame += held[4:]
    if len(header) != 13 or not frame:
        raise Broken
    flush(first)
    return b"".join([*kept, _png_chunk(b"IEND", b"")])


def _dots(packed: bytes, size: tuple[int, int], header: bytes) -> bytes:
    """The lines of a frame, and nothing that is packed behind them."""
    if len(header) != 13 or header[9] not in CHANNELS:
        raise Broken
    bits = header[8] * CHANNELS[header[9]]
    passes = ADAM7 if header[12] else ((0, 0, 1, 1),)
    length = 0
    for x, y, across, down in passes:
        wide, high = -(-(size[0] - x) // across), -(-(size[1] - y) // down)
        length += high * (1 + -(-wide * bits // 8)) if wide > 0 and high > 0 else 0
    try:
        lines = zlib.decompressobj().decompress(packed, length) if length else b""
    except zlib.error as error:
        raise Broken from error
    if not length or len(lines) != length:
        raise Broken
    return lines


def _png_chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(raw):
        length, name = struct.unpack(">I4s", raw[at : at + 8])
        held = raw[at + 8 : at + 8 + length]
        if name == b"IEND":
            return
        if len(held) != length:
            raise Broken
        yield name, held
        at += 12 + length
    raise Broken


def _png_chunk(name: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))


def webp_chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The blocks of a WebP, up to the end that it tells of itself. Raises Broken."""
    return _webp_chunks(raw[: 8 + int.from_bytes(raw[4:8], "little")], 12)


def _webp_chunks(raw: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= len(raw):
        name, length = struct.unpack("<4sI", raw[at : at + 8])
        held = raw[at + 8 : at + 8 + length]
        if len(held) != length:
            raise Broken
        yield name, held
        at += 8 + length + length % 2


def bare_webp(raw: bytes) -> bytes:
    """A moving WebP with its frames and its loop alone. Raises Broken."""
    kept = []
    for name, held in webp_chunks(raw):
        if name == b"VP8X" and len(held) == 10:
            flags = held[0] & (WEBP_MOVES | WEBP_HAS_ALPHA)
            kept.append(_webp_chunk(name, bytes([flags, 0, 0, 0]) + held[4:]))
        elif name == b"ANIM" and len(held) == 6:
            kept.append(_webp_chunk(name, held))
        elif name == b"ANMF":
            drawn = (b"ALPH", b"VP8 ", b"VP8L")
            inner = [_webp_chunk(*one) for one in _webp_chunks(held, 16) if one[0] in drawn]
            kept.append(_webp_chunk(name, held[:16] + b"".join(inner)))
    whole = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _webp_chunk(name: bytes, held: bytes) -> bytes:
    return struct.pack("<4sI", name, len(held)) + held + b"\0" * (len(held) % 2)
