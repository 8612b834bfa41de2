"""Names of files: as they are sent, and as they are saved on a machine of whatever kind."""

import mimetypes
import os
import unicodedata
from pathlib import Path, PurePath

MAX_NAME_BYTES = 150
MAX_SUFFIX_CHARACTERS = 20
# Devices, to a Windows machine, whatever stands behind the point.
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)
# What `mimetypes` knows on some machines only.
_COMMON = (
    ".7z .doc .docx .eml .flac .gz .m4a .m4v .mkv .msg .odp .ods .odt .ogg .opus .ppt .pptx .rar "
    ".rtf .webm .xls .xlsx .zip"
)
COMMON_SUFFIXES = frozenset(_COMMON.split())


def readable(path: Path) -> str:
    """The name of a file, also where its bytes are of an older encoding."""
    try:
        return path.name.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return os.fsencode(path.name).decode("cp1252", "replace")


def safe_name(name: str) -> str:
    """A file name that stays in its folder and shows as what it is: no path, no control or
    direction characters, nothing hidden, nothing that a command takes for an option or a machine
    for a device, and not too long."""
    name = "".join(" " if unicodedata.category(c) == "Zs" else c for c in name)
    name = unicodedata.normalize("NFC", name)
    kept = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in name)
    kept = kept.strip().rstrip(". ")
    kept = f"file{kept}" if kept.startswith(".") and kind_suffix(f"x{kept}") else kept.lstrip(". ")
    kept = f"_{kept[1:]}" if kept.startswith(("-", "~")) else kept
    kept = f"_{kept}" if kept.partition(".")[0].rstrip().lower() in RESERVED else kept
    while len(kept.encode()) > MAX_NAME_BYTES:
        stem, suffix = PurePath(kept).stem, PurePath(kept).suffix
        short = len(suffix) < MAX_SUFFIX_CHARACTERS
        kept = f"{stem[:-1]}{suffix}" if len(stem) > 1 and short else kept[:-1]
    return kept or "file"


def kind_suffix(name: str) -> str:
    """The end of a name that tells a kind of file, with its point; empty for anything else, which
    may be a part of a name: of "letter.of Mohammed" nothing is to go along."""
    suffix = PurePath(name).suffix.lower()
    known = suffix in COMMON_SUFFIXES or mimetypes.guess_type(f"x{suffix}")[0] is not None
    return suffix if known else ""


def same_on_some_machine(name: str) -> str:
    """Equal for names that one folder cannot hold both of, on a machine that makes no difference
    of capitals or of how an accent is spelled."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
