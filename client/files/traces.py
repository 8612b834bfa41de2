"""What a video, sound or document tells besides what it shows, as far as that stands in it in the
open. Nothing is taken out; whoever sends it is told. What is not found may be there still."""

import re
import zipfile
import zlib
from typing import BinaryIO

PLACE, TIME, DEVICE = "place", "time", "device"
AUTHOR, COMPANY, SAVED_BY, PICTURES = "author", "company", "saved by", "pictures"
TRACES = (PLACE, TIME, DEVICE, AUTHOR, COMPANY, SAVED_BY, PICTURES)
MAX_READ_BYTES = 32 * 2**20
MAX_PART_BYTES = 2**20  # of one part of a packed document

MOVIE = {  # ISO 14496-12 and QuickTime: names of boxes and of keys
    PLACE: rb"\xa9xyz|loci|location\.ISO6709",
    DEVICE: rb"\xa9ma[kc]|\xa9mod|\xa9too|manu|modl|quicktime\.(make|model|software)",
    TIME: rb"\xa9day|creationdate|mvhd\0\0\0\0(?!\0\0\0\0)|mvhd\x01\0\0\0(?!\0{8})",
    AUTHOR: rb"\xa9(ART|aut|nam|wrt)|aART|quicktime\.(author|artist)",
}
PDF = {
    AUTHOR: rb"/Author\s*[(<](?![)>])|<dc:creator>|pdf:Author",
    DEVICE: rb"/(Creator|Producer)\s*[(<](?![)>])|xmp:CreatorTool",
    TIME: rb"/(CreationDate|ModDate)\s*[(<](?![)>])|xmp:CreateDate",
    COMPANY: rb"/Company\s*[(<](?![)>])",
    PLACE: rb"exif:GPS",
}
SOUND = {  # ID3, and the comments of Ogg and FLAC
    AUTHOR: rb"TPE1|TP1\0|TCOM|ARTIST=",
    TIME: rb"TDRC|TDEN|TYER|TRDA|DATE=",
    DEVICE: rb"TSSE|TENC|ENCODER=",
    PLACE: rb"GEOTAG|GPS|LOCATION=|GEO_LOCATION",
}
MATROSKA = {TIME: rb"\x44\x61\x88", DEVICE: rb"\x57\x41|\x4d\x80", PLACE: rb"LOCATION"}
PARTS = {  # of packed documents: Office's and OpenDocument's
    AUTHOR: rb"<dc:creator>[^<]|<meta:initial-creator>[^<]",
    SAVED_BY: rb"<cp:lastModifiedBy>[^<]",
    COMPANY: rb"<Company>[^<]",
    TIME: rb"<dcterms:(created|modified)[^>]*>[^<]|<meta:creation-date>|<dc:date>[^<]",
    DEVICE: rb"<Application>[^<]|<meta:generator>[^<]",
}
PROPERTIES = ("docProps/core.xml", "docProps/app.xml", "meta.xml")
PICTURE = r"(?i)(media|Pictures)/[^/]+\.(jpe?g|png|tiff?|heic|webp)$"


def traces(file: BinaryIO) -> tuple[str, ...]:
    """Which of TRACES stand in a file, in that order. The file is left where it stands then."""
    head = file.read(16)
    found: set[str] = set()
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        found = _matching(MOVIE, _movie(file))
    elif head.startswith(b"%PDF"):
        found = _matching(PDF, _whole(file))
    elif head.startswith(b"PK\x03\x04"):
        found = _packed(file)
    elif head.startswith((b"ID3", b"OggS", b"fLaC", b"RIFF")):
        found = _matching(SOUND, _whole(file)[: 2**20])
    elif head.startswith(b"\x1aE\xdf\xa3"):
        found = _matching(MATROSKA, _whole(file)[: 2**16])
    return tuple(trace for trace in TRACES if trace in found)


def _matching(patterns: dict[str, bytes], held: bytes) -> set[str]:
    return {trace for trace, pattern in patterns.items() if re.search(pattern, held)}


def _whole(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(MAX_READ_BYTES)


def _movie(file: BinaryIO) -> bytes:
    """The boxes of a film that tell of it, without its pictures and sound."""
    kept, at = b"", 0
    while len(kept) < MAX_READ_BYTES:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        size, name = int.from_bytes(head[:4]), head[4:8]
        size = int.from_bytes(head[8:16]) if size == 1 else size
        if name not in (b"mdat", b"free", b"skip", b"wide"):
            file.seek(at)
            kept += file.read(min(size, MAX_READ_BYTES) if size else MAX_READ_BYTES)
        if size < 8:
            break
        at += size
    return kept


def _packed(file: BinaryIO) -> set[str]:
    try:
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
            held = b""
            for name in PROPERTIES:
                if name in names:
                    with packed.open(name) as part:
                        held += part.read(MAX_PART_BYTES)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, ValueError):
        return set()
    found = _matching(PARTS, held)
    return found | {PICTURES} if any(re.search(PICTURE, name) for name in names) else found
