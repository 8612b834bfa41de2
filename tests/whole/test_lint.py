"""Every file is in the one style, and the types of the product hold, strictly. A fault of each kind
is shown to be found, in a small tree with the settings of this one.

Holds pyproject.toml.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.processes import ROOT

TOOLS = Path(sys.executable).parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
PACKAGES = SETTINGS["hatch"]["build"]["targets"]["wheel"]["packages"]
CHECK = ("ruff", "check", "--no-cache", "--output-format=concise", ".")
FORMAT = ("ruff", "format", "--no-cache", "--check", "--output-format=concise", ".")
TYPES = ("mypy", "--no-pretty", "--no-color-output")  # its cache is kept: .mypy_cache
ADVICE = {
    CHECK: "`.venv/bin/ruff check --fix .` puts right what it can.",
    FORMAT: "`.venv/bin/ruff format .` puts it right.",
    TYPES: "`.venv/bin/mypy` says it again.",
}


class Said(NamedTuple):
    """What a tool found: nothing, if it holds."""

    holds: bool
    text: str


def run(root: Path, command: tuple[str, ...]) -> Said:
    """A tool in a folder, by the settings there and by nothing that is set around it."""
    changes = re.compile("MYPY|RUFF|.*COLOR")
    around = {name: value for name, value in os.environ.items() if not changes.match(name)}
    tool, *arguments = command
    ran = subprocess.run(
        [TOOLS / tool, *arguments],
        cwd=root,
        env=around,
        capture_output=True,
        text=True,
        timeout=600,
    )
    return Said(ran.returncode == 0, (ran.stdout + ran.stderr).strip())


@pytest.mark.parametrize("command", ADVICE, ids=["check", "format", "types"])
def test_the_whole_tree_is_without_fault(command: tuple[str, ...]) -> None:
    said = run(ROOT, command)
    if not said.holds:
        pytest.fail(f"{said.text}\n\n{ADVICE[command]}", pytrace=False)


FAULTS = {
    CHECK: [
        ("import os\n", "F401"),  # what nobody uses
        ("x = undefined\n", "F821"),
        ("def f(x=[]): ...\n", "B006"),
        ("from markupsafe import Markup as M\n\nM(input())\n", "S704"),
    ],
    FORMAT: [("x = {  'a':1 }\n", "would be reformatted")],
    TYPES: [
        ("def f() -> int:\n    return 'x'\n", "[return-value]"),
        ("def f(x) -> None: ...\n", "[no-untyped-def]"),  # found by strict alone
        ("def f(x: dict) -> None: ...\n", "[type-arg]"),
    ],
}


@pytest.mark.parametrize("command", FAULTS, ids=["check", "format", "types"])
def test_a_fault_is_found_in_every_package(tmp_path: Path, command: tuple[str, ...]) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    files = {}
    for name in PACKAGES if command == TYPES else (*PACKAGES, "bench", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        files |= {f"{name}/planted{n}.py": fault for n, fault in enumerate(FAULTS[command])}
    if command != TYPES:
        files["zegel"] = FAULTS[command][0]  # a file whose name does not say that it is Python
    for file, (text, _) in files.items():
        (tmp_path / file).write_text(text)
    said = run(tmp_path, command)
    found = [line for line in said.text.splitlines() if any(file in line for file in files)]
    assert not said.holds and len(found) == len(files), said.text
    for file, (_, told) in files.items():
        assert any(file in line and told in line for line in found), (file, told, said.text)
