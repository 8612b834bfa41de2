"""What the code raises in English, {} for what is filled in, and what a person does next. Dutch
stands in the catalogue; which of them was raised is looked up in `cli.sentences.table`."""

from collections.abc import Mapping

from cli.sentences.next_steps import (
    HOW,
    LISTED_ABOVE,
    PIN_ON_THE_LETTER,
    SAVE_ANEW,
    SEE,
    SEE_LIST,
    SEE_NAMES,
    SET_THE_CLOCK,
    TYPE_AGAIN,
    WHICH_CASES,
    Advice,
)

# Of two that fit, the longer stands first.
OF_A_FIELD = (
    "{}: Must be one of: {}.",
    "{}: Not a valid boolean.",
    "{}: Length must be between {} and {}.",
    "{}: Not a day, such as 2026-03-31.",
    "{}: Not an amount in euros, such as 1250.50.",
)
NEXT: Mapping[str, str] = {
    "nothing was written": "Nothing was sent. Do the same again when you want to write.",
    "no case of yours begins with {}; a colleague may have taken it": WHICH_CASES,
    "you read case {} before and are not shown it now: a colleague may have taken it, you may have "
    "been put out, or a backup was put back": "Ask a colleague, not by this program.",
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
        "Give a number, or a time as it is printed, such as 2026-11-24T17:00Z."
    ),
    "nothing to judge: the first entry of this case has position {}": HOW,
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
    "a message has at most {} characters, this has {}": (
        "Make it shorter, or send the rest as another message."
    ),
    "at most {} files go with one message": "Send the others with another message.",
    "{} holds too many files called {}": "Save it in another folder with --to.",
    "{} colleagues have a number that begins with {}": "See their numbers with `zegel colleagues`.",
    "the passphrase does not open the device key": (
        "Try again. Who forgot it makes a new device key with `zegel enrol`, and lets the "
        "registrar certify it."
    ),
    "clock: this machine's clock is {} minutes ahead of the server's": SET_THE_CLOCK,
    "clock: this machine's clock is {} minutes behind the server's": SET_THE_CLOCK,
    "clock: this machine's clock is {} hours ahead of the server's": SET_THE_CLOCK,
    "clock: this machine's clock is {} hours behind the server's": SET_THE_CLOCK,
    "clock: this machine's clock is {} days ahead of the server's": SET_THE_CLOCK,
    "clock: this machine's clock is {} days behind the server's": SET_THE_CLOCK,
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
    "{} does not answer": "Check the address and the connection, then try again.",
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
    "no place of yours in this case is called {}": "The names stand in `zegel case show`.",
    "{} places of yours are called {}: give more of it": "The names stand in `zegel case show`.",
    "nobody who stands in this case opened that place: give its whole name if it is right": (
        "Ask a colleague of this case, not by this program, whether the place is theirs."
    ),
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
    "root {} is signed and was not published yet: publish it first": HOW,
    "there is no root key {}: they are 1 to {}": HOW,
    "{} is not the key that the root names": HOW,
    "{} witnesses are to cosign, and {} are named": HOW,
    "a root is signed by {} of its keys: name as many": HOW,
    "no root can say this: {}": HOW,
    "no list can say this: {}": HOW,
    "root {} has expired: it signs no list any more": (
        "Two people with root keys sign the next with `zegel trust renew`; then publish again."
    ),
    "root {} of the server is not in {}": HOW,
    "nobody has number {}: the list has {} people": SEE_LIST,
    "{} people and devices are listed that begin with {}": SEE_LIST,
    "an invitation has {} words of one language": "Ask who invited you for the link again.",
    "four-eyes: no {} has been approved by a second person": HOW,
    "wrong-state: there is no {} here": HOW,
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
    "nothing of this case was seen that is not shown": (
        "There is nothing to accept: go on as usual."
    ),
    "nothing is kept here of what was seen": HOW,
    "it was not stated: {}": HOW,
    "there is no {} in such a case: {}": SEE,
    "you cannot do {} here now": HOW,
    "say --say {}=…, one of: {}": HOW,
    "not-allowed: you are none of those who open a case of {}": HOW,
    "several places are meant: name one with --in: {}": HOW,
    "there is no step {} in a case of {}": SEE,
    "you do not stand in the {} of this case": SEE,
    "{} is no place for this: it stands in a {}": SEE,
    "there is no draft {}": "See with `zegel drafts` which drafts wait.",
    **dict.fromkeys(OF_A_FIELD, HOW),
}
# Told in other words than they were raised in.
IN_OTHER_WORDS: Mapping[str, Advice] = {
    "bel nu 112 / call 112 now; come back here when you are safe": Advice(
        "Bel nu 112 / call 112 now.",
        "Come back here when you are safe: you are welcome at any time.",
    ),
    "there is no conversation with this code here": Advice(
        "There is no conversation with this code here.",
        "The code itself is written well. Look at the letter whether the address and the pin are "
        "of the same support point. A code in whose place you took another opens nothing any more; "
        "who was only invited to a conversation may have been taken off it. If you asked lately, "
        "it may have been lost here: ask again.",
    ),
    "nobody of the front office is certified now": Advice(
        "Nobody can read your question just now.",
        "Nothing was sent. Try again later, or ring the support point.",
    ),
    "no {} is certified now": Advice(
        "Nobody can read this just now who should: no {} is certified.",
        "It was not stored. If it cannot wait, ring a supervisor.",
    ),
}
RAISED: Mapping[str, Advice] = {
    **{sentence: Advice("", following) for sentence, following in NEXT.items()},
    **IN_OTHER_WORDS,
}
