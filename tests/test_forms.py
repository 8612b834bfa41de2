"""Forms: what a person writes comes into the payload as it was meant, or is told what is wrong with
it before anything is sealed; and nothing that was typed is lost."""

import io
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import pytest

from cli.desk import posted
from cli.form import asked, choices, empty_form, filled, read_form, typed_of
from client.consultation import message
from client.errors import NotPossible, Unreachable
from tests.support.processes import until
from tests.test_commands import Office
from tests.test_steps import STAFF, do, opened
from wire.payload_schemas import MAX_TEXT, SCHEMAS, check_payload

ADVICE = """
# A comment of the form.
[yourself] What the person can do
Stay next to him.
He needs you.

[professional_help] Where help is
The family doctor.
[possible_reports]
None.
[contact_again] When
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


def test_whole_lines_that_begin_with_a_cross_are_left_out() -> None:
    assert from_file("message/1", "a\n# b\nc # d\n")["text"] == "a\nc # d"
    given = {"text": "# typed as an option"}
    assert filled("message/1", given, None, "what")["text"] == "# typed as an option"


def test_an_option_goes_before_the_file() -> None:
    assert from_file("advice/1", ADVICE, yourself="Sleep.")["yourself"] == "Sleep."


@pytest.mark.parametrize("schema", sorted(SCHEMAS))
def test_every_form_can_be_filled_in(schema: str) -> None:
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
    needed = [name for name, field in asked("signal/1").items() if field.required]
    form = {name: (choices(asked("signal/1")[name]) or ["said"])[0] for name in needed}
    assert "opinion" not in filled("signal/1", form, io.StringIO(""), "what")
    for name in needed:
        without = {one: said for one, said in form.items() if one != name}
        with pytest.raises(NotPossible, match=rf"\[{name}\]"):
            filled("signal/1", without, io.StringIO(""), "what")


@pytest.mark.parametrize(
    ("schema", "text", "told"),
    [
        ("advice/1", ADVICE + "[advice] what\nx\n", r"no field \[advice\]"),
        ("advice/1", "words before\n" + ADVICE, "outside the fields"),
        ("advice/1", "words alone", "outside the fields"),
        ("closing/1", "[outcome]\nbetter\n[reason]\nx\n[pointers]\ny\n", "outcome"),
        ("message/1", "x" * (MAX_TEXT + 1), "^text: "),
        (
            "closing/1",
            f"[outcome]\nother\n[reason]\n{'x' * (MAX_TEXT + 1)}\n[pointers]\ny\n",
            "^reason: ",
        ),
        ("advice/1", ADVICE + "[yourself]\nSleep.\n", "yourself"),
        ("message/1", " \n# only a comment\n", "nothing was written"),
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
    """An editor that writes these texts, one at each time it is opened, keeping what is there."""
    script = folder / "editor"
    for number, text in enumerate(steps):
        (folder / f"step{number}").write_text(text)
    script.write_text(
        "#!/bin/sh\n"
        f'n=$(cat {folder}/count 2>/dev/null || echo 0); cp "$1" {folder}/seen$n\n'
        f'cat {folder}/step$n >> "$1"; echo $((n+1)) > {folder}/count\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script)


def test_a_text_that_is_refused_comes_back_in_the_editor_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "\n[outcome]\nbetter\n[reason]\nshe can go on\n[pointers]\nyouth team\n"
    monkeypatch.setenv("EDITOR", editor(tmp_path, wrong, "\n[outcome]\nadvised\n"))
    monkeypatch.delenv("VISUAL", raising=False)
    given = {"outcome": None, "reason": None, "pointers": None}
    value = filled("closing/1", given, None, "Close it.")
    assert (value["outcome"], value["reason"]) == ("advised", "she can go on")
    again = (tmp_path / "seen1").read_text()
    assert again.startswith("# outcome: ") and "she can go on" in again
    assert "# Close it." in (tmp_path / "seen0").read_text()


def test_only_what_is_missing_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", editor(tmp_path, "\n[pointers]\nyouth team\n"))
    monkeypatch.delenv("VISUAL", raising=False)
    given = {"outcome": "advised", "reason": "done", "pointers": None}
    assert filled("closing/1", given, None, "Close it.")["pointers"] == "youth team"
    assert "[reason]" not in (tmp_path / "seen0").read_text()


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
        raise Unreachable("http://x does not answer")

    with pytest.raises(Unreachable):
        posted(fails, typed_of(value, {"text": None}, None))
    shown = capsys.readouterr().err
    assert "an hour of work" in shown and "\x1b" not in shown
    with pytest.raises(Unreachable):
        posted(fails, typed_of(value, {"text": "given as an option"}, None))
    assert capsys.readouterr().err == ""


def test_a_head_is_read_as_a_head_alone() -> None:
    """What someone writes in the middle of a line is text."""
    text = "[text] x\nHe said [secret] twice.\n"
    assert read_form("message/1", text) == {"text": "He said [secret] twice."}


def test_a_plain_message_may_hold_lines_in_brackets() -> None:
    text = "he wrote:\n[sic] a day they will remember\n[name withheld]"
    assert from_file("message/1", text)["text"] == text


def test_every_label_belongs_to_a_field() -> None:
    from cli.form import LABELS

    fields = {name for schema in SCHEMAS for name in asked(schema)}
    assert set(LABELS) == fields
    assert click.Choice(choices(asked("closing/1")["outcome"])).choices


# --- as people run it ----------------------------------------------------------------------------

WORK = "an hour of work"
CLOSING = f"[outcome]\n%s\n[reason]\n{WORK}\n[pointers]\nyouth team\n"
EXCERPT = f"[excerpt]\n{WORK}\n[question]\nis it acute?\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened(tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture(scope="module")
def case(office: Office) -> str:
    """A consultation that anna took."""
    _, asked, _ = office.world.mother()
    do(office, "anna", "take", asked.case, "--no-conflict")
    return asked.case


def test_a_wrong_form_is_told_before_anything_is_sent(
    office: Office, case: str, tmp_path: Path
) -> None:
    form, before = tmp_path / "form.txt", office.world.opened.store.position()
    for text, told in ((CLOSING % "better", "outcome: Must be"), (ADVICE, "no field [contact")):
        form.write_text(text)
        assert told in do(office, "anna", "close", case, "-f", str(form), fails=True)
    assert office.world.opened.store.position() == before


def test_what_was_put_right_in_the_editor_is_stored(
    office: Office, case: str, tmp_path: Path
) -> None:
    program = editor(tmp_path, f"{ADVICE}[unknown]\n{WORK}\n", "")
    with open(program, "a") as script:  # the second time, the head that is no field is taken out
        script.write(f'[ ! -e {tmp_path}/seen1 ] || sed -i "/^.unknown/d" "$1"\n')
    do(office, "anna", "advise", case, VISUAL=program, EDITOR="false")
    assert (tmp_path / "seen1").read_text().startswith("# the form has no field [unknown]")
    assert WORK in do(office, "anna", "show", case)


def test_what_was_typed_is_shown_when_the_server_is_gone(tmp_path: Path) -> None:
    program = editor(tmp_path, WORK)
    with open(program, "a") as script:
        script.write(f"while [ ! -e {tmp_path}/gone ]; do sleep 0.05; done\n")
    with ThreadPoolExecutor(1) as pool:
        with opened(tmp_path) as office:
            _, asked, _ = office.world.mother()
            do(office, "anna", "take", asked.case, "--no-conflict")
            told = ("answer", asked.case)
            kept = {"XDG_RUNTIME_DIR": str(tmp_path), "EDITOR": program}
            running = pool.submit(office.run, "anna", *told, **kept)
            until((tmp_path / "count").exists, "the editor")
        (tmp_path / "gone").touch()
        done = running.result()
    assert done.returncode == 1 and "does not answer" in done.stderr
    assert WORK in done.stderr and WORK not in done.stdout


LOST = {
    "the rules refuse it": ("reopen {case}", WORK, ""),
    "nobody has that number": ("consult {case} nobody --without-names", EXCERPT, ""),
    "names are still in it": ("consult {case} {bram}", EXCERPT, "n\n"),
    "no colleague was asked": ("message {case} --in asked", WORK, ""),
    "the editor breaks off": ("close {case}", CLOSING % "better", ""),
    "there is such a note": ("ask --danger no --note {note}", WORK, ""),
    "the question cannot be sent": ("ask --danger no --server http://127.0.0.1:9", WORK, ""),
}


@pytest.mark.parametrize("why", LOST)
def test_what_was_typed_is_not_lost_when(
    office: Office, case: str, tmp_path: Path, why: str
) -> None:
    """Shown again on standard error; or the editor did not open, and nothing was typed."""
    command, text, typed = LOST[why]
    program = editor(tmp_path, f"\n{text}")
    with open(program, "a") as script:  # it cannot be opened a second time
        script.write(f"[ ! -e {tmp_path}/seen1 ]\n")
    (tmp_path / "note").touch()
    bram = f"{list(STAFF).index('bram') + 1:032x}"
    arguments = command.format(case=case, bram=bram, note=tmp_path / "note").split()
    kept = {"XDG_RUNTIME_DIR": str(office.folder), "EDITOR": program}
    office.world.settle()
    done = office.run("anna", *arguments, typed=typed, **kept)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert WORK in done.stderr or not (tmp_path / "seen0").exists()
