"""What an audit found, and what it rests on, in the language on screen.

Verdicts are made in English, word for word the same for every reader of `--json`; here they are
read back, sentence by sentence, for people. English is shown as it was made.
"""

import re

from cli.sentences.counting import counted
from cli.sentences.language import _, dutch, language, name
from cli.sentences.reasons import fits, reason_of
from client.place.names import split

# {} for what is filled in. Of two that fit, the longer stands first.
FOUND = (
    # what a check rests on
    "{} of {} entries replayed by the server's own rules, {} dated before an earlier one",
    "{} of {} entries replayed by the server's own rules",
    "{} releases, {} other lines of the read log",
    "{} leaves followed by new keys, {} places where nothing was written since",
    "{} terms ran, {} had passed before the work was done",
    "{} contents, {} readers of them",
    "{} entries of {} cases up to position {}, {} runs of them dated before an earlier one",
    "{} entries of {} cases up to position {}",
    "{} headers, {} lines",
    "{} lines",
    # what does not hold
    "{} is no entry with content there, as far as was replayed",
    "{} had been erased",
    "{} had not been given the key of {}",
    "{} did not stand there then",
    "{} had been revoked",
    "new keys for {}, who had left",
    "written after {} and before new keys",
    "{} was due by {}, and no reason was given",
    "the replay did not come to it",
    "not even its author was given the key",
    "something was given out",
    "the store has gone back: position {} was seen before",
    "position {} is shown twice",
    "nothing is shown at positions {} to {}",
    "nothing is shown at position {}",
    "case {} was seen before and is not listed",
    "not judged",
    "{} entries are shown of {} that were listed",
    "position {} was stored before the cases were listed, and they were listed up to {}",
    "{} was seen before and is not shown now",
    "{} is not the one that was seen before",
    "an entry is shown elsewhere than the server's receipt says",
    "no entry was handed over",
    "not in the order of the store",
    "this is of case {}",
    "trust documents stand elsewhere than they did a moment ago",
    "it does not come to the newest line that is signed",
    "line {} is missing or was changed",
    "line {} cannot be read",
    "line {} speaks of another case",
    "its newest line is not signed by the log's key",
    "what is signed of it cannot be read",
    "what is signed speaks of another case",
    "what is signed does not say how many lines there are",
    # what could not be opened
    "taken back by who wrote it",
    "erased on {} ({})",
    "the grant of its key was erased with another message: ask for it anew",
    "this device was given no key to message {}",
    "entry {} cannot be read",
    "file {} of entry {} cannot be read",
    # where
    "entry {}",
    "line {}",
)
# Rules by name, as an auditor or whoever is asked for help reads them.
RULES = {
    "malformed": "this is not written as it should be",
    "unsupported-version": "this is of another version",
    "wrong-case": "this is of another case",
    "duplicate-entry": "this stands there twice",
    "out-of-order": "this does not follow on what went before",
    "unknown-author": "nobody vouches for who signed this",
    "revoked": "the device that signed this had been revoked",
    "bad-signature": "the signature is not good",
    "stale-roster": "the list of certified people was not the newest, or had expired",
    "stale-view": "its author had not seen the newest",
    "clock": "its time is too far from the time of storing",
    "not-a-member": "who wrote this did not take part there",
    "wrong-epoch": "this was sealed with other keys than the newest",
    "rotation-owed": "someone had left, and new keys had not come yet",
    "uncertified-member": "someone takes part who was not certified for it",
    "not-allowed": "this role may not do this there",
    "wrong-state": "this could not be done in the state of the case",
    "four-eyes": "a second person was needed",
    "missing-payload": "what was sealed is not there",
    "payload-mismatch": "what was sealed is other than what was signed",
    "too-many": "this is over a limit",
    "went-back": "the server shows less than before",
    "forked": "the server shows other than before",
    "gone": "who asks takes part there no longer, or the server does not show it",
    "bad-receipt": "the server's receipt is not good",
    "bad-wrap": "a key is missing, or is another one",
    "bad-read-log": "the read log is not whole",
    "not-answering": "the server gave no right answer",
    "no-such-case": "this case is not there",
}


def told(text: str) -> str:
    """A finding or its evidence, for people."""
    return counted(text if language() == "en" else _in_dutch(text))


def _in_dutch(text: str) -> str:
    if not text or text in dutch()["names"]:
        return name(text) if text else ""
    for sentence in FOUND:
        found = fits(sentence, text)
        if found is not None and not any(": " in one for one in found):
            return _(sentence).format(*map(_place, found))
    # A fault of a case of the whole store begins with the check; others with whom they are about.
    check = re.fullmatch(r"(A\d+) (.+)", text, re.DOTALL)
    if check:
        return f"{check[1]} {_in_dutch(check[2])}"
    before, colon, after = text.partition(": ")
    if before in RULES:
        # What the rule says besides is for whoever looks after the system, and stands in --json.
        known = _in_dutch(after) if colon else after
        reason = reason_of(after.removeprefix("not so: "))
        more = _(reason.what) if reason else known if known != after else ""
        return f"{_(RULES[before])} ({before})" + (f": {more}" if more else "")
    return f"{_in_dutch(before)}: {_in_dutch(after)}" if colon else _named_place(text)


def _named_place(text: str) -> str:
    """A place, such as dialogue-412, or what has no Dutch: a number, a name, a field."""
    kind, number = split(text)
    return f"{name(kind)}-{number}" if number.isdigit() else text


def _place(filled: str) -> str:
    return name(filled) if filled in dutch()["names"] else _named_place(filled)
