"""The language on screen: English as it stands in the code, Dutch from the files in `words/`.

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
WORDS = Path(__file__).with_name("words")


def language() -> str:
    """nl or en: ZEGEL_LANG, else the locale of the machine."""
    for variable in ("ZEGEL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(variable, "")[:2].lower()
        if wanted:
            return "nl" if wanted == "nl" else "en"
    return "en"


@cache
def dutch() -> dict[str, dict[str, str]]:
    """The Dutch of `sentences` and `names`, from every file of the catalogue."""
    whole: dict[str, dict[str, str]] = {"sentences": {}, "names": {}}
    for file in sorted(WORDS.glob("*.nl.toml")):
        for part, said in tomllib.loads(file.read_text("utf-8")).items():
            whole[part] |= said
    return whole


def _(sentence: str) -> str:
    """A sentence in the language on screen."""
    if language() == "en":
        return sentence
    return dutch()["sentences"].get(sentence, sentence)


def name(identifier: str) -> str:
    """A kind, state, role, term or field as people say it."""
    if language() == "nl" and identifier in dutch()["names"]:
        return dutch()["names"][identifier]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", identifier).replace("_", " ").lower()
