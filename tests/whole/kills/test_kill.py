"""Whatever is killed at whatever moment: what was answered for is there, once, and in order.

Holds store/sqlite.py, store/application.py, projections/projector.py.
"""

from pathlib import Path

from tests.support.kills.kills import Plan, play, site_in
from tests.support.processes import drawn_seed


def test_no_receipt_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    """200 posts by several clients with `kill -9` of web and projector at random moments: every
    receipt is in the store exactly once, chains verify, the timeline equals a fold of the entries.
    """
    seed = drawn_seed()
    print(f"to replay: ZEGEL_TEST_SEED={seed}")
    with site_in(tmp_path) as site:
        play(site, Plan(posts_each=50, kills=14), seed)
