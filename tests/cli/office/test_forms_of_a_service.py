"""One call makes the payloads of another service known, and then they can be filled in, by options
and in the editor, are checked, and are shown, without a line anywhere else.

Holds wire/payloads/book.py, wire/payloads/fields.py, cli/desk/form.py, cli/screen/show.py.
"""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from cli.desk.form import asked, filled, form_options
from cli.screen.show import spoken_content
from cli.sentences.advice import explain
from client.errors import NotPossible
from tests.cli.office.test_forms import editor
from wire.payloads import fields
from wire.payloads.base import PayloadSchema
from wire.payloads.book import check_payload, register


class Outing(PayloadSchema):
    """A day out, as a service of walks would keep it."""

    rewritten = fields.stated()
    companion = fields.short("With whom you go", words=False)
    weather = fields.choice("Which weather you hope for", ("warm_and_dry", "wet"))
    price = fields.short("What it may cost", required=False)
    paid = fields.yes_no("Is it paid?")
    shoes = fields.text("Which shoes you take", heading="Shoes to take")
    text = fields.message("Where you go")


register({"outing/1": Outing()})

FORM = """
[companion]
an aunt

[weather]
Warm and dry

[paid]
ja

[shoes]
Brown ones.

[text]
Over the hills.
"""
VALUE = {
    "schema": "outing/1",
    "companion": "an aunt",
    "weather": "warm_and_dry",
    "paid": True,
    "shoes": "Brown ones.",
    "text": "Over the hills.",
    "rewritten": True,
    "attachments": [],
}


def typed(folder: Path, monkeypatch: pytest.MonkeyPatch, *forms: str) -> dict[str, Any]:
    """What the forms that are typed in the editor become, one at each time it opens."""
    monkeypatch.setenv("EDITOR", editor(folder, *forms))
    monkeypatch.delenv("VISUAL", raising=False)
    return filled("outing/1", dict.fromkeys(asked("outing/1")), None, "Go out.")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_editor_asks_with_its_labels(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In English where there is no Dutch."""
    monkeypatch.setenv("ZEGEL_LANG", language)
    assert typed(tmp_path, monkeypatch, FORM) == VALUE
    assert check_payload("outing/1", VALUE) == VALUE
    shown = (tmp_path / "seen0").read_text()
    optional = {"en": "may stay empty", "nl": "mag leeg blijven"}[language]
    for head, label in (
        ("companion", "With whom you go"),
        ("weather", "Which weather you hope for (warm_and_dry, wet)"),
        ("price", f"What it may cost ({optional})"),
        ("shoes", "Which shoes you take"),
        ("text", "Where you go"),
    ):
        assert f"#zegel# {label}\n[{head}]\n" in shown
    assert "rewritten" not in shown and "Shoes to take" not in shown


def test_what_is_typed_is_checked_before_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = FORM.replace("Warm and dry", "Windy")
    assert typed(tmp_path, monkeypatch, wrong, FORM) == VALUE
    assert "weather: Must be one of: warm and dry or wet." in (tmp_path / "seen1").read_text()


@pytest.mark.parametrize(
    ("option", "said", "told"),
    [
        ("weather", "windy", "kies een van deze: warm and dry of wet"),
        ("paid", "perhaps", "antwoord met ja of nee"),
    ],
)
def test_what_is_wrong_is_told_in_dutch(
    option: str, said: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", "nl")
    given = {name: str(VALUE.get(name, "")) for name in asked("outing/1")} | {"paid": "ja"}
    with pytest.raises(NotPossible) as refused:
        filled("outing/1", given | {option: said}, None, "Go out.")
    assert told in explain(refused.value)["what"]


def test_its_options_have_its_labels() -> None:
    @click.command()
    @form_options("outing/1")
    def go_out(**given: Any) -> None:
        """Go out."""
        click.echo(given["text"])

    shown = CliRunner().invoke(go_out, ["--help"], terminal_width=120).output
    assert "-m, --message TEXT" in shown and "--shoes TEXT" in shown
    assert (
        "[warm_and_dry|wet]" in shown and "What it may cost." in shown and "rewritten" not in shown
    )
    assert CliRunner().invoke(go_out, ["-m", "Out.", "--paid", "no"]).output == "Out.\n"


def test_it_is_shown_field_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_LANG", "en")
    assert spoken_content(VALUE).splitlines() == [
        *("Companion", "an aunt", "Weather", "warm and dry"),
        *("Paid", "yes", "Shoes to take", "Brown ones.", "Over the hills."),
    ]
