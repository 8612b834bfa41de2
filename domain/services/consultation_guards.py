"""The conditions of the consultation's rows, beyond role, place and state (SERVICES.md 2.1).

A guard of scope compartment needs only the dialogue; one of scope case needs what other
compartments hold too. People are compared as roster persons, so that any device of hers will do.
"""

from dataclasses import replace

from domain.refusal import Refusal
from domain.service import Act, Guard, Scope
from domain.services.consultation_states import DONE
from domain.state import Case, Compartment
from domain.trust import SECONDS_A_DAY, Trust

DORMANT_DAYS = 14  # SERVICES.md 2.1: after the last reply
REOPEN_DAYS = 90  # SERVICES.md 2.1
WORKER = "consultation_worker"


def elsewhere(guard: Guard) -> Guard:
    """The same guard in a compartment whose readers do not hold the dialogue."""
    return replace(guard, scope=Scope.CASE)


def _person_of(case: Case, trust: Trust, fact: str) -> str | None:
    person = trust.person(case.facts.get(fact, ""))
    return person.person if person else None


def charged(case: Case, trust: Trust) -> set[str]:
    """The persons whose consultation this is: who took it, and the substitute."""
    found = (_person_of(case, trust, fact) for fact in ("assignee", "substitute"))
    return {person for person in found if person is not None}


def someone_is_left(case: Case, compartment: Compartment, trust: Trust) -> bool:
    """Whether one of those whose consultation it is, or before it is taken one of those who could
    take it, is still certified."""
    theirs = charged(case, trust) or {
        person.person
        for line in compartment.lines
        if line.role == WORKER and (person := trust.person(line.device))
    }
    certified = (trust.person(device) for device in trust.holders(WORKER))
    return any(person is not None and person.person in theirs for person in certified)


def _charged(act: Act) -> set[str]:
    return charged(act.case, act.trust)


def _someone_is_left(act: Act) -> bool:
    return someone_is_left(act.case, act.compartment, act.trust)


def coming(act: Act) -> list[str]:
    """The devices that a change of members adds."""
    standing = {line.device for line in act.compartment.lines}
    return [line.device for line in act.entry.header.lines if line.device not in standing]


def _going(act: Act) -> list[str]:
    staying = {line.device for line in act.entry.header.lines}
    return [line.device for line in act.compartment.lines if line.device not in staying]


def _approved(kind: str) -> Guard:
    def holds(act: Act) -> bool:
        proposal = act.entry.header.body["proposal"]
        note = act.case.entries.get(proposal)
        return (
            note is not None
            and note.kind == kind
            and act.case.approvals.get(proposal) == "ApprovalGiven"
            and proposal not in act.case.used
        )

    return Guard(
        f"it names an unused {kind} that a second person approved",
        Scope.CASE,
        Refusal.FOUR_EYES,
        holds,
    )


def _proposal_of_another(act: Act) -> bool:
    note = act.case.entries.get(act.entry.header.body["of"])
    return (
        note is not None
        and note.compartment == act.compartment.name
        and note.kind in PROPOSALS
        and act.entry.header.body["of"] not in act.case.approvals
    )


def _by_another_person(act: Act) -> bool:
    note, person = act.case.entries.get(act.entry.header.body["of"]), act.person(act.author)
    return note is not None and None not in (note.person, person) and note.person != person


def _own_words(act: Act, entry_id: str) -> bool:
    note = act.case.entries.get(entry_id)
    return (
        note is not None
        and note.has_payload
        and note.compartment == act.compartment.name
        and note.author == act.author
    )


PROPOSALS = frozenset({"CrisisResolutionProposed", "SupportProposed", "DisclosureProposed"})

AUTHOR_IS_ASSIGNED = Guard(
    "the author is the worker who took the consultation, or the substitute",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: act.person(act.author) in _charged(act),
)
TAKES_IT_HIMSELF = Guard(
    "the worker takes it for the device that signs",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: bool(act.entry.header.body["assignee"] == act.author),
)
MAY_TAKE_OVER = Guard(
    "it is taken over by the substitute who was named, or nobody whose consultation it is is "
    "certified any more",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: (
        act.person(act.author) == _person_of(act.case, act.trust, "substitute")
        or not _someone_is_left(act)
    ),
)
SUBSTITUTE_IS_A_COLLEAGUE = Guard(
    "the substitute is another certified worker",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: (
        act.trust.gives(act.entry.header.body["substitute"], WORKER)
        and act.person(act.entry.header.body["substitute"]) != act.person(act.author)
    ),
)
IS_NOT_ASSIGNED = Guard(
    "the worker who took the consultation stays until it is closed",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: (
        act.case.state in DONE
        or act.person(act.author) != _person_of(act.case, act.trust, "assignee")
    ),
)
OTHERS_ARE_OUT = Guard(
    "a new epoch has put the other workers out",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: all(
        act.person(line.device) in _charged(act)
        for line in act.compartment.lines
        if line.role == WORKER
    ),
)
ONLY_OTHERS_GO = Guard(
    "those put out are workers whose consultation it is not",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: all(act.person(device) not in _charged(act) for device in _going(act)),
)
MAY_CHANGE_WORKERS = Guard(
    "the author is the worker who took the consultation, or the substitute; or the requester, "
    "when none of them is certified any more",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: (
        not _someone_is_left(act)
        if act.role == "requester"
        else act.person(act.author) in _charged(act)
    ),
)
ONLY_THE_CHARGED_COME = Guard(
    "who comes is the substitute who was named, or another device of who took it; any worker when "
    "none of them is certified any more",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: (
        all(act.person(device) in _charged(act) for device in coming(act))
        or not _someone_is_left(act)
    ),
)
OFFICE_OPENED_IT = Guard(
    "the worker registers what someone asked by telephone or at the desk: it was opened so",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: act.author in act.case.openers,
)
SILENT_FOR_14_DAYS = Guard(
    f"nobody has written for {DORMANT_DAYS} days",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: act.entry.stored - int(act.case.facts["said_at"]) >= DORMANT_DAYS * SECONDS_A_DAY,
)
WITHIN_90_DAYS = Guard(
    f"it was closed no more than {REOPEN_DAYS} days ago",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: act.entry.stored - int(act.case.facts["closed_at"]) <= REOPEN_DAYS * SECONDS_A_DAY,
)
IN_CRISIS = Guard(
    "a crisis has been raised and not resolved",
    Scope.CASE,
    Refusal.WRONG_STATE,
    lambda act: act.case.facts.get("crisis") == "raised",
)
NO_OPEN_CRISIS = Guard(
    "no crisis is open",
    Scope.CASE,
    Refusal.WRONG_STATE,
    lambda act: act.case.facts.get("crisis") != "raised",
)
SUPPORT_ACCEPTED = Guard(
    "the requester accepted the support",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: act.case.facts.get("support") == "accepted",
)
LINK_CONSENTED = Guard(
    "the requester consented to the link",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: "link" in act.case.facts,
)
NOT_ANONYMOUS = Guard(
    "the requester is no longer anonymous: an anonymous source alone opens no case",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: act.case.facts.get("requester_mode") != "anonymous" or "named" in act.case.facts,
)
A_PROPOSAL_IS_OPEN = Guard(
    "it answers a proposal in this compartment that nobody has answered",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    _proposal_of_another,
)
SECOND_PERSON = Guard(
    "the proposal is another person's",
    Scope.COMPARTMENT,
    Refusal.FOUR_EYES,
    _by_another_person,
)
APPROVED_OFFER = _approved("SupportProposed")
APPROVED_RESOLUTION = _approved("CrisisResolutionProposed")

HIS_OWN_WORDS = Guard(
    "it corrects a message of the author's own, in this compartment",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: _own_words(act, act.entry.header.body["of"]),
)

AT_WORK = (AUTHOR_IS_ASSIGNED, OTHERS_ARE_OUT)
HIS = (elsewhere(AUTHOR_IS_ASSIGNED),)
