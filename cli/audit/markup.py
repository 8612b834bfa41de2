"""The pieces that a page is made of: tables, lists, times. Whatever is filled in is escaped; what a
page says stands elsewhere."""

import time
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from cli.sentences.findings import told
from cli.sentences.language import _

LATEST = 253_402_300_799  # the last second of the year 9999, after which no calendar goes


def joined(parts: Iterable[str], between: str = "") -> Markup:
    return escape(between).join(parts)


def utc(seconds: int) -> Markup:
    """A moment. One that no calendar has, as somebody may have written it, stays a number."""
    if not 0 <= seconds <= LATEST:
        return Markup("{}").format(seconds)
    at = time.gmtime(seconds)
    exact, shown = (time.strftime(f"%Y-%m-%d{t}%H:%M:%S", at) for t in ("T", " "))
    return Markup('<time datetime="{}Z">{} UTC</time>').format(exact, shown)


def as_found(text: str) -> Markup:
    """What an audit found, or what it rests on, in the language of the page."""
    return Markup('<span class="found">{}</span>').format(told(text))


def code(text: str) -> Markup:
    """A number or name to compare or to copy, in letters of one width."""
    return Markup("<code>{}</code>").format(text)


def listed(parts: Sequence[str]) -> Markup:
    """Parts below each other; a dash for none."""
    if len(parts) < 2:
        return Markup("{}").format(*parts) if parts else Markup("–")
    return Markup("<ul>{}</ul>").format(
        joined(Markup("<li>{}</li>").format(part) for part in parts)
    )


def row(cells: Sequence[str]) -> Markup:
    """A row of a table, whose first cell says what it is about."""
    first, *others = cells
    return Markup('<tr><th scope="row">{}</th>{}</tr>\n').format(first, _cells(others))


def group(title: str, rows: Sequence[Sequence[str]]) -> Markup:
    """Rows of a table that one cell at their left is about."""
    first, *others = rows
    head = Markup('<tr><th scope="rowgroup" rowspan="{}">{}</th>{}</tr>\n')
    rest = joined(Markup("<tr>{}</tr>\n").format(_cells(cells)) for cells in others)
    return Markup("<tbody>\n{}{}</tbody>\n").format(
        head.format(len(rows), title, _cells(first)), rest
    )


def _cells(cells: Iterable[str]) -> Markup:
    return joined(Markup("<td>{}</td>").format(cell) for cell in cells)


def table(name: str, caption: str, columns: Sequence[str], bodies: Sequence[str]) -> Markup:
    """A table in a frame that can be scrolled by keyboard where it is too wide. name: of the page's
    own. bodies: its rows or groups of rows."""
    if not bodies:
        return Markup("<p>{}: {}.</p>\n").format(caption.rstrip("."), _("none"))
    head = joined(Markup('<th scope="col">{}</th>').format(column) for column in columns)
    return Markup(
        '<div class="wide" role="region" tabindex="0" aria-labelledby="{name}-caption">\n'
        '<table id="{name}">\n<caption id="{name}-caption">{caption}</caption>\n'
        "<thead><tr>{head}</tr></thead>\n{bodies}</table>\n</div>\n"
    ).format(name=name, caption=caption, head=head, bodies=joined(bodies))


def section(name: str, title: str, content: str) -> Markup:
    return Markup(
        '<section aria-labelledby="{name}-title">\n<h2 id="{name}-title">{title}</h2>\n'
        "{content}</section>\n"
    ).format(name=name, title=title, content=content)
