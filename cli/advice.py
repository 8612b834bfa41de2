"""What a person reads when something goes wrong: what happened and what to do next, in the words of
the work; the name of the broken rule stands in brackets at the end, for whoever is asked for help.
English stands here; Dutch stands in the catalogue."""

from collections.abc import Mapping

from cli.click_words import of_files
from cli.language import _, dutch, name
from cli.reasons import SEE, SEE_HERS, Advice, fits, listed, reason_of
from client.errors import (
    ClientError,
    Distrust,
    EpochMoved,
    NotPossible,
    ServerRefused,
    Unreachable,
)
from domain.kinds import KINDS, ROLES
from domain.refusal import Refusal
from domain.services.registry import SERVICES
from wire.problems import OTHERS

RULES = frozenset({*Refusal, *OTHERS, "taken", "wrong-pin", "not-zegel"})
# What is called by its name inside a sentence.
NAMED = frozenset({*KINDS, *ROLES}).union(
    *({*service.states, *service.walls} for service in SERVICES.values())
)

ALARM = (
    "Do not go on here. Nothing was shown that did not hold. Keep this message, and let us know in "
    "another way: ring us, for instance."
)
DOES_NOT_HOLD = "What the server sent does not hold."
RING = "Try again in a moment. If it stays so, ring the support point."
NOT_UNDERSTOOD = Advice(
    "This program and the server do not understand each other.",
    "Look whether there is a newer version of this program. If not, give this message to whoever "
    "looks after the system.",
)
OTHERWISE = Advice(
    "This was not stored.",
    "Give this message to whoever looks after the system.",
)
NOT_WHOLE = Advice("Not all of it arrived, so it was not stored.", "Try again.")
WHICH_CASES = "See with `zegel inbox` which cases you take part in."
TYPE_AGAIN = "Look at your code once more and type it again."
PIN_ON_THE_LETTER = "Look at the letter again: capitals and small letters differ."
SET_THE_CLOCK = "Set the clock and try again."
LISTED_ABOVE = "They are listed above, each with its number."
SEE_NAMES = "See your names with `zegel name`."
HOW = "Add --help to the command to read how it works."
SAVE_ANEW = (
    "Save it as JPEG or PNG with the program that shows it, or make a picture of the screen, and "
    "send that."
)
# By the name of a refusal or problem, or by the whole sentence of a NotPossible.
ADVICE: Mapping[str, Advice] = {
    "wrong-state": Advice("This cannot be done now.", SEE, SEE_HERS),
    "four-eyes": Advice(
        "This needs a second person.",
        "One person proposes; a supervisor answers with `zegel approve` or `zegel refuse`. After "
        "that it can be done.",
    ),
    "not-allowed": Advice(
        "You may not do this here.",
        "Only the worker of this consultation, the substitute or a supervisor may; in a support "
        "case, the casemanager. `zegel show` tells what you can do now.",
        SEE_HERS,
    ),
    "not-a-member": Advice(
        "You do not take part in this conversation, or no longer.",
        WHICH_CASES,
        "Come back with your newest code. If that does not help, ring the support point.",
    ),
    "no-such-case": Advice(
        "This case is not here, or not for you.",
        "Check the case number. If you were taken off the case, this is how it looks.",
        "Check your code. Does it stay so? Then ring the support point.",
    ),
    "taken": Advice(
        "This consultation is a colleague's.",
        "See with `zegel inbox` what still waits. Do you doubt whether someone looks at it? Ring a "
        "supervisor.",
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
        "What you see is not the newest.",
        "Try again in a moment.",
    ),
    "wrong-epoch": Advice(
        "While you wrote, the people who read along changed.",
        "Your text was not stored. Read who is there now, and send it again.",
    ),
    "rotation-owed": Advice(
        "Someone just left this conversation. First it is made sure that they read nothing new.",
        "Try again in a moment.",
    ),
    "uncertified-member": Advice(
        "Someone who would read along is not on the list of certified people.",
        RING,
    ),
    "unknown-author": Advice(
        "This device is not on the list of certified people.",
        "Ask the registrar to put your device on the list.",
        "Check your code. Does it stay so? Then ring the support point.",
    ),
    "revoked": Advice(
        "This device has been revoked: it can read and write nothing more.",
        "If you did not expect this, ring the registrar or a supervisor.",
        "If you did not expect this, ring the support point.",
    ),
    "stale-roster": Advice(
        "The list of certified people has expired or is being renewed.",
        RING,
    ),
    "unproven": Advice(
        "The server does not know for certain that it is you.",
        "Check the clock of this machine, and that this device is on the list of certified people.",
        "Check the clock of this machine and your code.",
    ),
    "clock": Advice(
        "The clock of this machine is wrong.",
        SET_THE_CLOCK,
    ),
    "other-authority": Advice(
        "The support point's server has another name than the address that was given.",
        "Use the address on the letter or page of the support point: with --server, or in "
        "ZEGEL_SERVER or settings.json.",
    ),
    "not-zegel": Advice(
        "This is not the support point's server.",
        "Check the address and its port. On a network that first asks you to log in, open a web "
        "page and log in.",
    ),
    "wrong-pin": Advice(
        "The pin that was given is not the pin of the people at this server.",
        "Look at the letter again: one or more characters of the pin may be mistyped, or the "
        "address is that of another server. If both are as on the letter, do not go on: tell the "
        "support point by telephone.",
    ),
    "too-large": Advice(
        "This is too long to send at once.",
        "It was not stored. Make it shorter, or send it in parts.",
    ),
    "too-slow": Advice(
        "The connection was too slow.",
        "It was not stored. Try again, or where the connection is better.",
    ),
    "too-many": Advice("This is too much at once.", "Wait a while and try again."),
    "busy": Advice("The server is busy.", "It was not stored. Try again in a moment."),
    "not-yet": Advice("The server has not come that far yet.", "Try again in a moment."),
    "internal": Advice(
        "Something went wrong at the support point, not with you. It is not known whether this "
        "was stored.",
        "Look first with `zegel show` whether it stands there. If it stays so, ring whoever looks "
        "after the system.",
        "Look first with `zegel return` whether it stands there. If it stays so, ring the support "
        "point.",
    ),
    "duplicate-entry": Advice("This was stored already.", SEE, SEE_HERS),
    "missing-payload": NOT_WHOLE,
    "payload-mismatch": NOT_WHOLE,
    "wrong-offset": Advice(
        "Sending a file was cut short.", "Try again: it goes on where it stopped."
    ),
    "bad-signature": OTHERWISE,
    "wrong-case": OTHERWISE,
    **dict.fromkeys(
        (
            *("malformed", "unsupported-version", "not-found", "method-not-allowed"),
            *("bad-request", "length-required", "target-too-long", "head-too-large"),
            *("unsupported-media-type", "no-such-range"),
        ),
        NOT_UNDERSTOOD,
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
        "It was not stored. If it cannot wait, ring a supervisor.",
    ),
}
# What is raised in English, {} for what is filled in, with what to do next. Of two that fit, the
# longer stands first.
OF_A_FIELD = (
    "{}: Must be one of: {}.",
    "{}: Not a valid boolean.",
    "{}: Length must be between {} and {}.",
)
NEXT: Mapping[str, str] = {
    "no case of yours begins with {}; a colleague may have taken it": WHICH_CASES,
    "{} cases begin with {}: give more of the number": WHICH_CASES,
    "you stand in that case no longer": WHICH_CASES,
    "{} proposals are open: name one with --of: {}": LISTED_ABOVE,
    "{} is no open proposal here: these are: {}": LISTED_ABOVE,
    "a local name has 1 to {} characters on one line": HOW,
    "{} is the name of something else already": SEE_NAMES,
    "{} has no local name": SEE_NAMES,
    "{} is a local name and the beginning of a number: give more": SEE_NAMES,
    "{} numbers begin with {}: give one whole": HOW,
    "{} of your names are of a number beginning {}": SEE_NAMES,
    "{} is not what this device kept": HOW,
    "there is no message {} here": "The number stands above each message in `zegel show`.",
    "{} is neither a position nor a time": (
        "Give a number, or a UTC minute such as 2026-11-24T17:00Z."
    ),
    "nothing here has a number that begins with {}": HOW,
    "message {} has no file {}": "The files stand under each message in `zegel show`.",
    "{} cannot be read as a picture: it is damaged, or not what it seems": SAVE_ANEW,
    "{} is a picture of the kind {}: where, when and with what it was made cannot be taken out": (
        SAVE_ANEW
    ),
    "{} holds a picture behind something else: that cannot be taken out": SAVE_ANEW,
    "{} holds several pictures: save each of them by itself": SAVE_ANEW,
    "{} moves, and is to be turned: save it anew first": SAVE_ANEW,
    "{} has more than {} million dots: make it smaller": SAVE_ANEW,
    "{} is too large: a file has at most {}": "Leave it out, or send a smaller one.",
    "there is no room to seal the files that go along: {}": (
        "Make room on this machine, or send it without files."
    ),
    "{} changed while it was read": "Try again once nothing else writes to it.",
    "{} is too large: this server takes at most {} MiB": "Nothing of it was sent.",
    "at most {} files go with one message": "Send the others with another message.",
    "{} holds too many files called {}": "Save it in another folder with --to.",
    "{} colleagues have a number that begins with {}": "See their numbers with `zegel colleagues`.",
    "the passphrase does not open the device key": (
        "Try again. Who forgot it makes a new device key with `zegel enrol`, and lets the "
        "registrar certify it."
    ),
    "clock: this machine's clock is {} minutes ahead": SET_THE_CLOCK,
    "clock: this machine's clock is {} minutes behind": SET_THE_CLOCK,
    "clock: this machine's clock is {} hours ahead": SET_THE_CLOCK,
    "clock: this machine's clock is {} hours behind": SET_THE_CLOCK,
    "clock: this machine's clock is {} days ahead": SET_THE_CLOCK,
    "clock: this machine's clock is {} days behind": SET_THE_CLOCK,
    "other-authority: {} is to be asked as {}": HOW,
    "not-zegel: what answers at {} is something else": HOW,
    "{} is no address of a server: it looks like https://zegel.example": (
        "The address stands on the letter or page of the support point."
    ),
    "nothing answers at {}": (
        "Check the address and its port; if they are right, the server is down: try again later."
    ),
    "no server is known by the name {}": "Check the address and the connection, then try again.",
    "{} does not show that it is the server of that name": (
        "Check the address and the clock of this machine. Do not go on if both are right: tell the "
        "support point by telephone."
    ),
    "{} cannot be reached through the proxy {}": (
        "Check that the proxy runs (for Tor: that Tor runs), then try again. Nothing was sent "
        "without it."
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
    "{} holds a root already": HOW,
    "{} is not there: is this the folder of the ceremony?": HOW,
    "{} holds no card: {}": HOW,
    "{} is listed already": HOW,
    "nobody listed has the id {}": HOW,
    "{} devices are listed whose id begins with {}": HOW,
    "an invitation has {} words of one language": "Ask who invited you for the link again.",
    "four-eyes: no {} has been approved by a second person": HOW,
    "{} is no pin: it has 43 characters": PIN_ON_THE_LETTER,
    "{} is no pin: one or more characters are wrong": PIN_ON_THE_LETTER,
    "{} holds a device key already": HOW,
    "{} is not there: make a device key with `zegel enrol`": HOW,
    "{} is damaged: it does not say a server and a pin": (
        "Move that file away, and give both again: with --server and --pin, or in ZEGEL_SERVER and "
        "ZEGEL_PIN."
    ),
    "{} is damaged: what was seen before cannot be read": (
        "Give that file another name and keep it: it may be evidence. Tell whoever looks after the "
        "system. After that the commands work again, and begin anew to note what they see."
    ),
    "{} is damaged and is not written over: {}": (
        "What this command saw stands in a file beside it. Give the damaged file another name, "
        "keep both, and tell whoever looks after the system."
    ),
    "{} is damaged: {}": HOW,
    "{} is a file, and is to be a folder": "Name another folder in ZEGEL_HOME, or move the file.",
    "{} holds no certificate": "Name a file with certificates (PEM) in ZEGEL_CA_FILE.",
    "{} is no proxy that can be used": (
        "Write it as socks5h://127.0.0.1:9050 or http://proxy.example:3128, in ZEGEL_PROXY."
    ),
    "{} cannot be read: {}": "Look whether it is there and is yours to read.",
    "{} is there already: give the name of a new file": "Nothing is written over.",
    "{} belongs to somebody else, or is open to others": HOW,
    "{} is not UTF-8: save it again as UTF-8": HOW,
    "a line with {} was changed; take it out: {}": HOW,
    "the field [{}] stands twice; put a space before it where it is text": HOW,
    "the editor {} does not start: name another in EDITOR, or use -m or -f": HOW,
    "the editor {} failed: name another in EDITOR, or use -m or -f": HOW,
    "nothing can be kept in {} ({}), so nothing is asked of you": (
        "Make room there, or make it writable; then try again."
    ),
    "there is no draft {}": "See with `zegel drafts` which drafts wait.",
    **dict.fromkeys(OF_A_FIELD, HOW),
}


def explain(error: ClientError, *, asks: bool = False) -> dict[str, str]:
    """What to tell a person. asks: she asks something, and does not work here.

    name: of the broken rule, the same in every language. what: happened. next: to do. detail: what
    the code said, in English, for whoever looks after the system.
    """
    text = str(error)
    if isinstance(error, Distrust):
        expired = error.name == "stale-roster"
        advice = ADVICE[error.name] if expired else Advice(DOES_NOT_HOLD, ALARM)
        return _told(error.name, advice, asks, error.detail)
    if isinstance(error, ServerRefused):
        return _of_rule(error.name, error.detail, asks)
    if isinstance(error, EpochMoved):
        came, left = len(error.came), len(error.left)
        moved = f"{_('devices that came')}: {came}; {_('devices that left')}: {left}"
        told = _told("epoch-moved", ADVICE["wrong-epoch"], asks, text)
        return {**told, "what": f"{_(ADVICE['wrong-epoch'].what)} ({moved})"}
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
        because = said.what.partition(": ")[2].rstrip(".")
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
    before, colon, after = text.partition(": ")
    if known is not None or not colon:
        return known or Advice(text, HOW)
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
