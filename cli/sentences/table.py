"""The table of what people are told when something is refused, whoever refuses it: by the name of a
rule (`rules`), by a condition of the services' tables (`conditions`), or by a reason of the client
(`reasons`); and how a row is found.

What a server says is looked up among rules and conditions alone: none of its own words is shown.
"""

import re
from collections.abc import Container, Iterable, Mapping

from cli.sentences.click_words import of_files
from cli.sentences.conditions import BESIDE, CONDITIONS, IN_STATE, THE_SAME
from cli.sentences.language import _, name
from cli.sentences.next_steps import Advice
from client.why import Fact, Why
from domain.kinds import ROLES
from domain.refusal import Refused
from domain.services.registry import KINDS, SERVICES

OF_CONDITIONS = {**CONDITIONS, **BESIDE}


def named() -> frozenset[str]:
    """What is called by its name inside a sentence."""
    of_services = ({*service.states, *service.walls} for service in SERVICES.values())
    return frozenset({*KINDS, *ROLES}).union(*of_services)


def of_refused(refused: Refused) -> Advice | None:
    """What the condition that the rules name asks of people; None for what is no such condition."""
    if refused.unmet is None:
        return of_condition(refused.detail)
    if refused.unmet.name == "in_state":
        return _in_states(refused.unmet.arguments["states"])
    return OF_CONDITIONS.get(refused.unmet.meaning)


def of_condition(condition: str, known: Container[str] | None = None) -> Advice | None:
    """The same by its sentence, as a server says it. known: all that may be filled in, where it is
    somebody else who says it; a list of them, too."""
    if condition in OF_CONDITIONS:
        return OF_CONDITIONS[condition]
    for sentence, advice in OF_CONDITIONS.items():
        found = fits(sentence, condition) if "{}" in sentence else None
        if found is not None:
            each = [filled.split(", ") for filled in found]
            if known is not None and not all(one in known for codes in each for one in codes):
                return None
            return advice._replace(what=_(advice.what).format(*map(listed, each)))
    return None


def of_reason(why: Why, facts: Mapping[str, Fact]) -> Advice | None:
    """What a reason of the client is called by the tables; None for what is none of theirs."""
    return CONDITIONS.get(THE_SAME[why].format(**facts)) if why in THE_SAME else None


def _in_states(states: Iterable[str]) -> Advice:
    row = CONDITIONS[IN_STATE]
    return row._replace(what=_(row.what).format(listed(states)))


def fits(sentence: str, text: str) -> tuple[str, ...] | None:
    """What is filled in, where a text that others made is this sentence."""
    found = re.fullmatch("(.+)".join(map(re.escape, sentence.split("{}"))), text, re.DOTALL)
    return None if found is None else found.groups()


def listed(codes: Iterable[str]) -> str:
    """Codes by their names."""
    *before, last = map(name, codes)
    return f"{', '.join(before)} {_('or')} {last}" if before else last


def said(sentence: str, facts: Mapping[str, Fact]) -> str:
    """A sentence in the language on screen. What is filled in stays, but a kind, role, state or
    place is called by its name."""
    return _(sentence).format(**{fact: _called(str(value)) for fact, value in facts.items()})


def _called(filled: str) -> str:
    return name(filled) if filled in named() else of_files(filled)
