"""Taking out of a picture what cannot be seen in it: place, time, camera, thumbnails, comments.

A picture is opened, and its dots alone are written anew, turned as it was to be shown. What is not
known to be written so is refused: a picture never goes out as it came from a camera. Moving ones
are taken apart in `client.files.moving_pictures`; `client.files.picture_kinds` tells which file is
a picture.
"""

import os
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageChops, ImageCms, ImageOps, JpegImagePlugin, UnidentifiedImageError
from PIL.Image import DecompressionBombError

from client.errors import NotPossible
from client.files.moving_pictures import (
    Broken,
    bare_apng,
    bare_gif,
    bare_webp,
    is_moving_png,
    webp_chunks,
)
from client.files.picture_kinds import ALMOST, CLEANED, HEAD_BYTES, kind_of

MILLION = 1_000_000
# A dot costs four bytes, two or three times while it is written anew: three quarters of a gigabyte
# at most. The libraries of some kinds take more for each while they open one.
MAX_DOTS = 65 * MILLION
MAX_DOTS_OF = {"JPEG2000": 16 * MILLION, "WEBP": 32 * MILLION, "AVIF": 32 * MILLION}
TYPES = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".gif": "GIF"}
SUFFIX_OF = {"JPEG": ".jpg", "WEBP": ".webp", "GIF": ".gif"}  # of every other kind .png
JPEG_QUALITY, WEBP_QUALITY = 92, 90
ORIENTATION = 0x0112
# Tags of TIFF by which what cameras keep raw tells that its first picture is a small one only.
NEW_SUBFILE, SUB_FILES, DNG_VERSION, PHOTOMETRIC = 0x00FE, 0x014A, 0xC612, 0x0106
OF_A_SENSOR = (32803, 34892)
# What the library raises at one place or another for bytes that do not hold together.
UNREADABLE: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    Broken,
    ArithmeticError,
    MemoryError,
    RuntimeError,
    struct.error,
)


class Picture(NamedTuple):
    """A picture that shows what it shows, and says nothing besides. smaller: with fewer dots."""

    held: bytes
    type: str
    suffix: str
    smaller: bool = False


def cleaned(raw: bytes, name: str = "") -> Picture:
    """The same picture from its dots alone. name: of the file, to tell of it by.

    Raises NotPossible for what is damaged, too large, or a kind that cannot be written anew.
    """
    kind = kind_of(raw[:HEAD_BYTES], name)
    if kind == ALMOST:
        raise NotPossible(f"{name} holds a picture behind something else: that cannot be taken out")
    if kind not in CLEANED:
        raise _unknown(name, str(kind))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the library: what matters is told below
            if kind == "TIFF":
                with _quiet():
                    return _still(raw, kind, name)
            return _moving(raw, kind, name) or _still(raw, kind, name)
    except DecompressionBombError as error:
        raise _too_many(name, kind) from error
    except UNREADABLE as error:
        if isinstance(error, UnidentifiedImageError) and kind in ("TIFF", "AVIF", "JPEG2000"):
            raise _unknown(name, kind) from error  # BigTIFF, or a library without this kind
        raise NotPossible(
            f"{name} cannot be read as a picture: it is damaged, or not what it seems"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Where the library in C that reads TIFF would write its own words on the screen."""
    kept = os.dup(2)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _unknown(name: str, kind: str) -> NotPossible:
    return NotPossible(
        f"{name} is a picture of the kind {kind}: where, when and with what it was made cannot be "
        "taken out"
    )


def _too_many(name: str, kind: str) -> NotPossible:
    most = MAX_DOTS_OF.get(kind, MAX_DOTS) // MILLION
    return NotPossible(f"{name} has more than {most} million dots: make it smaller")


def _moving(raw: bytes, kind: str, name: str) -> Picture | None:
    """Moving pictures, and every GIF: its dots are indexes, and stay so."""
    if kind == "GIF":
        held = bare_gif(raw)
    elif kind == "PNG" and is_moving_png(raw):
        held = bare_apng(raw)
    elif kind == "WEBP" and any(chunk == b"ANIM" for chunk, _ in webp_chunks(raw)):
        held = bare_webp(raw)
    else:
        return None
    with Image.open(BytesIO(raw), formats=[kind]) as opened:
        _refuse_large(opened, kind, name)
        if opened.getexif().get(ORIENTATION, 1) != 1:
            raise NotPossible(f"{name} moves, and is to be turned: save it anew first")
    with Image.open(BytesIO(held), formats=[kind]) as written:
        written.load()
    return Picture(held, f"image/{kind.lower()}", SUFFIX_OF.get(kind, ".png"))


def _still(raw: bytes, kind: str, name: str) -> Picture:
    with _opened(raw, kind) as opened:
        smaller = kind == "JPEG" and _shrink(opened)
        _refuse_large(opened, kind, name)
        if kind == "TIFF":
            _refuse_raw(opened, name)
        if getattr(opened, "n_frames", 1) > 1:
            raise NotPossible(f"{name} holds several pictures: save each of them by itself")
        options = _options(opened, raw, kind)
        dots = _bare(opened, kind, name)
    suffix = SUFFIX_OF.get(kind, ".png")
    if kind == "AVIF" and dots.mode in ("L", "RGB"):
        suffix, options = ".jpg", {"quality": JPEG_QUALITY}
    held = BytesIO()
    dots.save(held, TYPES[suffix], **options)
    return Picture(held.getvalue(), f"image/{TYPES[suffix].lower()}", suffix, smaller)


def _opened(raw: bytes, kind: str) -> Image.Image:
    if kind == "JPEG":  # of one that holds a second picture (MPO), the first
        return JpegImagePlugin.JpegImageFile(BytesIO(raw))
    return Image.open(BytesIO(raw), formats=[kind])


def _shrink(opened: Image.Image) -> bool:
    """Have a JPEG of very many dots decoded at a half, a quarter or an eighth of its width: that
    costs the memory of what comes out. Not one that is kept whole until its last pass."""
    wide, high = opened.size
    if wide * high <= MAX_DOTS or opened.info.get("progressive"):
        return False
    part = next(part for part in (2, 4, 8) if wide * high <= MAX_DOTS * part * part or part == 8)
    opened.draft(opened.mode, (wide // part, high // part))
    return True


def _refuse_large(opened: Image.Image, kind: str, name: str) -> None:
    if opened.width * opened.height > MAX_DOTS_OF.get(kind, MAX_DOTS):
        raise _too_many(name, kind)


def _refuse_raw(opened: Image.Image, name: str) -> None:
    tags = opened.getexif()
    small = tags.get(NEW_SUBFILE, 0) & 1 or SUB_FILES in tags
    if small or DNG_VERSION in tags or tags.get(PHOTOMETRIC) in OF_A_SENSOR:
        raise _unknown(name, "RAW")


def _options(opened: Image.Image, raw: bytes, kind: str) -> dict[str, int]:
    """How it is written: as finely as it came."""
    if kind == "JPEG":
        sampled = JpegImagePlugin.get_sampling(opened)
        return {"quality": JPEG_QUALITY} | ({"subsampling": sampled} if sampled >= 0 else {})
    if kind == "WEBP" and any(chunk == b"VP8L" for chunk, _ in webp_chunks(raw)):
        return {"lossless": True, "exact": True}
    return {"quality": WEBP_QUALITY} if kind == "WEBP" else {}


def _bare(opened: Image.Image, kind: str, name: str) -> Image.Image:
    """Its dots, turned upright, in common colours, on a sheet that nothing else stands on."""
    profile = opened.info.get("icc_profile")
    opened.load()
    turned = opened
    if opened.getexif().get(ORIENTATION, 1) != 1:
        turned = ImageOps.exif_transpose(opened)
    if turned.mode.startswith("I;16"):
        dots = _of_sixteen_bits(turned)
    elif turned.mode in ("I", "F"):
        raise _unknown(name, f"{kind} (32 bit)")
    else:
        dots = _in_common_colours(turned, profile, kind)
    sheet = Image.new(dots.mode, dots.size)
    sheet.paste(dots)
    return sheet


def _of_sixteen_bits(grey: Image.Image) -> Image.Image:
    """Grey in 65,536 steps stays so, unless one of them is to be seen through."""
    through = grey.info.get("transparency")
    if through is None:
        return grey if grey.mode == "I;16" else grey.convert("I").convert("I;16")
    held = grey.convert("I").convert("I;16").tobytes()
    low, high = (Image.frombytes("L", grey.size, held[part::2]) for part in (0, 1))
    hidden = ImageChops.multiply(
        low.point([255 if value == through & 255 else 0 for value in range(256)]),
        high.point([255 if value == through >> 8 else 0 for value in range(256)]),
    )
    return Image.merge("LA", (high, ImageChops.invert(hidden)))


def _in_common_colours(dots: Image.Image, profile: bytes | None, kind: str) -> Image.Image:
    """The picture in sRGB, so that it needs no profile: a profile tells of a device."""
    if not profile and dots.mode in ("1", "L", "RGB", "RGBA") and "transparency" not in dots.info:
        return dots
    through = dots.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in dots.info
    alpha = dots.convert("RGBA").getchannel("A") if through and kind != "JPEG" else None
    plain = dots if dots.mode in ("1", "L", "RGB", "CMYK") else dots.convert("RGB")
    if profile and plain.mode != "1":
        plain = _converted(plain, profile)
    if plain.mode == "CMYK":
        plain = plain.convert("RGB")
    if alpha is not None:
        plain = plain.convert("RGB")
        plain.putalpha(alpha)
    return plain


def _converted(dots: Image.Image, profile: bytes) -> Image.Image:
    """As they are, where the profile is of no use."""
    try:
        found = ImageCms.ImageCmsProfile(BytesIO(profile))
        common = ImageCms.createProfile("sRGB")
        shown = ImageCms.profileToProfile(dots, found, common, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return dots
    if shown is None:
        return dots
    return shown.convert("L") if dots.mode == "L" else shown
