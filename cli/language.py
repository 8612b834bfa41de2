"""The language on screen: English as it stands in the code, Dutch from `nl.toml` beside this file.

[sentences]
"Nothing waits." = "Er wacht niets."
[names]
in_dialogue = "in gesprek"
"""

import os
import re
import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("nl", "en")
CATALOGUE = Path(__file__).with_name("nl.toml")


def language() -> str:
    """nl or en: ZEGEL_LANG, else the locale of the machine."""
    for variable in ("ZEGEL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(variable, "")[:2].lower()
        if wanted:
            return "nl" if wanted == "nl" else "en"
    return "en"


@cache
def _dutch() -> dict[str, dict[str, str]]:
    return tomllib.loads(CATALOGUE.read_text("utf-8"))


def _(sentence: str) -> str:
    """A sentence in the language on screen."""
    if language() == "en":
        return sentence
    return _dutch()["sentences"].get(sentence, sentence)


def name(identifier: str) -> str:
    """A kind, state, role, term or field as people say it."""
    if language() == "nl" and identifier in _dutch()["names"]:
        return _dutch()["names"][identifier]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", identifier).replace("_", " ").lower()
