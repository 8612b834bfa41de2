"""What a person reads when something goes wrong: a plain sentence with the technical detail after
it, and what to do next. English stands here; Dutch stands in the catalogue."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from cli.language import _
from client.errors import (
    ClientError,
    Distrust,
    EpochMoved,
    NotPossible,
    ServerRefused,
    Unreachable,
)
from domain.refusal import Refusal
from wire.problems import OTHERS

RULES = frozenset({*Refusal, *OTHERS, "taken"})


class Advice(NamedTuple):
    """what: happened. next: to do."""

    what: str
    next: str


ALARM = (
    "Do not go on here. Nothing was shown that did not hold. Keep this message and tell the "
    "support point by another way, for instance by telephone."
)
DOES_NOT_HOLD = "What the server sent does not hold."
OTHERWISE = Advice(
    "This is not accepted.",
    "Nothing was stored. Give this message to whoever looks after the system.",
)
WHICH_CASES = "See with `zegel inbox` which cases you take part in."
TYPE_AGAIN = "Look at your code once more and type it again."
HOW = "Add --help to the command to read how it works."
# By the name of a refusal or problem, or by the whole sentence of a NotPossible.
ADVICE: Mapping[str, Advice] = {
    "wrong-state": Advice(
        "This cannot be done as things stand now.",
        "Who works here sees with `zegel show` what can be done now; who asked, with `zegel "
        "return`.",
    ),
    "four-eyes": Advice(
        "This needs a second person.",
        "One person proposes; a supervisor answers with `zegel approve` or `zegel refuse`. After "
        "that it can be done.",
    ),
    "not-allowed": Advice(
        "This is not for you to do here.",
        "It is up to who took the consultation, the substitute or a supervisor. `zegel show` tells "
        "what you can do now.",
    ),
    "not-a-member": Advice(
        "You do not take part in this conversation, or no longer.",
        WHICH_CASES,
    ),
    "no-such-case": Advice(
        "This case is not here, or not for you.",
        "Check the case number. If you were taken off the case, this is how it looks.",
    ),
    "taken": Advice(
        "A colleague has taken this consultation: someone looks after it.",
        "You need do nothing. See with `zegel inbox` what still waits.",
    ),
    "not-permitted": Advice(
        "Your role may not see this.",
        "Ask a supervisor if you think it should.",
    ),
    "out-of-order": Advice(
        "Someone wrote at the same moment.",
        "Read what came in and try again.",
    ),
    "stale-view": Advice(
        "Your view of what is stored is not the newest.",
        "Try again in a moment.",
    ),
    "wrong-epoch": Advice(
        "While you wrote, the people who read along changed.",
        "Your text was not stored. Read who is there now, and send it again.",
    ),
    "rotation-owed": Advice(
        "Someone left this conversation; the keys are renewed first.",
        "Try again in a moment.",
    ),
    "uncertified-member": Advice(
        "Someone who would read along is not certified for that.",
        "Try again in a moment; if it stays so, tell the support point by telephone.",
    ),
    "unknown-author": Advice(
        "This device is not certified yet.",
        "Ask the registrar whether your device is on the list of certified people.",
    ),
    "revoked": Advice(
        "This device has been revoked: it can read and write nothing more.",
        "If you did not expect this, tell the registrar or a supervisor by telephone.",
    ),
    "stale-roster": Advice(
        "The list of certified people has expired or is being renewed.",
        "Try again later; if it stays so, tell the support point by telephone.",
    ),
    "unproven": Advice(
        "The server does not know for certain that it is you.",
        "Check the clock of this machine, and that this device has been certified.",
    ),
    "clock": Advice(
        "The clock of this machine is wrong by more than ten minutes.",
        "Set the clock and try again.",
    ),
    "too-large": Advice(
        "This is too long to send at once.",
        "Nothing was stored. Make it shorter, or send it in parts.",
    ),
    "too-slow": Advice(
        "The connection was too slow.",
        "Nothing was stored. Try again, or where the connection is better.",
    ),
    "too-many": Advice("This is too much at once.", "Wait a while and try again."),
    "busy": Advice("The server is busy.", "Nothing was stored. Try again in a moment."),
    "not-yet": Advice("The server has not come that far yet.", "Try again in a moment."),
    "set-aside": Advice(
        "The server does not know this just now.",
        "Nothing is lost. Tell whoever looks after the server that a read model was set aside.",
    ),
    "internal": Advice(
        "Something went wrong at the support point, not with you.",
        "Try again in a moment; if it stays so, tell the support point by telephone.",
    ),
    "bel nu 112 / call 112 now; come back here when you are safe": Advice(
        "Bel nu 112 / call 112 now.",
        "Come back here when you are safe: you are welcome at any time.",
    ),
    "nobody of the front office is certified now": Advice(
        "Nobody can read your question just now.",
        "Nothing was sent. Try again later, or ring the support point.",
    ),
    "no supervisor is certified now": Advice(
        "No supervisor can read this just now.",
        "Nothing was stored. If it cannot wait, ring a supervisor.",
    ),
}
# What is raised in English, {} for what is filled in, with what to do next. Of two that fit, the
# longer stands first.
NEXT: Mapping[str, str] = {
    "no case of yours begins with {}; a colleague may have taken it": WHICH_CASES,
    "{} cases begin with {}: give more of the number": WHICH_CASES,
    "you stand in that case no longer": WHICH_CASES,
    "there is no message {} here": "The number stands above each message in `zegel show`.",
    "{} is neither a position nor a time": (
        "Give a number, or a UTC minute such as 2026-11-24T17:00Z."
    ),
    "nothing here has a number that begins with {}": HOW,
    "message {} has no file {}": "The files stand under each message in `zegel show`.",
    "the picture cannot be read: {}": HOW,
    "{} changed while it was read": "Try again once nothing else writes to it.",
    "at most {} files go with one message": "Send the others with another message.",
    "{} holds too many files called {}": "Save it in another folder with --to.",
    "{} colleagues have a number that begins with {}": "See their numbers with `zegel colleagues`.",
    "the passphrase does not open the device key": (
        "Try again. Who forgot it makes a new device key with `zegel enrol`, and lets the "
        "registrar certify it."
    ),
    "{} does not answer": (
        "Check the address and the connection, then try again: nothing is stored twice."
    ),
    "a code has {} characters, this has {}": TYPE_AGAIN,
    "a code has {} words, this has {}": TYPE_AGAIN,
    "{} does not occur in a code": TYPE_AGAIN,
    "one or more characters are wrong: the checksum does not fit": TYPE_AGAIN,
    "one or more words are wrong or not in their order: the checksum does not fit": TYPE_AGAIN,
    "these words read in two languages: type the {} characters": TYPE_AGAIN,
    "word {}, {}, is not in the Dutch list: did you mean {}?": TYPE_AGAIN,
    "word {}, {}, is not in the English list: did you mean {}?": TYPE_AGAIN,
    "word {}, {}, is not in the Dutch list": TYPE_AGAIN,
    "word {}, {}, is not in the English list": TYPE_AGAIN,
    "this device was given no key to message {}": "Ask someone who could read it to grant it.",
    "this device cannot open message {}": "Ask someone who could read it to grant it.",
    "this device holds no key of epoch {}": "Ask someone who could read it to grant it.",
    "wrong-state: there is no {} here": HOW,
    "you stand in no {} of this case": "The names stand in `zegel case show`.",
    "{} compartments of yours are called {}": "The names stand in `zegel case show`.",
    "{} conversations of yours begin with {}": HOW,
    "{} devices and {} people begin with {}": HOW,
    "{} cases of yours begin with {}": "Their numbers stand in `zegel inbox`.",
    "{} holds no notes of an audit: name another file": HOW,
    "{} is of an audit of another server, or by other terms": HOW,
    "{} cannot be written: {}": HOW,
    "{} is being written by another audit": HOW,
    "this case has {} entries, counted from 0": HOW,
    "{} members have a number that begins with {}": ("See their numbers with `zegel colleagues`."),
    "an invitation has {} words of one language": "Ask who invited you for the link again.",
    "four-eyes: no {} has been approved by a second person": HOW,
    "{} is no pin: it has 43 characters": HOW,
    "{} holds a device key already": HOW,
    "{} is not there: make a device key with `zegel enrol`": HOW,
    "{} is damaged: {}": HOW,
    "{} is there already: give the name of a new file": "Nothing is written over.",
    "{} belongs to somebody else, or is open to others": HOW,
    "{}: Must be one of: {}.": HOW,
    "{}: Not a valid boolean.": HOW,
    "{}: Length must be between {} and {}.": HOW,
}


def explain(error: ClientError) -> dict[str, str]:
    """name: of the broken rule, the same in every language. what: happened. next: to do."""
    text = str(error)
    if isinstance(error, Distrust):
        expired = error.name == "stale-roster"
        advice = ADVICE[error.name] if expired else Advice(DOES_NOT_HOLD, ALARM)
        return _told(error.name, advice, f"{error.name}: {error.detail}")
    if isinstance(error, ServerRefused):
        return _of_rule(error.name, error.detail or text)
    if isinstance(error, EpochMoved):
        came, left = len(error.came), len(error.left)
        detail = f"{_('devices that came')}: {came}; {_('devices that left')}: {left}"
        return _told("epoch-moved", ADVICE["wrong-epoch"], detail)
    name = "not-possible" if isinstance(error, NotPossible) else "error"
    if text in ADVICE:
        return _told(name, ADVICE[text])
    said = spoken(text)
    if isinstance(error, Unreachable):
        return _told("unreachable", said._replace(what=f"{said.what}."))
    rule, _colon, detail = said.what.partition(": ")
    if rule in RULES:
        return _of_rule(rule, detail)
    what = f"{_('This cannot be done')}: {said.what.rstrip('.')}."
    return _told(name, said._replace(what=what))


def _of_rule(name: str, detail: str) -> dict[str, str]:
    return _told(name, ADVICE.get(name, OTHERWISE), f"{name}: {detail}" if detail else name)


def _told(name: str, advice: Advice, detail: str = "") -> dict[str, str]:
    what = f"{_(advice.what)} ({detail.rstrip('.')})" if detail else _(advice.what)
    return {"name": name, "what": what, "next": _(advice.next)}


def spoken(text: str) -> Advice:
    """What was raised in English, as the language on screen says it; what was filled in stays."""
    for sentence, following in NEXT.items():
        pattern = "(.+)".join(map(re.escape, sentence.split("{}")))
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found is not None:
            return Advice(_(sentence).format(*found.groups()), following)
    before, colon, after = text.partition(": ")
    if _(text) != text or not colon:
        return Advice(_(text), HOW)
    # What a word was put before, such as a code that was mistyped: the word has been translated.
    said = spoken(after)
    return said._replace(what=f"{before}: {said.what}")
