"""What somebody else on the same machine tries: to read the memory of who asks from a dump or from
beside, and the files that a command leaves."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
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
