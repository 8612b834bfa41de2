"""The language on screen: English as it stands in the code, Dutch from the files in `words/`.

[sentences]
"Nothing waits." = "Er wacht niets."
[names]
in_dialogue = "in gesprek"
[several]
requester = "vragers"
[hers]
ConsultationReceived = "uw vraag"
[click]
"Usage:" = "Gebruik:"
"""

import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import click

LANGUAGES = ("nl", "en")
WORDS = Path(__file__).parents[1] / "words"


def language() -> str:
    """nl or en: ZEGEL_LANG, else the locale of the machine."""
    for variable in ("ZEGEL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(variable, "")[:2].lower()
        if wanted:
            return "nl" if wanted == "nl" else "en"
    return "en"


@cache
def dutch() -> dict[str, dict[str, str]]:
    """The Dutch of each part, from every file of the catalogue: `sentences`, `names`, `several`
    of a role, what someone who asks reads instead of a name (`hers`), and what `click` says."""
    parts = ("sentences", "names", "several", "hers", "click")
    whole: dict[str, dict[str, str]] = {part: {} for part in parts}
    for file in sorted(WORDS.glob("*.nl.toml")):
        for part, said in tomllib.loads(file.read_text("utf-8")).items():
            whole[part] |= said
    return whole


def _(sentence: str) -> str:
    """A sentence in the language on screen."""
    if language() == "en":
        return sentence
    return dutch()["sentences"].get(sentence, sentence)


def for_her() -> bool:
    """Whether someone who asks reads this: her commands are `ask` and `return`."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name in ("ask", "return")


def name(identifier: str) -> str:
    """A kind, state, role, term or field as people say it; to someone who asks, in her words."""
    if identifier in HERS and for_her():
        return HERS[identifier] if language() == "en" else dutch()["hers"][identifier]
    if language() == "nl" and identifier in dutch()["names"]:
        return dutch()["names"][identifier]
    return in_english(identifier)


def in_english(identifier: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", identifier).replace("_", " ").lower()


# English of what someone who asks reads of her own conversation, where the office's word for it
# tells her nothing; Dutch stands in the catalogue, under the same names.
HERS = {
    "ConsultationReceived": "your question",
    "ConsultationAssigned": "someone took up your question",
    "ConsultationClosed": "conversation closed",
    "ConsultationReopened": "conversation opened again",
    "ConsultationBecameDormant": "conversation rests",
    "ConsultationEscalated": "handed over to a casemanager",
    "SubstituteNamed": "a colleague reads along, in case your worker is away",
    "ClarificationRequested": "a question to you",
    "AnswerGiven": "answer",
    "ShortAdviceGiven": "advice",
    "HelpPointed": "where to find help",
    "ReportAdvised": "advice to report",
    "MessageSent": "message",
    "MessageCorrected": "corrected message",
    "MessageWithdrawn": "message taken back",
    "PayloadErased": "message erased",
    "ErasureProposed": "asked to erase",
    "RequesterNamed": "you told how you want to be called",
    "RequesterKeyReplaced": "you took another code",
    "CrisisFlagged": "told that there is danger now",
    "CrisisEndTold": "the danger is over",
    "CaseSupportOffered": "support offered to you",
    "CaseSupportAccepted": "you accepted the support",
    "CaseSupportDeclined": "you declined the support",
    "LinkConsented": "you allowed the link",
    "LinkWithdrawn": "you took the link back",
    "LinkConsentRecorded": "noted that you allowed the link",
    "SupportAnswerRecorded": "noted what you answered",
    "NameRecorded": "noted how you want to be called",
    "RequesterVerified": "noted that we know who you are",
    "ConsentGiven": "you consented",
    "ConsentWithdrawn": "you took your consent back",
    "RequesterTold": "what we told others",
    "StoppedByRequester": "you ended the conversation",
    "requester": "you",
    "consultation_worker": "worker",
    "one_worker": "one worker",
    "workers": "the workers of the front office",
    "casemanager": "your casemanager",
}


def read_by(roles: Sequence[str]) -> str:
    """Who reads along, by role. To someone who asks: herself first, and whether it is one worker or
    more, as far as roles of devices tell."""
    if not for_her():
        return ", ".join(sorted({name(role) for role in roles}))
    several = {role: roles.count(role) > 1 for role in sorted({*roles})}
    others = [
        name(("workers" if more else "one_worker") if role == "consultation_worker" else role)
        for role, more in several.items()
        if role != "requester"
    ]
    return f" {_('and')} ".join([name("requester")] * (len(others) < len(several)) + others)


def called(code: str) -> str:
    """A code that may be chosen, as it is shown: by its name in Dutch, as it is in English."""
    return name(code) if language() == "nl" and code in dutch()["names"] else code


def _plainly(word: str) -> str:
    return re.sub(r"[\s_-]+", " ", word.strip()).casefold()


def code_of(typed: str, codes: Iterable[str]) -> str | None:
    """Which of some codes was typed: as it is, or by its name in Dutch or English, in any case and
    with hyphens for spaces. None if it is none of them."""
    said = _plainly(typed)
    for code in codes:
        names = (code, in_english(code), dutch()["names"].get(code, code))
        if said in map(_plainly, names):
            return code
    return None
