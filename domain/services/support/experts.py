"""The conditions of deploying experts and of independent analyses (SERVICES.md 2.3, 2.7)."""

from collections.abc import Sequence

from domain.guard import Act, Scope, condition
from domain.refusal import Refusal
from domain.services.guards import coming, is_approved
from domain.services.support.analyses import (
    Analysis,
    analysis,
    authors,
    contributed,
    deployed,
    unsealed,
    waited_for,
    writing,
)
from domain.services.support.guards import EXPERTS

HERE = Scope.COMPARTMENT


def _announced_here(act: Act) -> dict[str, str]:
    """What was announced in this compartment, by id, with the person who did."""
    beginning = f"{act.compartment.name}/"
    return {
        key.removeprefix(beginning): person
        for key, (person, *_) in act.case.set("announced").items()
        if key.startswith(beginning)
    }


@condition("who releases it wrote none of the analyses", Refusal.FOUR_EYES)
def wrote_no_analysis(act: Act) -> bool:
    return act.writer not in authors(act.case)


@condition("it names the device of a certified expert", Refusal.NOT_ALLOWED, HERE)
def names_an_expert(act: Act) -> bool:
    return any(act.trust.gives(act.body["expert"], role) for role in sorted(EXPERTS))


@condition(
    "it names a device of an expert who has been deployed and not released", Refusal.WRONG_STATE
)
def names_a_deployed(act: Act) -> bool:
    return act.trust.person_of(act.body["expert"]) in deployed(act.case)


def confirmed_for(act: Act) -> bool:
    """Whether the entry of another case that it names confirms this expert for the author."""
    linked = act.linked
    if linked is None or linked.kind != "ExpertDeployed" or linked.body["for"] is None:
        return False
    expert = act.trust.person_of(act.body["expert"])
    same = expert is not None and act.trust.person_of(linked.body["expert"]) == expert
    return same and act.trust.person_of(linked.body["for"]) == act.writer


@condition(
    "the pool has confirmed this expert for the author, or nobody of the pool is named",
    Refusal.NOT_ALLOWED,
    Scope.LINKED,
)
def pool_confirmed(act: Act) -> bool:
    return act.body["match"] is None or confirmed_for(act)


@condition("what the pool confirmed was not used in this case before", Refusal.WRONG_STATE)
def match_is_new(act: Act) -> bool:
    match = act.body["match"]
    return match is None or match["id"] not in act.case.set("matches")


@condition(
    "the pool's entry is named, or a supervisor approved that an expert comes without one",
    Refusal.FOUR_EYES,
)
def admission_stands(act: Act) -> bool:
    return act.body["match"] is not None or any(
        is_approved(act, proposal, "AdmissionProposed") for proposal in act.case.open
    )


@condition(
    "the pool's entry is named, or an unused admission that a supervisor approved",
    Refusal.FOUR_EYES,
)
def matched_or_admitted(act: Act) -> bool:
    if act.body["match"] is not None:
        return act.body["proposal"] is None
    return is_approved(act, act.body["proposal"] or "", "AdmissionProposed")


@condition("it is for the case itself: `for` is empty", Refusal.NOT_ALLOWED, HERE)
def is_for_nobody_else(act: Act) -> bool:
    return act.body["for"] is None


@condition(
    "the expert stated that she has no conflict of interest, and never that she has one",
    Refusal.NOT_ALLOWED,
)
def is_free(act: Act) -> bool:
    person = act.trust.person_of(act.body["expert"])
    return person in act.case.set("free") and person not in act.case.set("conflicted")


@condition("an expert who comes is asked about a conflict of interest", Refusal.NOT_ALLOWED)
def experts_are_checked(act: Act) -> bool:
    checked = act.case.set("checked")
    experts = (line for line in coming(act) if line.role in EXPERTS)
    return all(act.trust.person_of(line.device) in checked for line in experts)


@condition("the author has not said so before", Refusal.WRONG_STATE)
def states_once(act: Act, *, names: Sequence[str]) -> bool:
    return not any(act.writer in act.case.set(name) for name in names)


@condition("an expert who comes has been deployed and not released", Refusal.NOT_ALLOWED)
def experts_are_deployed(act: Act) -> bool:
    persons = deployed(act.case)
    experts = (line for line in coming(act) if line.role in EXPERTS)
    return all(act.trust.person_of(line.device) in persons for line in experts)


@condition("the author is deployed to write, and not to review", Refusal.NOT_ALLOWED)
def writes_as_author(act: Act) -> bool:
    return act.writer in writing(act.case)


@condition("nothing was contributed in this compartment before", Refusal.WRONG_STATE, HERE)
def contributes_once(act: Act) -> bool:
    return not contributed(act.case, act.compartment.name)


@condition(
    "it names a contribution of the author's own, and the hash of its entry", Refusal.WRONG_STATE
)
def announces_own(act: Act) -> bool:
    found = analysis(act.case, act.body["analysis"])
    return found is not None and (found.person, found.hash) == (act.writer, act.body["hash"])


@condition("neither the analysis nor its hash was announced here before", Refusal.WRONG_STATE, HERE)
def announced_once(act: Act) -> bool:
    here = act.compartment.name
    return f"{here}/{act.body['analysis']}" not in act.case.set(
        "announced"
    ) and f"{here}/{act.body['hash']}" not in act.case.set("announced_hashes")


@condition(
    "each that it names was announced here, by different experts: one alone only where others were "
    "given up",
    Refusal.WRONG_STATE,
    HERE,
)
def were_announced(act: Act) -> bool:
    announced = _announced_here(act)
    named = [announced.get(entry_id) for entry_id in act.body["analyses"]]
    together = None not in named and len(set(named)) == len(named)
    return together and (len(named) > 1 or act.body["given_up"] is not None)


@condition(
    "it names contributions by different experts, each in a compartment of its own and not "
    "unsealed before: of all who are deployed and two at least, or fewer where others were given "
    "up with a reason",
    Refusal.WRONG_STATE,
)
def all_are_in(act: Act) -> bool:
    named = [analysis(act.case, entry_id) for entry_id in act.body["analyses"]]
    found = [one for one in named if one is not None]
    return (
        len(found) == len(named)
        and len({one.compartment for one in found}) == len(found)
        and len({one.person for one in found}) == len(found)
        and not any(unsealed(act.case, one.compartment) for one in found)
        and (
            act.body["given_up"] is not None
            or (len(found) > 1 and not _others_waited_for(act, found))
        )
    )


def _others_waited_for(act: Act, found: list[Analysis]) -> bool:
    return bool(waited_for(act.case) - {one.person for one in found})


@condition("the analyses have been unsealed together", Refusal.WRONG_STATE)
def is_unsealed(act: Act) -> bool:
    return unsealed(act.case, act.compartment.name)


@condition(
    "what is granted is the analysis that was written here, alone or with more",
    Refusal.NOT_ALLOWED,
    HERE,
)
def grants_the_analysis(act: Act) -> bool:
    epochs, entries = (act.body[name] or () for name in ("epochs", "entries"))
    here = {
        entry_id: one
        for entry_id in act.case.set("analyses")
        if (one := analysis(act.case, entry_id)) and one.compartment == act.compartment.name
    }
    return any(entry_id in entries or one.epoch in epochs for entry_id, one in here.items())


IS_NO_AUTHOR = wrote_no_analysis()
EXPERT_IS_CERTIFIED = names_an_expert()
EXPERT_WAS_DEPLOYED = names_a_deployed()
IS_DEPLOYED = experts_are_deployed()
IS_CHECKED = experts_are_checked()
HAS_NO_CONFLICT = is_free()
POOL_CONFIRMED = pool_confirmed()
MATCH_IS_NEW = match_is_new()
ADMISSION_STANDS = admission_stands()
MATCHED_OR_ADMITTED = matched_or_admitted()
FOR_THE_CASE = is_for_nobody_else()
DECLARES_ONCE = states_once(names=("conflicted",))
STATES_ONCE = states_once(names=("conflicted", "free"))
WRITES = writes_as_author()
CONTRIBUTES_ONCE = contributes_once()
ANNOUNCES_HIS_OWN = announces_own()
ANNOUNCED_ONCE = announced_once()
ANNOUNCED = were_announced()
BOTH_IN = all_are_in()
UNSEALED = is_unsealed()
GRANTS_THE_ANALYSIS = grants_the_analysis()
