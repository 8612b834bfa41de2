"""What a team covers, as a matrix on the screen: a row for each thing that is asked, a column for
each person. Who brings what is worked out elsewhere.

                  anna  bram
    Arabic         x
    trauma, child        x
    autism          nobody
"""

from collections.abc import Sequence
from string import ascii_uppercase

from rich.cells import cell_len

from cli.screen.terminal import GAP, is_plain, padded, width, wrapped
from cli.sentences.language import _
from cli.sentences.plain import plain

MARK = "x"


def matrix_lines(rows: Sequence[tuple[str, Sequence[bool]]], people: Sequence[str]) -> list[str]:
    """rows: what is asked, and whether each of `people` brings it, in their order. What nobody
    brings says so in words. Where the names do not fit beside each other, letters stand for them
    and are told below; where letters do not either, and where nothing is drawn, each row is told in
    words."""
    named = [plain(one) for one in people]
    letters = list(ascii_uppercase[: len(named)])
    for heads in (named, letters) if len(letters) == len(named) else (named,):
        drawn = None if is_plain() else _drawn(rows, heads)
        if drawn is not None:
            told = "" if heads is named else _legend(letters, named)
            return [*drawn, *(wrapped(told, width()) if told else ())]
    return [
        line for label, brings in rows for line in wrapped(_told(label, brings, named), width())
    ]


def _drawn(rows: Sequence[tuple[str, Sequence[bool]]], heads: Sequence[str]) -> list[str] | None:
    """None where it does not fit."""
    nobody = _("nobody")
    across = sum(map(cell_len, heads)) + len(GAP) * len(heads)
    room = width() - max(across, cell_len(nobody) + len(GAP))
    wide = min(room, max(cell_len(label) for label, _brings in rows))
    if any(cell_len(word) > wide for label, _brings in rows for word in label.split()):
        return None
    lines = [" " * wide + "".join(GAP + head for head in heads)]
    for label, brings in rows:
        first, *more = wrapped(label, wide)
        marks = "".join(
            GAP + padded(MARK if one else "", cell_len(head))
            for one, head in zip(brings, heads, strict=True)
        )
        marks = marks if any(brings) else GAP + nobody
        lines.append((padded(first, wide) + marks).rstrip())
        lines += more
    return lines


def _told(label: str, brings: Sequence[bool], named: Sequence[str]) -> str:
    who = [person for person, one in zip(named, brings, strict=True) if one]
    return f"{label}: {', '.join(who) or _('nobody')}"


def _legend(letters: Sequence[str], named: Sequence[str]) -> str:
    return ", ".join(f"{letter} {person}" for letter, person in zip(letters, named, strict=True))
