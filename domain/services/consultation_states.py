from domain.services.consultation.states import *  # noqa
from domain.services.consultation.states import (
    OPENED as OPENED,
    RECEIVED as RECEIVED,
    TAKEN as TAKEN,
    IN_TRIAGE as IN_TRIAGE,
)
