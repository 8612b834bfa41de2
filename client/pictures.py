"""Taking out of a picture what cannot be seen in it: place, time, camera, thumbnails, comments.

A picture is opened, and its dots alone are written anew, turned as it was to be shown. What is not
known to be written so is refused: a picture never goes out as it came from a camera.
"""

from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from client.errors import NotPossible

# By what a file begins with; BMP is written as PNG, and loses nothing by it.
FORMATS = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "GIF", "BMP": "PNG"}
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}
QUALITY = {"JPEG": {"quality": 92}, "WEBP": {"quality": 90}}
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"8BPS")
BOXES = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
HEAD_BYTES = 16


class Picture(NamedTuple):
    """A picture that shows what it shows, and says nothing besides."""

    held: bytes
    type: str
    suffix: str


def is_picture(head: bytes) -> bool:
    """Whether a file begins as pictures do, by its first HEAD_BYTES."""
    boxed = head[4:8] == b"ftyp" and head[8:12] in BOXES
    return head.startswith(BEGINNINGS) or boxed or (head[:4], head[8:12]) == (b"RIFF", b"WEBP")


def cleaned(raw: bytes) -> Picture:
    """The same picture from its dots alone. Raises NotPossible for one that cannot be read."""
    try:
        with Image.open(BytesIO(raw), formats=list(FORMATS)) as opened:
            written = FORMATS[str(opened.format)]
            frames = [_bare(frame, written) for frame in ImageSequence.Iterator(opened)]
            shown_for = [_milliseconds(frame) for frame in ImageSequence.Iterator(opened)]
    except UnidentifiedImageError as error:
        raise NotPossible(
            "this kind of picture may say where and when it was made, and that cannot be taken "
            "out: save it as JPEG or PNG first"
        ) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotPossible(f"the picture cannot be read: {error}") from error
    options: dict[str, object] = dict(QUALITY.get(written, {}))
    if len(frames) > 1 and written != "JPEG":
        options |= {"save_all": True, "append_images": frames[1:]}
        options |= {"duration": shown_for, "loop": 0}
    held = BytesIO()
    frames[0].save(held, written, **options)
    return Picture(held.getvalue(), f"image/{written.lower()}", SUFFIXES[written])


def _milliseconds(frame: Image.Image) -> int:
    return int(frame.info.get("duration", 0))


def _bare(frame: Image.Image, written: str) -> Image.Image:
    """One frame as dots: turned upright, in common colours, with nothing beside."""
    turned = ImageOps.exif_transpose(frame)
    profile = turned.info.get("icc_profile")
    alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    mode = "RGBA" if alpha and written != "JPEG" else "L" if turned.mode in ("1", "L") else "RGB"
    dots = turned.convert(mode)
    if profile and mode == "RGB" and turned.mode == "RGB":
        dots = _in_common_colours(dots, profile)
    return Image.frombytes(dots.mode, dots.size, dots.tobytes())


def _in_common_colours(dots: Image.Image, profile: bytes) -> Image.Image:
    """The picture in sRGB, so that it needs no profile: a profile tells of a device."""
    try:
        found = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(dots, found, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return dots
    return dots if converted is None else converted
