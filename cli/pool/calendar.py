"""Weeks on the screen: availability as a calendar, and what a person types to say which weeks
(SERVICES.md 2.7). Where they are kept is not here.

    December 2026
      [x] W50 Mon 7    [ ] W51 Mon 14   [x] W52 Mon 21   [x] W53 Mon 28

A week stands in the month of its Monday. Weeks are ISO weeks, such as 2026-W49.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby

from cli.screen.terminal import GAP, is_plain, padded, width
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _

ALL_WEEKS = 52  # that `all` says, this one among them
MOST_WEEKS = 106  # of one range: two years
ALL = ("all", "alle", "alles")
EXAMPLE = "49, 49-52, 2026-W49..2027-W03, all, -50"
INDENT = "  "
_WEEK = re.compile(r"(?:(\d{4})(?:-W?|W)|W)?(\d{1,2})", re.ASCII | re.IGNORECASE)
_BETWEEN = re.compile(r"\s+(?:-|\.\.)\s+")  # the sign of a range, set apart


def calendar_lines(weeks: set[str], first: str, count: int) -> list[str]:
    """`count` weeks from `first` on, under their months, with a mark at those that are among
    `weeks`; as wide as the terminal. Where nothing is drawn, each week is a line of words."""
    days = [_monday(first) + timedelta(weeks=n) for n in range(count)]
    lines: list[str] = []
    for (year, month), of_month in groupby(days, lambda day: (day.year, day.month)):
        cells = [_cell(day, week_of(day) in weeks) for day in of_month]
        lines.append(f"{_months()[month - 1]} {year}")
        lines += [INDENT + line for line in _in_columns(cells)]
    return lines if is_plain() else [*lines, f"[x] {_('available')}"]


def week_of(day: date) -> str:
    """The ISO week of a day."""
    year, week, _day = day.isocalendar()
    return f"{year:04}-W{week:02}"


def weeks_from(text: str, this_week: str, known: Iterable[str] = ()) -> set[str]:
    """The weeks that a person means who types `text`, beside those that are known: one by one
    (2026-W49, W49, 49), ranges (49-52, 2026-W49..2027-W03), `all` for a year from this week on;
    what has a - before it is taken away. They count in the order in which they stand, with commas
    or spaces between them. A week without a year is the next one of that number, this week among
    them; the end of a range is the next one after its beginning.

    Raises CannotDo, with an example, for what is no week; a year has 52 or 53."""
    found = set(known)
    close = _BETWEEN.sub(lambda sign: sign[0].strip(), text.replace("–", "-"))
    for said in re.split(r"[,\s]+", close.strip()) if close.strip() else ():
        gone = said.startswith("-")
        try:
            meant = _meant(said.removeprefix("-"), this_week)
        except ValueError:
            raise CannotDo(
                _("“{}” says no weeks: type them such as {}").format(said, EXAMPLE)
            ) from None
        found = found - meant if gone else found | meant
    return found


def _meant(said: str, this_week: str) -> set[str]:
    """The weeks of one word. Raises ValueError."""
    if said.casefold() in ALL:
        return _from(_monday(this_week), ALL_WEEKS)
    begins, is_range, ends = _split(said)
    first = _next(begins, _monday(this_week))
    last = _next(ends, first) if is_range else first
    count = (last - first).days // 7 + 1
    if not 0 < count <= MOST_WEEKS:
        raise ValueError
    return _from(first, count)


def _split(said: str) -> tuple[str, bool, str]:
    """A range by its sign; the hyphen of 2026-W49 is none."""
    if ".." in said:
        begins, _sign, ends = said.partition("..")
        return begins, True, ends
    if _WEEK.fullmatch(said):
        return said, False, ""
    halves = [said[: at.start()] for at in re.finditer("-", said)]
    for begins in halves:
        ends = said[len(begins) + 1 :]
        if _WEEK.fullmatch(begins) and _WEEK.fullmatch(ends):
            return begins, True, ends
    raise ValueError


def _next(said: str, since: date) -> date:
    """The Monday of a week as it was typed; without a year, the next since that Monday. Raises
    ValueError."""
    typed = _WEEK.fullmatch(said)
    if typed is None:
        raise ValueError
    week = int(typed[2])
    if typed[1]:
        return date.fromisocalendar(int(typed[1]), week, 1)
    year, this, _day = since.isocalendar()
    return date.fromisocalendar(year if week >= this else year + 1, week, 1)


def _monday(week: str) -> date:
    """Of an ISO week such as 2026-W49. Raises ValueError."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def _from(monday: date, count: int) -> set[str]:
    return {week_of(monday + timedelta(weeks=n)) for n in range(count)}


def _cell(monday: date, available: bool) -> str:
    week = monday.isocalendar().week
    if is_plain():
        told = _("available") if available else _("not available")
        return f"Week {week}, {_('Monday')} {monday.day}: {told}"
    return f"[{'x' if available else ' '}] W{week:02} {_('Mon')} {monday.day:<2}"


def _in_columns(cells: list[str]) -> list[str]:
    """As many beside each other as fit; one by one where nothing is drawn."""
    wide = max(map(len, cells))
    room = width() - len(INDENT) + len(GAP)
    many = 1 if is_plain() else max(1, room // (wide + len(GAP)))
    rows = [cells[n : n + many] for n in range(0, len(cells), many)]
    return [GAP.join(padded(one, wide) for one in row).rstrip() for row in rows]


def _months() -> tuple[str, ...]:
    return (
        *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
        *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
    )
