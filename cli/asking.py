"""Questions that are answered with yes or no, in the language of whoever is asked."""

import sys

import click

from cli.language import _
from cli.screen import notify

YES, NO = frozenset({"j", "ja", "y", "yes"}), frozenset({"n", "nee", "no"})


def at_a_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def said_yes(answer: str) -> bool | None:
    """Whether an answer says yes, in Dutch or English and in any case; None if it says neither."""
    said = answer.strip().casefold()
    return True if said in YES else False if said in NO else None


def confirm(question: str, *, default: bool | None = None) -> bool:
    """Ask until the answer is yes or no. default: what Enter alone means; None for nothing.

    Raises click.Abort where there is nobody to answer.
    """
    yes, no = _("yes"), _("no")
    choices = "/".join(
        word.upper() if default is value else word for word, value in ((yes, True), (no, False))
    )
    while True:
        typed = click.prompt(
            f"{question} [{choices}]", default="", show_default=False, err=True, prompt_suffix=": "
        )
        said = said_yes(typed) if typed.strip() else default
        if said is not None:
            return said
        notify(_("Please answer yes or no."))
