"""A code on paper and from the keyboard.

Holds cli/asker/codes.py.
"""

import random
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli.asker.codes
from cli.asker.codes import type_words, typed_code, write_note
from client.errors import NotPossible
from crypto.secret.seeds import new_code
from crypto.wordlists import complete, read_any, show_words


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> tuple[str, list[str]]:
    """Type these lines; what comes of it, and what was shown."""
    shown: list[str] = []
    left = list(lines)
    monkeypatch.setattr(cli.asker.codes.click, "prompt", lambda *_, **__: left.pop(0))
    monkeypatch.setattr(cli.asker.codes.click, "echo", lambda text="", **_: shown.append(str(text)))
    monkeypatch.setattr(cli.asker.codes.click, "clear", lambda: shown.append("(wiped)"))
    return type_words(), shown


@pytest.mark.parametrize("language", ["nl", "en"])
def test_four_letters_of_each_word_are_enough(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    for _ in range(40):
        entropy = new_code()
        words = show_words(entropy, language)
        typed, shown = typing(monkeypatch, *(f" {word[:4].upper()} " for word in words))
        assert read_any(typed) == entropy
        assert shown[-1] == "(wiped)"


def test_a_beginning_that_several_words_have_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    words = show_words(new_code(), "en")
    _, shown = typing(monkeypatch, "ab", "", "zzzz", words[0], *words[1:])
    assert complete("ab", "en")[0] in shown[1]
    assert any("no word begins so" in line for line in shown)


def test_a_wrong_word_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    words = show_words(new_code(), "en")
    typed, _ = typing(monkeypatch, "-", words[0], "zoo", "-", "act", "-", *words[1:])
    assert typed == " ".join(words)


def test_words_of_two_languages_are_not_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    english = next(word for word in complete("a", "en") if not complete(word[:4], "nl"))
    dutch = next(word for word in complete("a", "nl") if not complete(word[:4], "en"))
    words = [english, dutch, *random.Random(1).choices(complete("b", "en"), k=9)]
    typed, shown = typing(monkeypatch, *words)
    assert dutch not in typed.split() and any("no word begins so" in line for line in shown)


def test_nothing_typed_at_the_first_question_asks_for_the_words() -> None:
    entropy = new_code()
    found: list[bytes] = []

    @cli.asker.codes.click.command()
    def reading() -> None:
        found.append(typed_code(None))

    lines = ["", *show_words(entropy, "nl")]
    done = CliRunner().invoke(reading, input="\n".join([*lines, ""]))
    assert (done.exit_code, found) == (0, [entropy]), done.output


def test_a_note_holds_the_words_and_nothing_that_says_what_for(tmp_path: Path) -> None:
    entropy = new_code()
    file = tmp_path / "note.txt"
    write_note(file, entropy)
    text = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert text.startswith("To remember\n")
    numbered = {}
    for line in text.splitlines():
        parts = line.split()
        if parts and parts[0].isdigit():
            numbered |= {int(parts[0]): parts[1], int(parts[2]): parts[3]}
    words = [numbered[place] for place in range(1, 11)]
    assert len(text.split()) == 22  # the title, and each word with its number
    assert read_any(" ".join(words)) == entropy


def test_a_note_writes_over_nothing(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("something of hers")
    with pytest.raises(NotPossible, match=r"note\.txt"):
        write_note(file, new_code())
    assert file.read_text() == "something of hers"
