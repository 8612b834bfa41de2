"""Bytes and options as text: what is no text is told in a sentence, before it is used.

Nothing is taken off but what no one typed: a mark of the encoding at the beginning, the carriage
return of Windows before a line's end, and the end of the last line.
"""

import codecs
import os
import stat
from typing import IO, Any

from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from client.errors import NotPossible

# UTF-32 first: its mark begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_text(file: IO[Any]) -> str:
    """What stands in an open file, without the end of its last line. Raises NotPossible."""
    raw = getattr(file, "buffer", file).read()
    if isinstance(raw, bytes):
        raw = decoded(raw, name_of(file))
    return str(raw).removesuffix("\n")


def name_of(file: IO[Any]) -> str:
    return str(getattr(file, "name", "") or "-")


def passes_by(file: IO[Any] | None) -> bool:
    """Whether what comes from a file stands nowhere else: a pipe, or a terminal."""
    try:
        return file is not None and not stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except (OSError, AttributeError, ValueError):
        return True  # no file of the system at all


def decoded(raw: bytes, name: str) -> str:
    """Bytes as text, each line ended by a line feed alone. name: of the file, for what is told.

    Raises NotPossible for what is not UTF-8, nor UTF-16 or UTF-32 with its mark.
    """
    mark, encoding = next(
        ((mark, encoding) for mark, encoding in MARKS if raw.startswith(mark)), (b"", "utf-8")
    )
    try:
        text = raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise CannotDo(_("{} is not UTF-8: save it again as UTF-8").format(name)) from error
    if "\0" in text:  # no text has it; UTF-16 without its mark does
        raise CannotDo(_("{} is not UTF-8: save it again as UTF-8").format(name))
    return text.replace("\r\n", "\n")


def unbroken(given: str) -> str:
    """A text that was given on the command line. Raises NotPossible for bytes that are no text."""
    try:
        given.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CannotDo(_("what you gave is not UTF-8: put it in a file, with -f")) from error
    return given


def loosely_decoded(raw: bytes) -> str:
    """Bytes as text whatever they are, for what must not be lost."""
    try:
        return decoded(raw, "")
    except NotPossible:
        return raw.decode("cp1252", "replace").replace("\r\n", "\n")
