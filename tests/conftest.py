import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.support.world import World

# Timing belongs in bench/: a slow machine is no failure.
settings.register_profile("zegel", deadline=None)
settings.load_profile("zegel")
os.environ["ZEGEL_LANG"] = (
    "en"  # what tests read on screen; tests/cli/screen/test_language.py reads Dutch
)


# The longest go first: side by side, none of them is what everything else waits for at the end, and
# what a module plays once for all its tests is not played once more by another process.
LONGEST = (
    "test_demo",
    "test_pool_year",
    "test_team_by_commands",
    "test_install",
    "test_flips",
    "test_fuzz",
    "test_attachment_kill",
    "test_kill",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONGEST)))


@pytest.fixture
def world(tmp_path: Path) -> Iterator["World"]:
    """A running server with root 1."""
    from tests.support.world import World  # the server and its client are not what every test uses

    with World(tmp_path) as running:
        yield running
