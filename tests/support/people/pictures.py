"""Pictures that tests make: dots that are all different, and what a camera writes beside them."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageSequence

SECRET = b"52.370216 kept by the camera"


def exif(orientation: int = 1) -> Image.Exif:
    """What a telephone writes: place, device, time, and how it was held."""
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010F] = SECRET.decode()
    made[0x9286] = SECRET
    made.get_ifd(0x8825)[1] = "N"
    return made


def dots(mode: str = "RGB") -> Image.Image:
    """Three by two dots, each of them another."""
    picture = Image.new(mode, (3, 2))
    for place in range(6):
        shade = 40 * place
        values: dict[str, Any] = {"L": shade, "RGB": (shade, 255 - shade, 0)}
        value = values.get(mode, (shade, 0, 0, 255 - shade))
        picture.putpixel((place % 3, place // 3), value)
    return picture


def written(picture: Image.Image, kind: str, **options: Any) -> bytes:
    held = BytesIO()
    picture.save(held, kind, **options)
    return held.getvalue()


def frames(held: bytes) -> list[tuple[bytes, int]]:
    """Each frame as it is shown, and for how many milliseconds."""
    with Image.open(BytesIO(held)) as opened:
        return [
            (frame.convert("RGBA").tobytes(), int(frame.info.get("duration", 0)))
            for frame in ImageSequence.Iterator(opened)
        ]


def png(*chunks: tuple[str, bytes]) -> bytes:
    made = b"\x89PNG\r\n\x1a\n"
    for name, held in chunks:
        checked = name.encode() + held
        made += struct.pack(">I", len(held)) + checked + struct.pack(">I", zlib.crc32(checked))
    return made


def moving(kind: str) -> bytes:
    """Dots that wander over nothing, each frame another time, three times over."""
    sheets = []
    for place in range(4):
        sheet = Image.new("RGBA", (12, 8))
        sheet.paste((250, 60 * place, 0, 255), (place, place, place + 4, place + 4))
        sheets.append(sheet)
    options: dict[str, Any] = {"duration": [50, 120, 80, 300], "loop": 3, "disposal": 2}
    options |= {"comment": SECRET} if kind == "GIF" else {"exif": exif().tobytes()}
    options |= {"lossless": True, "xmp": SECRET} if kind == "WEBP" else {}
    if kind == "PNG":
        options["disposal"] = 1
    return written(sheets[0], kind, save_all=True, append_images=sheets[1:], **options)
