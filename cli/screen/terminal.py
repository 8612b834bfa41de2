"""The screen: how wide it is, lines that break between words, tables that fit, and a pager for what
is longer than the terminal. Nothing here interprets what it shows: there is no markup.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

import click
from rich.cells import cell_len

from cli.sentences.plain import plain

WIDTH, LEAST = 80, 20  # of a terminal that does not say how wide it is; what is still readable
GAP = "  "
PLAIN = "zegel.plain"
_held: ContextVar[list[str] | None] = ContextVar("held", default=None)


def width() -> int:
    """How many characters fit on a line. COLUMNS counts where it says something."""
    said = os.environ.get("COLUMNS", "")
    columns = int(said) if said.isascii() and said.isdigit() else 0
    return max(columns or _of_terminal(sys.stdout).columns or WIDTH, LEAST)


def _of_terminal(stream: TextIO) -> os.terminal_size:
    try:
        return os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return os.terminal_size((0, 0))


def is_plain() -> bool:
    """Whether nothing is drawn: for who has the screen read aloud."""
    context = click.get_current_context(silent=True)
    asked = context is not None and context.meta.get(PLAIN, False)
    return asked or os.environ.get("ZEGEL_PLAIN", "") not in ("", "0")


def notify(text: str, *, command: str = "", err: bool = True) -> None:
    """Say a sentence of ours, on standard error or output: on a terminal broken between words,
    whole in a file, where it is searched. command: what to type next, told behind it and never
    broken, so that it can be copied."""
    stream = sys.stderr if err else sys.stdout
    told = f"{text}: {command}" if command else text
    if stream.isatty():
        columns = max(_of_terminal(stream).columns or WIDTH, LEAST)
        lines = wrapped(told, columns)
        if command and len(lines) > 1:
            lines = [*wrapped(f"{text}:", columns), command]
        told = "\n".join(lines)
    click.echo(told, err=err)


def put(text: str = "") -> None:
    """Show text, made plain and broken between words."""
    put_lines(wrapped(plain(text), width()))


def put_within(text: str, indent: str = "  ") -> None:
    """Show what somebody else wrote, set in: no line of it begins where our own lines do, so that
    none passes for one of them. A word that is longer than a line is broken for that."""
    room = max(1, width() - len(indent))
    lines = (part for line in wrapped(plain(text), room) for part in _folded(line, room))
    put_lines([f"{indent}{line}" if line else "" for line in lines])


def _folded(line: str, columns: int) -> Iterator[str]:
    line = line.expandtabs() if cell_len(line.expandtabs()) > columns else line
    shown, wide = "", 0
    for character in line:
        wider = wide + cell_len(character)
        if wider > columns and shown:
            yield shown
            shown, wider = "", cell_len(character)
        shown, wide = shown + character, wider
    yield shown


def put_lines(lines: Sequence[str]) -> None:
    """Show lines as they are."""
    held = _held.get()
    if held is not None:
        held.extend(lines)
        return
    for line in lines:
        _print(line)


def _print(line: str) -> None:
    try:
        click.echo(line)
    except UnicodeEncodeError:  # a terminal that does not know the letter
        encoding = sys.stdout.encoding or "ascii"
        click.echo(line.encode(encoding, "backslashreplace").decode(encoding))


def wrapped(text: str, columns: int) -> list[str]:
    """The lines of a text, broken at spaces alone: a longer word is left to the terminal, so that
    an address can be copied. Spaces that begin a line stay."""
    return [part for line in text.split("\n") for part in _wrapped(line, columns)]


def _wrapped(line: str, columns: int) -> Iterator[str]:
    if cell_len(line.expandtabs()) <= columns:
        yield line
        return
    shown = ""
    for word in re.findall(r"[ \t]*[^ \t]+|[ \t]+$", line):
        if shown and cell_len((shown + word).expandtabs()) > columns:
            yield shown
            shown = word.lstrip(" \t")
        else:
            shown += word
    yield shown


def cut(text: str, columns: int) -> str:
    """The beginning of a text on one line, cut between words where that leaves something."""
    line = " ".join(text.split())
    if cell_len(line) <= columns:
        return line
    kept = ""
    for word in line.split(" "):
        longer = f"{kept} {word}".strip()
        if cell_len(longer) > columns - 1:
            break
        kept = longer
    if cell_len(kept) < columns // 2:  # one long word
        kept = ""
        for character in line:
            if cell_len(kept + character) > columns - 1:
                break
            kept += character
    return f"{kept}…"


def heading(title: str) -> None:
    """The title of a part."""
    put(title if is_plain() else f"── {title} ──")


def rule(title: str) -> None:
    """A title over what follows; drawn through to the side unless nothing is to be drawn. One that
    does not fit goes on on the next line: nothing of it is cut off."""
    title = plain(title)
    if is_plain():
        put(title)
        return
    lines = wrapped(f"── {title}", width())
    room = width() - cell_len(lines[-1]) - 1
    put_lines([*lines[:-1], lines[-1] + (" " + "─" * room if room > 0 else "")])


# --- tables --------------------------------------------------------------------------------------


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under their columns. Where they do not fit without breaking a word, and where nothing is
    drawn, each row is told in lines of its own, column by column."""
    put(title)
    shown = [[plain(cell) for cell in row] for row in rows]
    widths = None if is_plain() else fitting([list(columns), *shown], width())
    if widths is None:
        _tell_rows(columns, shown)
        return
    put_lines(_row(columns, widths))
    put_lines([GAP.join("─" * columns_ for columns_ in widths)])
    for row in shown:
        put_lines(_row(row, widths))


def _tell_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in rows:
        put_lines([""])
        for column, cell in zip(columns, row, strict=True):
            if cell:
                put(f"{column}: {cell}" if column else cell)


def fitting(rows: Sequence[Sequence[str]], columns: int) -> list[int] | None:
    """The width of each column, the widest made narrower as far as words allow; None where they
    would have to be broken."""
    wide = [max(map(_widest_line, cells)) for cells in zip(*rows, strict=True)]
    least = [max(map(_widest_word, cells)) for cells in zip(*rows, strict=True)]
    room = columns - len(GAP) * (len(wide) - 1)
    while sum(wide) > room:
        give = [index for index, one in enumerate(wide) if one > least[index]]
        if not give:
            return None
        wide[max(give, key=lambda index: wide[index])] -= 1
    return wide


def _widest_line(cell: str) -> int:
    return max(map(cell_len, cell.split("\n")))


def _widest_word(cell: str) -> int:
    return max((cell_len(word) for word in cell.split()), default=0)


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    parts = [wrapped(cell, wide) for cell, wide in zip(cells, widths, strict=True)]
    height = max(map(len, parts))
    filled = [[*one, *[""] * (height - len(one))] for one in parts]
    lines = zip(*filled, strict=True)
    return [GAP.join(map(padded, line, widths)).rstrip(" ") for line in lines]


def padded(text: str, columns: int) -> str:
    return text + " " * max(0, columns - cell_len(text))


# --- what is longer than the terminal ------------------------------------------------------------


@contextmanager
def paged() -> Iterator[None]:
    """What is put here goes through a pager if stdout is a terminal and it does not fit. What was
    put before something went wrong is shown all the same."""
    if _held.get() is not None or not sys.stdout.isatty():
        yield
        return
    lines: list[str] = []
    token = _held.set(lines)
    try:
        yield
    finally:
        _held.reset(token)
        if _fits(lines) or not _page(lines):
            put_lines(lines)


def _fits(lines: Sequence[str]) -> bool:
    rows = sum(max(1, -(-cell_len(line.expandtabs()) // width())) for line in lines)
    return rows < (_of_terminal(sys.stdout).lines or 24)


def _page(lines: Sequence[str]) -> bool:
    """Whether a pager showed it: that of PAGER, else one that is there."""
    said = os.environ.get("PAGER")
    try:
        command = shlex.split(said) if said is not None else _there("less", "more")
    except ValueError:
        return False
    if not command:
        return False
    # What is read stays on no disk: no history, no log, no editor and no shell.
    quiet = {"LESSHISTFILE": "-", "LESSSECURE": "1", "LESS": os.environ.get("LESS", "-FX")}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, **quiet})
    except OSError:
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the pager's, while it runs
    try:
        pager.communicate("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
    finally:
        signal.signal(signal.SIGINT, before)
    return pager.returncode in (0, -signal.SIGPIPE)


def _there(*commands: str) -> list[str]:
    return next(([found] for one in commands if (found := shutil.which(one))), [])
