"""Forms: what a person writes comes into the payload as it was meant, or is told what is wrong with
it before anything is sealed; and nothing that was typed is lost.

Holds cli/desk/form.py, cli/writing/template.py.
"""

import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from cli.desk.form import asked, choices, empty_form, filled, read_form, stand_in, typed_of
from cli.desk.step import posted
from client.cases.consultation import message
from client.errors import NotPossible, Unreachable
from client.why import Why
from domain.services.consultation import CONSULTATION
from tests.support.cases.payloads import OF_THE_PRODUCT
from wire.payloads.book import check_payload
from wire.payloads.fields import MAX_TEXT

USED = sorted({step.payload for step in CONSULTATION.steps if step.payload})
LAST = "[to_you]\nshe can go on\n[subject_kind]\nindividual\n[form_group]\nnone\n"
ADVICE = """
[yourself] What the person can do
Stay next to him.
He needs you.

[professional_help] The family doctor.
[possible_reports]
None.
[contact_again]
As soon as you hear of a day.
"""


def from_file(schema: str, text: str, **given: str) -> dict[str, Any]:
    return filled(schema, given, io.StringIO(text), "what")


def test_a_form_in_a_file_becomes_the_payload() -> None:
    assert from_file("advice/1", ADVICE) == {
        "schema": "advice/1",
        "yourself": "Stay next to him.\nHe needs you.",
        "professional_help": "The family doctor.",
        "possible_reports": "None.",
        "contact_again": "As soon as you hear of a day.",
        "attachments": [],
    }


def test_a_plain_text_is_the_one_field_of_a_message() -> None:
    assert from_file("message/1", "first line\n\nsecond line\n")["text"] == (
        "first line\n\nsecond line"
    )


def test_an_option_goes_before_the_file() -> None:
    assert from_file("advice/1", ADVICE, yourself="Sleep.")["yourself"] == "Sleep."


@pytest.mark.parametrize("schema", USED)
def test_every_form_of_the_front_office_can_be_filled_in(schema: str) -> None:
    form = empty_form(schema, list(asked(schema)))
    lines = []
    for line in form.splitlines():
        lines.append(line)
        if line.startswith("["):
            name = line[1 : line.index("]")]
            lines.append((choices(asked(schema)[name]) or ["said"])[0])
    text = "\n".join(lines) if form.strip() else "said"
    value = from_file(schema, text)
    assert check_payload(schema, value) == value
    assert set(value) - {"anonymised"} == {*asked(schema), "schema", "attachments"}


def test_an_optional_field_may_stay_empty_and_a_needed_one_may_not() -> None:
    needed = [name for name, field in asked("signal/2").items() if field.required]
    form = {name: (choices(asked("signal/2")[name]) or ["said"])[0] for name in needed}
    assert "opinion" not in filled("signal/2", form, io.StringIO(""), "what")
    for name in needed:
        without = {one: said for one, said in form.items() if one != name}
        with pytest.raises(NotPossible, match=rf"\[{name}\]"):
            filled("signal/2", without, io.StringIO(""), "what")


@pytest.mark.parametrize(
    ("schema", "text", "told"),
    [
        ("advice/1", ADVICE + "[yourself]\nx\n", r"\[yourself\] stands twice"),
        ("advice/1", "words before\n" + ADVICE, "outside the fields"),
        ("advice/1", "words alone", "outside the fields"),
        ("closing/2", f"[outcome]\nbetter\n{LAST}", "outcome"),
        ("message/1", "x" * (MAX_TEXT + 1), "text"),
        ("message/1", " \n\t\n", "nothing was written"),
        ("advice/1", "", "nothing was written"),
    ],
)
def test_a_wrong_form_is_told_what_is_wrong(schema: str, text: str, told: str) -> None:
    with pytest.raises(NotPossible, match=told):
        from_file(schema, text)


def test_a_statement_that_names_are_left_out_stands_in_every_excerpt() -> None:
    given = {"excerpt": "a boy", "question": "acute?"}
    assert filled("excerpt/1", given, None, "what")["anonymised"] is True


def editor(folder: Path, *steps: str) -> str:
    """An editor that writes these texts in the form, one at each time it is opened."""
    script = folder / "editor"
    for number, text in enumerate(steps):
        (folder / f"step{number}").write_text(text)
    script.write_text(
        "#!/bin/sh\n"
        f'n=$(cat {folder}/count 2>/dev/null || echo 0); cp "$1" {folder}/seen$n\n'
        f'cat {folder}/step$n > "$1"; echo $((n+1)) > {folder}/count\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script)


def test_a_text_that_is_refused_comes_back_in_the_editor_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = f"\n[outcome]\nbetter\n{LAST}"
    right = wrong.replace("better", "advised")
    monkeypatch.setenv("EDITOR", editor(tmp_path, wrong, right))
    monkeypatch.delenv("VISUAL", raising=False)
    given = dict.fromkeys(asked("closing/2"))
    value = filled("closing/2", given, None, "Close it.")
    assert (value["outcome"], value["to_you"]) == ("advised", "she can go on")
    again = (tmp_path / "seen1").read_text()
    assert again.startswith("#zegel# → outcome: ") and "she can go on" in again
    assert "#zegel# Close it." in (tmp_path / "seen0").read_text()


def test_only_what_is_missing_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", editor(tmp_path, "\n[to_you]\nyou can go on\n"))
    monkeypatch.delenv("VISUAL", raising=False)
    given = {"outcome": "advised", "to_you": None, "subject_kind": "family", "form_group": "none"}
    assert filled("closing/2", given, None, "Close it.")["to_you"] == "you can go on"
    assert "[outcome]" not in (tmp_path / "seen0").read_text()


def test_an_editor_left_empty_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", editor(tmp_path, ""))
    monkeypatch.delenv("VISUAL", raising=False)
    with pytest.raises(NotPossible, match="nothing was written"):
        filled("message/1", {"text": None}, None, "Write.")
    assert os.path.exists(tmp_path / "seen0")


def test_what_was_typed_and_could_not_be_stored_is_shown_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = message("an hour of work\x1b[2J")

    def fails() -> None:
        raise Unreachable(Why.NO_ANSWER, url="http://x")

    with pytest.raises(Unreachable):
        posted(fails, typed_of(value, {"text": None}, None))
    shown = capsys.readouterr().err
    assert "an hour of work" in shown and "\x1b" not in shown
    with pytest.raises(Unreachable):
        posted(fails, typed_of(value, {"text": "given as an option"}, None))
    assert capsys.readouterr().err == ""


def test_a_head_is_read_as_a_head_alone() -> None:
    """What someone writes in the middle of a line is text."""
    form = {"channel": "telephone", "text": "He said [channel] twice.\n [text] and once"}
    text = "[channel] telephone\n[text] He said [channel] twice.\n [text] and once\n"
    assert read_form("contact/2", text) == form


@pytest.mark.parametrize("schema", sorted(name for name in OF_THE_PRODUCT if asked(name)))
def test_whether_it_may_be_sent_can_be_tried_before_anything_is_typed(schema: str) -> None:
    """Also where all that may be said of something is more than may be said at once."""
    assert check_payload(schema, stand_in(schema))


def test_a_plain_message_may_hold_lines_in_brackets() -> None:
    text = "he wrote:\n[sic] a day they will remember\n[name withheld]"
    assert from_file("message/1", text)["text"] == text
