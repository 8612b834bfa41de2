"""A return code on screen, on paper and from the keyboard."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli.home.new_file import refuse_if_there, write_new
from cli.screen.asking import at_a_terminal
from cli.screen.terminal import notify
from cli.sentences.advice import spoken
from cli.sentences.cannot import CannotDo
from cli.sentences.language import LANGUAGES, _, language
from cli.sentences.reasons import NEXT
from client.errors import NotPossible
from client.why import Why
from crypto.code import N_CHARACTERS, NotACode, characters_in, show_code
from crypto.wordlists import (
    N_WORDS,
    are_words,
    complete,
    doubtful,
    nearest,
    read_any,
    show_words,
    words_in,
)

MAX_SHOWN, GROUP = 8, 4
KEEP_CODE = (
    "Bewaar deze code. Zonder code kunnen wij u niet terugvinden. Wij kunnen de code niet opnieuw "
    "geven.\nKeep this code. Without it we cannot find you. We cannot give it again."
)
# A note that says nothing of what it is for, to whoever finds it.
NOTE_TITLE = {"nl": "Niet vergeten", "en": "To remember"}


def grouped(code: str) -> str:
    """A code as it is easiest to copy: 0000-0000-…"""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def in_words(entropy: bytes) -> str:
    """The same code as ten words, in each language."""
    return "\n".join(f"    {' '.join(show_words(entropy, each))}" for each in LANGUAGES)


def words_of(entropy: bytes) -> dict[str, Any]:
    """A code as scripts are told it."""
    words = {each: show_words(entropy, each) for each in LANGUAGES}
    return {"code": grouped(show_code(entropy)), "words": words}


def show_new(entropy: bytes) -> None:
    """Show a new code in all its forms, with what it is for."""
    shown = f"\n    {grouped(show_code(entropy))}\n\n{in_words(entropy)}\n\n{KEEP_CODE}\n"
    notify(shown, err=False)


def refuse_unwritable(note: Path) -> None:
    """Raises NotPossible for a note that could not be written, before there is work to lose."""
    refuse_if_there(note)
    if not os.access(note.parent, os.W_OK | os.X_OK):
        raise NotPossible(Why.UNWRITABLE, file=note, reason=_("its folder takes no file"))


def write_note(file: Path, entropy: bytes) -> None:
    """Write the ten words as a plain note to print. Raises NotPossible if the file is there."""
    words = show_words(entropy, language())
    half = N_WORDS // 2
    lines = [
        f"{place:>2}  {words[place - 1]:<12}{place + half:>2}  {words[place + half - 1]}"
        for place in range(1, half + 1)
    ]
    write_new(file, "\n".join([NOTE_TITLE[language()], "", *lines, ""]))


def typed_code(given: str | None) -> bytes:
    """The code: given, from standard input for -, else asked for. In a terminal a mistyped one is
    asked for again where it is wrong; elsewhere it raises NotPossible."""
    if given == "-" and not at_a_terminal():
        return _from_input()
    typed = given if given and given != "-" else _ask()
    while True:
        try:
            return read_any(typed)
        except NotACode as error:
            if not at_a_terminal():
                raise _no_code(error) from error
            notify(str(_no_code(error)))
            typed = _mended(typed)


def _from_input() -> bytes:
    """The code as it comes line by line: no more is read than it takes."""
    typed = ""
    for line in sys.stdin:
        typed += line
        try:
            return read_any(typed)
        except NotACode:
            continue
    try:
        return read_any(typed)
    except NotACode as error:
        raise _no_code(error) from error


def _no_code(error: NotACode) -> CannotDo:
    told = spoken(error.mistake, error.facts)
    return CannotDo(f"{_('that is no code')}: {told}", NEXT[error.mistake])


def _ask() -> str:
    question = _("Code, or nothing to type the ten words one by one")
    typed = click.prompt(question, default="", hide_input=True, show_default=False, err=True)
    return typed or type_words()


def _mended(typed: str) -> str:
    """The same once more, with what is doubtful asked for anew."""
    if are_words(typed):
        words = words_in(typed)
        wrong = doubtful(words)
        if len(words) == N_WORDS and wrong:
            return _type_anew(words, wrong)
        if len(words) > len(wrong):
            return type_words(words)
    elif len(characters_in(typed)) >= GROUP:
        return _type_groups(characters_in(typed))
    return _ask()


def _type_anew(words: list[str], wrong: list[int]) -> str:
    """The words with only those at these places asked for again."""
    for place in wrong:
        near = nearest(words[place], words)
        shown = f"{_('Word')} {place + 1}" + (f" [{near}]" if near else "")
        typed = ""
        while not typed:
            typed = click.prompt(shown, default=near or "", show_default=False, err=True)
            fits = sorted({one for each in LANGUAGES for one in _fitting(typed, each)})
            if not typed.strip() or not fits:
                notify(f"   {_('no word begins so')}")
                typed = ""
        words[place] = typed
    click.clear()
    return " ".join(words)


def _type_groups(characters: str) -> str:
    """The characters, asked for by groups of four; each group that was typed may be kept."""
    notify(_("Compare each group of four with your code. Enter keeps what is shown."))
    groups = []
    for start in range(0, N_CHARACTERS, GROUP):
        last = start + GROUP >= N_CHARACTERS
        kept = characters[start:] if last else characters[start : start + GROUP]
        shown = f"{_('Group')} {start // GROUP + 1}" + (f" [{kept}]" if kept else "")
        groups.append(click.prompt(shown, default=kept, show_default=False, err=True))
    click.clear()
    return " ".join(groups)


def type_words(begun: Sequence[str] = ()) -> str:
    """Ask for the words one by one. A beginning that only one word of a language has is enough;
    else the words that begin so are shown. - goes back a word. The screen is wiped at the end.
    begun: what was typed already: a whole beginning stands, of anything else each word is shown
    and may be kept."""
    words: list[dict[str, list[str]]] = [{each: [] for each in LANGUAGES}]
    kept = list(begun)
    if len(kept) < N_WORDS:
        while kept and (sure := _after(words[-1], kept[0])):
            words.append(sure)
            kept.pop(0)
    notify(_("The first four letters of a word are enough; - goes back a word."))
    if kept:
        notify(_("Enter keeps the word that is shown."))
    while len(words) <= N_WORDS:
        shown = f"{_('Word')} {len(words)}" + (f" [{kept[0]}]" if kept else "")
        typed = click.prompt(shown, default="", show_default=False, err=True)
        if typed.strip() == "-":
            del words[max(1, len(words) - 1) :]
            continue
        for one in words_in(typed) or ([] if typed.strip() else kept[:1]):
            if not _take(words, one, kept):
                break
        if not typed and not kept:
            notify("")
    click.clear()
    typed_in = [" ".join(said) for said in words[N_WORDS].values()]
    return next((said for said in typed_in if _is_code(said)), typed_in[0])


def _take(words: list[dict[str, list[str]]], typed: str, kept: list[str]) -> bool:
    """Put a word behind those that stand, in the place of the one that was kept for it; or show
    what may be meant."""
    sure = _after(words[-1], typed)
    if sure:
        if kept and len(words) + len(kept) > N_WORDS:
            kept.pop(0)
        words.append(sure)
        notify(f"   {' / '.join(sorted({said[-1] for said in sure.values()}))}")
        return True
    several = sorted({word for each in words[-1] for word in _fitting(typed, each)})
    more = " …" if len(several) > MAX_SHOWN else ""
    shown = ", ".join(several[:MAX_SHOWN]) + more if several else _("no word begins so")
    notify(f"   {shown}")
    return False


def _after(before: dict[str, list[str]], typed: str) -> dict[str, list[str]]:
    """What stands after one more word, in the languages in which it means one word."""
    found = {each: _fitting(typed, each) for each in before}
    return {each: [*before[each], *fits] for each, fits in found.items() if len(fits) == 1}


def _is_code(words: str) -> bool:
    try:
        read_any(words)
    except NotACode:
        return False
    return True


def _fitting(typed: str, each: str) -> list[str]:
    """The words of a list that begin so; the word itself alone, if it is one."""
    found = complete(typed, each)
    return [typed.strip().lower()] if typed.strip().lower() in found else found
