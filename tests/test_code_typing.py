"""A code on paper and from the keyboard."""

import os
import pty
import random
import select
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.codes import type_words, typed_code, write_note
from client.errors import NotPossible
from crypto.secret.seeds import new_code
from crypto.wordlists import WORDLISTS, complete, read_any, show_words
from tests.support.processes import until
from tests.support.world import World
from tests.test_commands import Office

OURS = ("zegel", "steunpunt", "support", "extremis", "lse", "code", "http", "bericht", "message")
languages = pytest.mark.parametrize("language", ["nl", "en"])


def play(read: Callable[[], object], *lines: str) -> tuple[object, str]:
    """Type these lines to a question; what comes of it, and what was shown."""
    found: list[object] = []

    @click.command()
    def reading() -> None:
        found.append(read())

    done = CliRunner().invoke(reading, input="".join(f"{line}\n" for line in lines))
    assert done.exit_code == 0, done.output
    return found[0], done.output


def typing(*lines: str) -> tuple[str, str]:
    typed, shown = play(type_words, *lines)
    return str(typed), shown


def answered(shown: str, word: int) -> set[str]:
    """The words that were shown when the n-th question was answered for the first time."""
    line = shown.split(f"Word {word}: ")[1].splitlines()[1]
    return {one.strip(",…/") for one in line.split()} - {""}


@languages
@given(entropy=st.binary(min_size=13, max_size=13))
@settings(max_examples=40)
def test_four_letters_of_each_word_are_enough(language: str, entropy: bytes) -> None:
    typed, _ = typing(*(f" {word[:4].upper()} " for word in show_words(entropy, language)))
    assert read_any(typed) == entropy


def test_a_beginning_that_several_words_have_shows_them() -> None:
    words = show_words(new_code(), "en")
    typed, shown = typing("ab", "", *words)
    assert {"abandon", "ability"} < answered(shown, 1)
    assert all(word.startswith("ab") for word in answered(shown, 1))
    assert typed == " ".join(words)


def test_a_beginning_that_no_word_has_is_told_and_asked_again() -> None:
    words = show_words(new_code(), "nl")
    typed, shown = typing(words[0], "zzzz", *words[1:])
    assert "no word begins so" in shown and shown.count("Word 2: ") == 2
    assert typed == " ".join(words)


def test_each_word_narrows_down_the_language() -> None:
    both = {word[:4] for word in WORDLISTS["nl"]} & {word[:4] for word in WORDLISTS["en"]}
    shared = next(one for one in sorted(both) if complete(one, "nl") != complete(one, "en"))
    dutch = next(word for word in WORDLISTS["nl"] if not complete(word[:4], "en"))
    _, shown = typing(shared, dutch, "ab", *complete("ka", "nl")[:8])
    assert answered(shown, 1) == {*complete(shared, "nl"), *complete(shared, "en")}
    assert answered(shown, 2) == {dutch}
    assert answered(shown, 3) <= {*complete("ab", "nl")}


def test_a_wrong_word_is_taken_back() -> None:
    words = show_words(new_code(), "en")
    typed, _ = typing("-", words[0], "zoo", "-", "act", "-", *words[1:])
    assert typed == " ".join(words)


def test_words_of_two_languages_are_not_mixed() -> None:
    english = next(word for word in complete("a", "en") if not complete(word[:4], "nl"))
    dutch = next(word for word in complete("a", "nl") if not complete(word[:4], "en"))
    words = [english, dutch, *random.Random(1).choices(complete("b", "en"), k=9)]
    typed, shown = typing(*words)
    assert dutch not in typed.split() and "no word begins so" in shown


def test_nothing_typed_at_the_first_question_asks_for_the_words() -> None:
    entropy = new_code()
    found, _ = play(lambda: typed_code(None), "", *show_words(entropy, "nl"))
    assert found == entropy


class Screen:
    """`zegel return` at a terminal, with no server to go to."""

    def __init__(self, home: Path) -> None:
        self._own, theirs = pty.openpty()
        told = {"ZEGEL_SERVER": "http://127.0.0.1:9", "ZEGEL_PIN": "A" * 43, "TERM": "xterm"}
        self._running = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "return"],
            env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "ZEGEL_HOME": str(home), **told},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""

    def _look(self) -> bool:
        """Take in what was written; whether there may be more."""
        try:
            if select.select([self._own], [], [], 0.05)[0]:
                self.shown += os.read(self._own, 4096).decode()
        except OSError:  # the other end is closed
            return False
        return True

    def type(self, question: str, text: str) -> None:
        until(lambda: self._look() and self.shown.endswith(question), question)
        os.write(self._own, text.encode())

    def end(self) -> None:
        until(lambda: not self._look(), "the end of the command")
        self._running.wait(20)
        os.close(self._own)


@pytest.mark.parametrize("number", [10, 3], ids=["when all are typed", "when she gives up"])
def test_no_word_stays_on_the_screen(tmp_path: Path, number: int) -> None:
    words = show_words(new_code(), "en")
    screen = Screen(tmp_path)
    screen.type("one by one: ", "\n")
    for place, word in enumerate(words[:number], 1):
        screen.type(f"Word {place}: ", f"{word[:4]}\n")
    if number < len(words):
        screen.type(f"Word {number + 1}: ", "\x04")
    screen.end()
    _, wiped, left = screen.shown.rpartition("\x1b[2J")
    assert wiped and not any(word[:4] in left for word in words[:number])


# --- a note to print -----------------------------------------------------------------------------


def words_of(note: str) -> str:
    """The words of a note in the order of their numbers, one column after the other."""
    rows = [line.split() for line in note.splitlines() if line[:2].strip().isdigit()]
    columns = [(row[half], row[half + 1]) for half in (0, 2) for row in rows]
    assert [number for number, _ in columns] == [str(number) for number in range(1, 11)]
    return " ".join(word for _, word in columns)


@languages
def test_a_note_holds_the_words_and_nothing_that_says_what_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    entropy = new_code()
    file = tmp_path / "note.txt"
    write_note(file, entropy)
    text = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not any(word in text.lower().split() for word in OURS)
    assert words_of(text) == " ".join(show_words(entropy, language))
    title = text.splitlines()[0]
    assert not any(word in title.lower() for word in OURS)
    with pytest.raises(NotPossible, match=r"note\.txt"):
        write_note(file, new_code())
    assert file.read_text() == text


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    (folder / "server").mkdir()
    with World(folder / "server") as world:
        world.staff("consultation_worker")
        yield Office(world, folder)


ASK = ("ask", "--danger", "no", "-m", "a question", "--note")


def test_who_asks_can_come_back_with_the_note_alone(office: Office, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    assert office.run("mother", *ASK, str(note)).returncode == 0
    text = note.read_text()
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert "127.0.0.1" not in text and office.world.pin not in text
    returned = office.json("mother", "return", "-", typed=words_of(text))
    assert [one["content"]["text"] for one in returned["messages"]] == ["a question"]


@pytest.mark.parametrize("where", ["hers", "link", "nowhere/note"])
def test_without_a_note_nothing_is_asked(office: Office, tmp_path: Path, where: str) -> None:
    (tmp_path / "hers").write_text("something of hers")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    before = office.world.opened.store.position()
    done = office.run("mother", *ASK, str(tmp_path / where))
    assert done.returncode == 1 and where in done.stderr and done.stdout == ""
    assert office.world.opened.store.position() == before
    assert (tmp_path / "hers").read_text() == "something of hers"
    assert not (tmp_path / "elsewhere").exists()
