"""The read log of a case as an auditor holds it: fetched, held to its chain, its signature and to
what was seen of it before.

Whoever has the log key can make such a chain anew: what an auditor saw before is what shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from client.errors import Distrust
from client.server.pins import Pins, check_goes_on
from client.server.receipts import log_of
from client.server.transport import MAX_POSITION, next_page
from client.session import Session
from crypto.encoding import Malformed, b64, parse_canonical, unb64
from crypto.note import read_vkey
from crypto.signatures import READ_HEAD_LABEL, verify
from domain.refusal import Refused
from wire.paths import MAX_PAGE, READS, path
from wire.reads import FIRST, NOWHERE, RELEASED, check_line, line_hash, odd_fields
from wire.schemas import Reads

MAX_LINE_BYTES = 8_000


@dataclass(frozen=True, slots=True)
class Read:
    """A line: what was given out or refused, to whom, when. fields: as `wire.reads` says. odd: the
    names of fields that should not be there."""

    number: int
    fields: dict[str, Any]
    odd: tuple[str, ...] = ()

    @property
    def released(self) -> bool:
        return bool(self.fields["outcome"] == RELEASED)


def fetch_reads(session: Session, case: str) -> list[Read]:
    """Every line of a case. Raises ServerRefused, and Distrust: bad-read-log for a line that is
    missing, changed, out of its place or no line, went-back for lines seen before that are gone,
    forked for other ones in their place."""
    lines: list[dict[str, Any]] = []
    count, head = 1, ""
    after: int | None = -1
    while after is not None and len(lines) < count:
        query = {"after": after, "limit": MAX_PAGE}
        page = session.transport.get(Reads, path(READS, case=case), query, session.keys)
        came = page["lines"][-1]["number"] if page["lines"] else after
        if after == -1:
            count, head = _stated(session, case, page)
            lines = page["lines"]
        else:  # what was written since the first page is for the next time
            lines += page["lines"][: count - len(lines)]
        after = next_page(after, page["next"], MAX_POSITION, came)
    found, hashes = _chained(case, lines)
    if count != len(hashes) or (hashes or [b64(FIRST)])[-1] != head:
        raise Distrust("bad-read-log", "it does not come to the newest line that is signed")
    _hold_to_pins(session.pins, case, hashes)
    return found


def _chained(case: str, lines: Sequence[dict[str, Any]]) -> tuple[list[Read], list[str]]:
    last, found, hashes = FIRST, [], []
    for number, line in enumerate(lines):
        body = unb64(line["body"])
        last = line_hash(last, case, number, body)
        if line["number"] != number or b64(last) != line["hash"]:
            raise Distrust("bad-read-log", f"line {number} is missing or was changed")
        found.append(_read(case, number, body))
        hashes.append(b64(last))
    return found, hashes


def _read(case: str, number: int, body: bytes) -> Read:
    try:
        fields = parse_canonical(body, MAX_LINE_BYTES)
        if not isinstance(fields, dict):
            raise Malformed("not an object")
        check_line(fields)
    except (Malformed, Refused) as error:
        raise Distrust("bad-read-log", f"line {number} cannot be read: {error}") from error
    if case not in (fields["case"], NOWHERE):
        raise Distrust("bad-read-log", f"line {number} speaks of another case")
    return Read(number, fields, tuple(odd_fields(fields)))


def _stated(session: Session, case: str, page: dict[str, Any]) -> tuple[int, str]:
    """How many lines the log key says there are, and the hash of the newest."""
    log = read_vkey(log_of(session.directory.newest, case))
    stated, signature = unb64(page["head"]), unb64(page["signature"])
    if not verify(log.sign, READ_HEAD_LABEL, stated, signature):
        raise Distrust("bad-read-log", "its newest line is not signed by the log's key")
    try:
        fields = parse_canonical(stated, MAX_LINE_BYTES)
    except Malformed as error:
        raise Distrust("bad-read-log", "what is signed of it cannot be read") from error
    if not isinstance(fields, list) or fields[:2] != [log.origin, case] or len(fields) != 5:
        raise Distrust("bad-read-log", "what is signed speaks of another case")
    count, head = fields[2:4]
    if type(count) is not int:
        raise Distrust("bad-read-log", "what is signed does not say how many lines there are")
    return count, str(head)


def _hold_to_pins(pins: Pins, case: str, hashes: list[str]) -> None:
    """Compare the chain with what was seen of it before, and pin it anew."""
    name = f"reads of {case}"
    pinned = pins.heads.get(f"{name}/")
    if pinned is not None:
        lines = dict(enumerate(hashes))
        check_goes_on("line of the read log", pinned["seq"], pinned["hash"], lines)
    if hashes:
        pins.pin_head(name, "", len(hashes) - 1, hashes[-1], pins.position)
        pins.save()
