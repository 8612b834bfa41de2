"""The conditions that more than one service asks, as named functions of an act (TABLES.md 0).

Each is a catalogue entry (`domain.guard`): a row names it with its arguments. People are compared
as roster persons, so that any device of theirs will do.
"""

from collections.abc import Iterable, Sequence

from domain.charge import (
    ASSIGNEE,
    SUBSTITUTE,
    charged,
    person_of_fact,
    someone_is_left,
)
from domain.entry import Entry, Line
from domain.guard import Act, Scope, condition, listing
from domain.refusal import Refusal
from domain.shapes import seconds_of
from domain.trust import SECONDS_A_DAY, Trust

# What is judged by what is remembered of a case alone, before anything is written.
OF_FACTS = frozenset({"fact_is", "fact_is_not", "fact_is_known", "set_is_empty"})
LAPSE_DAYS = 30  # TABLES.md 0, E4: after its last approval


def coming(act: Act) -> list[Line]:
    """The lines that a change of members adds."""
    standing = {line.device for line in act.compartment.lines}
    return [line for line in act.entry.header.lines if line.device not in standing]


def going(act: Act) -> list[Line]:
    """The lines that a change of members takes away."""
    staying = {line.device for line in act.entry.header.lines}
    return [line for line in act.compartment.lines if line.device not in staying]


def persons(lines: Iterable[Line], trust: Trust) -> set[str]:
    """The people of these lines; a device in no roster stands for itself."""
    return {trust.person_of(line.device) or line.device for line in lines}


# --- whose case it is ----------------------------------------------------------------------------


@condition("the author is the {role} whose case it is, or the substitute", Refusal.NOT_ALLOWED)
def leads(act: Act, *, role: str) -> bool:
    """Asked of that role alone: others who may write a row lead nothing."""
    return act.role != role or act.writer in charged(act.case, act.trust)


@condition("the author takes it for the device that signs", Refusal.NOT_ALLOWED, Scope.COMPARTMENT)
def names_own_device(act: Act, *, field: str) -> bool:
    return bool(act.body[field] == act.author)


@condition(
    "nobody has taken it, or the substitute who was named takes it over",
    Refusal.NOT_ALLOWED,
    Scope.COMPARTMENT,
)
def may_take(act: Act) -> bool:
    substitute = person_of_fact(act.case, act.trust, SUBSTITUTE)
    return act.writer is not None and (ASSIGNEE not in act.case.facts or act.writer == substitute)


@condition(
    "it is taken over by the substitute who was named, or nobody whose case it is is certified any "
    "more",
    Refusal.NOT_ALLOWED,
    Scope.COMPARTMENT,
)
def may_take_over(act: Act, *, role: str) -> bool:
    return act.writer == person_of_fact(act.case, act.trust, SUBSTITUTE) or not someone_is_left(
        act.case, act.compartment, act.trust, role
    )


@condition(
    "who is named in {field} is another certified {role}", Refusal.NOT_ALLOWED, Scope.COMPARTMENT
)
def names_a_colleague(act: Act, *, field: str, role: str) -> bool:
    named = act.body[field]
    return act.trust.gives(named, role) and act.person(named) != act.writer


@condition("the case was opened by the author", Refusal.NOT_ALLOWED, Scope.COMPARTMENT)
def opened_it(act: Act) -> bool:
    return act.author in act.case.openers


# --- what is remembered --------------------------------------------------------------------------


@condition("{fact} is {value}", Refusal.WRONG_STATE)
def fact_is(act: Act, *, fact: str, value: str) -> bool:
    return act.case.facts.get(fact) == value


@condition("{fact} is not {value}", Refusal.WRONG_STATE)
def fact_is_not(act: Act, *, fact: str, value: str) -> bool:
    return act.case.facts.get(fact) != value


@condition("{fact} is known", Refusal.WRONG_STATE)
def fact_is_known(act: Act, *, fact: str) -> bool:
    return fact in act.case.facts


@condition("{days} days have passed since {fact}", Refusal.WRONG_STATE)
def days_have_passed(act: Act, *, fact: str, days: int) -> bool:
    return act.entry.stored - int(act.case.facts[fact]) >= days * SECONDS_A_DAY


@condition("no more than {days} days have passed since {fact}", Refusal.WRONG_STATE)
def days_have_not_passed(act: Act, *, fact: str, days: int) -> bool:
    return act.entry.stored - int(act.case.facts[fact]) <= days * SECONDS_A_DAY


@condition("{name} holds nothing", Refusal.WRONG_STATE)
def set_is_empty(act: Act, *, name: str) -> bool:
    return not act.case.set(name)


@condition("what it names in {field} is {fact}", Refusal.WRONG_STATE)
def names_fact(act: Act, *, field: str, fact: str) -> bool:
    return bool(act.case.facts.get(fact) == act.body[field])


@condition("the author stands in {name}", Refusal.WRONG_STATE)
def author_is_in_set(act: Act, *, name: str) -> bool:
    return act.writer in act.case.set(name)


@condition("people of {count} organisations stand in {name}", Refusal.FOUR_EYES)
def organisations_are(act: Act, *, name: str, count: int) -> bool:
    """name: a set of devices or persons whose value is their organisation."""
    return len({value[0] for value in act.case.set(name).values() if value}) >= count


@condition("the author is of another organisation than {fact}", Refusal.FOUR_EYES)
def of_another_organisation(act: Act, *, fact: str) -> bool:
    other = act.trust.person(act.case.facts.get(fact, ""))
    own = act.trust.person(act.author)
    return own is not None and other is not None and own.organisation != other.organisation


@condition("the time in {fact} has not passed", Refusal.WRONG_STATE, Scope.COMPARTMENT)
def moment_is_ahead(act: Act, *, fact: str) -> bool:
    return act.compartment.moments.get(fact, 0) > act.entry.stored


@condition("the time in {field} has not passed", Refusal.WRONG_STATE, Scope.COMPARTMENT)
def is_ahead(act: Act, *, field: str) -> bool:
    return seconds_of(act.body[field]) > act.entry.stored


# --- another case --------------------------------------------------------------------------------


@condition(
    "what it names is the first entry of a case of the service in {fact}",
    Refusal.WRONG_STATE,
    Scope.LINKED,
)
def opens_linked(act: Act, *, fact: str) -> bool:
    linked = act.linked
    if linked is None or not linked.first:
        return False
    return bool(linked.body["service"] == act.case.facts.get(fact))


# --- a second person -----------------------------------------------------------------------------


def is_proposed_here(act: Act, kinds: Sequence[str]) -> bool:
    """Whether it names, as `of`, an open proposal of one of these kinds in its own compartment."""
    of = act.body["of"]
    note = act.case.entries.get(of)
    here = note is not None and note.compartment == act.compartment.name
    return here and act.case.open.get(of) in kinds


@condition(
    "it answers an open proposal in this compartment that the author has not answered",
    Refusal.WRONG_STATE,
    Scope.COMPARTMENT,
)
def answers_a_proposal(act: Act, *, kinds: Sequence[str]) -> bool:
    approval = act.case.approvals.get(act.body["of"])
    fresh = approval is None or act.writer not in approval.persons
    return fresh and is_proposed_here(act, kinds)


@condition("the proposal is another person's", Refusal.FOUR_EYES, Scope.COMPARTMENT)
def another_persons(act: Act) -> bool:
    """Of two certified people; devices in no roster never count."""
    body = act.body
    note = act.case.entries.get(body.get("proposal") or body["of"])
    both = {act.writer, note.person if note else None}
    return len(both) == 2 and None not in both


def is_approved(act: Act, proposal: str, kind: str, count: int = 1) -> bool:
    """Whether so many persons approved an open proposal of a kind, none of them who proposed it,
    the last no more than LAPSE_DAYS ago."""
    note, approval = act.case.entries.get(proposal), act.case.approvals.get(proposal)
    return (
        note is not None
        and approval is not None
        and act.case.open.get(proposal) == kind
        and len(approval.persons - {note.person}) >= count
        and act.entry.stored - approval.last <= LAPSE_DAYS * SECONDS_A_DAY
    )


@condition("it names an unused {kind} that a second person approved", Refusal.FOUR_EYES)
def approved(act: Act, *, kind: str, count: int = 1) -> bool:
    return is_approved(act, act.body.get("proposal") or "", kind, count)


@condition("it names a {kind} that was not acted upon", Refusal.WRONG_STATE, Scope.COMPARTMENT)
def names_open(act: Act, *, kind: str) -> bool:
    return act.case.open.get(act.body["proposal"]) == kind


@condition("no {kind} waits for an answer", Refusal.WRONG_STATE)
def none_is_unanswered(act: Act, *, kind: str) -> bool:
    return not any(
        one == kind and proposal not in act.case.approvals
        for proposal, one in act.case.open.items()
    )


@condition(
    "it corrects a message of the author's own, in this compartment",
    Refusal.NOT_ALLOWED,
    Scope.COMPARTMENT,
)
def own_words(act: Act) -> bool:
    note = act.case.entries.get(act.body["of"])
    return (
        note is not None
        and note.has_payload
        and note.compartment == act.compartment.name
        and note.author == act.author
    )


# --- who stands where ----------------------------------------------------------------------------


@condition("nobody puts out {role} who took the case", Refusal.NOT_ALLOWED)
def the_lead_stays(act: Act, *, role: str) -> bool:
    lead = person_of_fact(act.case, act.trust, ASSIGNEE)
    standing, listed = (
        persons(lines, act.trust) for lines in (act.compartment.lines, act.entry.header.lines)
    )
    return lead not in standing - listed


@condition("{role} who took the case stays: it is never without one", Refusal.WRONG_STATE)
def is_not_the_lead(act: Act, *, role: str, but_in: Sequence[str] = ()) -> bool:
    lead = person_of_fact(act.case, act.trust, ASSIGNEE)
    return act.case.state in but_in or lead is None or act.writer != lead


@condition("the role that is invited is one of {roles}", Refusal.NOT_ALLOWED, Scope.COMPARTMENT)
def invites_one_of(act: Act, *, roles: Sequence[str]) -> bool:
    return act.body["role"] in roles


@condition("somebody who works here opened the case", Refusal.NOT_ALLOWED, Scope.COMPARTMENT)
def office_opened_it(act: Act) -> bool:
    return any(act.trust.device(opener) is not None for opener in act.case.openers)


@condition("two people stand here", Refusal.WRONG_STATE, Scope.COMPARTMENT)
def two_stand_here(act: Act) -> bool:
    return len(persons(act.compartment.lines, act.trust)) == 2


@condition("this place waits for {role}", Refusal.WRONG_STATE, Scope.COMPARTMENT)
def waits_for(act: Act, *, role: str) -> bool:
    return act.compartment.waits_for == role


@condition(
    "it is granted for one of these reasons: {reasons}", Refusal.NOT_ALLOWED, Scope.COMPARTMENT
)
def granted_for(act: Act, *, reasons: Sequence[str]) -> bool:
    return act.body["reason"] in reasons


@condition("nobody stands here as one of {roles}", Refusal.WRONG_STATE, Scope.COMPARTMENT)
def nobody_here(act: Act, *, roles: Sequence[str]) -> bool:
    return not any(line.role in roles for line in act.compartment.lines)


@listing("two people stand in it at most")
def two_at_most(entry: Entry, trust: Trust) -> bool:
    return len(persons(entry.header.lines, trust)) <= 2


@listing("somebody stands in it as one of {roles}")
def lists_one_of(entry: Entry, trust: Trust, *, roles: Sequence[str]) -> bool:
    return any(line.role in roles for line in entry.header.lines)


@listing("who opens it lists no devices but his own")
def alone(entry: Entry, trust: Trust) -> bool:
    return len(persons(entry.header.lines, trust)) == 1
