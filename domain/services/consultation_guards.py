from domain import charge
from domain.charge import charged as charged
from domain.services.consultation.guards import *  # noqa
from domain.services.consultation.guards import (
    DORMANT_DAYS as DORMANT_DAYS,
)
from domain.services.consultation.guards import (
    IN_CRISIS as IN_CRISIS,
)
from domain.services.consultation.guards import (
    NO_OPEN_CRISIS as NO_OPEN_CRISIS,
)
from domain.services.consultation.guards import (
    REOPEN_DAYS as REOPEN_DAYS,
)
from domain.services.consultation.guards import (
    WORKER as WORKER,
)

PROPOSALS = frozenset({"CrisisResolutionProposed", "SupportProposed", "DisclosureProposed"})  # type: ignore


def someone_is_left(case, compartment, trust):  # type: ignore
    return charge.someone_is_left(case, compartment, trust, WORKER)
