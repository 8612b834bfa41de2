"""A place for what may not outlive a session: in memory where there is such a place, and gone once
nobody holds it any more, whichever signal ended who did.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from client.own_files import is_own

IN_MEMORY = Path("/dev/shm")
SWEEP = 'read -r _; rm -rf -- "$1"'


def passing_folder() -> Path:
    """That of the session, if it is this person's alone: one that others can write in could be
    exchanged under an editor. Else one in memory, else that of the machine."""
    told = os.environ.get("XDG_RUNTIME_DIR", "")
    try:
        if os.path.isabs(told) and is_own(Path(told)):
            return Path(told)
    except OSError:
        pass  # it is not there, or not for us to see
    return IN_MEMORY if IN_MEMORY.is_dir() else Path(tempfile.gettempdir())


@contextmanager
def swept(folder: Path) -> Iterator[int]:
    """What a folder is held by: an open file. Once nobody has it open the folder is gone, after
    kill -9 too: a process that no signal of the terminal reaches waits for just that."""
    waits, held = os.pipe()
    try:
        sweeper = subprocess.Popen(
            ["sh", "-c", SWEEP, "sh", str(folder)],
            stdin=waits,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        os.close(held)
        raise
    finally:
        os.close(waits)
    try:
        yield held
    finally:
        os.close(held)
        sweeper.wait()
