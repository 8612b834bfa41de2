"""The conditions of a support case's rows and walls (SERVICES.md 2.2).

People are compared as roster persons. A guard of scope case needs what other compartments hold.
"""

from collections.abc import Iterable
from dataclasses import replace

from domain.analyses import authors, contributed, contributions, deployed, unsealed, waited_for
from domain.entry import Line
from domain.refusal import Refusal
from domain.service import Act, Guard, Listing, Scope
from domain.services.consultation_guards import charged, coming
from domain.state import Note
from domain.trust import Trust

CASEMANAGER = "casemanager"
FAMILY = frozenset({"requester", "relative", "minor", "professional", "foster_family"})
EXPERTS = frozenset({"duidingsexpert", "zorgexpert"})


def _person(trust: Trust, device: str) -> str | None:
    person = trust.person(device)
    return person.person if person else None


def _persons(lines: Iterable[Line], trust: Trust) -> set[str]:
    """The people of these lines; a device in no roster stands for itself."""
    return {_person(trust, line.device) or line.device for line in lines}


def _askers(lines: Iterable[Line], trust: Trust) -> set[str]:
    """Those of the people who stand there as one of those who ask."""
    return _persons((line for line in lines if line.role in FAMILY), trust)


def _named(act: Act, kind: str) -> bool:
    """Whether the body's proposal is an unused one of this kind."""
    proposal = act.entry.header.body["proposal"]
    note = act.case.entries.get(proposal)
    return note is not None and note.kind == kind and proposal not in act.case.used


def _of_another(act: Act) -> bool:
    """Whether two certified people have a hand in it; devices in no roster never count."""
    body = act.entry.header.body
    note = act.case.entries.get(body.get("proposal") or body["of"])
    persons = {act.person(act.author), note.person if note else None}
    return len(persons) == 2 and None not in persons


def _may_take(act: Act) -> bool:
    person = act.person(act.author)
    substitute = _person(act.trust, act.case.facts.get("substitute", ""))
    return person is not None and ("assignee" not in act.case.facts or person == substitute)


def _is_the_lead(act: Act) -> bool:
    lead = _person(act.trust, act.case.facts.get("assignee", ""))
    return lead is not None and act.person(act.author) == lead


def names_a(kind: str) -> Guard:
    return Guard(
        f"it names a {kind} that was not acted upon",
        Scope.COMPARTMENT,
        Refusal.WRONG_STATE,
        lambda act: _named(act, kind),
    )


def _disclosure_approved(act: Act) -> bool:
    proposal = act.entry.header.body.get("proposal", "")
    note = act.case.entries.get(proposal)
    return (
        note is not None
        and note.kind == "DisclosureProposed"
        and act.case.approvals.get(proposal) == "ApprovalGiven"
        and proposal not in act.case.used
    )


def _excerpts_noted(act: Act) -> bool:
    kinds = [note.kind for _, note in act.case.entries.items()]
    return kinds.count("ExcerptShared") == kinds.count("ExcerptNoted")


def _notes_an_excerpt(act: Act) -> bool:
    body = act.entry.header.body
    excerpt, origin = (act.case.entries.get(body[name]) for name in ("excerpt", "origin"))
    noted = (note for _, note in act.case.entries.items() if note.kind == "ExcerptNoted")
    return (
        excerpt is not None
        and origin is not None
        and excerpt.kind == "ExcerptShared"
        and origin.has_payload
        and origin.compartment != excerpt.compartment
        and not any(body["excerpt"] in note.names for note in noted)
    )


def _both_in(act: Act) -> bool:
    body = act.entry.header.body
    notes = [act.case.entries.get(entry_id) for entry_id in body["analyses"]]
    found = [note for note in notes if note is not None and note.kind == "ExpertContributed"]
    return (
        len(found) == len(notes)
        and len({note.compartment for note in found}) == len(found)
        and len({note.person for note in found}) == len(found)
        and not any(unsealed(act.case, note.compartment) for note in found)
        and (
            body["given_up"] is not None or (len(found) > 1 and not _others_waited_for(act, found))
        )
    )


def _others_waited_for(act: Act, found: list[Note]) -> bool:
    return bool(waited_for(act.case, act.trust) - {note.person for note in found})


def _grants_the_analysis(act: Act) -> bool:
    """Whether a grant opens what was contributed here, by itself or with its epoch."""
    epochs, entries = (act.entry.header.body[name] or () for name in ("epochs", "entries"))
    return any(
        entry_id in entries or note.epoch in epochs
        for entry_id, note in contributions(act.case)
        if note.compartment == act.compartment.name
    )


def _announces_his_own(act: Act) -> bool:
    note = act.case.entries.get(act.entry.header.body["analysis"])
    mine = act.person(act.author)
    return note is not None and note.kind == "ExpertContributed" and note.person == mine


def _is_deployed(act: Act) -> bool:
    by_device = {line.device: line.role for line in act.entry.header.lines}
    experts = (device for device in coming(act) if by_device[device] in EXPERTS)
    persons = deployed(act.case, act.trust)
    return all(_person(act.trust, device) in persons for device in experts)


def _in_no_other_dialogue(act: Act) -> bool:
    here = _askers(act.entry.header.lines, act.trust)
    return not any(
        here & _askers(place.lines, act.trust)
        for place in act.case.compartments.values()
        if place.type == "dialogue" and place.name != act.compartment.name
    )


HIS = Guard(
    "the author is the casemanager who took the case, or the substitute",
    Scope.CASE,
    Refusal.NOT_ALLOWED,
    lambda act: act.role != CASEMANAGER or act.person(act.author) in charged(act.case, act.trust),
)
HIS_HERE = replace(HIS, scope=Scope.COMPARTMENT)  # in governance, where it is taken
TAKES_IT_HIMSELF = Guard(
    "the casemanager takes it for the device that signs",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: bool(act.entry.header.body["casemanager"] == act.author),
)
MAY_TAKE = Guard(
    "nobody has taken it, or the substitute who was named takes it over",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    _may_take,
)
SUBSTITUTE_IS_A_COLLEAGUE = Guard(
    "the substitute is another certified casemanager",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: (
        act.trust.gives(act.entry.header.body["substitute"], CASEMANAGER)
        and _person(act.trust, act.entry.header.body["substitute"]) != act.person(act.author)
    ),
)
SECOND_PERSON = Guard(
    "the proposal is another person's", Scope.COMPARTMENT, Refusal.FOUR_EYES, _of_another
)
NOT_THE_LEAD = Guard(
    "the casemanager who took the case stays: a case is never without one",
    Scope.CASE,
    Refusal.WRONG_STATE,
    lambda act: not _is_the_lead(act),
)
IS_NO_AUTHOR = Guard(
    "who releases it wrote none of the analyses",
    Scope.CASE,
    Refusal.FOUR_EYES,
    lambda act: act.person(act.author) not in authors(act.case),
)
DISCLOSURE_APPROVED = Guard(
    "it names an unused DisclosureProposed that a second person approved",
    Scope.CASE,
    Refusal.FOUR_EYES,
    _disclosure_approved,
)
EXCERPTS_ARE_NOTED = Guard(
    "where every excerpt before came from has been noted",
    Scope.CASE,
    Refusal.WRONG_STATE,
    _excerpts_noted,
)
NOTES_AN_EXCERPT = Guard(
    "it names an excerpt that was shared, and what it was drawn from in another compartment",
    Scope.CASE,
    Refusal.WRONG_STATE,
    _notes_an_excerpt,
)
EXPERT_IS_CERTIFIED = Guard(
    "it names the device of a certified expert",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: any(
        act.trust.gives(act.entry.header.body["expert"], role) for role in sorted(EXPERTS)
    ),
)
EXPERT_WAS_DEPLOYED = Guard(
    "it names a device of an expert who has been deployed and not released",
    Scope.CASE,
    Refusal.WRONG_STATE,
    lambda act: (
        _person(act.trust, act.entry.header.body["expert"]) in deployed(act.case, act.trust)
    ),
)
IS_DEPLOYED = Guard(
    "an expert who comes has been deployed and not released",
    Scope.CASE,
    Refusal.NOT_ALLOWED,
    _is_deployed,
)
DEPLOYED_HERE = Guard(
    "the author is an expert who has been deployed and not released",
    Scope.CASE,
    Refusal.NOT_ALLOWED,
    lambda act: act.person(act.author) in deployed(act.case, act.trust),
)
CONTRIBUTES_ONCE = Guard(
    "nothing was contributed in this compartment before",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: not contributed(act.case, act.compartment.name),
)
ANNOUNCES_HIS_OWN = Guard(
    "it names a contribution of the author's own",
    Scope.CASE,
    Refusal.WRONG_STATE,
    _announces_his_own,
)
BOTH_IN = Guard(
    "it names contributions by different experts, each in a compartment of its own and not "
    "unsealed before: of all who are deployed and two at least, or fewer where others were given "
    "up with a reason",
    Scope.CASE,
    Refusal.WRONG_STATE,
    _both_in,
)
UNSEALED = Guard(
    "the analyses have been unsealed together",
    Scope.CASE,
    Refusal.WRONG_STATE,
    lambda act: unsealed(act.case, act.compartment.name),
)
GRANTS_THE_ANALYSIS = Guard(
    "what is granted is the analysis that was written here, alone or with more",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    _grants_the_analysis,
)
IN_NO_OTHER_DIALOGUE = Guard(
    "whoever comes stands in no other dialogue of the case",
    Scope.CASE,
    Refusal.NOT_ALLOWED,
    _in_no_other_dialogue,
)
INVITED_MAY_STAND = Guard(
    "the invited role may stand here",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    lambda act: (
        act.entry.header.body["role"] in FAMILY
        if act.compartment.type == "dialogue"
        else act.entry.header.body["role"] == "local_party"
    ),
)
SESSION_IS_OPEN = Guard(
    "the session has not ended",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: "ended_at" not in act.compartment.moments,
)

ONE_OF_THE_FAMILY = Listing(
    "at most one of those who ask stands in it",
    lambda entry, trust: len(_askers(entry.header.lines, trust)) <= 1,
)
ONE_TO_ONE = Listing(
    "two people stand in it at most",
    lambda entry, trust: len(_persons(entry.header.lines, trust)) <= 2,
)
HIS_OWN = Listing(
    "who opens it lists no devices but his own",
    lambda entry, trust: len(_persons(entry.header.lines, trust)) == 1,
)
