"""What a person reads when something goes wrong: what happened and what to do next, in the words of
the work; the name of the broken rule stands in brackets at the end, for whoever is asked for help.
English stands here; Dutch stands in the catalogue."""

from typing import Any

from cli.sentences.click_words import of_files
from cli.sentences.counting import counted
from cli.sentences.language import _, dutch, name
from cli.sentences.plain import plain
from cli.sentences.raised import NEXT, OF_A_FIELD
from cli.sentences.reasons import Advice, fits, listed, reason_of
from cli.sentences.refused import ADVICE, ALARM, ALARM_OR_RESTORE, DOES_NOT_HOLD, HOW, OTHERWISE
from client.errors import (
    ClientError,
    Distrust,
    EpochMoved,
    NotPossible,
    ServerRefused,
    Unanswered,
    Unreachable,
)
from domain.kinds import KINDS, ROLES
from domain.refusal import Refusal
from domain.services.registry import SERVICES
from wire.problems import OTHERS

WENT_BACK = frozenset({"went-back", "forked"})
NO_ALARM = frozenset({"stale-roster", "gone"})  # either may be as it should be
RULES = frozenset({*Refusal, *OTHERS, "taken", "unanswered", "wrong-pin", "not-zegel", "gone"})
MAX_DETAIL = 300  # characters of what a server said, for scripts
# What is called by its name inside a sentence.
NAMED = frozenset({*KINDS, *ROLES}).union(
    *({*service.states, *service.walls} for service in SERVICES.values())
)


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
        told = error.name in NO_ALARM
        # A conversation alone can be gone on with after a restore, and by who keeps what he saw.
        back = error.name in WENT_BACK and error.detail.startswith("conversation ")
        alarm = Advice(DOES_NOT_HOLD, ALARM_OR_RESTORE if back else ALARM, ALARM)
        advice = ADVICE[error.name] if told else alarm
        return _told(error.name, advice, asks, error.detail)
    if isinstance(error, ServerRefused):
        return _of_server(error, asks)
    if isinstance(error, EpochMoved):
        came, left = len(error.came), len(error.left)
        moved = f"{_('devices that came')}: {came}; {_('devices that left')}: {left}"
        told = _told("epoch-moved", ADVICE["wrong-epoch"], asks, text)
        return {**told, "what": f"{_(ADVICE['wrong-epoch'].what)} ({moved})"}
    if isinstance(error, Unanswered):
        return _told("unanswered", ADVICE["unanswered"], asks, text)
    called = "not-possible" if isinstance(error, NotPossible) else "error"
    if text in ADVICE:
        advice = ADVICE[text]
        return {"name": called, "what": _(advice.what), "next": _following(advice, asks)}
    rule, _colon, detail = text.partition(": ")
    if rule in RULES:
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
    rule = error.name if error.name in RULES else Refusal.MALFORMED
    said = " ".join(plain(error.detail).split())[:MAX_DETAIL]
    reason = reason_of(error.detail.removeprefix("not so: "), NAMED)
    return _told(rule, reason or ADVICE.get(rule, OTHERWISE), asks, said)


def _of_rule(rule: str, detail: str, asks: bool) -> dict[str, str]:
    """What a rule that was broken means: why in the words of the work, where that is known."""
    advice = ADVICE.get(rule, OTHERWISE)
    reason = reason_of(detail.removeprefix("not so: "))
    if reason is not None:
        return _told(rule, reason, asks, detail)
    told = _told(rule, advice, asks, detail)
    # What the client itself says after the name of a rule stands in the catalogue whole.
    said = _known(f"{rule}: {detail}")
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
    known = _known(text)
    if known is not None:
        return known._replace(what=counted(known.what))
    before, colon, after = text.partition(": ")
    if not colon:
        return Advice(text, HOW)
    # What a word was put before, such as a code that was mistyped: the word has been translated.
    said = spoken(after)
    return said._replace(what=f"{before}: {said.what}")


def _known(text: str) -> Advice | None:
    """What stands in the catalogue for this; None for what does not."""
    for sentence, following in NEXT.items():
        found = fits(sentence, text)
        if found is not None:
            if sentence in OF_A_FIELD:
                field, *others = found
                return Advice(_(sentence).format(name(field), *map(listed, others)), following)
            return Advice(_(sentence).format(*map(_called, found)), following)
    return Advice(_(text), HOW) if text in dutch()["sentences"] else None


def _called(filled: str) -> str:
    """What is filled in: a kind, role, state or place by its name."""
    return name(filled) if filled in NAMED else of_files(filled)
