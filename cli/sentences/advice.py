"""What a person reads when something goes wrong: what happened and what to do next, in the words of
the work; the name of the broken rule stands in brackets at the end, for whoever is asked for help.
The sentences stand in `cli.sentences.table`."""

from typing import Any

from cli.sentences.counting import counted
from cli.sentences.language import _
from cli.sentences.next_steps import HOW, Advice
from cli.sentences.plain import plain
from cli.sentences.raised import IN_OTHER_WORDS
from cli.sentences.rules import ALARM_OR_RESTORE, DOES_NOT_HOLD, OTHERWISE, RULES
from cli.sentences.table import named, of_condition, of_raised
from client.errors import (
    ClientError,
    Distrust,
    EpochMoved,
    NotPossible,
    ServerRefused,
    Unanswered,
    Unreachable,
)
from domain.refusal import Refusal
from wire.problems import OTHERS

WENT_BACK = frozenset({"went-back", "forked"})
NO_ALARM = frozenset({"stale-roster", "gone"})  # either may be as it should be
KNOWN = frozenset({*Refusal, *OTHERS, "taken", "unanswered", "wrong-pin", "not-zegel", "gone"})
MAX_DETAIL = 300  # characters of what a server said, for scripts


def explain(error: ClientError, *, asks: bool = False) -> dict[str, Any]:
    """What to tell a person. asks: she asks something, and does not work here.

    name: of the broken rule, the same in every language. what: happened. next: to do. detail: what
    the code said, in English, for whoever looks after the system. Besides these, what the error has
    for scripts alone.
    """
    return {**_explained(error, asks), **error.also}


def _explained(error: ClientError, asks: bool) -> dict[str, str]:
    text = str(error)
    if isinstance(error, Distrust):
        # A conversation alone can be gone on with after a restore, and by who keeps what he saw.
        back = error.name in WENT_BACK and error.detail.startswith("conversation ")
        alarm = DOES_NOT_HOLD._replace(next=ALARM_OR_RESTORE) if back else DOES_NOT_HOLD
        advice = RULES[error.name] if error.name in NO_ALARM else alarm
        return _told(error.name, advice, asks, error.detail)
    if isinstance(error, ServerRefused):
        return _of_server(error, asks)
    if isinstance(error, EpochMoved):
        came, left = len(error.came), len(error.left)
        moved = f"{_('devices that came')}: {came}; {_('devices that left')}: {left}"
        told = _told("epoch-moved", RULES["wrong-epoch"], asks, text)
        return {**told, "what": f"{_(RULES['wrong-epoch'].what)} ({moved})"}
    if isinstance(error, Unanswered):
        return _told("unanswered", RULES["unanswered"], asks, text)
    called = "not-possible" if isinstance(error, NotPossible) else "error"
    row = IN_OTHER_WORDS.get(text) or RULES.get(text)
    if row is not None:
        return {"name": called, "what": _(row.what), "next": _following(row, asks)}
    rule, _colon, detail = text.partition(": ")
    if rule in KNOWN:
        return _of_rule(rule, detail, asks)
    said = spoken(text)
    what = said.what.rstrip(".")
    if isinstance(error, Unreachable):
        return {"name": "unreachable", "what": f"{what}.", "next": _(said.next)}
    what = f"{_('This cannot be done')}: {what}."
    return {"name": called, "what": what, "next": _following(said, asks)}


def _of_server(error: ServerRefused, asks: bool) -> dict[str, str]:
    """What a server refused, in sentences of this program alone: of the server's own words none is
    shown, so that it cannot ask for anything in our name. `detail` is for scripts."""
    rule = error.name if error.name in KNOWN else Refusal.MALFORMED
    said = " ".join(plain(error.detail).split())[:MAX_DETAIL]
    reason = of_condition(error.detail.removeprefix("not so: "), named())
    return _told(rule, reason or RULES.get(rule, OTHERWISE), asks, said)


def _of_rule(rule: str, detail: str, asks: bool) -> dict[str, str]:
    """What a rule that was broken means: why in the words of the work, where that is known."""
    advice = RULES.get(rule, OTHERWISE)
    reason = of_condition(detail.removeprefix("not so: "))
    if reason is not None:
        return _told(rule, reason, asks, detail)
    told = _told(rule, advice, asks, detail)
    # What the client itself says after the name of a rule stands in the catalogue whole.
    said = of_raised(f"{rule}: {detail}")
    if said is not None:
        because = counted(said.what.partition(": ")[2].rstrip("."))
        told["what"] = f"{_(advice.what).rstrip('.')}: {because}. ({rule})"
    return told


def _told(rule: str, advice: Advice, asks: bool, detail: str) -> dict[str, str]:
    return {
        "name": rule,
        "what": f"{_(advice.what)} ({rule})",
        "next": _following(advice, asks),
        "detail": detail,
    }


def _following(advice: Advice, asks: bool) -> str:
    return _(advice.asker) if asks and advice.asker else _(advice.next)


def spoken(text: str) -> Advice:
    """What was raised in English, as the language on screen says it; what was filled in stays, but
    for what has a name."""
    known = of_raised(text)
    if known is not None:
        return known._replace(what=counted(known.what))
    before, colon, after = text.partition(": ")
    if not colon:
        return Advice(text, HOW)
    # What a word was put before, such as a code that was mistyped: the word has been translated.
    said = spoken(after)
    return said._replace(what=f"{before}: {said.what}")
