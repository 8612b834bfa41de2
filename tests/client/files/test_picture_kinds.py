"""Whatever is known as a picture goes out bare, showing what it showed, or is refused by name.

Holds client/files/picture_kinds.py, client/files/pictures.py.
"""

import struct
import warnings
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, features

from cli.desk.attach import enclosures
from client.errors import NotPossible
from client.files import pictures
from client.files.picture_kinds import CLEANED, SUFFIXES, kind_of
from client.files.pictures import Picture, cleaned
from tests.support.people.pictures import SECRET, dots, exif, moving, png, written
from tests.support.processes import ROOT

TRIALS = ROOT / "tests" / "vectors" / "trials"
# Known to the library, and no pictures to people: they go as documents and videos do.
NO_PICTURES = {".pdf", ".mpeg", ".mpg", ".fit"}


def trial(name: str) -> Picture:
    return cleaned((TRIALS / name).read_bytes(), name)


def test_a_scan_of_sixteen_bits_keeps_every_shade() -> None:
    found = trial("scan-16-bit-grey.png")
    with (
        Image.open(TRIALS / "scan-16-bit-grey.png") as before,
        Image.open(BytesIO(found.held)) as after,
    ):
        assert after.getextrema() == before.getextrema() == (4369, 60138)
        assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_of_sixteen_bits_in_other_files(kind: str) -> None:
    shades = struct.pack("<6H", 0, 300, 4369, 30_000, 60_138, 65_535)
    found = cleaned(written(Image.frombytes("I;16", (3, 2), shades), kind))
    with Image.open(BytesIO(found.held)) as after:
        assert (after.mode, after.tobytes()) == ("I;16", shades)


def test_a_shade_of_sixteen_bits_that_is_seen_through_stays_so() -> None:
    shades = struct.pack("<3H", 0x1234, 0x1235, 0xFFFF)
    grey = Image.frombytes("I;16", (3, 1), shades)
    with Image.open(BytesIO(cleaned(written(grey, "PNG", transparency=0x1234)).held)) as after:
        assert after.convert("LA").tobytes() == bytes([0x12, 0, 0x12, 255, 0xFF, 255])


def test_colours_of_sixteen_bits_show_what_they_showed() -> None:
    lines = b"\0" + struct.pack(">6H", 0xFFFF, 0x8000, 0, 0x1234, 0, 0xFF00)
    header = struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)
    held = png(("IHDR", header), ("tEXt", SECRET), ("IDAT", zlib.compress(lines)), ("IEND", b""))
    with Image.open(BytesIO(cleaned(held).held)) as after:
        assert after.convert("RGB").tobytes() == bytes([0xFF, 0x80, 0, 0x12, 0, 0xFF])


@pytest.mark.parametrize("mode", ["I", "F"])
def test_more_bits_than_can_be_kept_are_refused_by_name(mode: str) -> None:
    with pytest.raises(NotPossible, match=r"TIFF \(32 bit\)"):
        cleaned(written(Image.new(mode, (3, 2), 70_000), "TIFF"), "scan.tif")


def test_of_a_photo_with_a_second_picture_the_first_goes() -> None:
    found = trial("phone-photo-mpo.jpg")
    before = (TRIALS / "phone-photo-mpo.jpg").read_bytes()
    assert before.count(b"\xff\xd8\xff") == 2 and found.held.count(b"\xff\xd8\xff") == 1
    with Image.open(BytesIO(before)) as two, Image.open(BytesIO(found.held)) as one:
        assert (one.format, one.size) == ("JPEG", two.size)
        difference = [abs(a - b) for a, b in zip(one.tobytes(), two.tobytes(), strict=True)]
        assert max(difference) < 24


@pytest.mark.parametrize(("mode", "kind"), [("L", "JPEG"), ("CMYK", "JPEG"), ("CMYK", "TIFF")])
def test_a_picture_keeps_its_colours(mode: str, kind: str) -> None:
    before = Image.new("RGB", (16, 16), (200, 60, 30)).convert(mode)
    options: dict[str, Any] = {"quality": 95} if kind == "JPEG" else {}
    with Image.open(BytesIO(cleaned(written(before, kind, **options)).held)) as after:
        wanted = before.convert("RGB").getpixel((8, 8))
        shown = after.convert("RGB").getpixel((8, 8))
        assert isinstance(wanted, tuple) and isinstance(shown, tuple)
        assert max(abs(a - b) for a, b in zip(wanted, shown, strict=True)) < 6


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_shown_as_the_profile_of_a_device_says(mode: str) -> None:
    """Of a device whose red is blue; the profile itself does not go along."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    before = Image.new("RGB", (4, 4), (250, 0, 0)).convert(mode)
    found = cleaned(written(before, "PNG", icc_profile=bytes(profile)))
    with Image.open(BytesIO(found.held)) as after:
        shown = after.getpixel((2, 2))
        assert isinstance(shown, tuple) and shown[0] < 20 and shown[2] > 200
        assert after.mode == mode and "icc_profile" not in after.info


def test_colours_of_a_palette_stay_seen_through() -> None:
    before = dots().quantize(6)
    found = cleaned(written(before, "PNG", transparency=bytes([0, 128, 255, 255, 255, 255])))
    with Image.open(BytesIO(found.held)) as after:
        assert sorted(after.convert("RGBA").getchannel("A").tobytes())[:2] == [0, 128]
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()


def test_a_webp_without_loss_stays_so() -> None:
    with Image.open(BytesIO(cleaned(written(dots(), "WEBP", lossless=True)).held)) as after:
        assert after.convert("RGB").tobytes() == dots().tobytes()


# --- what is not written anew ---------------------------------------------------------------------


def test_a_picture_of_jpeg_2000_goes_bare() -> None:
    before = (TRIALS / "gps.jp2").read_bytes()
    found = trial("gps.jp2")
    assert b"GPS" in before.upper() or b"xmp" in before.lower()
    with Image.open(BytesIO(before)) as one, Image.open(BytesIO(found.held)) as other:
        assert other.tobytes() == one.convert("RGB").tobytes()
        assert other.info.keys() <= {"dpi"}
    assert (found.type, found.suffix) == ("image/png", ".png")


def boxes(major: bytes, *others: bytes) -> bytes:
    brands = major + bytes(4) + b"".join(others)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + bytes(40)


HELD = b"\x08\0\0\0" + bytes(60)
FOREIGN = {
    "heic": boxes(b"heic", b"mif1"),
    "hevx": boxes(b"hevx"),
    "mif2": boxes(b"mif2"),
    "by another brand": boxes(b"iso8", b"mif1", b"heic"),
    "cr3": boxes(b"crx ", b"crx ", b"isom"),
    "jpeg xl": b"\xff\x0a" + bytes(60),
    "jpeg xl in boxes": b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(40),
    "cr2": b"II*\0\x10\0\0\0CR\2\0" + bytes(60),
    "orf": b"IIRO" + HELD,
    "rw2": b"IIU\0" + HELD,
    "raf": b"FUJIFILMCCD-RAW 0201" + HELD,
    "bigtiff": b"MM\0+\0\x08\0\0" + HELD,
    "psd": b"8BPS\0\1" + HELD,
    "svg": b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>',
    "one byte before": b"\0" + written(dots(), "JPEG"),
    "a line before": b"hello, world\n" + written(dots(), "PNG"),
}


@pytest.mark.parametrize("head", FOREIGN.values(), ids=FOREIGN)
def test_a_picture_of_another_kind_is_refused_whatever_it_is_called(
    tmp_path: Path, head: bytes
) -> None:
    for name in ("picture", "letter.pdf", "picture.jpg"):
        file = tmp_path / name
        file.write_bytes(head)
        with pytest.raises(NotPossible, match="cannot be taken out"):
            enclosures([file], checked=True)


@pytest.mark.parametrize("suffix", [".nef", ".ARW", ".dng", ".heic", ".jxl", ".jpg", ".psd"])
def test_what_is_called_a_picture_and_is_none_that_is_known_is_refused(
    tmp_path: Path, suffix: str
) -> None:
    (tmp_path / f"holiday{suffix}").write_bytes(b"whatever it is")
    with pytest.raises(
        NotPossible, match=r"holiday\.\w+ (is a picture of the kind|cannot be read)"
    ):
        enclosures([tmp_path / f"holiday{suffix}"], checked=True)


def test_what_a_camera_keeps_raw_does_not_pass_for_the_small_picture_in_front() -> None:
    for tag, value in ((0x00FE, 1), (0xC612, b"\1\4\0\0")):
        raw = written(dots(), "TIFF", tiffinfo={tag: value, 0x010F: "a camera"})
        with pytest.raises(NotPossible, match="kind RAW"):
            cleaned(raw, "picture")


def test_pages_of_a_scan_do_not_vanish() -> None:
    pages = written(dots(), "TIFF", save_all=True, append_images=[dots()])
    with pytest.raises(NotPossible, match="several pictures"):
        cleaned(pages, "scan.tif")


def test_every_kind_that_the_library_knows_is_known_here() -> None:
    Image.init()
    assert Image.EXTENSION.keys() - SUFFIXES == NO_PICTURES
    assert {one for one in Image.EXTENSION.values() if one in CLEANED} == CLEANED


def _savable() -> list[str]:
    Image.init()
    left_out = {"PDF", "AVIF" if not features.check("avif") else "PDF"}
    return sorted(Image.SAVE.keys() - left_out - {"BUFR", "GRIB", "HDF5", "WMF", "MPO", "PALM"})


@pytest.mark.parametrize("kind", _savable())
def test_whatever_the_library_writes_goes_bare_or_is_refused_by_name(
    tmp_path: Path, kind: str
) -> None:
    modes = {"XBM": "1", "MSP": "1", "SPIDER": "F", "BLP": "P"}
    picture = Image.new("RGB", (32, 32), (200, 60, 30)).convert(modes.get(kind, "RGB"))
    raw = written(picture, kind)
    suffix = next((one for one, of in Image.EXTENSION.items() if of == kind), ".picture")
    file = tmp_path / f"picture{suffix}"
    file.write_bytes(raw)
    if kind_of(raw[:4096], file.name) in CLEANED:
        (found,) = enclosures([file], checked=True)
        with found.open() as held, Image.open(held) as after:
            assert after.size == (32, 32)
    elif kind != "SPIDER":  # numbers without a name of their own
        with pytest.raises(NotPossible, match=f"picture{suffix} is a picture of the kind"):
            enclosures([file], checked=True)


@pytest.mark.parametrize(
    "held",
    [
        b"BMI van de client: 21. Wat hij zei staat hieronder, woord voor woord." * 9,
        b"P1 is de eerste persoon, P2 de tweede.",
        b"%PDF-1.7\n" + b"\xff\xd8\xff\xe0 a page that was scanned",
        b"ID3\4\0\0 APIC" + b"\x89PNG\r\n\x1a\n a cover",
        b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41",
        b"PK\3\4 a document",
    ],
)
def test_what_is_no_picture_goes_as_it_is(tmp_path: Path, held: bytes) -> None:
    (tmp_path / "document").write_bytes(held)
    (found,) = enclosures([tmp_path / "document"], checked=True)
    with found.open() as opened:
        assert opened.read() == held


# --- very large ones, and broken ones -------------------------------------------------------------


def test_a_small_file_of_very_many_dots_is_refused_in_a_plain_sentence(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(NotPossible, match=r"has more than 65 million dots: make it smaller"):
            trial("small-png-169-megapixels.png")
    assert capfd.readouterr() == ("", "")
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    with pytest.raises(NotPossible, match="has more than 65 million dots"):
        cleaned(png(("IHDR", header), ("IDAT", b""), ("IEND", b"")))


def test_a_photo_of_very_many_dots_goes_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is set down here; of the shipped one a test would take its half gigabyte."""
    monkeypatch.setattr(pictures, "MAX_DOTS", 1_000)
    before = Image.new("RGB", (80, 48), (200, 60, 30))
    found = cleaned(written(before, "JPEG", exif=exif(orientation=6), quality=95))
    with Image.open(BytesIO(found.held)) as after:
        assert found.smaller and after.size == (24, 40)
        shown = after.getpixel((12, 20))
        assert isinstance(shown, tuple) and abs(shown[0] - 200) < 6
    with pytest.raises(NotPossible, match="million dots"):
        cleaned(written(before, "JPEG", progressive=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "JPEG2000", "BMP", "AVIF"])
def test_a_picture_that_is_cut_off_or_changed_is_told_without_a_librarys_words(
    kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    raws = [written(dots(), kind, **({"compression": "tiff_lzw"} if kind == "TIFF" else {}))]
    raws += [moving(kind)] if kind in ("GIF", "PNG", "WEBP") else []
    for raw in raws:
        for place in range(8, len(raw), max(1, len(raw) // 30)):
            for broken in (raw[:place], raw[:place] + b"\xff\xff\xff" + raw[place + 3 :]):
                try:
                    cleaned(broken, "x")
                except NotPossible as told:
                    assert str(told).startswith("x "), told
    assert capfd.readouterr() == ("", "")
