"""A moving picture shows the same, for as long and as often, and says nothing besides.

Holds client/files/moving_pictures.py.
"""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from client.errors import NotPossible
from client.files.pictures import cleaned
from tests.support.people.pictures import SECRET, dots, exif, frames, moving, png, written


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_shows_the_same_for_as_long_and_as_often(kind: str) -> None:
    before = moving(kind) + SECRET
    after = cleaned(before).held
    assert SECRET in before and SECRET not in after and SECRET[:9] not in after
    assert frames(after) == frames(before) and len(frames(after)) == 4
    with Image.open(BytesIO(before)) as one, Image.open(BytesIO(after)) as other:
        assert other.info["loop"] == one.info["loop"] == 3
        assert getattr(other, "n_frames", 0) == 4 and not other.getexif()


def test_a_moving_picture_whose_first_frame_is_not_shown() -> None:
    sheets = [Image.new("RGB", (3, 2), (shade, 0, 0)) for shade in (0, 100, 200)]
    options = {"save_all": True, "append_images": sheets[1:], "default_image": True}
    before = written(sheets[0], "PNG", duration=70, **options)
    assert frames(cleaned(before).held) == frames(before)


def test_nothing_is_left_behind_the_dots_of_a_moving_picture() -> None:
    """Packed together with them, where no program looks."""
    lines = (b"\0" + bytes(3)) * 2
    header = struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0)
    control = struct.pack(">IIIIIHHBB", 0, 3, 2, 0, 0, 1, 10, 0, 0)
    packed = zlib.compress(lines + SECRET, 0)
    before = png(
        ("IHDR", header),
        ("acTL", struct.pack(">II", 1, 0)),
        ("fcTL", control),
        ("IDAT", packed),
        ("IEND", b""),
    )
    assert SECRET in before and SECRET not in zlib.decompress(data_of(cleaned(before).held))


def data_of(held: bytes) -> bytes:
    at = held.index(b"IDAT")
    return held[at + 4 : at + 4 + int.from_bytes(held[at - 4 : at])]


def test_a_moving_picture_that_a_note_turns_is_told() -> None:
    before = written(
        dots(), "WEBP", save_all=True, append_images=[dots("L").convert("RGB")], exif=exif(6)
    )
    with pytest.raises(NotPossible, match="moves, and is to be turned"):
        cleaned(before)
