"""The rows by which words are corrected, taken back and erased (PROTOCOL.md section 3).

What a withdrawal or an erasure may name is a rule of the protocol, in `domain.history`.
"""

from domain.services.consultation.guards import AT_WORK, HIS_OWN_WORDS
from domain.services.consultation.states import EVERY, LIVE, OFFERED, TALKING, at
from domain.step import Step

REQUESTER = frozenset({"requester"})
WORKER = frozenset({"consultation_worker"})
SUPERVISOR = frozenset({"supervisor"})
OFFICER = frozenset({"privacy_officer"})
DIALOGUE = frozenset({"dialogue"})
ALL_PLACES = frozenset({"dialogue", "worknotes", "governance"})
ERASING = (
    Step(
        "MessageCorrected",
        REQUESTER,
        DIALOGUE,
        LIVE,
        None,
        "message/1",
        (HIS_OWN_WORDS,),
        waits="consultation_worker",
    ),
    Step(
        "MessageCorrected",
        WORKER,
        DIALOGUE,
        TALKING | at(OFFERED),
        None,
        "message/1",
        (*AT_WORK, HIS_OWN_WORDS),
        waits="requester",
    ),
    Step("MessageWithdrawn", REQUESTER, DIALOGUE, EVERY),
    Step("MessageWithdrawn", WORKER, ALL_PLACES, EVERY),
    Step("MessageWithdrawn", SUPERVISOR, frozenset({"governance"}), EVERY),
    Step("ErasureProposed", SUPERVISOR, ALL_PLACES, EVERY),
    Step("PayloadErased", OFFICER, ALL_PLACES, EVERY),
)
