"""Text as a person gives it: an option, a file or standard input, taken as it is.

How bytes become text stands in `cli.writing.encodings`.
"""

from typing import IO, Any

from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from cli.sentences.next_steps import NOTHING_SENT
from cli.writing.encodings import passes_by, read_text, unbroken
from cli.writing.template import Template, left_out
from cli.writing.unsent import OnScreen, typed_in


def written(given: str | None, file: IO[Any] | None, ask: str, read_by: str = "") -> str:
    """The text: given as an option, from the file, or typed in an editor. read_by: who reads it,
    for the first line of what the editor shows.

    What was typed in the editor is shown at every exit of the command at which it is not known to
    be stored: see `cli.desk.step.posted`. Raises NotPossible if nothing was written, and for what
    is no text.
    """
    if given is not None:
        text = unbroken(given)
    elif file is not None:
        text = read_text(file)
        if passes_by(file):
            OnScreen.of_command().keep(text)
    else:
        head = [line for line in (read_by, ask, left_out()) if line]
        text = typed_in(OnScreen.of_command(), Template(head), "", as_typed)
    if not text.strip():
        raise CannotDo(_("nothing was written"), NOTHING_SENT)
    return text


def as_typed(said: str) -> str:
    """What stood in the editor, without the empty line that it began with and the end of the last
    line, which editors add."""
    return said.removeprefix("\n").removesuffix("\n")
