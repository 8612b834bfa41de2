"""What whoever takes a case states first: that she has no conflict of interest in it."""

import click

from cli.screen.asking import confirm
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _

NO_CONFLICT = click.option(
    "--no-conflict", is_flag=True, help="State that you have no conflict of interest."
)


def refuse_conflict(stated: bool) -> None:
    """Ask, if it was not stated. Raises NotPossible for no."""
    question = _("Do you state that you have no conflict of interest here?")
    if not stated and not confirm(question, default=False):
        raise CannotDo(_("who has a conflict of interest leaves it to a colleague"))
