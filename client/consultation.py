"""The consultation's steps, as people speak of them (SERVICES.md 2.1)."""

from dataclasses import dataclass
from typing import Any

from client.chain import Chain, Item
from client.errors import Unreadable
from client.session import Session
from crypto.encoding import b64
from crypto.secret.seeds import CodeKeys
from wire.pipeline import case_id


@dataclass(frozen=True, slots=True)
class Message:
    """An entry with what it says; unreadable says why that is empty. at: unix time of storing."""

    item: Item
    value: dict[str, Any]
    unreadable: str = ""

    @property
    def role(self) -> str:
        return self.item.role

    @property
    def at(self) -> int:
        return self.item.entry.stored


def message(text: str) -> dict[str, Any]:
    return {"schema": "message/1", "text": text, "attachments": []}


def conversation(session: Session, chain: Chain) -> list[Message]:
    """What was said, in order, as far as this device was given the keys. What its author sealed
    badly is marked, and hides nothing of what others wrote. Raises Distrust."""
    messages = []
    for item in chain.items:
        if chain.can_open(item):
            try:
                messages.append(Message(item, session.open(chain, item)))
            except Unreadable as error:
                messages.append(Message(item, {}, str(error)))
    return messages


def cases_of(session: Session, code: CodeKeys) -> list[Chain]:
    """The cases that a return code has opened here, found by the code alone, oldest first."""
    found: list[Chain] = []
    while True:
        n = len(found)
        case = case_id(session.device, b64(code.salt(n)))
        chain = session.read(case, code.compartment(n))
        if chain is None:
            return found
        found.append(chain)


def ask(session: Session, code: CodeKeys, n: int, mode: str, text: str) -> Chain:
    """Open the n-th case of a code with a question."""
    return session.open_consultation(code.compartment(n), code.salt(n), mode, message(text))


def say(session: Session, chain: Chain, text: str) -> None:
    """What the requester adds. An opening that was cut short before the question is completed."""
    kind = "ConsultationReceived" if chain.state.state == "opened" else "MessageSent"
    session.write(chain, kind, {}, message(text))


def take(session: Session, chain: Chain) -> None:
    """Take a consultation, and put the other workers out by a new epoch.

    Taking again finishes what was cut short. Raises NotPossible when another has it.
    """
    if chain.state.state == "received":
        body = {"assignee": session.device, "no_conflict": True}
        session.write(chain, "ConsultationAssigned", body)
    put_others_out(session, chain)


def put_others_out(session: Session, chain: Chain) -> None:
    """Renew the keys so that of the workers only the one who took it can go on reading."""
    trust = session.directory.newest
    assignee = chain.state.facts.get("assignee", "")
    staying = tuple(
        line
        for line in chain.lines
        if line.role != "consultation_worker" or trust.person(line.device) == trust.person(assignee)
    )
    if staying != chain.lines:
        session.change_members(chain, "removed", staying)


def answer(session: Session, chain: Chain, text: str) -> None:
    session.write(chain, "AnswerGiven", {}, message(text))


def advise(session: Session, chain: Chain, sections: dict[str, str]) -> None:
    """Short advice; sections: yourself, professional_help, possible_reports, contact_again."""
    value = {"schema": "advice/1", **sections, "attachments": []}
    session.write(chain, "ShortAdviceGiven", {}, value)


def close(session: Session, chain: Chain, outcome: str, reason: str, pointers: str) -> None:
    value = {"schema": "closing/1", "outcome": outcome, "reason": reason, "pointers": pointers}
    session.write(chain, "ConsultationClosed", {"attested": True}, {**value, "attachments": []})
