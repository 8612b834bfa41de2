"""The README's first command: a whole case, on a fresh store, in processes of its own.

Holds cli/operator/demo.py, cli/operator/demo_walls.py, cli/operator/stage.py, cli/case/commands.py,
cli/case/forms.py.
"""

import os
import subprocess
import sys
from pathlib import Path


def test_the_demo_plays_a_whole_case_and_every_check_holds(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "demo"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=600,  # a machine may be busy; how long it takes is measured elsewhere
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every check held" in done.stdout and "✗" not in done.stdout
    assert list(tmp_path.iterdir()) == []  # it leaves nothing behind
