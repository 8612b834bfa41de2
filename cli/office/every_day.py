"""The steps of a consultation that are commands of their own, for every day; all of them, and the
others, are commands of `zegel consultation`."""

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
