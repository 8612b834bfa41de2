"""A copy of the checkout in which tests are played against one changed module after another.

Each play is a process of its own, forked from one in which all that is not Zegel's was imported
already: the changed module and everything that imports it are read anew, and start-up costs little.
"""

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

OWN = ("api", "domain", "crypto", "wire", "store", "projections", "client", "cli", "tests")
OPTIONS = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
TIMES, LEAST = 5, 30.0  # a mutant that takes so much longer than the tests, or seconds, hangs
PASSED, NO_TESTS = 0, 5  # as pytest says
LATE, BROKEN, ELSEWHERE = -1, 98, 99
NOT_PLAYED = (NO_TESTS, ELSEWHERE)


class Group:
    """Test modules of a folder that are played together."""

    def __init__(self, folder: str, *names: str) -> None:
        self.arguments = [*OPTIONS, *(f"{folder}/{name}.py" for name in names)]


class Copy:
    """What git knows of the checkout, and what it does not ignore, elsewhere."""

    def __init__(self, root: Path, place: Path) -> None:
        self._root, self._place = root, place
        asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(asked, cwd=root, check=True, stdout=subprocess.PIPE).stdout
        for name in filter(None, listed.decode().split("\0")):
            if (root / name).is_file():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, place / name)

    def prepare(self, module: str, groups: list[Group]) -> list[float]:
        """Play the tests unchanged, which they must pass; the seconds that each group may take."""
        shutil.copy2(self._root / module, self._place / module)
        loaded, limits = self._place / "loaded.txt", []
        for group in groups:
            started = time.monotonic()
            if self._play(group, None, loaded) != PASSED:
                raise SystemExit(f"the tests of {module} do not pass: {self._place}/said.txt")
            limits.append(max(LEAST, TIMES * (time.monotonic() - started)))
            for name in loaded.read_text().splitlines():
                if name.split(".")[0] not in (*OWN, "bench"):
                    try:
                        importlib.import_module(name)
                    except ImportError:
                        pass  # made by another module while it ran
        changed = self._place / module
        for compiled in changed.parent.glob(f"__pycache__/{changed.stem}.*.pyc"):
            compiled.unlink()
        return limits

    def notices(self, module: str, source: str, groups: list[Group], limits: list[float]) -> bool:
        """Whether one of the tests notices the module changed to this."""
        (self._place / module).write_text(source)
        try:
            played = zip(groups, limits, strict=True)
            return any(self._play(group, limit) != PASSED for group, limit in played)
        finally:
            shutil.copy2(self._root / module, self._place / module)

    def _play(self, group: Group, limit: float | None, loaded: Path | None = None) -> int:
        """How a group of tests ended in a process of its own: pytest's exit code, or LATE."""
        child = os.fork()
        if child == 0:
            code = BROKEN
            try:
                code = self._inside(group, loaded)
            finally:
                os._exit(code)
        ends = None if limit is None else time.monotonic() + limit
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                if code in NOT_PLAYED:
                    raise SystemExit(f"no tests were played: {self._place}/said.txt")
                return code
            if ends is not None and time.monotonic() > ends:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return LATE
            time.sleep(0.01)

    def _inside(self, group: Group, loaded: Path | None) -> int:
        """The play itself. What is compiled is kept the first time alone: a changed module has the
        size and the second of the one before."""
        os.setsid()
        os.chdir(self._place)
        others = [one for one in sys.path if one not in ("", str(self._root))]
        sys.path[:] = [str(self._place), *others]
        sys.dont_write_bytecode = loaded is None
        quiet = os.open(self._place / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        code = int(pytest.main(group.arguments))
        if loaded is not None:
            loaded.write_text("\n".join(sys.modules))
        own = (sys.modules[name] for name in OWN if name in sys.modules)
        here = all((module.__file__ or "").startswith(str(self._place)) for module in own)
        return code if here else ELSEWHERE
