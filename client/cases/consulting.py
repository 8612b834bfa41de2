"""How a worker takes a consultation, or takes it over (TABLES.md S1)."""

from client.cases.charge import arrange, is_anothers
from client.cases.consultation import is_answered_for
from client.errors import EpochMoved, NotPossible, ServerRefused
from client.place.chain import Chain
from client.session import Session
from client.why import Why
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
                raise NotPossible(Why.JUST_TAKEN) from error
            raise
        except ServerRefused as refused:
            if refused.name != NO_SUCH_CASE:
                raise
            # Those who do not have it are put out at once.
            raise NotPossible(Why.JUST_TAKEN) from refused
    if is_anothers(session, chain, theirs):
        raise NotPossible(Why.TAKEN)
    arrange(session, chain, theirs)


def _may_take_over(session: Session, chain: Chain) -> bool:
    trust, facts = session.directory.refresh(), chain.state.facts
    if chain.state.state not in TAKEN:
        return False
    substitute = trust.person(facts.get("substitute", ""))
    return not is_answered_for(session, chain) or (
        substitute is not None and substitute == trust.person(session.device)
    )
