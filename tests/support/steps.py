"""What SQLite does for a call, in steps of its machine: the same however busy the computer is."""

from collections.abc import Callable
from typing import Any

import pytest

import store.sqlite

STEPS_OF_A_ROW = 10  # each row that is read takes about so many
Steps = Callable[[Callable[[], object]], int]


def counting_steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Counts the steps of a call, over every connection that is opened from now on."""
    counted = [0]
    create = store.sqlite._Pool._create_connection

    def step() -> None:
        counted[0] += 1

    def counting(pool: Any) -> Any:
        connection = create(pool)
        connection._sqlite_conn.set_progress_handler(step, 1)
        return connection

    def count(call: Callable[[], object]) -> int:
        before = counted[0]
        call()
        return counted[0] - before

    monkeypatch.setattr(store.sqlite._Pool, "_create_connection", counting)
    return count
