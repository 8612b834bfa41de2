"""The session of someone who comes with a code: made of the code alone, and gone with it."""

from cli.again import attended
from cli.home import place
from cli.network import transport
from client.pins import Pins
from client.session import Session
from crypto.encoding import unb64
from crypto.secret.seeds import CodeKeys


def session_of(entropy: bytes, server: str | None, pin: str | None) -> tuple[Session, CodeKeys]:
    """Raises NotPossible where no server or pin is known."""
    where = place(server, pin)
    code = CodeKeys(entropy, unb64(where.pin))
    return attended(Session(transport(where.server), where.pin, code.keys, Pins())), code
