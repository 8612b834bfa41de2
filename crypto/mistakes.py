"""What may be wrong with what a person typed or pasted: each mistake by its name, with the English
of it. {} names the facts that are filled in.
"""

from collections.abc import Mapping
from enum import Enum, unique
from functools import partial
from typing import Any


@unique
class Mistake(Enum):
    """value: its template."""

    _value_: str

    # --- a return code
    CHARACTERS = "a code has {most} characters, this has {count}"
    NO_CHARACTER = "{character} does not occur in a code"
    CHARACTERS_WRONG = "one or more characters are wrong: the checksum does not fit"
    WORDS = "a code has {most} words, this has {count}"
    WORDS_WRONG = "one or more words are wrong or not in their order: the checksum does not fit"
    TWO_LANGUAGES = "these words read in two languages: type the {most} characters"
    NOT_DUTCH = "word {place}, {word}, is not in the Dutch list"
    NOT_ENGLISH = "word {place}, {word}, is not in the English list"
    NEARLY_DUTCH = "word {place}, {word}, is not in the Dutch list: did you mean {near}?"
    NEARLY_ENGLISH = "word {place}, {word}, is not in the English list: did you mean {near}?"

    # --- an invitation
    INVITATION_WORDS = "an invitation has {most} words of one language"
    NOT_WHOLE = "the link is not whole"
    INVITATION_WRONG = "something in it is wrong: the checksum does not fit"
    NEWER_KIND = "it is of a newer kind than this program knows"

    def filled(self, facts: Mapping[str, Any]) -> str:
        """In English."""
        return self.value.format(**facts)


class Mistyped(ValueError):
    """What was typed cannot be read. mistake, facts: why, and what is filled in."""

    def __init__(self, mistake: Mistake, **facts: str | int) -> None:
        super().__init__(mistake.filled(facts))
        self.mistake = mistake
        self.facts = facts

    def __reduce__(self) -> Any:
        return partial(type(self), self.mistake, **self.facts), ()
