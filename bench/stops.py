"""Stopping a server, many times, by any sequence of signals at any moment.

    python -m bench.stops [TIMES]

Every stop must end within five seconds with no process left, and the next start must find the
projector's lock free.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from projections.stopping import SIGNALS
from tests.support.kills.stops import Serving
from tests.support.processes import drawn_seed


def main(times: int) -> None:
    seed = drawn_seed()
    draw = random.Random(seed)
    print(f"seed {seed}")
    longest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(times):
            serving = Serving(Path(folder))
            if draw.random() < 0.5:
                serving.until_it_answers()
            else:
                time.sleep(draw.uniform(0, 2))
            signals = draw.choices(SIGNALS, k=draw.randint(1, 5))
            stopped = serving.stop(signals, draw.uniform(0, 0.2))
            assert stopped.seconds < 5 and not stopped.left, (number, stopped)
            longest = max(longest, stopped.seconds)
    print(f"{times} stops, the longest {longest:.2f} s, no process left")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
