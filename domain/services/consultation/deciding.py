"""The rows of a crisis, and of what a second person decides (TABLES.md S1, S8)."""

from domain.guard import Guard
from domain.services.consultation.guards import (
    A_PROPOSAL_IS_OPEN,
    APPROVED_RESOLUTION,
    AT_WORK,
    CRISIS_IS_OVER,
    HIS,
    IN_CRISIS,
    SECOND_PERSON,
    THE_NEWEST_CRISIS,
)
from domain.services.consultation.places import (
    ASK,
    ASKING,
    DIALOGUE,
    FOR_HER,
    FOR_NOBODY,
    FOR_OFFICE,
    FOR_SECOND,
    GOVERNANCE,
    OFFICER,
    SAID,
    SUPERVISOR,
    WORKER,
)
from domain.services.consultation.states import CLOSED, EVERY, IN_DIALOGUE, LIVE, OPENED, at
from domain.services.disclosure import (
    CONSENTED,
    REMEMBERED,
    WITH_OFFICER,
    an_officer_is_here,
    consent_stands,
    disclosure_is_approved,
    ground_fits,
    is_weighed,
    names_a_consent,
    officer_may_answer,
    was_sent,
    weighs_a_proposal,
)
from domain.step import Step

ALARM = {"crisis_entry": "id"}
RAISED = {"crisis": "raised"}
FIRST_ALARM = ("crisis_at",)  # who calls again does not wait anew
OVER = {"crisis": "resolved"}
CRISIS = (
    Step(
        "CrisisFlagged",
        ASK | WORKER,
        DIALOGUE,
        at(CLOSED),
        IN_DIALOGUE,
        "message/1",
        facts=ALARM,
        marks=RAISED,
        stamps=ASKING,
        first_stamps=FIRST_ALARM,
        waits=FOR_OFFICE,
    ),
    *(
        Step(
            "CrisisFlagged",
            writers,
            where,
            sources,
            None,
            "message/1",
            facts=ALARM,
            marks=RAISED,
            first_stamps=FIRST_ALARM,
            waits=waits,
        )
        for writers, where, sources, waits in (
            (ASK | WORKER, DIALOGUE, EVERY - at(OPENED, CLOSED), FOR_OFFICE),
            (WORKER | SUPERVISOR | OFFICER, GOVERNANCE, EVERY - at(OPENED), FOR_SECOND),
        )
    ),
    Step(
        "CrisisResolutionProposed",
        WORKER | SUPERVISOR,
        GOVERNANCE,
        EVERY,
        None,
        "note/1",
        (*HIS, IN_CRISIS, THE_NEWEST_CRISIS),
        waits=FOR_SECOND,
        proposes=True,
        lapses_on=frozenset({"CrisisFlagged"}),
    ),
    Step(
        "CrisisResolved",
        WORKER,
        GOVERNANCE,
        EVERY - at(OPENED),
        guards=(*HIS, IN_CRISIS, APPROVED_RESOLUTION),
        marks=OVER,
        clears=("crisis_at",),
        waits=FOR_NOBODY,
    ),
    # In the dialogue only where whoever asked is to know; she need not know of a crisis. Who holds
    # the dialogue alone learns by this that it is over.
    Step(
        "CrisisEndTold",
        WORKER,
        DIALOGUE,
        EVERY - at(OPENED),
        None,
        "message/1",
        (*AT_WORK, CRISIS_IS_OVER),
        marks=OVER,
        stamps=SAID,
        clears=("crisis_at",),
        waits=FOR_HER,
    ),
)


def _proposes(sources: frozenset[str], *guards: Guard, **more: object) -> Step:
    """A disclosure that other people have to answer."""
    return Step(
        "DisclosureProposed",
        WORKER,
        GOVERNANCE,
        sources,
        None,
        "disclosure/1",
        (*HIS, ground_fits(), consent_stands(), *guards),
        adds=REMEMBERED,
        waits=FOR_SECOND,
        proposes=True,
        lapses_on=frozenset({"ConsentWithdrawn"}),
        **more,  # type: ignore[arg-type]
    )


OFFICERS = "a privacy officer answers what we report, contribute or are ordered, and nothing else"
_WITH_OFFICER = an_officer_is_here(
    disclosures=("report_by_lse", "court_order"),
    meaning="where we report or a court orders, a privacy officer stands here",
)
SECOND_EYES = (
    Step(
        "ConsentGiven",
        ASK,
        DIALOGUE,
        LIVE,
        None,
        "consent/1",
        adds=CONSENTED,
        waits=FOR_OFFICE,
    ),
    Step(
        "ConsentWithdrawn",
        ASK,
        DIALOGUE,
        EVERY,
        guards=(names_a_consent(),),
        drops={"consents": "body.consent"},
        waits=FOR_OFFICE,
    ),
    _proposes(LIVE, _WITH_OFFICER),
    _proposes(at(CLOSED), _WITH_OFFICER, when={"disclosure": "report_by_lse"}),
    Step(
        "DisclosureWeighed",
        WORKER | SUPERVISOR | OFFICER,
        GOVERNANCE,
        EVERY,
        None,
        "weighing/2",
        (weighs_a_proposal(),),
        adds={"weighed": ("body.of",)},
        waits=FOR_SECOND,
    ),
    *(
        Step(
            kind,
            who,
            GOVERNANCE,
            EVERY,
            None,
            "note/1",
            (A_PROPOSAL_IS_OPEN, SECOND_PERSON, *guards),
            waits=FOR_OFFICE,
        )
        for kind, weighed in (("ApprovalGiven", (is_weighed(),)), ("ApprovalRefused", ()))
        for who, guards in (
            (SUPERVISOR, weighed),
            (OFFICER, (*weighed, officer_may_answer(disclosures=WITH_OFFICER, meaning=OFFICERS))),
        )
    ),
    Step(
        "DisclosureSent",
        WORKER,
        GOVERNANCE,
        EVERY,
        None,
        "sent/1",
        (*HIS, disclosure_is_approved()),
        waits=FOR_NOBODY,
    ),
    Step(
        "RequesterTold",
        WORKER,
        DIALOGUE,
        EVERY,
        None,
        "message/1",
        (*AT_WORK, was_sent()),
        stamps=SAID,
        waits=FOR_HER,
    ),
    Step(
        "MessageSent",
        WORKER | SUPERVISOR | OFFICER,
        GOVERNANCE,
        EVERY,
        None,
        "message/1",
    ),
)
