"""Whom a coordinator means by the beginning of a number or by a local name: one person of those who
are asked about, or nobody.

Holds cli/pool/reading.py.
"""

from pathlib import Path

import pytest

from cli.home.names import Names
from cli.pool.reading import whom
from cli.sentences.cannot import CannotDo
from client.errors import NotPossible
from crypto.secret.seeds import new_device

ANN, ANOUK, BEA = "a1" * 16, "a1" * 15 + "b2", "be" * 16
PEOPLE = [ANN, ANOUK, BEA]


@pytest.fixture
def names(tmp_path: Path) -> Names:
    keys = new_device()
    return Names(keys, keys.card(), tmp_path / "names.sealed")


def test_who_is_meant_by_the_beginning_or_the_whole_of_a_number(names: Names) -> None:
    assert whom(names, "be", PEOPLE) == BEA == whom(names, " BE", PEOPLE)
    assert whom(names, ANOUK, PEOPLE) == ANOUK


@pytest.mark.parametrize("said", ["a1", "", " ", "ff", "anouk"])
def test_a_beginning_that_two_share_is_nobodys(names: Names, said: str) -> None:
    """Nor is one that nobody has, or none at all: an invitation cannot be taken back."""
    with pytest.raises(CannotDo):
        whom(names, said, PEOPLE)
    with pytest.raises(CannotDo):
        whom(names, "", [BEA])


def test_a_local_name_is_whom_it_was_given_to(names: Names) -> None:
    names.give(ANOUK, "anouk")
    assert whom(names, "Anouk", PEOPLE) == ANOUK
    with pytest.raises(CannotDo):  # she is not among them
        whom(names, "anouk", [ANN, BEA])


def test_a_local_name_that_begins_another_number_is_refused(names: Names) -> None:
    names.give(ANOUK, "be")
    with pytest.raises(NotPossible):
        whom(names, "be", PEOPLE)
