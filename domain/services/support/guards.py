"""The conditions of a support case's rows and walls (TABLES.md S2).

Those that other services ask too stand in `domain.services.guards`. A guard of scope case needs
what other compartments hold.
"""

from collections.abc import Iterable

from domain.entry import Entry, Line
from domain.guard import Act, Scope, condition, listing
from domain.refusal import Refusal
from domain.services.guards import (
    alone,
    another_persons,
    answers_a_proposal,
    approved,
    coming,
    is_not_the_lead,
    leads,
    may_take,
    names_a_colleague,
    names_open,
    names_own_device,
    persons,
    set_is_empty,
    the_lead_stays,
    two_at_most,
)
from domain.trust import Trust

CASEMANAGER = "casemanager"
FAMILY = frozenset({"requester", "relative", "minor", "professional", "foster_family"})
EXPERTS = frozenset({"duidingsexpert", "zorgexpert"})
HERE = Scope.COMPARTMENT


def _askers(lines: Iterable[Line], trust: Trust) -> set[str]:
    """Those of the people who stand there as one of those who ask."""
    return persons((line for line in lines if line.role in FAMILY), trust)


@condition(
    "it names an excerpt that was shared, and what it was drawn from in another compartment",
    Refusal.WRONG_STATE,
)
def notes_an_excerpt(act: Act) -> bool:
    body = act.body
    excerpt, origin = (act.case.entries.get(body[name]) for name in ("excerpt", "origin"))
    return (
        body["excerpt"] in act.case.set("unnoted")
        and excerpt is not None
        and origin is not None
        and origin.has_payload
        and origin.compartment != excerpt.compartment
    )


@condition("whoever comes stands in no other dialogue of the case", Refusal.NOT_ALLOWED)
def in_no_other_dialogue(act: Act) -> bool:
    here = _askers(act.entry.header.lines, act.trust)
    return not any(
        here & _askers(place.lines, act.trust)
        for place in act.case.compartments.values()
        if place.type == "dialogue" and place.name != act.compartment.name
    )


@condition("the invited role may stand here", Refusal.NOT_ALLOWED, HERE)
def invited_may_stand(act: Act) -> bool:
    role = act.body["role"]
    return role in FAMILY if act.compartment.type == "dialogue" else role == "local_party"


@condition("the session has not ended", Refusal.WRONG_STATE, HERE)
def session_is_open(act: Act) -> bool:
    return "ended_at" not in act.compartment.moments


@condition("nobody comes once the session has ended", Refusal.WRONG_STATE, HERE)
def nobody_comes_after(act: Act) -> bool:
    return not coming(act) or "ended_at" not in act.compartment.moments


@listing("at most one of those who ask stands in it")
def one_of_the_family(entry: Entry, trust: Trust) -> bool:
    return len(_askers(entry.header.lines, trust)) <= 1


_LEADS = "the author is the casemanager who took the case, or the substitute"
_STAYS = "nobody puts out the casemanager who took the case"
HIS = leads(role=CASEMANAGER, meaning=_LEADS)
HIS_HERE = leads(role=CASEMANAGER, scope=HERE, meaning=_LEADS)  # in governance, where it is taken
TAKES_IT_HIMSELF = names_own_device(
    field="casemanager", meaning="the casemanager takes it for the device that signs"
)
MAY_TAKE = may_take()
SUBSTITUTE_IS_A_COLLEAGUE = names_a_colleague(
    field="substitute",
    role=CASEMANAGER,
    meaning="the substitute is another certified casemanager",
)
SECOND_PERSON = another_persons()
NOT_THE_LEAD = is_not_the_lead(
    role=CASEMANAGER,
    meaning="the casemanager who took the case stays: a case is never without one",
)
THE_LEAD_STAYS = the_lead_stays(role=CASEMANAGER, meaning=_STAYS)
THE_LEAD_STAYS_HERE = the_lead_stays(role=CASEMANAGER, scope=HERE, meaning=_STAYS)
A_PROPOSAL_IS_OPEN = answers_a_proposal(kinds=("DisclosureProposed", "AdmissionProposed"))
DISCLOSURE_APPROVED = approved(kind="DisclosureProposed")
EXCERPTS_ARE_NOTED = set_is_empty(
    name="unnoted", meaning="where every excerpt before came from has been noted"
)
NOTES_AN_EXCERPT = notes_an_excerpt()
IN_NO_OTHER_DIALOGUE = in_no_other_dialogue()
INVITED_MAY_STAND = invited_may_stand()
SESSION_IS_OPEN = session_is_open()
NOBODY_COMES_AFTER = nobody_comes_after()
ONE_OF_THE_FAMILY = one_of_the_family()
ONE_TO_ONE = two_at_most()
HIS_OWN = alone()
names_a = names_open
