"""The conditions of a support case's rows and walls (SERVICES.md 2.2).

People are compared as roster persons. A guard of scope case needs what other compartments hold.
"""

from collections.abc import Iterable
from dataclasses import replace

from domain.entry import Line
from domain.refusal import Refusal
from domain.service import Act, Guard, Listing, Scope
from domain.services.consultation_guards import charged, coming
from domain.trust import Trust

CASEMANAGER = "casemanager"
FAMILY = frozenset({"requester", "relative", "minor", "professional", "foster_family"})
EXPERTS = frozenset({"duidingsexpert", "zorgexpert"})


def roster_person(trust: Trust, device: str) -> str | None:
    person = trust.person(device)
    return person.person if person else None


def _persons(lines: Iterable[Line], trust: Trust) -> set[str]:
    """The people of these lines; a device in no roster stands for itself."""
    return {roster_person(trust, line.device) or line.device for line in lines}


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
    substitute = roster_person(act.trust, act.case.facts.get("substitute", ""))
    return person is not None and ("assignee" not in act.case.facts or person == substitute)


def _is_the_lead(act: Act) -> bool:
    lead = roster_person(act.trust, act.case.facts.get("assignee", ""))
    return lead is not None and act.person(act.author) == lead


def _the_lead_stays(act: Act) -> bool:
    lead = roster_person(act.trust, act.case.facts.get("assignee", ""))
    standing, listed = (
        _persons(lines, act.trust) for lines in (act.compartment.lines, act.entry.header.lines)
    )
    return lead not in standing - listed


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
        and roster_person(act.trust, act.entry.header.body["substitute"]) != act.person(act.author)
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
THE_LEAD_STAYS = Guard(
    "nobody puts out the casemanager who took the case",
    Scope.CASE,
    Refusal.NOT_ALLOWED,
    _the_lead_stays,
)
THE_LEAD_STAYS_HERE = replace(THE_LEAD_STAYS, scope=Scope.COMPARTMENT)
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
NOBODY_COMES_AFTER = Guard(
    "nobody comes once the session has ended",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: not coming(act) or "ended_at" not in act.compartment.moments,
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
