"""docs/attacks.md says what the tests play, and each of its rows is whole."""

from importlib import import_module
from pathlib import Path

from tests.support.attacks_page import SOURCES, page

DOCS = Path(__file__).parent.parent / "docs"


def test_the_page_of_attacks_is_what_the_tests_give() -> None:
    assert (DOCS / "attacks.md").read_text("utf-8") == page()


def test_each_attack_has_who_does_it_when_and_what_refuses() -> None:
    for _, test, rows in SOURCES:
        found = list(rows(import_module(f"tests.{test}")))
        assert found, test
        for one in found:
            assert all((one.what, one.who, one.when, one.refusal)), one
            assert not any("|" in cell for cell in one), one
            assert one.when not in ("act", "<lambda>"), one


def test_who_reads_of_threats_finds_the_page() -> None:
    assert "(attacks.md)" in (DOCS / "threat-model.md").read_text("utf-8")
    assert "(docs/attacks.md)" in (DOCS.parent / "README.md").read_text("utf-8")
