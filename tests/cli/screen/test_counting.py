"""What is counted is called as people call it, in both languages: one of it in the singular, more
in the plural.

Holds cli/sentences/counting.py.
"""

import re

import pytest

from cli.sentences.advice import explain
from cli.sentences.counting import ONE, roles
from cli.sentences.findings import FOUND, told
from cli.sentences.language import dutch
from client.errors import NotPossible
from client.why import Why
from domain.kinds import ROLES

PLURALS = "|".join(plural for each in ONE.values() for plural in each)
# A number before a word, and not as part of another number, time or place.
ONE_OF_MORE = re.compile(rf"(?<![\w.,:/-])1 (\w+ )?({PLURALS})\b")
COUNTING = re.compile(r"\{\} (?:of \{\} )?(?:other )?([a-z]+s|people)\b")
VERBS = {"speaks", "does", "was", "is", "has", "uses"}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_of_one_there_is_told_in_the_singular(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    for sentence in FOUND:
        shown = told(sentence.replace("{}", "1"))
        assert not ONE_OF_MORE.search(shown), shown
        more = told(sentence.replace("{}", "2"))
        assert not re.search(rf"2 ({'|'.join(ONE[language].values())})\b", more), more
    refused = explain(NotPossible(Why.NO_SUCH_ENTRY, count=1))
    assert not ONE_OF_MORE.search(refused["what"]), refused


def test_everything_that_an_audit_counts_has_a_singular() -> None:
    """What is counted in a finding, by the word behind its number."""
    counted = {found for sentence in FOUND for found in COUNTING.findall(sentence)}
    assert counted - VERBS <= ONE["en"].keys(), counted - VERBS - ONE["en"].keys()


def test_people_of_a_role_are_counted_in_the_plural(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_LANG", "nl")
    assert dutch()["several"].keys() == set(ROLES)
    assert roles(1, "supervisor") == "1 teamleider"
    assert roles(2, "consultation_worker") == "2 medewerkers frontoffice"
    monkeypatch.setenv("ZEGEL_LANG", "en")
    assert roles(2, "local_party") == "2 local parties"
    assert roles(2, "trajectory_adviser") == "2 trajectory advisers"
    assert roles(1, "foster_family") == "1 foster family"
