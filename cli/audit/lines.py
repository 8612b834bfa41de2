"""Five lines that tell a case to an auditor, and the mark of a check: on screen and on the page."""

from collections.abc import Callable, Mapping
from typing import Any

from cli.audit.called import NOBODY
from cli.sentences.counting import counted
from cli.sentences.language import _, name

Fields = Mapping[str, Any]
Parts = list[str]  # of a line, to be joined by spaces


def case_lines(found: Fields, at: Callable[[int], str]) -> list[tuple[str, Parts]]:
    """What it is, when it was opened, who worked on it, what was decided, how it stands; none where
    no entry holds. at: how a unix time is shown."""
    told = found["summary"]
    if told is None:
        return []
    decided = [_times(one) for one in told["decided"]]
    return [
        (_("What it is"), [name(told["service"])]),
        (_("Opened"), [at(told["opened"]), f"({name(told['opened_by'])})"]),
        (_("Worked on it"), ["; ".join(map(_worked, told["worked"])) or NOBODY]),
        (_("Decided"), [", ".join(decided) or _("nothing yet")]),
        (_("How it stands"), [f"{name(told['state'])},", _("newest entry"), at(told["last"])]),
    ]


def _worked(one: Fields) -> str:
    worked = f"{one['people']} {_('people')}, {one['entries']} {_('entries')}"
    return f"{name(one['role'])}: {counted(worked)}"


def _times(one: Fields) -> str:
    return name(one["kind"]) + (f" ({one['times']}×)" if one["times"] > 1 else "")


def judged_by(found: Fields) -> list[tuple[str, str]]:
    """By what it was judged: the program, the pin, and the lists of certified people."""
    return [
        (_("Program"), f"zegel {found['program']}"),
        (_("Pin"), found["pin"]),
        (_("List of certified people"), _version(found["roster"])),
        (_("Root"), _version(found["root"])),
    ]


def _version(number: int | None) -> str:
    return NOBODY if number is None else f"{_('version')} {number}"


def more_faults(found: Fields) -> str:
    """That there are others than the first; empty for none."""
    besides = found["cause"]["besides"] if found["cause"] else 0
    return f"{_('Further faults, which may follow from it')}: {besides}." if besides else ""
