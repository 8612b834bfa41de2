"""A consultation's dialogue as the worker speaks in it who has it in hand (TABLES.md S1)."""

from client.cases.charge import arrange, is_anothers
from client.cases.consultation import is_answered_for, message, payload
from client.errors import EpochMoved, NotPossible, ServerRefused
from client.place.chain import Chain
from client.session import Session
from domain.services.consultation.kinds import retention_class
from domain.services.consultation.states import RECEIVED, TAKEN
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


def _may_take_over(session: Session, chain: Chain) -> bool:
    trust, facts = session.directory.refresh(), chain.state.facts
    if chain.state.state not in TAKEN:
        return False
    substitute = trust.person(facts.get("substitute", ""))
    return not is_answered_for(session, chain) or (
        substitute is not None and substitute == trust.person(session.device)
    )


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
