"""What somebody sees who types `zegel --help`, and what a shell completes.

Holds cli/main.py, cli/screen/completion.py.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import COMMANDS, GROUPS, cli

ROWS = 24


def test_every_command_stands_with_those_who_use_it() -> None:
    assert sorted(one for names in GROUPS.values() for one in names) == sorted(COMMANDS)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_first_page_fits_a_screen(language: str) -> None:
    environment = {"ZEGEL_LANG": language, "COLUMNS": "80"}
    shown = CliRunner().invoke(cli, ["--help"], env=environment, terminal_width=80)
    lines = shown.stdout.splitlines()
    assert len(lines) <= ROWS and max(map(len, lines)) <= 80, shown.stdout
    for one in ("ask", "advise-report", "overview", "audit", "serve"):
        assert one in shown.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(shell: str) -> None:
    told = CliRunner().invoke(cli, ["completion", shell])
    assert told.exit_code == 0 and "_ZEGEL_COMPLETE" in told.stdout
    program = shutil.which(shell)
    if program:  # what is not on this machine is not asked; the text is click's
        read = subprocess.run(
            [program, "-n"], input=told.stdout, text=True, capture_output=True, check=False
        )
        assert read.returncode == 0, read.stderr


def test_the_command_answers_a_shell_that_asks() -> None:
    zegel = Path(sys.executable).parent / "zegel"
    asked = {"_ZEGEL_COMPLETE": "bash_complete", "COMP_WORDS": "zegel tru", "COMP_CWORD": "1"}
    told = subprocess.run([zegel], env=asked, capture_output=True, text=True, check=False)
    assert told.stdout == "plain,trust\n", told.stderr
