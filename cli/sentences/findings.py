"""What an audit found, and what it rests on, in the language on screen.

Verdicts are made in English, word for word the same for every reader of `--json`; here they are
read back, sentence by sentence, for people. English is shown as it was made.
"""

import re

from cli.sentences.counting import counted
from cli.sentences.language import _, dutch, language, name
from cli.sentences.rules import RULES
from cli.sentences.table import fits, of_condition
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
    "{} entries of other cases are used",
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
    "entry {} of case {} uses what entry {} of case {} uses",
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
    rule = RULES.get(before)
    if rule is not None and rule.found:
        # What the rule says besides is for whoever looks after the system, and stands in --json.
        known = _in_dutch(after) if colon else after
        reason = of_condition(after.removeprefix("not so: "))
        more = _(reason.what) if reason else known if known != after else ""
        return f"{_(rule.found)} ({before})" + (f": {more}" if more else "")
    return f"{_in_dutch(before)}: {_in_dutch(after)}" if colon else _named_place(text)


def _named_place(text: str) -> str:
    """A place, such as dialogue-412, or what has no Dutch: a number, a name, a field."""
    kind, number = split(text)
    return f"{name(kind)}-{number}" if number.isdigit() else text


def _place(filled: str) -> str:
    return name(filled) if filled in dutch()["names"] else _named_place(filled)
