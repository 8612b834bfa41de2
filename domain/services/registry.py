"""Every service by its name, as entries carry it."""

from domain.services.consultation import CONSULTATION
from domain.services.support import FAMILY_SUPPORT, INDIVIDUAL_SUPPORT

SERVICES = {one.name: one for one in (CONSULTATION, FAMILY_SUPPORT, INDIVIDUAL_SUPPORT)}
