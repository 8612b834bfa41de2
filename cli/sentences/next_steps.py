"""A row of the table of what people are told, and what many of them are told to do next."""

from typing import NamedTuple


class Advice(NamedTuple):
    """what: happened; empty for what the code raised, which is told as it was raised. next: to do.
    asker: to do for someone who asks, where that is something else: her commands are not those of
    who works here. found: as an auditor reads it of what was stored."""

    what: str
    next: str
    asker: str = ""
    found: str = ""


SEE = "See with `zegel show` what you can do now."
SEE_CASE = "See with `zegel case show` how the case stands."
SEE_HERS = "See with `zegel return` how it stands."
WHO = "See with `zegel colleagues` who is on the list."
ASK_OWNER = (
    "Take it with `zegel take` if nobody has it. Else ask whoever has it to name you with `zegel "
    "substitute`."
)
ASK_CASEMANAGER = "Ask the casemanager of the case to do it."
OTHER_SUPERVISOR = "Let another supervisor decide with `zegel approve` or `zegel refuse`."
ADMIT = (
    "Ask the pool to confirm the expert, or propose it with `zegel case propose-admission`. A "
    "supervisor answers with `zegel approve`."
)
WHICH_CASES = "See with `zegel inbox` which cases you take part in."
TYPE_AGAIN = "Look at your code once more and type it again."
PIN_ON_THE_LETTER = "Look at the letter again: capitals and small letters differ."
SET_THE_CLOCK = (
    "Look at another clock, such as that of your telephone. Is this machine's wrong? Set it and "
    "try again. Is it right? Then leave it as it is, and ring the support point."
)
LISTED_ABOVE = "They are listed above, each with its number."
SEE_LIST = "Their numbers stand in `zegel trust list`."
SEE_NAMES = "See your names with `zegel name`."
NOTHING_SENT = "Nothing was sent. Do the same again when you want to write."
HOW = "Add --help to the command to read how it works."
SAVE_ANEW = (
    "Save it as JPEG or PNG with the program that shows it, or make a picture of the screen, and "
    "send that."
)
