"""A moment as people give it: a position of the store, or a time as an audit or its page prints it.

12
2026-11-24T17:00Z    2026-11-24 17:00:05 UTC    2026-11-24T17:00:05Z
2026-11-24 17:00     by the clock of this machine, as its screen shows it
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from client.audit.replay import Evidence
from client.errors import NotPossible
from client.why import Why
from domain.access import Moment

FORM = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?( UTC|Z)?", re.ASCII)


def position_at(evidence: Sequence[Evidence | Moment], moment: str) -> int:
    """The last position that a moment stands for, -1 for none. Raises NotPossible."""
    if _is_position(moment):
        return int(moment)
    ends = _end(moment)
    return max((item.position for item in evidence if item.stored <= ends), default=-1)


def ends_at(evidence: Sequence[Evidence | Moment], moment: str) -> int | None:
    """The last unix time that a moment stands for: the end of its minute or the second itself; of a
    position the second before the next entry, None after the last one. Raises NotPossible."""
    if not _is_position(moment):
        return _end(moment)
    later = (item.stored - 1 for item in evidence if item.position > int(moment))
    return next(later, None)


def _is_position(moment: str) -> bool:
    return moment.isascii() and moment.isdigit()


def _end(moment: str) -> int:
    form = FORM.fullmatch(moment.strip())
    try:
        if form is None:
            raise ValueError
        day, minute, second, zone = form.groups()
        at = datetime.fromisoformat(f"{day}T{minute}{second or ':59'}")
        return int((at.replace(tzinfo=UTC) if zone else at).timestamp())
    except (ValueError, OverflowError) as error:
        raise NotPossible(Why.NO_MOMENT, moment=moment) from error
