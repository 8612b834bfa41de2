"""The folder in which worker processes keep the counts that `api.metrics` adds up.

It is made by the process that forks them, before `prometheus_client` is imported anywhere: the
library looks once, when it is imported, whether it counts for one process or for many. For that
reason this stands apart from `api.metrics`, which imports it. The files hold numbers alone.
"""

import os
import shutil
import tempfile

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name


def make() -> None:
    """A fresh folder for the processes that are forked from this one."""
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="zegel-counts-")


def remove() -> None:
    """For the process that made it, when the others are gone."""
    folder = os.environ.pop(VARIABLE, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
