"""What is typed is what is stored: no line vanishes, no character is taken off, and bytes that are
no text are told in a sentence before anything is sent.

Holds cli/writing/text.py, cli/writing/encodings.py, cli/desk/form.py.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.desk.form import asked, empty_form, filled, read_form
from cli.writing.encodings import decoded
from cli.writing.text import written
from client.errors import NotPossible
from domain.services.consultation import CONSULTATION
from tests.support.people.desks import Desks, desks, editor, was_opened

HASHES = "Hij plaatste vandaag:\n#dagX is dichtbij\n# 14 maart\nEinde."
SEALED = ("--subject-kind", "individual", "--form-group", "unknown")
SIGNAL = """[observed]
gisteren
[observed_by]
moeder
[fact] Hij dreigt met een mes
en schreef:
#dag morgen om 9 uur
[lol] wacht maar af
[source]
moeder
[reliability]
B
[contradicts]
no
[channel]
online
[credibility]
3
"""
FACT = "Hij dreigt met een mes\nen schreef:\n#dag morgen om 9 uur\n[lol] wacht maar af"
TYPED = "  #eerste\n\n\t[text] en dan\n[lol]\n#zegel is geen merk  \n# laatste"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with desks(tmp_path_factory.mktemp("texts")) as opened:
        yield opened


def in_file(folder: Path, held: bytes | str, name: str = "text.txt") -> str:
    file = folder / name
    file.write_bytes(held if isinstance(held, bytes) else held.encode())
    return str(file)


def test_lines_that_begin_with_a_hash_arrive_from_files_options_and_standard_input(
    office: Desks, tmp_path: Path
) -> None:
    case = office.taken()
    file = in_file(tmp_path, HASHES + "\n")
    for given, typed in ((("-f", file), ""), (("-m", HASHES), ""), (("-f", "-"), HASHES)):
        done = office.run("anna", "answer", case, *given, "--again", typed=typed)
        assert done.error is None, done
    assert [one["text"] for one in office.said("anna", case)][1:] == [HASHES] * 3


def test_a_signal_keeps_what_stands_behind_its_heads_and_lines_in_brackets(
    office: Desks, tmp_path: Path
) -> None:
    case = office.taken()
    done = office.run("anna", "signal", case, "-f", in_file(tmp_path, SIGNAL))
    assert done.error is None, done
    (signal,) = office.said("anna", case, "worknotes")
    assert signal["fact"] == FACT
    assert (signal["observed"], signal["contradicts"]) == ("gisteren", False)


def test_in_the_editor_the_instructions_alone_are_left_out(office: Desks, tmp_path: Path) -> None:
    case = office.taken()
    file = in_file(tmp_path, TYPED)
    for script in (
        f'cat {file} >> "$1"',  # below the instructions
        f'cat {file} > "$1"',  # instead of them
        f'cp "$1" "$1.old"; (cat {file}; echo; cat "$1.old") > "$1"; rm "$1.old"',  # above them
    ):
        done = office.run("anna", "answer", case, EDITOR=editor(tmp_path, script))
        assert done.error is None, done
        assert office.said("anna", case)[-1]["text"].removesuffix("\n") == TYPED
    shown = (tmp_path / "seen").read_text()
    assert shown.startswith("#zegel# The person who asked reads this.\n")
    assert was_opened(tmp_path) == 3


def test_an_instruction_that_was_changed_is_asked_about_and_not_stored(
    office: Desks, tmp_path: Path
) -> None:
    case = office.taken()
    once = 'grep -q hello "$1" || { printf hello > "$1.x"; cat "$1" >> "$1.x"; mv "$1.x" "$1"; }'
    joined = editor(tmp_path, once)
    office.run("anna", "answer", case, EDITOR=joined).refused("#zegel# was changed")
    assert was_opened(tmp_path) > 1 and len(office.said("anna", case)) == 1
    assert "hello" in office.drafts("anna")[-1]["text"]
    office.run("anna", "drafts", "1", "--discard", "--yes")


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_of_the_encoding_is_read_and_taken_off(mark: str) -> None:
    assert decoded("Mijn zoon is café\r\nnu".encode(mark), "x") == "Mijn zoon is café\nnu"


@pytest.mark.parametrize("held", [b"caf\xe9", "plain".encode("utf-16-le"), b"\xff\xfex"])
def test_bytes_that_are_no_text_are_told_before_anything_is_done(
    office: Desks, tmp_path: Path, held: bytes
) -> None:
    case, file = office.taken(), in_file(tmp_path, held, "letter.txt")
    for arguments in (("answer", case), ("signal", case), ("register",)):
        office.run("anna", *arguments, "-f", file).refused("letter.txt is not UTF-8: save it again")
    with open(file, encoding="utf-8") as opened, pytest.raises(NotPossible, match="not UTF-8"):
        written(None, opened, "Write.")
    assert len(office.said("anna", case)) == 1


def test_bytes_on_the_command_line_are_told_too(office: Desks) -> None:
    case = office.taken()
    office.run("anna", "answer", case, "-m", "caf\udce9").refused("what you gave is not UTF-8")
    with pytest.raises(NotPossible, match="not UTF-8"):
        written("caf\udce9", None, "Write.")


@pytest.mark.parametrize(
    "text", [" \t two spaces  ", "\n\nempty lines\n\n\n", "\ufeffx", "a\r\nb\r", "\u202eabc\u2028"]
)
def test_a_text_given_as_an_option_is_stored_to_the_character(office: Desks, text: str) -> None:
    case = office.taken()
    assert office.run("anna", "answer", case, "-m", text).error is None
    assert office.said("anna", case)[-1]["text"] == text
    assert written(text, None, "Write.") == text


def test_of_a_file_the_end_of_the_last_line_alone_is_taken_off() -> None:
    for held, text in ((" x \n\n", " x \n"), ("x", "x"), ("a\r\nb\r\n", "a\nb")):
        assert written(None, io.BytesIO(held.encode()), "Write.") == text


def test_an_empty_text_is_told_wherever_it_comes_from(office: Desks, tmp_path: Path) -> None:
    case = office.taken()
    for given in (("-m", " \n"), ("-f", in_file(tmp_path, "\n"))):
        office.run("anna", "answer", case, *given).refused("nothing was written")
    office.run("anna", "answer", case, EDITOR="true").refused("nothing was written")
    assert office.drafts("anna") == []


def test_a_form_is_read_to_the_character() -> None:
    """Indents and spaces at the end are what somebody typed; empty lines around are the form's."""
    text = "[to]\n\n  a doctor  \n\n\n[text]   two spaces\n[sic]\n\n"
    assert read_form("pointer/1", text) == {"to": "  a doctor  ", "text": "  two spaces\n[sic]"}


def test_what_an_earlier_form_printed_behind_a_head_is_not_taken_for_text() -> None:
    text = "[to] Which kind of help or report\na doctor\n[text] Wat u wilt zeggen\nring him"
    assert read_form("pointer/1", text) == {"to": "a doctor", "text": "ring him"}


def test_a_field_twice_and_a_text_before_the_first_are_told() -> None:
    with pytest.raises(NotPossible, match=r"\[to\] stands twice"):
        read_form("pointer/1", "[to]\na\n[text]\nx\n[to]\n")
    with pytest.raises(NotPossible, match="outside the fields"):
        read_form("pointer/1", "Dear\n[to]\na\n[text]\nx\n")


def test_a_text_without_heads_is_the_one_field_that_no_option_gave() -> None:
    given = {"channel": "telephone", "with_whom": "a teacher", "text": None}
    value = filled("contact/2", given, io.BytesIO(b"#she rang\n[sic]\n"), "what")
    assert value["text"] == "#she rang\n[sic]"


def test_the_editor_says_what_each_field_is_for(office: Desks, tmp_path: Path) -> None:
    case = office.taken()
    office.run("anna", "signal", case, EDITOR=editor(tmp_path, "true"))
    shown = (tmp_path / "seen").read_text()
    assert shown.startswith("#zegel# The person who asked does not read this.\n")
    assert "#zegel# What was seen" not in shown and "#zegel# The fact: " in shown
    heads = [line for line in shown.splitlines() if line.startswith("[")]
    assert heads == [f"[{name}]" for name in asked("signal/2")]
    assert empty_form("signal/2", ["fact"]) == "[fact]\n\n\n"


HERS = ("answer", "clarify", "advise", "point", "advise-report", "offer-support", "close", "rest")
HERS += ("tell-crisis-over", "tell-of-disclosure", "record-name", "record-answer", "record-link")
NOT_HERS = ("signal", "report-noted", "delay", "crisis", "propose-disclosure", "weigh", "sent")
NOT_HERS += ("contact", "closing-note", "consult", "register")


def test_every_form_says_first_whether_she_reads_it() -> None:
    """By the place that it is written in, as the table of steps has it."""
    from client.cases.steps import schema_of

    steps = CONSULTATION.commands
    for called in (*HERS, *NOT_HERS):
        if called in steps:
            assert CONSULTATION.asks_in(steps[called].place) == (called in HERS), called
    assert {
        one
        for one, step in steps.items()
        if CONSULTATION.asks_in(step.place) and schema_of(CONSULTATION, step)
    } == {*HERS, "reopen"}


def test_closing_as_answered_asks_once_more_where_nobody_answered(office: Desks) -> None:
    case = office.taken()
    closing = ("--outcome", "answered", "--to-you", "done", *SEALED)
    office.run("anna", "close", case, *closing, typed="nee\n").refused("it is not closed")
    assert isinstance(office.run("anna", "close", case, *closing).error, click.Abort)
    assert office.json("anna", "show", case)["state"] == "in_triage"
    assert office.run("anna", "close", case, *closing, "--unanswered").error is None
    answered = office.taken()
    office.run("anna", "answer", answered, "-m", "an answer")
    assert office.run("anna", "close", answered, *closing).error is None
