"""The steps of a consultation that are commands of their own, for every day; all of them, and the
others, are commands of `zegel consultation`."""

from domain.table import Table

SERVICE = "consultation"
STEPS = (
    "answer",
    "clarify",
    "advise",
    "point",
    "advise-report",
    "contact",
    "signal",
    "report-noted",
    "delay",
    "crisis",
    "crisis-over",
    "resolve",
    "propose-support",
    "offer-support",
    "escalate",
    "rest",
    "close",
    "reopen",
)


def command_of(table: Table, called: str) -> str:
    """How a step is typed: those of every day have commands of their own."""
    if table.name == SERVICE and called in STEPS:
        return f"zegel {called}"
    return f"zegel {table.grouped} {called}"
