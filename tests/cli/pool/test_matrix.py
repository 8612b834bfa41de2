"""What a team covers is seen at a glance: who brings what, and what nobody brings, on a narrow and
a wide terminal, and read aloud.

Holds cli/pool/matrix.py.
"""

import pytest
from rich.cells import cell_len

from cli.pool.matrix import matrix_lines

ROWS = [
    ("Arabic", (True, False, False)),
    ("child and youth psychiatry", (False, True, True)),
    ("autism and mild intellectual disability", (False, False, False)),
]
PEOPLE = ["anna", "bram van der Berg", "Christina"]


def shown(
    monkeypatch: pytest.MonkeyPatch, columns: int, language: str, plain: str = "0"
) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("ZEGEL_LANG", language)
    monkeypatch.setenv("ZEGEL_PLAIN", plain)
    return matrix_lines(ROWS, PEOPLE)


def test_each_stands_under_her_name(monkeypatch: pytest.MonkeyPatch) -> None:
    heads, arabic, child, *_rest = shown(monkeypatch, 80, "en")
    assert heads.strip().split("  ") == PEOPLE
    assert [at for at, mark in enumerate(arabic) if mark == "x"] == [heads.index("anna")]
    assert child.endswith("x") and child.index(" x") + 1 == heads.index("bram")
    assert len(child) - 1 == heads.index("Christina")


@pytest.mark.parametrize(("language", "told"), [("en", "nobody"), ("nl", "niemand")])
@pytest.mark.parametrize("columns", [20, 40, 80])
def test_what_nobody_brings_says_so_and_nothing_is_cut_off(
    columns: int, language: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = shown(monkeypatch, columns, language)
    assert max(map(cell_len, lines)) <= columns
    assert "".join(lines).count(told) == 1
    for word in " ".join([*PEOPLE, *(label for label, _brings in ROWS)]).split():
        assert word in " ".join(lines)


def test_letters_stand_for_names_that_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    heads, arabic, child, *_rest = lines = shown(monkeypatch, 40, "en")
    assert heads.split() == ["A", "B", "C"] and arabic[heads.index("A")] == "x"
    assert [child[heads.index(one)] for one in "BC"] == ["x", "x"]
    assert "A anna, B bram van der Berg, C Christina" in " ".join(lines)


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_read_aloud_each_row_names_who_brings_it(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = " ".join(shown(monkeypatch, columns, "en", plain="1"))
    assert told == (
        "Arabic: anna child and youth psychiatry: bram van der Berg, Christina "
        "autism and mild intellectual disability: nobody"
    )


def test_more_people_than_letters_are_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    many = [f"person{n}" for n in range(30)]
    lines = matrix_lines([("Arabic", [n == 27 for n in range(30)])], many)
    assert lines == ["Arabic: person27"]
