"""Several commands of one home at once: none takes the folder of another's editor for one that was
left behind.

Holds cli/writing/drafts.py.
"""

import fcntl
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from cli.writing.drafts import TEXT, Draft, Drafts
from crypto.secret.seeds import new_device

LIKE = Draft("answer", "f" * 32, (), "zegel answer ffffffff --draft")


@pytest.mark.parametrize("moment", ["it was made", "it was opened"])
def test_a_folder_that_was_just_made_is_not_taken_away(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another command begins right after a moment at which the folder is not locked yet."""
    keys = new_device()
    mine, another = Drafts(tmp_path / "drafts", keys), Drafts(tmp_path / "drafts", keys)
    begun: list[str] = []

    def then(called: Any) -> Any:
        def at_first(*given: Any, **named: Any) -> Any:
            done = called(*given, **named)
            if not begun:
                begun.append(moment)
                assert another.gather() == []
            return done

        return at_first

    if moment == "it was made":
        monkeypatch.setattr(tempfile, "mkdtemp", then(tempfile.mkdtemp))
    else:
        monkeypatch.setattr(os, "open", then(os.open))
    with mine.opened(LIKE, "#zegel# Write.\n\n") as (folder, lock):
        assert begun
        (folder / TEXT).write_text("#zegel# Write.\n\nan hour of work\n")
        assert another.gather() == []
        kept = (folder / TEXT).read_text()
        with pytest.raises(BlockingIOError):
            other = os.open(folder, os.O_RDONLY)
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.fstat(lock)
    assert "an hour of work" in kept and another.gather() == [] and another.every() == []
    assert not list((tmp_path / "drafts" / "open").iterdir())


def test_a_folder_is_gone_before_it_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise what was just stored comes back as a draft."""
    keys = new_device()
    mine, another = Drafts(tmp_path / "drafts", keys), Drafts(tmp_path / "drafts", keys)
    close, found = os.close, list[Draft]()

    def closing(handle: int) -> None:
        close(handle)
        monkeypatch.setattr(os, "close", close)
        found.extend(another.gather())

    with mine.opened(LIKE, "#zegel# Write.\n\n") as (folder, _lock):
        (folder / TEXT).write_text("#zegel# Write.\n\nan hour of work\n")
        monkeypatch.setattr(os, "close", closing)
    assert os.close is close and found == [] and another.every() == []
