"""What somebody else on the same machine tries: to read the memory of who asks from a dump or from
beside, and the files that a command leaves.

Holds cli/home/memory.py, cli/writing/passing.py, cli/writing/editor.py.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.writing.editor import command_of
from cli.writing.passing import passing_folder
from tests.support.people.terminal import Terminal
from tests.support.processes import ROOT, until

WITHIN = """
import ctypes, os, resource, sys
os.umask(0)
soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
from cli.main import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
child = os.popen("ulimit -c; umask").read().split()
dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else 0
print("held", dumpable, resource.getrlimit(resource.RLIMIT_CORE), *child)
"""


def ran(*arguments: str, **environment: str) -> str:
    """What a command says, run under the most careless umask there is."""
    done = subprocess.run(
        [sys.executable, "-c", WITHIN, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_dump_is_written_of_a_command_and_nobody_beside_it_reads_its_memory() -> None:
    *_, held = ran("--version").strip().splitlines()
    assert held.startswith("held 0 (0, 0) 0 "), held
    assert int(held.rpartition(" ")[2], 8) == 0o077  # for an editor that it starts too


def test_whatever_the_umask_what_a_command_makes_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    where = ("--server", "http://127.0.0.1:9", "--pin", "A" * 43)
    ran("enrol", *where, ZEGEL_HOME=str(home), ZEGEL_PASSPHRASE="a passphrase of this test")
    made = {one.name: one.stat().st_mode & 0o777 for one in (home, *home.iterdir())}
    assert {name for name in made if name.endswith(".json")} == {"settings.json", "enrolment.json"}
    assert set(made.values()) == {0o600, 0o700} and made["home"] == 0o700, made


TYPING = """
import sys, time
from cli.writing.editor import run_editor
from cli.writing.unsent import OnScreen
from tests.support.processes import ROOT
with OnScreen().opened("") as (folder, held):
    (folder / "text.txt").write_text("what she typed")
    print(folder, flush=True)
    run_editor(folder / "text.txt", 1, (held,))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR1, signal.SIGALRM])
def test_what_she_types_is_on_no_disk_after_any_signal(number: int, tmp_path: Path) -> None:
    waits = tmp_path / "editor"
    waits.write_text("#!/bin/sh\nexec sleep 60\n")
    waits.chmod(0o700)
    told = {"XDG_RUNTIME_DIR": str(tmp_path), "VISUAL": str(waits)}
    with subprocess.Popen(
        [sys.executable, "-c", TYPING],
        cwd=ROOT,
        env=os.environ | told,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as typing:
        assert typing.stdout is not None
        folder = Path(typing.stdout.readline().strip())
        assert (folder / "text.txt").exists() and folder.parent == tmp_path
        os.killpg(typing.pid, number)
    until(lambda: not folder.exists(), "the folder is gone")


def test_a_place_of_the_session_that_others_can_write_in_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    pointing = tmp_path / "pointing"
    pointing.symlink_to(tmp_path)
    for told in (open_to_all, tmp_path / "absent", Path("here"), pointing):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(told))
        assert passing_folder() not in (told, tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert passing_folder() == tmp_path


def test_an_editor_keeps_nothing_of_the_text_elsewhere_whatever_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, folder = tmp_path / "home", tmp_path / "folder"
    folder.mkdir()
    (home / "kept").mkdir(parents=True)
    kept = home / "kept"
    (home / ".vimrc").write_text(
        f"set undofile undodir={kept} backup backupdir={kept} directory={kept}\n"
    )
    file = folder / "text.txt"
    file.write_text("")
    monkeypatch.setenv("VISUAL", "vim")
    with Terminal([*command_of(1), str(file)], {"HOME": str(home)}) as vim:
        vim.type("iwhat she typed\x1b:w\r")
        until(lambda: "typed" in file.read_text(), "it is saved")
        vim.type("omore\x1b:preserve\r")
        until(lambda: any(folder.glob(".text.txt.sw?")), "what a crash leaves")
        assert list(kept.iterdir()) == []
