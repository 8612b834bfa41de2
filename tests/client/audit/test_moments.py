"""A moment that an audit printed, or its page, is one that it reads.

Holds client/audit/moments.py.
"""

import time
from collections.abc import Iterator

import pytest

from cli.audit.markup import utc
from cli.screen.show import local_time
from client.audit.moments import ends_at, position_at
from client.audit.replay import Evidence
from client.errors import NotPossible

STORED = {3: 60, 5: 119, 9: 120, 12: 300}
EVIDENCE = [Evidence(position, at, b"", b"") for position, at in STORED.items()]


@pytest.fixture
def _east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine two hours east of Greenwich."""
    monkeypatch.setenv("TZ", "Test-2")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_time_lasts_its_minute_and_a_position_until_the_next_entry() -> None:
    for moment, position, ends in (
        ("1970-01-01T00:00Z", -1, 59),
        ("1970-01-01T00:01Z", 5, 119),
        ("1970-01-01T00:03Z", 9, 239),
        ("1970-01-01T00:09Z", 12, 599),
        ("1970-01-01T00:01:58Z", 3, 118),
        ("4", 4, 118),
        ("5", 5, 119),
        ("12", 12, None),
    ):
        assert (position_at(EVIDENCE, moment), ends_at(EVIDENCE, moment)) == (position, ends)


@pytest.mark.usefixtures("_east")
def test_what_is_printed_of_an_entry_brings_it_back() -> None:
    for position, at in STORED.items():
        on_the_page = utc(at).striptags()
        assert on_the_page.endswith(" UTC")
        assert (position_at(EVIDENCE, on_the_page), ends_at(EVIDENCE, on_the_page)) == (
            position,
            at,
        )
        on_the_screen = local_time(at)
        assert on_the_screen.startswith("1970-01-01 02:0")
        assert ends_at(EVIDENCE, on_the_screen) == at - at % 60 + 59


@pytest.mark.parametrize(
    "moment", ["yesterday", "²", "", "2026-02-30T00:00Z", "2026-01-01 25:00", "2026-01-01T00:00+1"]
)
def test_what_is_no_moment_is_told_so(moment: str) -> None:
    for read in (position_at, ends_at):
        with pytest.raises(NotPossible, match="neither a position nor a time"):
            read(EVIDENCE, moment)
