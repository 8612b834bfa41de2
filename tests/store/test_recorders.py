"""The recorders do what the library promises of recorders: its own cases hold for ours.

Holds store/sqlite.py, projections/views.py.
"""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from projections.projector import open_views
from projections.views import Views
from store.sqlite import EntryRecorder, Factory

# The cases are in one module with others about ciphers, which need a package that Zegel does not
# use: an empty module stands in while they are imported.
_ABSENT = "eventsourcing.cipher"
sys.modules[_ABSENT] = ModuleType(_ABSENT)
sys.modules[_ABSENT].AESCipher = None  # type: ignore[attr-defined]
from eventsourcing.tests import persistence as shipped  # noqa: E402

del sys.modules[_ABSENT]


def recorder(folder: Path) -> EntryRecorder:
    made = Factory({"SQLITE_DBNAME": str(folder / "store.sqlite")})
    recorder = made.application_recorder()
    assert isinstance(recorder, EntryRecorder)
    recorder.create_table()
    return recorder


class OnFile:
    """A temporary folder for each of the library's own cases."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path


class TestEntriesAreKeptAsTheLibraryAsks(
    OnFile, shipped.ApplicationRecorderTestCase[EntryRecorder]
):
    """The library's own cases for application recorders hold."""

    test_performance = test_concurrent_throughput = None  # they print and assert nothing of use

    def create_recorder(self) -> EntryRecorder:
        return recorder(self.folder)


class TestOrderIsCommitOrder(OnFile, shipped.NonInterleavingNotificationIDsBaseCase):
    """Of two writers at the same time, all events of one come before all of the other."""

    def create_recorder(self) -> EntryRecorder:
        return recorder(self.folder)


class TestPlacesAreKeptAsTheLibraryAsks(OnFile, shipped.TrackingRecorderTestCase):
    """The library's own cases for tracking recorders hold."""

    def create_recorder(self) -> Views:
        return open_views(str(self.folder / "views.sqlite"), create=True)
