"""The steps of a consultation that are commands of their own, for every day; all of them, and the
others, are commands of `zegel consultation`."""

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


def group_of(service: str) -> str:
    """How the group of a service's steps is called."""
    return service.replace("_", "-")


def command_of(service: str, called: str) -> str:
    """How a step is typed: those of every day have commands of their own."""
    if service == SERVICE and called in STEPS:
        return f"zegel {called}"
    return f"zegel {group_of(service)} {called}"
