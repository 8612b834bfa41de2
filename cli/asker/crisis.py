"""Numbers for when there is danger, shown before anyone writes. Reviewed by people, by date."""

from collections.abc import Sequence
from datetime import date

from cli.screen.terminal import width, wrapped

REVIEWED = date(2026, 11, 23)
NUMBERS = (
    ("112", "direct gevaar / immediate danger"),
    ("0900-8844", "politie, geen spoed / police, no hurry"),
    ("0800-2000", "Veilig Thuis, dag en nacht, gratis / domestic violence, day and night, free"),
    ("0800-0113", "113 Zelfmoordpreventie / suicide prevention"),
    ("0800-0432", "Kindertelefoon / for children"),
    ("0800-7000", "Meld Misdaad Anoniem / report crime anonymously"),
)
BESIDE = 13  # the column at which it stands what a number is for
NOTICE = (
    "Deze berichten worden niet dag en nacht gelezen. Bij direct gevaar: bel 112.\n"
    "These messages are not read day and night. In immediate danger: call 112."
)


def notice() -> str:
    return "\n".join([NOTICE, listed(NUMBERS), ""])


def listed(numbers: Sequence[tuple[str, str]]) -> str:
    """Numbers with what they are for beside them, on as many lines as that takes."""
    lines = []
    for number, what in numbers:
        first, *more = wrapped(what, max(1, width() - BESIDE))
        lines += [f"  {number:<10} {first}", *(f"{'':{BESIDE}}{line}" for line in more)]
    return "\n".join(lines)
