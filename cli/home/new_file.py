"""A file that a person asked for: new, for its owner alone, and whole."""

import os
import tempfile
from pathlib import Path

from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from client.errors import NotPossible
from client.why import Why


def refuse_if_there(file: Path) -> None:
    """Raises NotPossible for a name that is taken, before there is work to lose."""
    if os.path.lexists(file):
        raise CannotDo(
            _("{} is there already: give the name of a new file").format(file),
            "Nothing is written over.",
        )


def write_new(file: Path, text: str) -> None:
    """Write it beside, then in its place. Raises NotPossible if the name is taken, or for a folder
    that takes no file."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # nobody else has it
    except OSError as error:
        refuse_if_there(file)
        raise NotPossible(Why.MACHINE, path=file, reason=str(error.strerror)) from error
    try:
        _replace(file, text)
    except BaseException:
        file.unlink()
        raise


def _replace(file: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile(  # open to its owner alone
        "w", encoding="utf-8", dir=file.parent, suffix=".part", delete=False
    ) as beside:
        try:
            beside.write(text)
            beside.flush()
            os.fsync(beside.fileno())
            os.replace(beside.name, file)
        except BaseException:
            os.unlink(beside.name)
            raise
