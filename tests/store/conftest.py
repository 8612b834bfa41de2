from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A store that is posted to without a server."""
    opened = Desk(tmp_path)
    yield opened
    opened.store.close()
