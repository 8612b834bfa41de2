"""What a worker says in a dialogue, in one line each; commands find it in the table themselves."""

from client.cases.consultation import message, payload
from client.place.chain import Chain
from client.session import Session
from domain.services.consultation.kinds import retention_class


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
