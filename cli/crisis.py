"""Numbers for when there is danger, shown before anyone writes. Reviewed by people, by date."""

from datetime import date

REVIEWED = date(2026, 11, 23)
NUMBERS = (
    ("112", "direct gevaar / immediate danger"),
    ("0900-8844", "politie, geen spoed / police, no hurry"),
    ("0800-2000", "Veilig Thuis, dag en nacht, gratis / domestic violence, day and night, free"),
    ("0800-0113", "113 Zelfmoordpreventie / suicide prevention"),
    ("0800-0432", "Kindertelefoon / for children"),
    ("0800-7000", "Meld Misdaad Anoniem / report crime anonymously"),
)
NOTICE = (
    "Deze berichten worden niet dag en nacht gelezen. Bij direct gevaar: bel 112.\n"
    "These messages are not read day and night. In immediate danger: call 112."
)


def notice() -> str:
    lines = [f"  {number:<10} {what}" for number, what in NUMBERS]
    return "\n".join([NOTICE, *lines, ""])
