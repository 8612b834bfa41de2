"""Text that a person writes: given as an option, read from a file, or written in the editor."""

from typing import TextIO

import click

from cli.language import _
from client.errors import NotPossible


def written(given: str | None, file: TextIO | None, ask: str) -> str:
    """Raises NotPossible if nothing was written. The editor is the last resort."""
    text = given if given is not None else file.read() if file is not None else None
    if text is None:
        left_out = _("Whole lines that begin with # are left out.")
        text = click.edit(f"\n\n# {ask}\n# {left_out}\n") or ""
        text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    text = text.strip()
    if not text:
        raise NotPossible(_("nothing was written"))
    return text
