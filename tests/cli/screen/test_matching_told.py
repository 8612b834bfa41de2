"""Every reason of a match is told as a sentence, with its facts by their names, in both languages.

Holds cli/sentences/matching.py.
"""

import re

import pytest

from cli.sentences.language import LANGUAGES, dutch
from cli.sentences.matching import ENGLISH, SENTENCES, in_ranges, sentence_of
from client.pool.reasons import Fact, Reason
from tests.client.pool.test_filters import CASES
from tests.client.pool.test_match import LOWER, random_match
from wire.payloads.pool import LANGUAGES as SPOKEN

TOLD: list[tuple[Reason, dict[str, Fact], str, str]] = [
    (
        Reason.NO_FORM,
        {"form": "right_wing"},
        "Does not know this form: right wing.",
        "Kent deze vorm niet: rechts-extremisme.",
    ),
    (
        Reason.NO_DISCIPLINE,
        {"disciplines": "duiding, care"},
        "Has another discipline than duiding or care.",
        "Heeft een andere discipline dan duiding of zorginhoud.",
    ),
    (
        Reason.NO_LANGUAGE,
        {"language": "ti"},
        "Does not speak this language: Tigrinya.",
        "Spreekt deze taal niet: Tigrinya.",
    ),
    (
        Reason.BRINGS,
        {"codes": "care, trauma_children, VERA-2R"},
        "Brings care, trauma children, VERA-2R.",
        "Brengt mee: zorginhoud, trauma bij kinderen, VERA-2R.",
    ),
    (
        Reason.UNAVAILABLE,
        {"weeks": "2026-W52, 2026-W53, 2027-W01, 2027-W03"},
        "Is not available in 2026-W52–2027-W01, 2027-W03.",
        "Is niet beschikbaar in 2026-W52–2027-W01, 2027-W03.",
    ),
    (
        Reason.WAITED,
        {"days": 1},
        "The last deployment began 1 day ago.",
        "De laatste inzet begon 1 dag geleden.",
    ),
    (
        Reason.OWN_ORGANISATION,
        {"organisation": "care"},  # what it is called is its own
        "Comes from care, which is excluded.",
        "Komt van care, en die is uitgesloten.",
    ),
]


@pytest.mark.parametrize(("reason", "facts", "english", "in_dutch"), TOLD)
def test_a_reason_is_told_in_the_language_on_screen(
    reason: Reason,
    facts: dict[str, Fact],
    english: str,
    in_dutch: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert sentence_of(reason.value, facts) == english
    monkeypatch.setenv("ZEGEL_LANG", "nl")
    assert sentence_of(reason.value, facts) == in_dutch


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_that_a_match_gives_has_its_facts_filled_in(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    given = [one for one, *_ in CASES] + [why for *_, why in LOWER]
    for number in range(100):
        found = random_match(number)
        given += [why for one in found.candidates for why in one.reasons] + [*found.missing]
    for why in given:
        assert {*why.facts} == {*re.findall(r"{(\w+)}", SENTENCES[why.reason])}, why
        told = sentence_of(why.reason.value, why.facts)
        assert told[0].isupper() or why.reason is Reason.LARGE_SHARE
        assert told.endswith(".") and not re.search(r"[{}_]", told)
    assert {*Reason} - {why.reason for why in given} <= {Reason.TEAM_NEEDS, Reason.ONE_ORGANISATION}


def test_every_reason_has_one_sentence_of_its_own() -> None:
    assert SENTENCES.keys() == {*Reason} and len({*SENTENCES.values()}) == len(Reason)


def test_every_language_has_its_name_in_both() -> None:
    assert ENGLISH.keys() == {*SPOKEN} <= dutch()["names"].keys()


def test_a_reason_of_a_newer_program_is_told_by_its_code() -> None:
    assert sentence_of("of_tomorrow", {"x": 1}) == "of_tomorrow"


def test_weeks_that_follow_on_each_other_are_told_as_one() -> None:
    assert in_ranges(["2026-W53", "2027-W01"]) == "2026-W53–2027-W01"
    assert in_ranges(["2027-W01", "2027-W03", "2027-W04"]) == "2027-W01, 2027-W03–2027-W04"
    assert in_ranges(["2027-W52", "2028-W01"]) == "2027-W52–2028-W01"  # without a week 53
