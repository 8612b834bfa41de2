"""Databases that nobody but the server's user reads, whatever the folder they lie in allows."""

import os
from pathlib import Path


def make_private(path: Path) -> None:
    """Let nobody but this user read or write a database; it is made if it is not there. What SQLite
    puts beside it gets the same rights. Raises OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(handle)
    for suffix in ("", "-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists() and beside.stat().st_mode & 0o077:
            beside.chmod(0o600)
