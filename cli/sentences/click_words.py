"""Click's own words (usage, options, prompts, wrong usage) in the language on screen.

Click asks `gettext` for each of its sentences, and that looks in files of its own kind. From here
on it looks in the catalogue first, so that all Dutch stands in one place.
"""

import gettext

from cli.sentences.language import dutch, language

_elsewhere, _counted_elsewhere = gettext.dgettext, gettext.dngettext


def said(sentence: str) -> str:
    """What click says, in the language on screen."""
    return sentence if language() == "en" else dutch()["click"].get(sentence, sentence)


# What a machine says of a file: it says so in English, and others put it in their sentences.
OF_FILES = (
    "No such file or directory",
    "Permission denied",
    "Is a directory",
    "Not a directory",
    "File exists",
    "No space left on device",
    "Read-only file system",
    "File name too long",
    "Too many open files",
    "Input/output error",
    "Disk quota exceeded",
)


def of_files(text: str) -> str:
    """A text, with what the machine says of a file in the language on screen."""
    for one in OF_FILES:
        text = text.replace(one, said(one))
    return text


def _of_domain(domain: str, message: str) -> str:
    found = said(message)
    return _elsewhere(domain, message) if found == message else found


def _counted(domain: str, msgid1: str, msgid2: str, n: int) -> str:
    sentence = msgid1 if n == 1 else msgid2
    found = said(sentence)
    return _counted_elsewhere(domain, msgid1, msgid2, n) if found == sentence else found


def install() -> None:
    """Let click speak the language on screen, in this process."""
    gettext.dgettext, gettext.dngettext = _of_domain, _counted
