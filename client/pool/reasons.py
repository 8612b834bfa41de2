"""Why a match is as it is, by code with facts (PRACTICE.md 6.3, 5): why an expert is excluded, in
the team or lower than the one above, and why there is no team. The sentences are not here: they
stand at the command line (`cli.sentences.matching`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any

Fact = str | int  # codes are joined by a comma and a space; numbers are never below 0


@unique
class Reason(StrEnum):
    """The code of a reason, as shortlist/1 keeps it; what each is about: `shortlists.FACTS`."""

    # --- excluded
    NO_PROFILE = "no_profile"
    NO_DISCIPLINE = "no_discipline"
    NO_FORM = "no_form"
    NO_COMPETENCE = "no_competence"
    NO_CARE = "no_care"
    NO_REGISTRATION = "no_registration"
    REGISTRATION_ENDS = "registration_ends"
    NO_LANGUAGE = "no_language"
    UNAVAILABLE = "unavailable"
    FEW_HOURS = "few_hours"
    NOT_ON_CALL = "not_on_call"
    NO_VISITS = "no_visits"
    OPTED_OUT = "opted_out"
    OWN_ORGANISATION = "own_organisation"
    OTHER_ORGANISATION = "other_organisation"
    LIVES_THERE = "lives_there"
    VETTING_ENDS = "vetting_ends"
    SUSPENDED = "suspended"
    NOT_ACTIVE = "not_active"
    TOO_MANY_DEPLOYMENTS = "too_many_deployments"

    # --- why
    BRINGS = "brings"
    MOTHER_TONGUE = "mother_tongue"
    WORKS_IN = "works_in"
    TRAVELS = "travels"
    WAITED = "waited"
    NEVER_DEPLOYED = "never_deployed"

    # --- lower than the one above
    LESS_EXPERTISE = "less_expertise"
    LESS_LANGUAGE = "less_language"
    FARTHER = "farther"
    LARGE_SHARE = "large_share"
    DEPLOYED_LATER = "deployed_later"
    DEPLOYED_BEFORE = "deployed_before"
    BY_LOT = "by_lot"
    TEAM_NEEDS = "team_needs"

    # --- no team
    NOT_COVERED = "not_covered"
    TOO_FEW = "too_few"
    ONE_ORGANISATION = "one_organisation"


@dataclass(frozen=True, slots=True)
class Because:
    """A reason with the facts that it is about."""

    reason: Reason
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def as_value(self) -> dict[str, Any]:
        """As shortlist/1 keeps it."""
        return {"code": self.reason.value, "facts": dict(self.facts)}


def because(reason: Reason, **facts: Fact) -> Because:
    return Because(reason, facts)
