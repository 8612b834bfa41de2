"""The conditions of the consultation's rows, beyond role, place and state (TABLES.md S1).

Those that other services ask too stand in `domain.services.guards`. A guard of scope compartment
needs only the dialogue; one of scope case needs what other compartments hold too.
"""

from domain.charge import charged, someone_is_left
from domain.guard import Act, Guard, Scope, condition
from domain.refusal import Refusal
from domain.services.consultation.states import DONE
from domain.services.guards import (
    another_persons,
    answers_a_proposal,
    approved,
    coming,
    days_have_not_passed,
    days_have_passed,
    fact_is,
    fact_is_known,
    fact_is_not,
    going,
    is_not_the_lead,
    leads,
    may_take_over,
    names_a_colleague,
    names_own_device,
    opened_it,
    own_words,
)

DORMANT_DAYS = 14  # SERVICES.md 2.1: after the last reply
REOPEN_DAYS = 90  # SERVICES.md 2.1
WORKER = "consultation_worker"
HERE = Scope.COMPARTMENT


def _someone_is_left(act: Act) -> bool:
    return someone_is_left(act.case, act.compartment, act.trust, WORKER)


@condition("a new epoch has put the other workers out", Refusal.WRONG_STATE, HERE)
def others_are_out(act: Act) -> bool:
    theirs = charged(act.case, act.trust)
    return all(
        act.person(line.device) in theirs for line in act.compartment.lines if line.role == WORKER
    )


@condition("those put out are workers whose consultation it is not", Refusal.NOT_ALLOWED, HERE)
def only_others_go(act: Act) -> bool:
    theirs = charged(act.case, act.trust)
    return all(act.person(line.device) not in theirs for line in going(act))


@condition(
    "the author is the worker who took the consultation, or the substitute; or the requester, "
    "when none of them is certified any more",
    Refusal.NOT_ALLOWED,
    HERE,
)
def may_change_workers(act: Act) -> bool:
    if act.role == "requester":
        return not _someone_is_left(act)
    return act.writer in charged(act.case, act.trust)


@condition(
    "who comes is the substitute who was named, or another device of who took it; any worker when "
    "none of them is certified any more",
    Refusal.NOT_ALLOWED,
    HERE,
)
def only_the_charged_come(act: Act) -> bool:
    theirs = charged(act.case, act.trust)
    return all(act.person(line.device) in theirs for line in coming(act)) or not _someone_is_left(
        act
    )


@condition(
    "the requester is no longer anonymous: an anonymous source alone opens no case",
    Refusal.WRONG_STATE,
    HERE,
)
def is_not_anonymous(act: Act) -> bool:
    return act.case.facts.get("requester_mode") != "anonymous" or "named" in act.case.facts


_ASSIGNED = "the author is the worker who took the consultation, or the substitute"
AUTHOR_IS_ASSIGNED = leads(role=WORKER, scope=HERE, meaning=_ASSIGNED)
HIS: tuple[Guard, ...] = (leads(role=WORKER, meaning=_ASSIGNED),)
TAKES_IT_HIMSELF = names_own_device(
    field="assignee", meaning="the worker takes it for the device that signs"
)
MAY_TAKE_OVER = may_take_over(
    role=WORKER,
    meaning="it is taken over by the substitute who was named, or nobody whose consultation it is "
    "is certified any more",
)
SUBSTITUTE_IS_A_COLLEAGUE = names_a_colleague(
    field="substitute", role=WORKER, meaning="the substitute is another certified worker"
)
IS_NOT_ASSIGNED = is_not_the_lead(
    role=WORKER,
    but_in=tuple(sorted(DONE)),
    scope=HERE,
    meaning="the worker who took the consultation stays until it is closed",
)
OTHERS_ARE_OUT = others_are_out()
ONLY_OTHERS_GO = only_others_go()
MAY_CHANGE_WORKERS = may_change_workers()
ONLY_THE_CHARGED_COME = only_the_charged_come()
OFFICE_OPENED_IT = opened_it(
    meaning="the worker registers what someone asked by telephone or at the desk: it was opened so"
)
SILENT_FOR_14_DAYS = days_have_passed(
    fact="said_at",
    days=DORMANT_DAYS,
    scope=HERE,
    meaning="nobody has written for {days} days",
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
SUPPORT_ACCEPTED = fact_is(
    fact="support",
    value="accepted",
    scope=HERE,
    meaning="the requester accepted the support",
)
LINK_CONSENTED = fact_is_known(
    fact="link", scope=HERE, meaning="the requester consented to the link"
)
NOT_ANONYMOUS = is_not_anonymous()
PROPOSALS = ("CrisisResolutionProposed", "SupportProposed", "DisclosureProposed")
A_PROPOSAL_IS_OPEN = answers_a_proposal(kinds=PROPOSALS)
SECOND_PERSON = another_persons()
APPROVED_OFFER = approved(kind="SupportProposed")
APPROVED_RESOLUTION = approved(kind="CrisisResolutionProposed")
HIS_OWN_WORDS = own_words()

AT_WORK = (AUTHOR_IS_ASSIGNED, OTHERS_ARE_OUT)
