"""Which kind of picture a file is, by its first bytes and by its name. Nothing is opened here.

CLEANED are the kinds that `client.files.pictures` writes anew; every other one is known by name, so
that it is refused and never goes out as it came from a camera.
"""

import re
from functools import cache
from pathlib import PurePath

HEAD_BYTES = 4096
CLEANED = frozenset({"JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000", "AVIF"})
ALMOST = "almost a picture"  # one begins further on than where the file does

# What a file of a kind begins with. Two bytes alone are too few: a letter may begin with "BM".
BEGINNINGS: tuple[tuple[str, bytes], ...] = (
    ("JPEG", rb"\xff\xd8\xff"),
    ("PNG", rb"\x89PNG"),
    ("GIF", rb"GIF8[79]a"),
    ("WEBP", rb"RIFF....WEBP"),
    ("BMP", rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    ("JPEG2000", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    ("JPEG XL", rb"\0\0\0\x0cJXL |\xff\x0a"),
    ("RAW (CR2)", rb"II\*\0....CR"),
    ("RAW (CRW)", rb"II\x1a\0\0\0HEAP"),
    ("RAW (ORF)", rb"IIR[OS]|MMOR"),
    ("RAW (RW2)", rb"IIU\0"),
    ("RAW (RAF)", rb"FUJIFILMCCD-RAW"),
    ("RAW (X3F)", rb"FOVb"),
    ("RAW (MRW)", rb"\0MRM"),
    ("TIFF", rb"II[*+]\0|MM\0[*+]"),  # + is BigTIFF
    ("PSD", rb"8BPS"),
    ("XCF", rb"gimp xcf"),
    ("JPEG XR", rb"II\xbc"),
    ("MNG", rb"[\x8a\x8b][MJ]NG\r\n"),
    ("BPG", rb"BPG\xfb"),
    ("FLIF", rb"FLIF"),
    ("EXR", rb"\x76\x2f\x31\x01"),
    ("HDR", rb"#\?R(ADIANC|GB)E"),
    ("ICO", rb"\0\0[\1\2]\0[^\0]\0"),
    ("ICNS", rb"icns"),
    ("DDS", rb"DDS \x7c"),
    ("BLP", rb"BLP[12]"),
    ("QOI", rb"qoif"),
    ("PCX", rb"\n[\0\2\3\5]\x01|\xb1\x68\xde\x3a"),
    ("PNM", rb"P[1-7Ff]\s(#[^\n]*\n)?-?\d+[\s.]"),
    ("SGI", rb"\x01\xda[\0\1][\1\2]"),
    ("SUN", rb"\x59\xa6\x6a\x95"),
    ("IM", rb"Image type: "),
    ("MSP", rb"DanM|LinS"),
    ("PIXAR", rb"\x80\xe8\0\0"),
    ("GBR", rb".{20}GIMP"),
    ("FLI", rb"....[\x11\x12]\xaf"),
    ("FTEX", rb"FTEX"),
    ("FITS", rb"SIMPLE  ="),
    ("HDF5", rb"\x89HDF"),
    ("XPM", rb"/\* XPM \*/"),
    ("XBM", rb"\s*#define\s+\S+_width\s"),
    ("EPS", rb"%!PS|\xc5\xd0\xd3\xc6"),
    ("WMF", rb"\xd7\xcd\xc6\x9a\0\0"),
    ("EMF", rb"\x01\0\0\0.{36} EMF"),
    ("ILBM", rb"FORM....(ILBM|PBM )"),
    ("SVG", rb"(\xef\xbb\xbf)?\s*<svg|(\xef\xbb\xbf)?\s*<\?xml.{0,2000}?<svg"),
)
# The brands of a file of boxes (ISO 14496-12); videos have others.
AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF = (
    b"heic heix heim heis hevc hevx hevm hevs mif1 mif2 mif3 msf1 miaf avci avcs jpeg jpgs j2ki "
    b"j2is vvic vvis evbi evbs"
)
HEIF_BRANDS = frozenset(_HEIF.split())
# What is no picture, though one may be kept near its beginning (a cover, a page).
OTHERS = (
    rb"%PDF|PK\x03\x04|\xd0\xcf\x11\xe0|ID3|RIFF|OggS|fLaC|\x1aE\xdf\xa3|\x1f\x8b|7z\xbc\xaf|Rar!|FLV"
    rb"|\0\0\x01[\xb3\xba]|BZh|\{\\rtf|....(ftyp|moov|mdat|wide|free|skip)"
)
WITHIN = (
    rb"\xff\xd8\xff[\xc0-\xfe]|\x89PNG\r\n\x1a\n|\0\0\0\x0c(jP|JXL) |ftyp(heic|heix|mif1|avif|crx )"
)
_RAW = (
    ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .gpr .iiq .kdc .mef .mos .mrw .nef .nrw .orf "
    ".pef .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f"
)
_OTHER = (
    ".apng .avci .avif .avifs .blp .bmp .bpg .bufr .bw .cpt .cur .dcx .dds .dib .emf .eps .exr "
    ".fits .flc .fli .flif .ftc .ftu .gbr .gif .grib .h5 .hdf .hdp .hdr .heic .heif .hif .icb "
    ".icns .ico .iim .im .j2c .j2k .jfif .jng .jp2 .jpc .jpe .jpeg .jpf .jpg .jpx .jxl .jxr .kra "
    ".mng .mpo .msp .palm .pbm .pcd .pcx .pfm .pgm .png .pnm .ppm .ps .psb .psd .pxr .qoi .ras "
    ".rgb .rgba .sgi .svg .svgz .tga .tif .tiff .vda .vst .wdp .webp .wmf .xbm .xcf .xpm"
)
RAW_SUFFIXES = frozenset(_RAW.split())
SUFFIXES = RAW_SUFFIXES | frozenset(_OTHER.split())


@cache  # most commands look at no file, and wait for none of these
def _known() -> tuple[tuple[str, re.Pattern[bytes]], ...]:
    return tuple((kind, re.compile(pattern, re.DOTALL)) for kind, pattern in BEGINNINGS)


def kind_of(head: bytes, name: str = "") -> str | None:
    """The kind of picture of a file: one of CLEANED, the name of another, or ALMOST; None where it
    is none. head: its first HEAD_BYTES. name: of the file; what it says counts where the bytes
    say nothing."""
    suffix = PurePath(name).suffix.lower()
    if suffix in RAW_SUFFIXES:
        return f"RAW ({suffix[1:].upper()})"  # begins as TIFF does, with a small picture in front
    found = next((kind for kind, pattern in _known() if pattern.match(head)), None) or _boxed(head)
    if found is None and suffix in SUFFIXES:
        return suffix[1:].upper()
    if (
        found is None
        and re.search(WITHIN, head[:HEAD_BYTES])
        and not re.match(OTHERS, head, re.DOTALL)
    ):
        return ALMOST
    return found


def _boxed(head: bytes) -> str | None:
    if head[4:8] != b"ftyp":
        return None
    end = max(16, min(int.from_bytes(head[:4]), HEAD_BYTES))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
    if brands & AVIF_BRANDS:
        return "AVIF"
    return "RAW (CR3)" if b"crx " in brands else "HEIC" if brands & HEIF_BRANDS else None
