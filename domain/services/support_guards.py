from domain.charge import roster_person as roster_person
from domain.services.support.guards import *  # noqa
from domain.services.support.guards import (
    CASEMANAGER as CASEMANAGER,
)
from domain.services.support.guards import (
    EXPERTS as EXPERTS,
)
from domain.services.support.guards import (
    FAMILY as FAMILY,
)
