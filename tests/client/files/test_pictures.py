"""A picture shows what it showed, and tells nothing of where, when and with what it was made.

Holds client/files/pictures.py.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image, ImageCms, PngImagePlugin

from cli.desk.attach import enclosures
from client.errors import NotPossible
from client.files.picture_kinds import HEAD_BYTES, kind_of
from client.files.pictures import cleaned
from tests.support.people.pictures import SECRET, dots, exif, written


def with_everything(kind: str) -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, Any] = {"exif": exif(), "icc_profile": profile}
    if kind == "JPEG":
        iptc = b"Photoshop 3.0\0" + SECRET
        options |= {"comment": SECRET, "quality": 95, "xmp": SECRET}
        options |= {"extra": b"\xff\xed" + (len(iptc) + 2).to_bytes(2) + iptc}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", SECRET.decode())
        text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        options["pnginfo"] = text
    if kind == "WEBP":
        options |= {"xmp": SECRET, "lossless": True}
    if kind == "GIF":
        options = {"comment": SECRET}
    if kind == "TIFF":
        options["tiffinfo"] = {270: SECRET.decode(), 700: SECRET, 33723: SECRET}
    if kind == "AVIF":
        options["xmp"] = SECRET
    return written(dots(), kind, **options) + SECRET  # something behind the picture's end


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_nothing_is_left_of_what_a_camera_wrote(kind: str) -> None:
    before = with_everything(kind)
    assert SECRET in before
    after = cleaned(before).held
    assert SECRET not in after and SECRET[:9] not in after
    with Image.open(BytesIO(after)) as opened:
        assert opened.format == {"TIFF": "PNG", "AVIF": "JPEG"}.get(kind, kind)
        assert not opened.getexif() and not opened.info.keys() - {"jfif", "jfif_version"} - {
            *("jfif_unit", "jfif_density", "version", "background", "loop", "duration"),
        }


def test_a_picture_without_loss_keeps_its_dots() -> None:
    for mode in ("RGB", "L", "RGBA"):
        after = cleaned(written(dots(mode), "PNG")).held
        with Image.open(BytesIO(after)) as opened:
            assert opened.convert(mode).tobytes() == dots(mode).tobytes()


def test_a_picture_is_turned_as_it_was_to_be_shown() -> None:
    """A telephone held upright writes its dots lying, and a note which way is up."""
    after = cleaned(written(dots(), "PNG", exif=exif(orientation=6))).held
    with Image.open(BytesIO(after)) as opened:
        assert opened.size == (2, 3)
        upright = dots().transpose(Image.Transpose.ROTATE_270)
        assert opened.convert("RGB").tobytes() == upright.tobytes()


def test_a_moving_picture_keeps_moving() -> None:
    frames = [Image.new("RGB", (4, 4), (shade, 0, 0)) for shade in (0, 120, 240)]
    held = BytesIO()
    frames[0].save(held, "GIF", save_all=True, append_images=frames[1:], duration=80)
    with Image.open(BytesIO(cleaned(held.getvalue()).held)) as opened:
        assert opened.n_frames == 3 and opened.info["duration"] == 80


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x20ftypheic\0\0\0\0mif1",  # as telephones of Apple make them
        b"\0\0\0\x20ftypavif\0\0\0\0avif",
        b"II*\0\x08\0\0\0" + bytes(20),  # TIFF, and what cameras keep raw
        b"\x89PNG\r\n\x1a\n broken",
        b"\xff\xd8\xff\xe0 broken",
    ],
)
def test_a_picture_that_cannot_be_cleaned_is_not_sent(tmp_path: Path, head: bytes) -> None:
    file = tmp_path / "picture"
    file.write_bytes(head)
    assert kind_of(head[:HEAD_BYTES]) is not None
    with pytest.raises(NotPossible, match=r"cannot be taken out|cannot be read"):
        enclosures([file], checked=True)


def test_it_is_known_as_a_picture_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(with_everything("JPEG"))
    (found,) = enclosures([file], checked=True)
    with found.open() as held:
        assert SECRET not in held.read()
    assert (found.name, found.type) == ("letter.jpg", "image/jpeg")


def test_who_asks_sends_no_file_names(tmp_path: Path) -> None:
    paths = [tmp_path / "Mohammed 16 jaar.png", tmp_path / "school.pdf"]
    paths[0].write_bytes(written(dots(), "PNG"))
    paths[1].write_bytes(b"%PDF")
    found = enclosures(paths, checked=True, neutral=True)
    assert [one.name for one in found] == ["file-1.png", "file-2.pdf"]


def test_who_did_not_look_is_asked_and_may_hold_it_back(tmp_path: Path) -> None:
    import click

    file = tmp_path / "letter.pdf"
    file.write_bytes(b"%PDF")

    @click.command()
    def send() -> None:
        click.echo(len(enclosures([file], checked=False)))

    assert "1" in CliRunner().invoke(send, input="n\n").output
    refused = CliRunner().invoke(send, input="y\n")
    assert isinstance(refused.exception, NotPossible)
