"""Acting in a case without standing in it, by an office (PROTOCOL.md section 4, rule 7): privacy
officers, supervisors and custodians see its structure, headers alone, and hold no key of it.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from client.audit.replay import fetch, hold_to_pins, replay
from client.errors import Distrust, NotPossible, ServerRefused
from client.place.compose import Draft, envelope
from client.server.posting import post
from client.server.receipts import check_receipt
from client.session import MAX_CONFLICTS, PAUSE_SECONDS, Session
from client.why import Why
from domain.entry import Header
from domain.refusal import Refusal
from domain.state import Case, Compartment
from wire.header import parse_header


@dataclass(frozen=True, slots=True)
class Structure:
    """A case as headers alone, verified. headers: in store order."""

    case: Case
    headers: tuple[Header, ...]

    def compartment(self, name: str) -> Compartment:
        """Raises NotPossible."""
        found = self.case.compartments.get(name)
        if found is None:
            raise NotPossible(Why.NO_SUCH_COMPARTMENT)
        return found


def structure(session: Session, case: str) -> Structure:
    """The structure of a case, verified. Raises ServerRefused, Distrust."""
    session.directory.refresh()
    known = session.directory.last
    evidence, cards = fetch(session.transport, session.keys, case)
    report = replay(case, evidence, cards, session.directory)
    if report.finding is not None or report.case is None:
        found = report.finding
        raise Distrust(found.rule if found else "out-of-order", found.detail if found else "empty")
    hold_to_pins(case, evidence, session.pins, known)
    return Structure(report.case, tuple(parse_header(one.header) for one in evidence))


def write(session: Session, case: str, draft_of: Callable[[Structure], Draft]) -> None:
    """Write what is drafted on the newest structure. Raises as structure, NotPossible, and
    Unanswered where it is not known whether it was stored."""
    for tries in range(MAX_CONFLICTS):
        time.sleep(random.uniform(0, PAUSE_SECONDS * min(tries, 10)))
        draft = draft_of(structure(session, case))
        header, signature = draft.signed(session.keys)
        try:
            answer = post(
                session.transport, envelope(header, signature, draft.parts), session.once_more
            )
        except ServerRefused as refused:
            if refused.name not in (Refusal.OUT_OF_ORDER, Refusal.STALE_ROSTER):
                raise
            continue
        check_receipt(session.directory.newest, header, answer)
        session.pins.keep_receipt(answer["receipt"], answer["signature"])
        session.pins.save()
        return
    raise NotPossible(Why.OTHERS_WRITE)
