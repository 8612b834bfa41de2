"""The read log: written before anything is given out, and shown to those who audit."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from api.blueprint import Blueprint
from api.limits import TooMany, take
from api.metrics import metrics
from api.problems import documented
from api.proof import holder_in, holder_of, proven_device
from api.state import opened
from crypto.encoding import b64
from domain.refusal import Refused
from domain.state import Case
from store.application import NoSuchCase
from wire.fields import PATH_PATTERNS
from wire.paths import READS
from wire.proof import Unproven
from wire.reads import NOWHERE, READERS, REFUSED, RELEASED, UNREADABLE, head_statement, read_line
from wire.schemas import Reads, ReadsQuery

blueprint = Blueprint("reads", __name__, description="Who was given what")


@dataclass
class Reading:
    """One release or refusal, as far as it is known yet. entries: of a release of many, each with
    whether it was given: each is a line of its own."""

    what: str
    case: str
    place: dict[str, Any]
    device: str | None = None
    known: Case | None = field(default=None, repr=False)
    entries: dict[str, bool] | None = None

    def by(self, device: str, case: Case | None) -> None:
        """Who asks, once that is proven, and the case."""
        self.device, self.known = device, case

    def write(self, outcome: str) -> None:
        store = opened().store
        trust = store.trust()
        listed = trust.person(self.device) if self.device else None
        if outcome == REFUSED and listed is None and not self._is_worth_a_line():
            metrics().unlogged()
            return
        place = {"case": self.case, **self.place}
        here = (
            self.known.compartments.get(self.place.get("compartment", "")) if self.known else None
        )
        line = here.line(self.device) if here and self.device else None
        if here is not None and self.known is not None:
            place |= {"epoch": here.epoch, "service": self.known.service}
        role = line.role if line else "" if listed is None else ", ".join(sorted(listed.roles))
        person, now, origin = listed.person if listed else None, store.now(), opened().signer.origin
        each = [(outcome, place)]
        if self.entries is not None and outcome == RELEASED:
            each = [
                (RELEASED if given else REFUSED, {**place, "entry": entry})
                for entry, given in self.entries.items()
            ]
        lines = [
            read_line(self.what, said, int(now), self.device, person, role, where, origin)
            for said, where in each
        ]
        if not lines:
            return
        asked = self.case not in (UNREADABLE, NOWHERE)
        there = self.known is not None or (asked and opened().store.holds_case(self.case))
        opened().reads.append(self.case if there else NOWHERE, *lines)

    def _is_worth_a_line(self) -> bool:
        """Whether a refusal of someone who is in no roster is written. A line is kept for years and
        would name nobody: who proves nothing could fill the disk with them, and so could anyone who
        opened a case, but for a limit."""
        if self.device is None:
            return False
        try:
            take("refusals")
        except TooMany:
            return False
        return True


@contextmanager
def recorded(what: str, case: str, **place: str) -> Iterator[Reading]:
    """Around what is given out: it is written down, durably, before the block is left; a refusal
    of who can be named too. Raises PersistenceError when it cannot be: then nothing leaves."""
    asked = {"case": case, **place}
    spelled = {
        name: value if re.fullmatch(PATH_PATTERNS[name], value, re.ASCII) else UNREADABLE
        for name, value in asked.items()
    }
    reading = Reading(what, spelled.pop("case"), spelled)
    try:
        yield reading
    except (NoSuchCase, Refused):
        reading.device = reading.device or _who_proves()
        reading.write(REFUSED)
        raise
    reading.write(RELEASED)


def _who_proves() -> str | None:
    """The device that asks for what it is refused: staff who look where they do not belong are
    named, also with a device that was taken from them."""
    try:
        return proven_device(also_revoked=True)
    except Unproven:
        return None


@blueprint.route(READS)
@blueprint.arguments(ReadsQuery, location="query")
@blueprint.response(200, Reads)
@documented(400, 404, 409, 429, 503)
def reads(query: dict[str, Any], case: str) -> dict[str, Any]:
    """What was given out of a case and refused, to whom and when, for auditors and privacy officers

    Lines are chained by hash; the newest is signed by the log key, so that an auditor who keeps it
    notices when lines are taken away later. Those about cases that are not there stand under a
    case of zeros; what someone was refused who proved nothing is counted, and no line.
    """
    if case == NOWHERE:
        holder_of(*READERS)
    else:
        holder_in(case, *READERS)
    log, signer, now = opened().reads, opened().signer, int(opened().store.now())
    lines, number, head = log.page(case, query["after"], query["limit"] + 1)
    page = lines[: query["limit"]]
    stated = head_statement(signer.origin, case, number, head, now)
    return {
        "lines": [
            {"number": one.number, "body": b64(one.body), "hash": b64(one.hash)} for one in page
        ],
        "next": page[-1].number if len(lines) > len(page) else None,
        "head": b64(stated),
        "signature": b64(signer.read_head(stated)),
    }
