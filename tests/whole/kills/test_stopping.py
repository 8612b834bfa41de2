"""A server ends when it is told to, however often and at whatever moment, and leaves nothing that
would keep the next one from its work. `bench.stops` does it two hundred times.

Holds cli/operator/commands.py, api/patient_worker.py, projections/stopping.py.
"""

import signal
from pathlib import Path

from tests.support.kills.stops import Serving

TERM, INT, HUP = signal.SIGTERM, signal.SIGINT, signal.SIGHUP


def test_a_server_ends_by_any_sequence_of_signals_and_leaves_no_process(tmp_path: Path) -> None:
    for signals in ([TERM, TERM, INT], [HUP, INT, TERM, TERM], [INT] * 5):
        serving = Serving(tmp_path)
        serving.until_it_answers()
        assert len(serving.processes()) >= 4  # itself, the projector, web workers and their master
        stopped = serving.stop(signals)
        assert (stopped.code, stopped.left) == (0, [])
