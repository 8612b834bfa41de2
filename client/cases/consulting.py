"""A consultation's dialogue as the worker speaks in it who has it in hand (TABLES.md S1)."""

from client.cases.consultation import is_answered_for, lines_of, message, payload, person_of
from client.errors import EpochMoved, NotPossible, ServerRefused
from client.place.chain import Chain
from client.session import Session
from domain.charge import charged
from domain.services.consultation.guards import WORKER
from domain.services.consultation.states import RECEIVED, TAKEN
from domain.state import Case
from wire.problems import NO_SUCH_CASE


def take(session: Session, chain: Chain, theirs: set[str] | None = None) -> None:
    """Take a consultation, or take over what the substitute may; the other workers are put out by a
    new epoch. Taking again finishes what was cut short. theirs: whose it is, where more is known
    than the dialogue says. Raises NotPossible when another has it."""
    if chain.state.state == RECEIVED or _may_take_over(session, chain):
        body = {"assignee": session.device, "no_conflict": True}
        try:
            session.write(chain, "ConsultationAssigned", body)
        except (NotPossible, EpochMoved) as error:
            if is_anothers(session, chain):
                raise NotPossible("taken: a colleague took it just before you") from error
            raise
        except ServerRefused as refused:
            if refused.name != NO_SUCH_CASE:
                raise
            # Those who do not have it are put out at once.
            raise NotPossible("taken: a colleague took it just before you") from refused
    if is_anothers(session, chain, theirs):
        raise NotPossible("taken: a colleague has it")
    arrange(session, chain, theirs)


def is_anothers(session: Session, chain: Chain, theirs: set[str] | None = None) -> bool:
    """theirs: whose it is, where more is known than the dialogue says."""
    theirs = theirs or charged(chain.state, session.directory.newest)
    return bool(theirs) and person_of(session.directory.newest, session.device) not in theirs


def _may_take_over(session: Session, chain: Chain) -> bool:
    trust, facts = session.directory.refresh(), chain.state.facts
    if chain.state.state not in TAKEN:
        return False
    substitute = trust.person(facts.get("substitute", ""))
    return not is_answered_for(session, chain) or (
        substitute is not None and substitute == trust.person(session.device)
    )


def arrange(session: Session, chain: Chain, theirs: set[str] | None = None) -> None:
    """Let those workers in whose consultation it is, on all their devices, and put the others out:
    of those who work here nobody else reads what comes next."""
    session.settle(chain)
    trust = session.directory.newest
    wanted = lines_of(trust, {*(theirs or charged(chain.state, trust))}, WORKER)
    staying = tuple(line for line in chain.lines if line.role != WORKER or line in wanted)
    if staying != chain.lines:
        session.change_members(chain, "removed", staying)
    coming = tuple(line for line in wanted if line not in chain.lines)
    if coming:
        session.change_members(chain, "joined", (*chain.lines, *coming))


def answer(session: Session, chain: Chain, text: str) -> None:
    session.write(chain, "AnswerGiven", {}, message(text))


def advise(session: Session, chain: Chain, sections: dict[str, str]) -> None:
    """Short advice; sections: yourself, professional_help, possible_reports, contact_again."""
    session.write(chain, "ShortAdviceGiven", {}, payload("advice/1", **sections))


def close(
    session: Session,
    chain: Chain,
    outcome: str,
    to_you: str,
    subject_kind: str = "individual",
    form_group: str = "unknown",
) -> None:
    """to_you: the last word to who asked. The others as closing/2 says them."""
    value = payload(
        "closing/2",
        outcome=outcome,
        to_you=to_you,
        subject_kind=subject_kind,
        form_group=form_group,
    )
    body = {"attested": True, "retention_class": retention_class(chain.state)}
    session.write(chain, "ConsultationClosed", body, value)


def retention_class(case: Case) -> str:
    """How long a consultation is kept, by who asked (LAW.md 4.2)."""
    named = case.facts.get("requester_mode") != "anonymous" or "named" in case.facts
    return "consult_named" if named else "anon_consult"


def arrange_notes(session: Session, chain: Chain, persons: set[str]) -> None:
    """Let the devices of those whose consultation it is into their worknotes."""
    session.settle(chain)
    wanted = lines_of(session.directory.newest, {*persons}, WORKER)
    coming = tuple(line for line in wanted if line not in chain.lines)
    if coming:
        session.change_members(chain, "joined", (*chain.lines, *coming))


def is_unanswered(dialogue: Chain) -> bool:
    """Whether the requester said something after which nobody of the office said anything."""
    said = [item for item in dialogue.items if item.entry.header.payload is not None]
    return bool(said) and said[-1].role == "requester"
