"""Files for their owner alone, whatever the umask of whoever calls. Of folders, `mode=0o700` is
said where they are made, parents first: `mkdir` gives it to the last one alone."""

import os


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
