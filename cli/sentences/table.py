"""The table of what people are told when something is refused, whoever refuses it: by the name of a
rule (`rules`), by a condition of the services' tables (`conditions`), or by what the code raises
(`raised`); and how a row is found. {} stands for what is filled in.

What a server says is looked up among rules and conditions alone: none of its own words is shown.
"""

import re
from collections.abc import Container, Mapping

from cli.sentences.click_words import of_files
from cli.sentences.conditions import BESIDE, CONDITIONS, THE_SAME
from cli.sentences.language import _, dutch, name
from cli.sentences.next_steps import HOW, Advice
from cli.sentences.raised import OF_A_FIELD, RAISED
from cli.sentences.rules import RULES
from domain.kinds import ROLES
from domain.services.registry import KINDS, SERVICES

OF_CONDITIONS = {**CONDITIONS, **BESIDE}
TABLE: Mapping[str, Advice] = {**RULES, **OF_CONDITIONS, **RAISED}


def named() -> frozenset[str]:
    """What is called by its name inside a sentence."""
    of_services = ({*service.states, *service.walls} for service in SERVICES.values())
    return frozenset({*KINDS, *ROLES}).union(*of_services)


def of_condition(condition: str, known: Container[str] | None = None) -> Advice | None:
    """What a condition of the tables asks of people; None for what is no such condition. known:
    all that may be filled in, where it is somebody else who says it; a list of them, too."""
    if condition in OF_CONDITIONS:
        return OF_CONDITIONS[condition]
    for ours, sentence in THE_SAME.items():
        found = fits(ours, condition)
        if found is not None and sentence.format(*found) in CONDITIONS:
            return CONDITIONS[sentence.format(*found)]
    for sentence, advice in OF_CONDITIONS.items():
        found = fits(sentence, condition) if "{}" in sentence else None
        if found is not None:
            if known is not None and not all(
                one in known for filled in found for one in filled.split(", ")
            ):
                return None
            return advice._replace(what=_(advice.what).format(*map(listed, found)))
    return None


def fits(sentence: str, text: str) -> tuple[str, ...] | None:
    """What is filled in, where a text is this sentence."""
    found = re.fullmatch("(.+)".join(map(re.escape, sentence.split("{}"))), text, re.DOTALL)
    return None if found is None else found.groups()


def listed(filled: str) -> str:
    """Codes by their names."""
    *before, last = map(name, filled.split(", "))
    return f"{', '.join(before)} {_('or')} {last}" if before else last


def of_raised(text: str) -> Advice | None:
    """What stands in the catalogue for this; None for what does not."""
    each = [_of_field(part) for part in text.split("; ")]
    if len(each) > 1 and all(each):
        return Advice("; ".join(filter(None, each)), HOW)
    for sentence, row in RAISED.items():
        if row.what:
            continue
        found = fits(sentence, text)
        if found is not None:
            if sentence in OF_A_FIELD:
                field, *others = found
                return Advice(_(sentence).format(name(field), *map(listed, others)), row.next)
            return Advice(_(sentence).format(*map(_called, found)), row.next)
    return Advice(_(text), HOW) if text in dutch()["sentences"] else None


def _of_field(text: str) -> str | None:
    """What is wrong with one field of a form, of several."""
    for sentence in OF_A_FIELD:
        found = fits(sentence, text if text.endswith(".") else f"{text}.")
        if found is not None and ";" not in text:
            field, *others = found
            return _(sentence).format(name(field), *map(listed, others))
    return None


def _called(filled: str) -> str:
    """What is filled in: a kind, role, state or place by its name."""
    return name(filled) if filled in named() else of_files(filled)
