"""The conditions of the pool's rows and walls (TABLES.md S7).

What is remembered stands in sets that the rows of deployments fill:

    invited     conf in which somebody was asked and did not say no: until when her vetting counts
    accepted    person who accepted: the place, the entry and its hash
    signed      person who signed confidentiality
    deployed    person who is deployed and was not released since
    served      person who was ever deployed
"""

from domain.entry import Entry
from domain.guard import Act, Scope, condition, listing
from domain.refusal import Refusal
from domain.services.guards import coming, persons
from domain.services.pool.common import EXPERTS, FOR_COORDINATOR
from domain.shapes import seconds_of
from domain.trust import Trust

HERE = Scope.COMPARTMENT


def _experts(act: Act) -> set[str]:
    """The experts who stand here, as persons."""
    return persons((line for line in act.compartment.lines if line.role in EXPERTS), act.trust)


@listing("one expert stands in it at most")
def one_expert(entry: Entry, trust: Trust) -> bool:
    return len(persons((one for one in entry.header.lines if one.role in EXPERTS), trust)) <= 1


# --- profiles ------------------------------------------------------------------------------------


@condition(
    "it names the expert of this profile, who stands here and is not the author",
    Refusal.NOT_ALLOWED,
    HERE,
)
def names_the_expert(act: Act) -> bool:
    person = act.person(act.body["expert"])
    vetted = act.case.facts.get("expert", person)
    return person is not None and {person, vetted} == _experts(act) and person != act.writer


@condition("the author is a coordinator or the expert of this profile", Refusal.NOT_ALLOWED, HERE)
def is_the_expert(act: Act) -> bool:
    return act.role not in EXPERTS or act.writer == act.case.facts.get("expert", act.writer)


# --- invitations ---------------------------------------------------------------------------------


@condition(
    "it names a vetting with both checks, until the time that it gives, of the expert who stands "
    "here, and who is not the author",
    Refusal.NOT_ALLOWED,
    Scope.LINKED,
)
def names_a_vetting(act: Act) -> bool:
    linked = act.linked
    if linked is None or linked.kind != "ExpertVetted":
        return False
    vetted = linked.body
    person = act.trust.person_of(vetted["expert"])
    return (
        vetted["clearance"]
        and vetted["registration"]
        and vetted["expires"] == act.body["vetted_until"]
        and _experts(act) == {person}
        and person != act.writer
    )


@condition("nobody who was invited here may still answer", Refusal.WRONG_STATE, HERE)
def invites_anew(act: Act) -> bool:
    return act.compartment.moments.get("answer_by", 0) <= act.entry.stored


@condition("somebody was invited here, and has not said no", Refusal.WRONG_STATE, HERE)
def is_invited(act: Act) -> bool:
    return act.compartment.name in act.case.set("invited")


@condition("who was invited here has not answered, and was not reminded", Refusal.WRONG_STATE, HERE)
def reminds_once(act: Act) -> bool:
    return "remind_at" in act.compartment.moments


@condition("who was invited here has said no, or not answered in time", Refusal.WRONG_STATE, HERE)
def has_lapsed(act: Act) -> bool:
    answer_by = act.compartment.moments.get("answer_by")
    if answer_by is None:  # it was answered: with a no, if no invitation stands any more
        waits = act.compartment.waits_for == FOR_COORDINATOR
        return waits and act.compartment.name not in act.case.set("invited")
    return answer_by <= act.entry.stored


@condition("the author has accepted here", Refusal.NOT_ALLOWED, HERE)
def has_accepted(act: Act) -> bool:
    """Here: who holds this place alone knows of no other in which she is asked. Whoever has not is
    refused before the state of the case is looked at: by that she would learn what others
    answered."""
    place, *_ = act.case.set("accepted").get(act.writer or "", ("",))
    return place == act.compartment.name


@condition(
    "where an invitation stands, no other expert comes than who was invited",
    Refusal.NOT_ALLOWED,
    HERE,
)
def invited_alone(act: Act) -> bool:
    """An invitation is of a place: who took hers would answer by another's vetting."""
    come = persons((line for line in coming(act) if line.role in EXPERTS), act.trust)
    return act.compartment.name not in act.case.set("invited") or come <= _experts(act)


# --- deployments ---------------------------------------------------------------------------------


@condition(
    "the expert whom it names has accepted and signed, and is not deployed", Refusal.WRONG_STATE
)
def accepted_and_signed(act: Act) -> bool:
    person, case = act.person(act.body["expert"]), act.case
    ready = person in case.set("accepted") and person in case.set("signed")
    return ready and person not in case.set("deployed")


@condition("it names her acceptance in this case, by its id and hash", Refusal.NOT_ALLOWED)
def names_the_acceptance(act: Act) -> bool:
    _place, entry_id, entry_hash = act.case.set("accepted").get(
        act.person(act.body["expert"]) or "", ("", "", "")
    )
    return bool(act.body["match"] == {"case": act.case.case, "id": entry_id, "hash": entry_hash})


@condition("the vetting that she was invited by counts still", Refusal.NOT_ALLOWED)
def vetting_counts(act: Act) -> bool:
    place, *_ = act.case.set("accepted").get(act.person(act.body["expert"]) or "", ("",))
    until = act.case.set("invited").get(place)
    return until is not None and seconds_of(until[0]) > act.entry.stored


@condition("the expert whom it names is another person than the author", Refusal.FOUR_EYES, HERE)
def confirms_another(act: Act) -> bool:
    return act.person(act.body["expert"]) not in (None, act.writer)


@condition("it is for one of those who asked, who stands here", Refusal.NOT_ALLOWED, HERE)
def is_for_who_asked(act: Act) -> bool:
    line = act.compartment.line(act.body["for"] or "")
    return line is not None and line.role == act.case.facts.get("requester_role")


@condition("it names an expert who is deployed and was not released", Refusal.WRONG_STATE)
def names_the_deployed(act: Act) -> bool:
    return act.person(act.body["expert"]) in act.case.set("deployed")


@condition("the expert who stands here is deployed", Refusal.WRONG_STATE)
def expert_is_deployed(act: Act) -> bool:
    here = _experts(act)
    return bool(here) and here <= act.case.set("deployed").keys()


@condition("the author was deployed", Refusal.NOT_ALLOWED)
def has_served(act: Act) -> bool:
    """Refused before the state is looked at, as in `has_accepted`."""
    return act.writer in act.case.set("served")


# --- meetings ------------------------------------------------------------------------------------


@condition("it names, as {field}, one of {name}", Refusal.WRONG_STATE, HERE)
def names_one_of(act: Act, *, field: str, name: str) -> bool:
    return act.body[field] in act.case.set(name)


@condition("it names a meeting that was planned, with its kind and year", Refusal.WRONG_STATE, HERE)
def as_planned(act: Act) -> bool:
    planned = act.case.set("planned").get(act.body["planned"], ())
    return [*planned] == [act.body["kind"], str(act.body["year"])]
