"""The conditions of the consultation's rows, beyond role, place and state (TABLES.md S1).

Those that other services ask too stand in `domain.services.guards`. Whose consultation it is may be
said in governance, so what is asked of it is of scope case everywhere else.
"""

from domain.charge import charged, someone_is_left
from domain.entry import Entry
from domain.guard import Act, Guard, Scope, condition, listing
from domain.refusal import Refusal
from domain.services.consultation.states import DONE
from domain.services.guards import (
    another_persons,
    answers_a_proposal,
    approved,
    author_is_in_set,
    coming,
    days_have_not_passed,
    days_have_passed,
    fact_is,
    fact_is_known,
    fact_is_not,
    going,
    granted_for,
    invites_one_of,
    is_not_the_lead,
    leads,
    may_take_over,
    names_a_colleague,
    names_fact,
    names_own_device,
    nobody_here,
    none_is_unanswered,
    office_opened_it,
    opened_it,
    opens_linked,
    own_words,
    persons,
    two_stand_here,
    waits_for,
)
from domain.trust import Trust

DORMANT_DAYS = 14  # SERVICES.md 2.1: after the last reply
REOPEN_DAYS = 90  # SERVICES.md 2.1
WORKER = "consultation_worker"
ASKERS = ("requester", "professional")
HERE = Scope.COMPARTMENT


def _someone_is_left(act: Act) -> bool:
    return someone_is_left(act.case, act.compartment, act.trust, WORKER)


@condition("a new epoch has put the other workers out", Refusal.WRONG_STATE)
def others_are_out(act: Act) -> bool:
    theirs = charged(act.case, act.trust)
    return all(
        act.person(line.device) in theirs for line in act.compartment.lines if line.role == WORKER
    )


@condition("those put out are workers whose consultation it is not", Refusal.NOT_ALLOWED)
def only_others_go(act: Act) -> bool:
    theirs = charged(act.case, act.trust)
    return all(act.person(line.device) not in theirs for line in going(act))


@condition(
    "the author is the worker who took the consultation, or the substitute; or one of those who "
    "ask, who lets in those whose consultation it is",
    Refusal.NOT_ALLOWED,
)
def may_change_workers(act: Act) -> bool:
    if act.role in ASKERS:
        return not going(act)
    return act.writer in charged(act.case, act.trust)


@condition(
    "who comes is one of those whose consultation it is, or is asked for; any worker when none of "
    "them is certified any more",
    Refusal.NOT_ALLOWED,
)
def only_the_charged_come(act: Act) -> bool:
    theirs = charged(act.case, act.trust)
    workers = [line for line in coming(act) if line.role == WORKER]
    return all(act.person(line.device) in theirs for line in workers) or not _someone_is_left(act)


@listing("workers alone stand in it, or one of them with one whom she asks")
def workers_or_two(entry: Entry, trust: Trust) -> bool:
    lines = entry.header.lines
    return all(line.role == WORKER for line in lines) or len(persons(lines, trust)) <= 2


_ASSIGNED = "the author is the worker who took the consultation, or the substitute"
AUTHOR_IS_ASSIGNED = leads(role=WORKER, meaning=_ASSIGNED)
HIS: tuple[Guard, ...] = (AUTHOR_IS_ASSIGNED,)
TAKES_IT_HIMSELF = names_own_device(
    field="assignee", meaning="the worker takes it for the device that signs"
)
MAY_TAKE_OVER = may_take_over(
    role=WORKER,
    scope=Scope.CASE,
    meaning="it is taken over by the substitute who was named, or nobody whose consultation it is "
    "is certified any more",
)
SUBSTITUTE_IS_A_COLLEAGUE = names_a_colleague(
    field="substitute", role=WORKER, meaning="the substitute is another certified worker"
)
ASSIGNEE_IS_A_COLLEAGUE = names_a_colleague(
    field="assignee", role=WORKER, meaning="it becomes the work of another certified worker"
)
IS_NOT_ASSIGNED = is_not_the_lead(
    role=WORKER,
    but_in=tuple(sorted(DONE)),
    meaning="the worker who took the consultation stays until it is closed",
)
OTHERS_ARE_OUT = others_are_out()
ONLY_OTHERS_GO = only_others_go()
MAY_CHANGE_WORKERS = may_change_workers()
ONLY_THE_CHARGED_COME = only_the_charged_come()
OFFICE_OPENED_IT = opened_it(
    meaning="the worker registers what someone asked by telephone or at the desk: it was opened so"
)
BY_TELEPHONE = office_opened_it(meaning="the conversation was begun by telephone or at the desk")
NOBODY_ASKS_HERE = nobody_here(roles=ASKERS, meaning="nobody who asks stands in the conversation")
ASKER_IS_INVITED = invites_one_of(roles=ASKERS, meaning="who is invited is one who asks")
SILENT_FOR_14_DAYS = days_have_passed(
    fact="said_at",
    days=DORMANT_DAYS,
    scope=HERE,
    meaning="nobody has written for {days} days",
)
LAST_WORD_IS_OURS = waits_for(
    role="requester", meaning="the last word is ours: an answer is waited for"
)
WITHIN_90_DAYS = days_have_not_passed(
    fact="closed_at",
    days=REOPEN_DAYS,
    scope=HERE,
    meaning="it was closed no more than {days} days ago",
)
IN_CRISIS = fact_is(
    fact="crisis", value="raised", meaning="a crisis has been raised and not resolved"
)
NO_OPEN_CRISIS = fact_is_not(fact="crisis", value="raised", meaning="no crisis is open")
CRISIS_IS_OVER = fact_is(fact="crisis", value="resolved", meaning="a crisis was ended")
THE_NEWEST_CRISIS = names_fact(
    field="crisis", fact="crisis_entry", meaning="it names the newest alarm of the crisis"
)
SUPPORT_IS_OFFERED = fact_is(
    fact="support",
    value="offered",
    scope=HERE,
    meaning="the offer of support has not been answered",
)
SUPPORT_ACCEPTED = fact_is(
    fact="support",
    value="accepted",
    scope=HERE,
    meaning="the requester accepted the support",
)
SUPPORT_NOT_ACCEPTED = fact_is_not(
    fact="support",
    value="accepted",
    scope=HERE,
    meaning="the support has not been accepted",
)
LINK_CONSENTED = fact_is_known(
    fact="link", scope=HERE, meaning="the requester consented to the link"
)
NAMES_THE_LINK = names_fact(
    field="of", fact="link_entry", scope=HERE, meaning="it names the consent to the link"
)
A_NAME_IS_KNOWN = fact_is_known(fact="named", scope=HERE, meaning="the requester gave a name")
TOLD_BY_A_SOURCE = author_is_in_set(
    name="signals", meaning="the author registered a signal, from a source of its own"
)
IS_VERIFIED = fact_is_known(
    fact="verified",
    meaning="who asks, or a source of its own, was verified: an anonymous source alone opens no "
    "case",
)
OPENS_THE_CASE = opens_linked(
    fact="link", meaning="it names the first entry of a case of the kind that was consented to"
)
TWO_ARE_HERE = two_stand_here(meaning="it is asked of one colleague, in notes of their own")
A_PROPOSAL_IS_OPEN = answers_a_proposal(
    kinds=("CrisisResolutionProposed", "SupportProposed", "DisclosureProposed")
)
NO_DISCLOSURE_WAITS = none_is_unanswered(
    kind="DisclosureProposed", meaning="no proposal to disclose waits for an answer"
)
SECOND_PERSON = another_persons()
APPROVED_OFFER = approved(kind="SupportProposed")
APPROVED_RESOLUTION = approved(kind="CrisisResolutionProposed")
HIS_OWN_WORDS = own_words()
FOR_A_REASON = granted_for(
    reasons=("handover", "substitute", "quality_sample", "review", "dsr"),
    meaning="it is granted for a handover, a substitute, a sample of quality, a review or a "
    "request of the person",
)

AT_WORK = (AUTHOR_IS_ASSIGNED, OTHERS_ARE_OUT)
