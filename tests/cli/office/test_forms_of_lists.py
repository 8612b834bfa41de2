"""Fields that hold several values, and numbers: what a person types, with options or in the editor,
by code or by name, is what is sealed; what may not stand there is told with what may.

Holds cli/desk/values.py, cli/desk/form.py, wire/payloads/fields.py, cli/screen/show.py,
cli/screen/spoken.py.
"""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from cli.desk.form import asked, filled, form_options, stand_in, typed_of
from cli.screen.show import spoken_content
from cli.screen.spoken import Spoken
from client.errors import NotPossible
from tests.cli.office.test_forms import editor
from wire.payloads import fields
from wire.payloads.base import PayloadSchema
from wire.payloads.book import BadPayload, check_payload, register

WEEK = "[0-9]{4}-W[0-9]{2}"


class Ramble(PayloadSchema):
    """A walk of several days. Its codes are words that have Dutch names."""

    company = fields.several("Who walks along", ("family", "individual", "other"))
    seasons = fields.several("Who may walk along?", ("relative", "minor"), required=False, most=1)
    weeks = fields.lines("In which weeks", WEEK, "2026-W49", required=False, most=3)
    nights = fields.number("How many nights", 0, 30)
    text = fields.message("Where you walk")


register({"ramble/1": Ramble()})
NEEDED = {"company": "family", "nights": "2", "text": "Home."}


def filled_in(**said: str) -> dict[str, Any]:
    return filled("ramble/1", {**NEEDED, **said}, None, "Walk.")


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(
    "typed",
    [
        "family, other",
        "Family,OTHER",
        "gezin\nanders",
        "other, gezin, other",
        "\n family,\n,other\n",
    ],
)
def test_codes_and_names_of_both_languages_are_taken(
    typed: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    value = filled_in(company=typed)
    assert sorted(value["company"]) == ["family", "other"]
    assert check_payload("ramble/1", value) == value


def test_numbers_and_lines_become_their_values() -> None:
    value = filled_in(weeks="2026-W49, 2027-W03", nights=" 0 ")
    assert (value["weeks"], value["nights"]) == (["2026-W49", "2027-W03"], 0)


@pytest.mark.parametrize("empty", ["", " ,\n, "])
def test_an_optional_list_that_is_empty_is_left_out_and_a_needed_one_is_asked_for(
    empty: str,
) -> None:
    assert "weeks" not in filled_in(weeks=empty)
    with pytest.raises(NotPossible, match=r"\[company\]"):
        filled_in(company=empty)


WRONG = [
    ("en", "company", "family, dog", "Who walks along: “dog” is none of these: family, indiv"),
    ("nl", "company", "gezin, hond", "Who walks along: “hond” is geen van deze: gezin, "),
    ("en", "weeks", "2026-W49\n2026-50", "In which weeks: “2026-50” does not look like 2026-W49"),
    ("nl", "weeks", "w49", "In which weeks: “w49” lijkt niet op 2026-W49"),
    ("en", "weeks", "2026-W499", "does not look like 2026-W49"),
    ("en", "nights", "31", "How many nights: “31” is no whole number from 0 to 30"),
    ("en", "nights", "-1", "no whole number from 0 to 30"),
    ("en", "nights", "two", "no whole number from 0 to 30"),
    ("en", "nights", "2.0", "no whole number from 0 to 30"),
    ("nl", "nights", "²", "“²” is geen heel getal van 0 tot en met 30"),
    ("en", "seasons", "relative, minor", "Who may walk along: at most 1 may stand here"),
    ("en", "weeks", "2026-W01,2026-W02,2026-W03,2026-W04", "at most 3 may stand here, and these"),
]


@pytest.mark.parametrize(("language", "field", "typed", "told"), WRONG)
def test_what_may_not_stand_there_is_told_by_label_with_what_may(
    language: str, field: str, typed: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    with pytest.raises(NotPossible) as refused:
        filled_in(**{field: typed})
    assert told in str(refused.value)


LABELS = {
    "en": (
        "Who walks along (family, individual, other; one or more)",
        "In which weeks (such as 2026-W49; one or more; may stay empty)",
        "How many nights (0 to 30)",
    ),
    "nl": (
        "Who walks along (gezin, een persoon, anders; een of meer)",
        "In which weeks (zoals 2026-W49; een of meer; mag leeg blijven)",
        "How many nights (0 tot en met 30)",
    ),
}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_editor_says_what_may_stand_and_gives_back_what_was_wrong(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "[company]\nfamily\nindividual\n\n[weeks]\n2026-W49\n50\n\n[nights]\n3\n\n[text]\nx\n"
    right = wrong.replace("\n50\n", "\n2026-W50\n")
    monkeypatch.setenv("ZEGEL_LANG", language)
    monkeypatch.setenv("EDITOR", editor(tmp_path, wrong, right))
    monkeypatch.delenv("VISUAL", raising=False)
    value = filled("ramble/1", dict.fromkeys(asked("ramble/1")), None, "Walk.")
    assert value["weeks"] == ["2026-W49", "2026-W50"] and value["nights"] == 3
    assert value["company"] == ["family", "individual"]
    first, again = ((tmp_path / f"seen{n}").read_text() for n in (0, 1))
    for head, label in zip(("company", "weeks", "nights"), LABELS[language], strict=True):
        assert f"#zegel# {label}\n[{head}]\n" in first
    assert "“50”" in again.partition("\n")[0] and "2026-W49\n50\n" in again


@click.command(cls=Spoken)
@form_options("ramble/1")
def walk(**given: Any) -> None:
    """Walk."""
    value = filled("ramble/1", given, None, "Walk.")
    click.echo([value["company"], value.get("weeks"), value["nights"]])
    click.echo(typed_of(value, dict.fromkeys(asked("ramble/1")), None)["company"])


def ran(*arguments: str) -> str:
    done = CliRunner().invoke(walk, arguments, env={"EDITOR": "false", "VISUAL": "false"})
    return done.output + (str(done.exception) if done.exception else "")


def test_an_option_is_given_more_than_once_or_with_commas() -> None:
    told = ("--nights", "4", "-m", "x")
    both = ran("--company", "family", "--company", "Other", "--weeks", "2026-W49", *told)
    assert both.splitlines() == ["[['family', 'other'], ['2026-W49'], 4]", "family, other"]
    assert ran("--company", "family,other", *told).splitlines()[0].endswith("None, 4]")


def test_a_list_that_was_not_given_is_asked_for_in_the_editor(tmp_path: Path) -> None:
    types = {"EDITOR": editor(tmp_path, "[company]\nindividual\nother\n"), "VISUAL": ""}
    done = CliRunner().invoke(walk, ["--nights", "4", "-m", "x"], env=types)
    assert done.output.splitlines()[0] == "[['individual', 'other'], None, 4]", done


@pytest.mark.parametrize(
    ("option", "typed", "told"),
    [
        ("--company", "family,dog", "'dog' is not one of 'family', 'individual', 'other'"),
        ("--weeks", "W49", "“W49” does not look like 2026-W49"),
        ("--nights", "99", "“99” is no whole number from 0 to 30"),
    ],
)
def test_a_wrong_option_is_told_before_an_editor_is_opened(
    option: str, typed: str, told: str
) -> None:
    shown = ran(option, typed)
    assert f"Invalid value for '{option}'" in shown and told in shown


def test_help_says_what_options_take() -> None:
    shown = CliRunner().invoke(walk, ["--help"], terminal_width=120).output
    assert "--company [family|individual|other],…" in shown
    assert "--weeks 2026-W49,…" in shown and "--nights 0-30" in shown


@pytest.mark.parametrize(("language", "shown"), [("en", "family, other"), ("nl", "gezin, anders")])
def test_they_are_shown_by_name_with_commas(
    language: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    lines = spoken_content(filled_in(company="family, other", weeks="2026-W49,2026-W50"))
    assert lines.splitlines()[1] == shown
    assert lines.splitlines()[3] == "2026-W49, 2026-W50" and lines.splitlines()[5] == "2"


def test_a_payload_to_try_beforehand_is_one_that_may_be_sealed() -> None:
    assert check_payload("ramble/1", stand_in("ramble/1"))


@pytest.mark.parametrize(
    "changed",
    [
        {"company": []},
        {"company": ["family", "family"]},
        {"company": ["dog"]},
        {"company": "family"},
        {"weeks": ["2026-W49\n"]},
        {"weeks": [f"2026-W{n}" for n in (10, 11, 12, 13)]},
        {"nights": True},
        {"nights": "2"},
        {"nights": 31},
    ],
)
def test_a_schema_holds_others_to_the_same(changed: dict[str, Any]) -> None:
    with pytest.raises(BadPayload):
        check_payload("ramble/1", filled_in() | changed)
