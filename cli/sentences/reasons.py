"""What a person does next, by why something cannot be done (`client.why`, `crypto.mistakes`), and
what is told in other words than it was raised in. Dutch stands in the catalogue under the English
of each reason. A reason that goes by a rule has the advice of the rule (`cli.sentences.rules`).
"""

from collections.abc import Mapping

from cli.sentences.next_steps import (
    ADMIT,
    HOW,
    LISTED_ABOVE,
    SAVE_ANEW,
    SEE,
    SEE_LIST,
    SEE_NAMES,
    TYPE_AGAIN,
    WHICH_CASES,
    Advice,
)
from cli.sentences.rules import RULES
from client.why import Why
from crypto.mistakes import Mistake

NAMES_OF_PLACES = "The names stand in `zegel case show`."
NUMBERS_OF_PEOPLE = "See their numbers with `zegel colleagues`."
ASK_FOR_KEY = "Ask someone who could read it to grant it."
TRY_ADDRESS = "Check the address and the connection, then try again."
NEXT: Mapping[Why | Mistake, str] = {
    Why.NO_SUCH_CASE: WHICH_CASES,
    Why.CASE_NOT_SHOWN: "Ask a colleague, not by this program.",
    Why.NOT_CONFIRMED: ADMIT,
    Why.NOT_CONFIRMED_THERE: ADMIT,
    Why.NO_SUCH_DEPLOYMENT: WHICH_CASES,
    Why.SEVERAL_CASES: WHICH_CASES,
    Why.SEVERAL_COLLEAGUES: NUMBERS_OF_PEOPLE,
    Why.SEVERAL_MEMBERS: NUMBERS_OF_PEOPLE,
    Why.SEVERAL_LISTED: SEE_LIST,
    Why.SEVERAL_PROPOSALS: LISTED_ABOVE,
    Why.NO_SUCH_PROPOSAL: LISTED_ABOVE,
    Why.LOCAL_NAME_AND_NUMBER: SEE_NAMES,
    Why.NO_SUCH_MESSAGE: "The number stands above each message in `zegel show`.",
    Why.NO_SUCH_FILE: "The files stand under each message in `zegel show`.",
    Why.NO_SUCH_PLACE: NAMES_OF_PLACES,
    Why.SEVERAL_PLACES: NAMES_OF_PLACES,
    Why.NOBODYS_PLACE: (
        "Ask a colleague of this case, not by this program, whether the place is theirs."
    ),
    Why.OUT_OF_CASE: WHICH_CASES,
    Why.IN_NO_PLACE: NAMES_OF_PLACES,
    Why.IN_NO_SUCH_PLACE: NAMES_OF_PLACES,
    Why.OUT_OF_PLACE: SEE,
    Why.ELSEWHERE: SEE,
    Why.NO_SUCH_KIND: SEE,
    Why.TOO_LONG: "Make it shorter, or send the rest as another message.",
    Why.TOO_MANY_FILES: "Send the others with another message.",
    Why.FILE_TOO_LARGE: "Leave it out, or send a smaller one.",
    Why.FILE_TOO_LARGE_THERE: "Nothing of it was sent.",
    Why.FILE_CHANGED: "Try again once nothing else writes to it.",
    Why.UNREADABLE: "Look whether it is there and is yours to read.",
    Why.FOLDER_FULL: "Save it in another folder with --to.",
    Why.NO_ROOM: "Make room on this machine, or send it without files.",
    Why.PICTURE_UNKNOWN: SAVE_ANEW,
    Why.PICTURE_DAMAGED: SAVE_ANEW,
    Why.PICTURE_BEHIND: SAVE_ANEW,
    Why.PICTURE_TOO_LARGE: SAVE_ANEW,
    Why.PICTURE_TURNED: SAVE_ANEW,
    Why.SEVERAL_PICTURES: SAVE_ANEW,
    Why.NO_KEY: ASK_FOR_KEY,
    Why.CANNOT_OPEN: ASK_FOR_KEY,
    Why.NO_EPOCH_KEY: ASK_FOR_KEY,
    Why.NO_ADDRESS: "The address stands on the letter or page of the support point.",
    Why.NO_ANSWER: TRY_ADDRESS,
    Why.NO_PROXY: (
        "Check that the proxy runs (for Tor: that Tor runs), then try again. Nothing was sent "
        "without it."
    ),
    Why.NOT_THAT_SERVER: (
        "Check the address and the clock of this machine. Do not go on if both are right: tell "
        "the support point by telephone."
    ),
    Why.NO_SUCH_NAME: TRY_ADDRESS,
    Why.NOBODY_THERE: (
        "Check the address and its port; if they are right, the server is down: try again later."
    ),
    Why.SEEN_DAMAGED: (
        "Give that file another name and keep it: it may be evidence. Tell whoever looks after "
        "the system. After that the commands work again, and begin anew to note what they see."
    ),
    Why.SEEN_NOT_WRITTEN: (
        "What this command saw stands in a file beside it. Give the damaged file another name, "
        "keep both, and tell whoever looks after the system."
    ),
    Why.NOTHING_TO_ACCEPT: "There is nothing to accept: go on as usual.",
    Why.NO_MOMENT: "Give a number, or a time as it is printed, such as 2026-11-24T17:00Z.",
    Why.ROOT_EXPIRED: (
        "Two people with root keys sign the next with `zegel trust renew`; then publish again."
    ),
    Why.NOBODY_LISTED: SEE_LIST,
    Why.NOT_IN_POOL: "Invite another with `zegel deployment invite`.",
    Why.TOO_BUSY: "Invite another, or wait until one of them has ended.",
    Why.NOT_VETTED: "Note her vetting with `zegel pool vet` once it is in order.",
    Mistake.CHARACTERS: TYPE_AGAIN,
    Mistake.NO_CHARACTER: TYPE_AGAIN,
    Mistake.CHARACTERS_WRONG: TYPE_AGAIN,
    Mistake.WORDS: TYPE_AGAIN,
    Mistake.WORDS_WRONG: TYPE_AGAIN,
    Mistake.TWO_LANGUAGES: TYPE_AGAIN,
    Mistake.NOT_DUTCH: TYPE_AGAIN,
    Mistake.NOT_ENGLISH: TYPE_AGAIN,
    Mistake.NEARLY_DUTCH: TYPE_AGAIN,
    Mistake.NEARLY_ENGLISH: TYPE_AGAIN,
    Mistake.INVITATION_WORDS: "Ask who invited you for the link again.",
    **dict.fromkeys(
        (
            Why.SEVERAL_HOLDERS,
            Why.NO_SUCH_MESSAGES,
            Why.NO_SUCH_COMPARTMENT,
            Why.WHICH_PLACE,
            Why.WHICH_ENTRY,
            Why.NOT_STATED,
            Why.NO_BEGINNING,
            Why.OTHERS_WRITE,
            Why.NO_CHARACTERS,
            Why.UNWRITABLE,
            Why.MACHINE,
            Why.NOT_AS_ASKED,
            Why.NO_CURRENT_KEY,
            Why.NOTHING_SEEN,
            Why.NO_SUCH_ENTRY,
            Why.NOTHING_TO_JUDGE,
            Why.NO_NOTES,
            Why.OTHER_NOTES,
            Why.NOTES_IN_USE,
            Why.ROOT_THERE,
            Why.ROOT_UNPUBLISHED,
            Why.ROOT_NOT_HERE,
            Why.ROOT_UNSAYABLE,
            Why.NO_SUCH_ROOT_KEY,
            Why.OTHER_ROOT_KEY,
            Why.ROOT_SIGNERS,
            Why.WITNESSES,
            Why.NO_CEREMONY,
            Why.WRONG_PASSPHRASE,
            Why.DAMAGED,
            Why.NO_CARD,
            Why.LISTED_ALREADY,
            Why.NEW_PERSON,
            Why.LIST_UNSAYABLE,
            Why.LIST_UNANSWERED,
        ),
        HOW,
    ),
    **dict.fromkeys((Mistake.NOT_WHOLE, Mistake.INVITATION_WRONG, Mistake.NEWER_KIND), HOW),
}
IN_OTHER_WORDS: Mapping[Why, Advice] = {
    Why.CALL_112: Advice(
        "Bel nu 112 / call 112 now.",
        "Come back here when you are safe: you are welcome at any time.",
    ),
    Why.NO_SUCH_CONVERSATION: Advice(
        "There is no conversation with this code here.",
        "The code itself is written well. Look at the letter whether the address and the pin are "
        "of the same support point. A code in whose place you took another opens nothing any more; "
        "who was only invited to a conversation may have been taken off it. If you asked lately, "
        "it may have been lost here: ask again.",
    ),
    Why.NO_WORKER: Advice(
        "Nobody can read your question just now.",
        "Nothing was sent. Try again later, or ring the support point.",
    ),
    Why.NO_HOLDER: Advice(
        "Nobody can read this just now who should: no {role} is certified.",
        "It was not stored. If it cannot wait, ring a supervisor.",
    ),
    Why.NO_ANSWER_CAME: RULES["unanswered"],
}
