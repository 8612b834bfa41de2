"""A return code on screen, on paper and from the keyboard."""

import sys
from pathlib import Path

import click

from cli.language import LANGUAGES, _, language
from cli.new_file import write_new
from client.errors import NotPossible
from crypto.code import NotACode
from crypto.wordlists import N_WORDS, complete, read_any, show_words

MAX_SHOWN = 8
# A note that says nothing of what it is for, to whoever finds it.
NOTE_TITLE = {"nl": "Niet vergeten", "en": "To remember"}


def grouped(code: str) -> str:
    """A code as it is easiest to copy: 0000-0000-…"""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def in_words(entropy: bytes) -> str:
    """The same code as ten words, in each language."""
    return "\n".join(f"    {' '.join(show_words(entropy, each))}" for each in LANGUAGES)


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
    """The code: given, from standard input for -, else asked for. Raises NotPossible."""
    if given == "-":
        typed = sys.stdin.readline()
    elif given:
        typed = given
    else:
        question = _("Code, or nothing to type the ten words one by one")
        typed = click.prompt(question, default="", hide_input=True, show_default=False, err=True)
        typed = typed or type_words()
    try:
        return read_any(typed)
    except NotACode as error:
        raise NotPossible(f"{_('that is no code')}: {error}") from error


def type_words() -> str:
    """Ask for the words one by one. A beginning that only one word of a language has is enough;
    else the words that begin so are shown. - goes back a word. The screen is wiped at the end."""
    words: list[dict[str, list[str]]] = [{each: [] for each in LANGUAGES}]
    click.echo(_("The first four letters of a word are enough; - goes back a word."))
    while len(words) <= N_WORDS:
        typed = click.prompt(f"{_('Word')} {len(words)}", default="", show_default=False)
        if typed.strip() == "-":
            del words[max(1, len(words) - 1) :]
            continue
        found = {each: _fitting(typed, each) for each in words[-1]}
        sure = {each: [*words[-1][each], *fits] for each, fits in found.items() if len(fits) == 1}
        if sure:
            words.append(sure)
            click.echo(f"   {' / '.join(sorted({said[-1] for said in sure.values()}))}")
            continue
        several = sorted({word for fits in found.values() for word in fits})
        more = " …" if len(several) > MAX_SHOWN else ""
        shown = ", ".join(several[:MAX_SHOWN]) + more if several else _("no word begins so")
        click.echo(f"   {shown}" if typed else "")
    click.clear()
    typed_in = [" ".join(said) for said in words[-1].values()]
    return next((said for said in typed_in if _is_code(said)), typed_in[0])


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
