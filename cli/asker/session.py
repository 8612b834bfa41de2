"""The session of someone who comes with a code: made of the code alone, and gone with it."""

from typing import NamedTuple

from cli.home.folder import place
from cli.home.network import transport
from cli.writing.again import attended
from client.cases import consultation
from client.place.chain import Chain
from client.server.pins import Pins
from client.session import Session
from crypto.encoding import unb64
from crypto.secret.seeds import CodeKeys


def session_of(
    entropy: bytes, server: str | None, pin: str | None, made_under: str = ""
) -> tuple[Session, CodeKeys]:
    """made_under: the pin under which the code was made, if that is an earlier one. Raises
    NotPossible where no server or pin is known."""
    where = place(server, pin)
    code = CodeKeys(entropy, unb64(made_under or where.pin))
    return attended(Session(transport(where.server), where.pin, code.keys, Pins())), code


class Found(NamedTuple):
    """The conversations of a code: those that it opened, and those that it joined."""

    session: Session
    cases: list[Chain]
    joined: list[Chain]


def conversations(
    entropy: bytes, server: str | None, pin: str | None, session: Session, keys: CodeKeys
) -> Found:
    """What a code opens: as it is under the pin in force, else under an earlier one that the newest
    root lists. session, keys: under the pin in force. Raises Distrust, ServerRefused."""
    trust = session.directory.refresh()
    for made_under in ("", *(trust.root.previous_pins if trust.root else ())):
        if made_under:
            session, keys = session_of(entropy, server, pin, made_under)
        cases = consultation.cases_of(session, keys)
        found = Found(session, cases, consultation.joined(session, cases))
        if found.cases or found.joined:
            break
    return found
