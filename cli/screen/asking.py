"""Questions that are answered with yes or no, in the language of whoever is asked."""

import sys

import click

from cli.screen.terminal import notify, width, wrapped
from cli.sentences.language import _

ANSWER = 6  # columns for what is typed behind a question
YES, NO = frozenset({"j", "ja", "y", "yes"}), frozenset({"n", "nee", "no"})


def at_a_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def said_yes(answer: str) -> bool | None:
    """Whether an answer says yes, in Dutch or English and in any case; None if it says neither."""
    said = answer.strip().casefold()
    return True if said in YES else False if said in NO else None


def lines_of(question: str) -> list[str]:
    """A question as a terminal shows it with room for the answer: broken between words."""
    return wrapped(question, max(1, width() - ANSWER)) if sys.stderr.isatty() else [question]


def confirm(question: str, *, default: bool | None = None) -> bool:
    """Ask until the answer is yes or no. default: what Enter alone means; None for nothing.

    Raises click.Abort where there is nobody to answer.
    """
    yes, no = _("yes"), _("no")
    choices = "/".join(
        word.upper() if default is value else word for word, value in ((yes, True), (no, False))
    )
    *before, last = lines_of(f"{question} [{choices}]")
    for line in before:
        notify(line)
    while True:
        typed = click.prompt(last, default="", show_default=False, err=True, prompt_suffix=": ")
        said = said_yes(typed) if typed.strip() else default
        if said is not None:
            return said
        notify(_("Please answer yes or no."))
