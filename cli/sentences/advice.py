"""What a person reads when something goes wrong: what happened and what to do next, in the words of
the work; the name of the broken rule stands in brackets at the end, for whoever is asked for help.
The sentences stand in `cli.sentences.table`."""

from collections.abc import Mapping
from typing import Any

from cli.sentences import findings
from cli.sentences.cannot import CannotDo
from cli.sentences.counting import counted
from cli.sentences.language import _
from cli.sentences.next_steps import HOW, Advice
from cli.sentences.of_fields import of_fields
from cli.sentences.plain import plain
from cli.sentences.reasons import IN_OTHER_WORDS, NEXT
from cli.sentences.rules import ALARM_OR_RESTORE, DOES_NOT_HOLD, OTHERWISE, RULES
from cli.sentences.table import named, of_condition, of_reason, of_refused, said
from client.errors import (
    AgainstRules,
    ClientError,
    Distrust,
    EpochMoved,
    NotPossible,
    ServerRefused,
    Unanswered,
    Unreachable,
)
from client.why import Fact, Why
from crypto.mistakes import Mistake
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
    if isinstance(error, Unreachable):
        what = spoken(error.why, error.facts).rstrip(".")
        return {"name": "unreachable", "what": f"{what}.", "next": _(NEXT[error.why])}
    if isinstance(error, AgainstRules):
        refused = error.refused
        reason = of_refused(refused) or RULES.get(refused.refusal, OTHERWISE)
        return _told(refused.refusal, reason, asks, refused.detail)
    if isinstance(error, NotPossible) and error.why is not None:
        return _of_reason(error.why, error.facts, asks)
    if isinstance(error, CannotDo):
        return _not_done("not-possible", text, error.following)
    return _not_done("error", findings.told(text), HOW)


def _of_reason(why: Why | Mistake, facts: Mapping[str, Fact], asks: bool) -> dict[str, str]:
    if isinstance(why, Mistake):
        return _not_done("not-possible", spoken(why, facts), NEXT[why])
    if why in IN_OTHER_WORDS:
        row = IN_OTHER_WORDS[why]
        what = said(row.what, facts)
        return {"name": "not-possible", "what": what, "next": _following(row, asks)}
    if not why.rule:
        return _not_done("not-possible", spoken(why, facts), NEXT[why])
    detail = why.value.format(**facts)
    same = of_reason(why, facts)
    if same is not None:
        return _told(why.rule, same, asks, detail)
    rule = RULES[why.rule]
    because = f"{_(rule.what).rstrip('.')}: {spoken(why, facts)}. ({why.rule})"
    return {**_told(why.rule, rule, asks, detail), "what": because}


def _not_done(called: str, text: str, following: str) -> dict[str, str]:
    what = f"{_('This cannot be done')}: {text.rstrip('.')}."
    return {"name": called, "what": what, "next": _(following)}


def _of_server(error: ServerRefused, asks: bool) -> dict[str, str]:
    """What a server refused, in sentences of this program alone: of the server's own words none is
    shown, so that it cannot ask for anything in our name. `detail` is for scripts."""
    rule = error.name if error.name in KNOWN else Refusal.MALFORMED
    detail = " ".join(plain(error.detail).split())[:MAX_DETAIL]
    reason = of_condition(error.detail.removeprefix("not so: "), named())
    return _told(rule, reason or RULES.get(rule, OTHERWISE), asks, detail)


def _told(rule: str, advice: Advice, asks: bool, detail: str) -> dict[str, str]:
    return {
        "name": rule,
        "what": f"{_(advice.what)} ({rule})",
        "next": _following(advice, asks),
        "detail": detail,
    }


def _following(advice: Advice, asks: bool) -> str:
    return _(advice.asker) if asks and advice.asker else _(advice.next)


def spoken(why: Why | Mistake, facts: Mapping[str, Fact]) -> str:
    """A reason in the language on screen."""
    if why is Why.NOT_AS_ASKED:
        return of_fields(str(facts["faults"]))
    return counted(said(why.value, facts))


def spoken_of(error: NotPossible | Unreachable) -> str:
    """Why something cannot be done, in the language on screen."""
    return str(error) if error.why is None else spoken(error.why, error.facts)
