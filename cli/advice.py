"""What a person reads when something goes wrong: what it is, and what to do next."""

from client.errors import (
    ClientError,
    Distrust,
    EpochMoved,
    NotPossible,
    ServerRefused,
    Unreachable,
)

ALARM = (
    "Do not go on here. Nothing was shown that did not hold. Keep this message and tell the "
    "support point by another way, for instance by telephone."
)
NEXT = {
    "went-back": ALARM,
    "forked": ALARM,
    "stale-roster": "The list of certified people has expired or is being renewed: try again "
    "later; if it stays so, tell the support point by telephone.",
    "no-such-case": "Check the case number. If you were taken off the case, this is how it looks.",
    "out-of-order": "Someone wrote at the same moment. Read what came in and try again.",
    "wrong-state": "Look with `zegel timeline` what has been done already.",
    "clock": "The clock of this machine is wrong by more than ten minutes: set it and try again.",
    "busy": "Nothing was stored. Try again in a moment.",
    "not-yet": "Try again in a moment.",
    "too-many": "Wait a while and try again.",
    "unproven": "Check the clock of this machine, and that this device has been certified.",
}


def explain(error: ClientError) -> dict[str, str]:
    """name: of the broken rule. what: happened. next: to do."""
    if isinstance(error, Distrust):
        return {
            "name": error.name,
            "what": f"What the server sent does not hold ({error.name}): {error.detail}.",
            "next": NEXT.get(error.name, ALARM),
        }
    if isinstance(error, ServerRefused):
        return {
            "name": error.name,
            "what": str(error),
            "next": NEXT.get(error.name, "Read what is there with `zegel timeline`, then retry."),
        }
    if isinstance(error, EpochMoved):
        return {
            "name": "epoch-moved",
            "what": f"While you wrote, the people who read along changed. {error}.",
            "next": "Your text was not stored. Read who is there now, and send it again.",
        }
    if isinstance(error, Unreachable):
        return {
            "name": "unreachable",
            "what": f"{error}.",
            "next": "Check the address and the connection. Posting again is safe.",
        }
    name = str(error).partition(":")[0] if isinstance(error, NotPossible) else "error"
    return {
        "name": name,
        "what": f"This cannot be done: {error}.",
        "next": NEXT.get(name, "Look with `zegel inbox` and `zegel timeline` how things stand."),
    }
