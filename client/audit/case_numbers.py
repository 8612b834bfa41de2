"""A case by the beginning of its number, for those who see the structure of cases."""

from client.audit.accounting import list_cases
from client.errors import NotPossible, ServerRefused
from client.session import Session
from client.why import Why
from wire.problems import NO_SUCH_CASE

DIGITS = 32


def case_numbered(session: Session, beginning: str) -> str:
    """The whole number of the case that begins so: of those of the store for an auditor, else of
    those that were seen before. Raises NotPossible unless that is one, for no beginning at all."""
    wanted = beginning.strip().lower()
    if len(wanted) == DIGITS:
        return wanted
    known = {one.partition("/")[0] for one in session.pins.heads if one[DIGITS:][:1] == "/"}
    try:
        known |= list_cases(session).entries.keys()
    except ServerRefused as refused:
        if refused.name != NO_SUCH_CASE:
            raise
    found = [one for one in known if one.startswith(wanted)] if wanted else []
    if len(found) != 1:
        raise NotPossible(Why.SEVERAL_CASES, count=len(found), beginning=beginning)
    return found[0]
