"""The file in which an audit of a whole store notes what it judged: a run that was broken off is
taken up from it, within a day.

{"began":1795428060,"pin":"…","terms":"","v":2}                             canonical JSON
{"case":"…","entries":12,"faults":[],"heads":{…},"holds":true,"positions":[[2,13,…]],"reads":31,…}
{"finished":1795428090}

Whoever can write the file can make it say that a case was judged: it is the auditor's own.
"""

import fcntl
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from client.errors import NotPossible
from client.why import Why
from crypto.encoding import Malformed, canonical, parse_canonical

VERSION = 2  # 1 did not say what serves once
MAX_LINE_BYTES = 64 * 2**20
TAKEN_UP_SECONDS = 86_400  # what was judged longer ago is judged again


@dataclass(frozen=True, slots=True)
class Judged:
    """What is kept of a case. entries: how many were judged; reads: lines of its read log.
    verdicts: by name, how many faults. faults: what does not hold. positions: of its entries, as
    first and last of each unbroken run, with its earliest and latest time. heads: what was pinned
    of it. links: by entry, what it names in another case where that serves once, as case and entry.
    One that could not be judged has no verdicts, and a fault that says why."""

    case: str
    entries: int
    holds: bool
    verdicts: dict[str, int]
    faults: list[str]
    positions: list[list[int]]
    reads: int
    heads: dict[str, dict[str, Any]]
    links: dict[str, str]


class Notes:
    """Notes of this run; or of one that was not finished, if the file holds such of the same server
    and terms: judged is then what it had come to, and began is when. Raises NotPossible where the
    file is something else, or another run writes it."""

    def __init__(self, file: Path, pin: str, terms: str, now: int) -> None:
        try:
            handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise NotPossible(Why.UNWRITABLE, file=file, reason=str(error.strerror)) from error
        self._file = os.fdopen(handle, "r+b")
        try:
            self._take_up(file, pin, terms, now)
        except NotPossible:
            self._file.close()
            raise

    def _take_up(self, file: Path, pin: str, terms: str, now: int) -> None:
        handle = self._file.fileno()
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotPossible(Why.NOTES_IN_USE, file=file) from error
        whole = self._file.read()
        kept, n_bytes = _lines(file, whole)
        begun = kept[0] if kept and "finished" not in kept[-1] else None
        if begun is not None and (begun["pin"], begun["terms"]) != (pin, terms):
            raise NotPossible(Why.OTHER_NOTES, file=file)
        if begun is not None and now - begun["began"] > TAKEN_UP_SECONDS:
            begun = None
        self.judged = _judged(file, kept[1:]) if begun else []
        self.began = int(begun["began"]) if begun else now
        os.fchmod(handle, 0o600)
        self._file.truncate(n_bytes if begun else 0)
        if begun is None:
            self._write({"v": VERSION, "pin": pin, "terms": terms, "began": now})

    def add(self, judged: Judged) -> None:
        self._write(asdict(judged))

    def finish(self, now: int) -> None:
        self._write({"finished": now})

    def close(self) -> None:
        self._file.close()

    def _write(self, fields: dict[str, Any]) -> None:
        self._file.write(canonical(fields) + b"\n")
        self._file.flush()


def _lines(file: Path, whole: bytes) -> tuple[list[dict[str, Any]], int]:
    """The lines of a file of notes, and how many bytes they are: one that was cut off in the middle
    does not count."""
    n_bytes = whole.rfind(b"\n") + 1
    try:
        found = [parse_canonical(one, MAX_LINE_BYTES) for one in whole[:n_bytes].splitlines()]
        if not all(isinstance(one, dict) for one in found) or (whole and not found):
            raise Malformed("not notes")
        if found:
            kinds = [type(found[0][name]) for name in ("pin", "terms", "began")]
            if found[0]["v"] != VERSION or kinds != [str, str, int]:
                raise Malformed("of another version")
    except (Malformed, KeyError) as error:
        raise _no_notes(file) from error
    return found, n_bytes


def _judged(file: Path, lines: list[dict[str, Any]]) -> list[Judged]:
    try:
        return [Judged(**one) for one in lines]
    except TypeError as error:
        raise _no_notes(file) from error


def _no_notes(file: Path) -> NotPossible:
    return NotPossible(Why.NO_NOTES, file=file)
