"""What a person types, and the keys that open it, stay in the memory of her own process: no core
dump is written of it, no other program of hers reads it, and what it writes is hers alone.

A child is held to the same dumps and modes; what else it may show is its own.
"""

import ctypes
import os
import resource
import sys

PR_SET_DUMPABLE = 4  # linux/prctl.h
OWN_ALONE = 0o077


def keep_to_itself() -> None:
    """Hold this process to it. Where a system cannot hide memory the dumps are off all the same."""
    os.umask(OWN_ALONE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A helper that takes dumps through a pipe (core_pattern) pays the limit no heed.
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
