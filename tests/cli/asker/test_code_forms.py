"""A code reads however a telephone, a word processor or our own note passes it on.

Holds cli/asker/codes.py, crypto/wordlists.py, crypto/code.py.
"""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.asker import codes
from cli.asker.codes import typed_code, write_note
from crypto.code import NotACode, show_code
from crypto.encoding import unb64
from crypto.secret.seeds import new_code
from crypto.wordlists import read_any, show_words
from tests.support.processes import ROOT

# Made with `trials/codes-as-pasted.json`: how it came, and the text.
PASTED = json.loads((ROOT / "tests" / "vectors" / "codes-as-pasted.json").read_text())
ENTROPY = unb64(PASTED["means"])


@pytest.mark.parametrize(
    "typed", [pytest.param(one["text"], id=one["how"]) for one in PASTED["typed"]]
)
def test_a_code_reads_as_it_was_pasted(typed: str) -> None:
    assert read_any(typed) == ENTROPY


DASHES = "-\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u301c\ufe58\uff0d"
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufeff\u00ad"
MARKS = (
    "\"'.,;:!?()[]{}<>|/*_`\u00ab\u00bb\u201c\u201d\u201e\u2018\u2019\u2026\u00b7\u2022\u00a0\u3002"
)


@pytest.mark.parametrize("mark", [*DASHES, *UNSEEN, *MARKS], ids=ascii)
def test_no_mark_between_around_or_unseen_stops_a_code(mark: str) -> None:
    code, words = show_code(ENTROPY), show_words(ENTROPY, "nl")
    groups = [code[start : start + 4] for start in range(0, len(code), 4)]
    between = mark if mark not in UNSEEN else f"{mark} "
    for typed in (mark.join(groups), f"{mark}{code}{mark}", between.join(words)):
        assert read_any(typed) == ENTROPY
    assert read_any(f"{mark}{' '.join(words)}{mark}") == ENTROPY


@pytest.mark.parametrize("language", ["nl", "en"])
def test_our_own_note_is_read_whole(
    tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    for number in range(20):
        entropy = new_code()
        write_note(tmp_path / str(number), entropy)
        assert read_any((tmp_path / str(number)).read_text()) == entropy


def read_from_input(text: str) -> bytes:
    found: list[bytes] = []

    @codes.click.command()
    def reading() -> None:
        found.append(typed_code("-"))

    done = CliRunner().invoke(reading, input=text)
    assert done.exit_code == 0, done.exception
    return found[0]


@pytest.mark.parametrize("between", ["\n", "\r\n", "\n\n"])
def test_words_on_several_lines_are_read_from_standard_input(between: str) -> None:
    words = show_words(ENTROPY, "en")
    assert read_from_input(between.join(words) + "\n") == ENTROPY
    halves = between.join((" ".join(words[:5]), " ".join(words[5:])))
    assert read_from_input(f"\n{halves}\n") == ENTROPY
    assert read_from_input(f"{between}{show_code(ENTROPY)}{between}") == ENTROPY


def test_all_that_ask_shows_is_read_from_standard_input() -> None:
    on_paper, spoken = codes.grouped(show_code(ENTROPY)), codes.in_words(ENTROPY)
    shown = f"\n    {on_paper}\n\n{spoken}\n"
    assert read_from_input(f"{shown}\nBewaar deze code. Zonder code gaat het niet.\n") == ENTROPY


def test_two_codes_in_one_text_are_not_one() -> None:
    with pytest.raises(NotACode):
        read_any(f"{show_code(new_code())}\n{show_code(new_code())}")


def test_a_wrong_code_is_not_taken_for_another() -> None:
    draw, taken = random.Random(7), 0
    for _ in range(640):
        words = show_words(bytes(draw.randrange(256) for _ in range(13)), "nl")
        words[draw.randrange(10)] = draw.choice(show_words(new_code(), "nl"))
        try:
            read_any("\n".join(words))
            taken += 1
        except NotACode:
            pass
    assert taken < 30  # the checksum lets one of 64 pass


def test_a_letter_of_another_alphabet_is_named() -> None:
    with pytest.raises(NotACode, match="'\u0415' does not occur"):
        read_any(show_code(ENTROPY).replace("E", "\u0415"))


def mended(monkeypatch: pytest.MonkeyPatch, first: str, *lines: str) -> tuple[bytes, list[str]]:
    """Type a code at a terminal, then these lines; what it read, and what was asked."""
    asked: list[str] = []
    left = [first, *lines]

    def prompt(question: str, default: str = "", **_: object) -> str:
        asked.append(question)
        return left.pop(0) or default

    monkeypatch.setattr(codes.click, "prompt", prompt)
    monkeypatch.setattr(codes, "at_a_terminal", lambda: True)
    found = typed_code(None)
    assert not left
    return found, asked[1:]


WORDS = show_words(ENTROPY, "nl")


def test_only_the_doubtful_word_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = " ".join([*WORDS[:2], "loeb", *WORDS[3:]])
    assert mended(monkeypatch, typed, "") == (ENTROPY, ["Word 3 [loep]"])
    typed = " ".join([*WORDS[:2], "qqq", *WORDS[3:8], "xxx", WORDS[9]])
    found, asked = mended(monkeypatch, typed, "loep", "zzz", "audi")
    assert (found, asked) == (ENTROPY, ["Word 3", "Word 9", "Word 9"])


def test_of_ten_words_that_do_not_fit_each_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = " ".join([*WORDS[:3], WORDS[4], *WORDS[4:]])
    found, asked = mended(monkeypatch, typed, "", "", "", WORDS[3], *6 * [""])
    assert found == ENTROPY
    assert asked[3] == f"Word 4 [{WORDS[4]}]" and len(asked) == 10


def test_a_beginning_of_the_words_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = " ".join(WORDS[6:])
    assert mended(monkeypatch, " ".join(WORDS[:6]), rest) == (ENTROPY, ["Word 7"])


def test_words_one_by_one_that_do_not_fit_are_not_thrown_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = [*WORDS[:9], WORDS[0]]
    assert mended(monkeypatch, "", *wrong, *9 * [""], WORDS[9])[0] == ENTROPY


def test_a_mistyped_group_is_typed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    code = show_code(ENTROPY)
    found, asked = mended(monkeypatch, code[:9] + "Z" + code[10:], "", "", code[8:12], "", "", "")
    assert (found, asked[2]) == (ENTROPY, f"Group 3 [{code[8]}Z{code[10:12]}]")
    assert mended(monkeypatch, code[:-2], *5 * [""], code[-2:])[0] == ENTROPY


def test_what_is_no_code_at_all_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mended(monkeypatch, "?", show_code(ENTROPY))[0] == ENTROPY
