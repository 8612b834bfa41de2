"""The conditions of deploying experts and of independent analyses (SERVICES.md 2.3, 2.7)."""

from domain.analyses import authors, contributed, contributions, deployed, unsealed, waited_for
from domain.refusal import Refusal
from domain.service import Act, Guard, Scope
from domain.services.consultation_guards import coming
from domain.services.support_guards import EXPERTS, roster_person
from domain.state import Note


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


def _announced(act: Act) -> bool:
    body, here = act.entry.header.body, act.compartment.name
    person = {
        name: note.person
        for _, note in act.case.entries.items()
        if (note.kind, note.compartment) == ("ContributionAnnounced", here)
        for name in note.names
    }
    named = [person.get(entry_id) for entry_id in body["analyses"]]
    together = None not in named and len(set(named)) == len(named)
    return together and (len(named) > 1 or body["given_up"] is not None)


def _announces_his_own(act: Act) -> bool:
    body = act.entry.header.body
    note = act.case.entries.get(body["analysis"])
    if note is None or note.kind != "ExpertContributed":
        return False
    return note.person == act.person(act.author) and body["hash"] in note.names


def _announced_once(act: Act) -> bool:
    body, here = act.entry.header.body, act.compartment.name
    return not any(
        (note.kind, note.compartment) == ("ContributionAnnounced", here)
        and not {body["analysis"], body["hash"]}.isdisjoint(note.names)
        for _, note in act.case.entries.items()
    )


def _is_deployed(act: Act) -> bool:
    by_device = {line.device: line.role for line in act.entry.header.lines}
    experts = (device for device in coming(act) if by_device[device] in EXPERTS)
    persons = deployed(act.case, act.trust)
    return all(roster_person(act.trust, device) in persons for device in experts)


IS_NO_AUTHOR = Guard(
    "who releases it wrote none of the analyses",
    Scope.CASE,
    Refusal.FOUR_EYES,
    lambda act: act.person(act.author) not in authors(act.case),
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
        roster_person(act.trust, act.entry.header.body["expert"]) in deployed(act.case, act.trust)
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
    "it names a contribution of the author's own, and the hash of its entry",
    Scope.CASE,
    Refusal.WRONG_STATE,
    _announces_his_own,
)
ANNOUNCED_ONCE = Guard(
    "neither the analysis nor its hash was announced here before",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    _announced_once,
)
BOTH_IN = Guard(
    "it names contributions by different experts, each in a compartment of its own and not "
    "unsealed before: of all who are deployed and two at least, or fewer where others were given "
    "up with a reason",
    Scope.CASE,
    Refusal.WRONG_STATE,
    _both_in,
)
ANNOUNCED = Guard(
    "each that it names was announced here, by different experts: one alone only where others were "
    "given up",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    _announced,
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
