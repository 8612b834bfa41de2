"""The rows by which people come, leave and are given history, and words are corrected, taken back
and erased (PROTOCOL.md section 3, TABLES.md S1).

What a withdrawal or an erasure may name is a rule of the protocol, in `domain.history`.
"""

from domain.services.consultation.guards import (
    ASKER_IS_INVITED,
    AT_WORK,
    BY_TELEPHONE,
    FOR_A_REASON,
    HIS,
    HIS_OWN_WORDS,
    IS_NOT_ASSIGNED,
    NOBODY_ASKS_HERE,
)
from domain.services.consultation.places import (
    ASK,
    ASKED,
    CUSTODIAN,
    DIALOGUE,
    EVERYWHERE,
    FOR_HER,
    FOR_OFFICE,
    GOVERNANCE,
    OFFICER,
    SUPERVISOR,
    WORKER,
    WORKNOTES,
)
from domain.services.consultation.states import EVERY, LIVE, OFFERED, TAKEN, TALKING, at
from domain.step import Step

IN_GOVERNANCE = WORKER | SUPERVISOR | OFFICER
MEMBERSHIP = (
    Step(
        "ParticipantInvited",
        WORKER,
        DIALOGUE,
        TAKEN,
        guards=(*AT_WORK, BY_TELEPHONE, NOBODY_ASKS_HERE, ASKER_IS_INVITED),
    ),
    Step("MemberLeft", WORKER, DIALOGUE, EVERY, guards=(IS_NOT_ASSIGNED,)),
    Step("MemberLeft", WORKER | ASKED, WORKNOTES, EVERY),
    Step("MemberLeft", IN_GOVERNANCE, GOVERNANCE, EVERY),
    Step("WrapRefused", ASK | WORKER, DIALOGUE, EVERY),
    Step("WrapRefused", WORKER | ASKED, WORKNOTES, EVERY),
    Step("WrapRefused", IN_GOVERNANCE, GOVERNANCE, EVERY),
    Step("RequesterKeyReplaced", ASK, DIALOGUE, EVERY),
    Step("HistoryGranted", ASK, DIALOGUE, EVERY, guards=(FOR_A_REASON,)),
    Step("HistoryGranted", WORKER, DIALOGUE | WORKNOTES, EVERY, guards=(*HIS, FOR_A_REASON)),
    Step("HistoryGranted", WORKER | SUPERVISOR, GOVERNANCE, EVERY, guards=(FOR_A_REASON,)),
    Step("RecoveryApproved", CUSTODIAN, WORKNOTES | GOVERNANCE, EVERY),
    # Of whoever asks by a code of her own nobody holds a second key (ROLES.md 3.3).
    Step("RecoveryApproved", CUSTODIAN, DIALOGUE, EVERY, guards=(NOBODY_ASKS_HERE,)),
)
ERASING = (
    Step(
        "MessageCorrected",
        ASK,
        DIALOGUE,
        LIVE,
        None,
        "message/1",
        (HIS_OWN_WORDS,),
        waits=FOR_OFFICE,
    ),
    Step(
        "MessageCorrected",
        WORKER,
        DIALOGUE,
        TALKING | at(OFFERED),
        None,
        "message/1",
        (*AT_WORK, HIS_OWN_WORDS),
        waits=FOR_HER,
    ),
    Step("MessageWithdrawn", ASK, DIALOGUE, EVERY),
    Step("MessageWithdrawn", WORKER, EVERYWHERE, EVERY),
    Step("MessageWithdrawn", ASKED, WORKNOTES, EVERY),
    Step("MessageWithdrawn", SUPERVISOR | OFFICER, GOVERNANCE, EVERY),
    Step("ErasureProposed", SUPERVISOR, EVERYWHERE, EVERY),
    Step("PayloadErased", OFFICER, EVERYWHERE, EVERY),
)
