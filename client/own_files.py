"""Files for their owner alone, whatever the umask of whoever calls, and folders that one process at
a time holds. Of folders, `mode=0o700` is said where they are made, parents first: `mkdir` gives it
to the last one alone."""

import fcntl
import os
import stat
from pathlib import Path


def owned(path: str, flags: int) -> int:
    """An opener for `open`: a file that is made is its owner's alone, and one that was there
    becomes so. Raises OSError."""
    handle = os.open(path, flags, 0o600)
    try:
        os.fchmod(handle, 0o600)
    except BaseException:
        os.close(handle)
        raise
    return handle


def locked(folder: Path) -> int | None:
    """An open folder that nobody else holds until it is closed; None while somebody does, or where
    it is gone."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(folder.stat(), os.fstat(lock)):
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    return None


def is_own(folder: Path) -> bool:
    """A folder of this person's that nobody else can enter. Raises OSError."""
    found = folder.lstat()
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return own and not found.st_mode & 0o077
