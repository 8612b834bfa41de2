"""The file in which an audit of a whole store notes what it judged: a run that was broken off is
taken up from it.

{"began":1795428060,"pin":"…","v":1}                                        canonical JSON
{"case":"…","entries":12,"faults":[],"heads":{…},"holds":true,"positions":[[2,13]],"reads":31,…}
{"finished":1795428090}
"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from client.errors import NotPossible
from crypto.encoding import Malformed, canonical, parse_canonical

MAX_LINE_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Judged:
    """What is kept of a case. entries: how many were judged; reads: lines of its read log.
    verdicts: by name, how many faults. faults: what does not hold. positions: of its entries, as
    first and last of each unbroken run. heads: what was pinned of it."""

    case: str
    entries: int
    holds: bool
    verdicts: dict[str, int]
    faults: list[str]
    positions: list[list[int]]
    reads: int
    heads: dict[str, dict[str, Any]]


class Notes:
    """Notes of this run; of one that was not finished, if the file holds such: judged is then what
    it had come to. Raises NotPossible where they are of another server, or are none."""

    def __init__(self, file: Path, pin: str, now: int) -> None:
        kept, n_bytes = _lines(file)
        taken_up = bool(kept) and "finished" not in kept[-1]
        if taken_up and kept[0]["pin"] != pin:
            raise NotPossible(f"{file} is of an audit of another server: name another file")
        self.judged = _judged(file, kept[1:]) if taken_up else []
        self._handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.ftruncate(self._handle, n_bytes if taken_up else 0)
        if not taken_up:
            self._write({"v": 1, "pin": pin, "began": now})

    def add(self, judged: Judged) -> None:
        self._write(asdict(judged))

    def finish(self, now: int) -> None:
        self._write({"finished": now})
        os.close(self._handle)

    def _write(self, fields: dict[str, Any]) -> None:
        os.write(self._handle, canonical(fields) + b"\n")


def _lines(file: Path) -> tuple[list[dict[str, Any]], int]:
    """The lines of a file of notes, and how many bytes they are: one that was cut off in the middle
    does not count."""
    if not file.exists():
        return [], 0
    whole = file.read_bytes()
    n_bytes = whole.rfind(b"\n") + 1
    try:
        found = [parse_canonical(one, MAX_LINE_BYTES) for one in whole[:n_bytes].splitlines()]
        if found and (found[0]["v"], type(found[0]["pin"])) != (1, str):
            raise Malformed("of another version")
    except (Malformed, KeyError, TypeError) as error:
        raise _no_notes(file) from error
    if whole and not found:
        raise _no_notes(file)
    return found, n_bytes


def _judged(file: Path, lines: list[dict[str, Any]]) -> list[Judged]:
    try:
        return [Judged(**one) for one in lines]
    except TypeError as error:
        raise _no_notes(file) from error


def _no_notes(file: Path) -> NotPossible:
    return NotPossible(f"{file} holds no notes of an audit: name another file")
