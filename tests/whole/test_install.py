"""docs/install.md, played as it stands: the wheel is made, handed out, and installed elsewhere.

Holds docs/install.md, pyproject.toml.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.processes import ROOT

PAGE = (ROOT / "docs" / "install.md").read_text("utf-8")
HANDED_OUT, INSTALLED = re.findall(r"^```\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
PACKAGES = ("api", "cli", "client", "crypto", "domain", "projections", "store", "wire")


def checkout(folder: Path) -> Path:
    """A copy of what a wheel is made of, with the environment of this one."""
    folder.mkdir()
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def played(commands: str, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    shell = ["bash", "-euo", "pipefail", "-c", commands]
    path = f"{Path(sys.base_prefix, 'bin')}:/usr/bin:/bin"
    env = {"HOME": str(home), "PATH": path, "PIP_CACHE_DIR": str(home / "cache")}
    return subprocess.run(shell, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_program_is_installed_as_its_page_says_and_whole_or_not_at_all(tmp_path: Path) -> None:
    source, home = checkout(tmp_path / "checkout"), tmp_path / "home"
    made = played(HANDED_OUT, source, home)
    assert made.returncode == 0, made.stdout + made.stderr
    done = played(INSTALLED, source / "dist", home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "zegel 0.1.0"
    (site,) = (home / "zegel" / "lib").glob("python*/site-packages")
    files = {one.relative_to(source) for name in PACKAGES for one in (source / name).rglob("*.*")}
    assert len(files) > 200 and not {one for one in files if not (site / one).is_file()}

    (wheel,) = (source / "dist").glob("*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    shutil.rmtree(home / "zegel")
    refused = played(INSTALLED, source / "dist", home)
    assert refused.returncode != 0 and "DO NOT MATCH THE HASHES" in refused.stderr
    assert not (home / "zegel" / "bin" / "zegel").exists()
