"""Weeks as a person types them are the weeks that she meant, over the turn of a year of 52 or 53;
and they are shown as a calendar that fits the terminal and is read aloud.

Holds cli/pool/calendar.py, cli/words/calendar.nl.toml.
"""

from datetime import date, timedelta

import pytest
from rich.cells import cell_len

from cli.pool.calendar import EXAMPLE, calendar_lines, week_of, weeks_from
from client.errors import NotPossible

NOW = "2026-W48"  # 2026 has 53 weeks, 2027 has 52


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-W49", ["2026-W49"]),
        ("w49", ["2026-W49"]),
        ("49, 48", ["2026-W48", "2026-W49"]),
        ("47", ["2027-W47"]),
        ("2", ["2027-W02"]),
        ("53", ["2026-W53"]),
        ("52-2", ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]),
        ("W52..W01", ["2026-W52", "2026-W53", "2027-W01"]),
        ("2026-W53..2027-W01", ["2026-W53", "2027-W01"]),
        ("2027-W52-2028-W01", ["2027-W52", "2028-W01"]),
        ("49 – 50", ["2026-W49", "2026-W50"]),
        ("49-52 -50", ["2026-W49", "2026-W51", "2026-W52"]),
        ("49-52,-50-51,50", ["2026-W49", "2026-W50", "2026-W52"]),
        ("-49", []),
        ("  ", []),
    ],
)
def test_weeks_are_taken_as_they_are_typed(typed: str, meant: list[str]) -> None:
    assert sorted(weeks_from(typed, NOW)) == meant


@pytest.mark.parametrize("said", ["all", "Alle"])
def test_all_is_a_year_from_this_week_on_and_weeks_are_taken_out_of_it(said: str) -> None:
    every = weeks_from(said, NOW)
    assert len(every) == 52 and (min(every), max(every)) == (NOW, "2027-W46")
    assert every - weeks_from(f"{said} -52 -2027-W03", NOW) == {"2026-W52", "2027-W03"}


def test_what_was_known_stays_unless_it_is_taken_out() -> None:
    assert weeks_from("50 -48", NOW, {"2026-W48", "2026-W49"}) == {"2026-W49", "2026-W50"}


@pytest.mark.parametrize(
    "wrong",
    [
        *("0", "54", "2027-W53", "2026-W00", "W", "week", "49-", "--49", "12345", "49-52-53"),
        *("2027-W03..2026-W49", "2026-W01..2029-W01", "2026", "4x", "49..", "all-"),
    ],
)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_is_no_week_is_told_with_an_example(
    wrong: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    with pytest.raises(NotPossible) as refused:
        weeks_from(f"50 {wrong}", NOW)
    assert wrong.removeprefix("-") in str(refused.value) and EXAMPLE in str(refused.value)
    assert {"en": "type them such as", "nl": "typ ze zoals"}[language] in str(refused.value)


def test_a_week_53_of_next_year_is_not_guessed() -> None:
    with pytest.raises(NotPossible):
        weeks_from("53", "2027-W01")


def test_every_day_is_of_the_week_that_its_calendar_says() -> None:
    for day in range(3000):
        one = date(2020, 1, 1) + timedelta(days=day)
        assert weeks_from(week_of(one), NOW) == {one.strftime("%G-W%V")}


@pytest.fixture(params=["en", "nl"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ZEGEL_LANG", request.param)
    return str(request.param)


SHOWN = {
    "en": """November 2026
  [ ] W48 Mon 23  [x] W49 Mon 30
December 2026
  [ ] W50 Mon 7   [ ] W51 Mon 14  [ ] W52 Mon 21  [x] W53 Mon 28
January 2027
  [x] W01 Mon 4
[x] available""",
    "nl": """november 2026
  [ ] W48 ma 23  [x] W49 ma 30
december 2026
  [ ] W50 ma 7   [ ] W51 ma 14  [ ] W52 ma 21  [x] W53 ma 28
januari 2027
  [x] W01 ma 4
[x] beschikbaar""",
}
WEEKS = {"2026-W49", "2026-W53", "2027-W01"}


def test_the_calendar_shows_each_week_with_its_monday_under_its_month(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert calendar_lines(WEEKS, NOW, 7) == SHOWN[language].splitlines()


@pytest.mark.parametrize("columns", [40, 80])
def test_the_calendar_of_a_year_fits(
    columns: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = calendar_lines(WEEKS, NOW, 53)
    assert max(map(cell_len, lines)) <= columns
    assert "".join(lines).count("[x] W") == 3 and "".join(lines).count("[ ] W") == 50


def test_read_aloud_each_week_is_told_in_words(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_PLAIN", "1")
    monkeypatch.setenv("COLUMNS", "80")
    shown = calendar_lines(WEEKS, NOW, 2)
    assert (
        shown
        == {
            "en": [
                "November 2026",
                "  Week 48, Monday 23: not available",
                "  Week 49, Monday 30: available",
            ],
            "nl": [
                "november 2026",
                "  Week 48, maandag 23: niet beschikbaar",
                "  Week 49, maandag 30: beschikbaar",
            ],
        }[language]
    )
