"""docs/attacks.md says what the tests play, and each of its rows is whole.

Holds docs/attacks.md.
"""

import inspect
import re
from importlib import import_module

from domain.refusal import Refusal
from tests.support.hostile.attacks_page import SOURCES, of_marked, page
from tests.support.processes import ROOT
from wire.problems import OTHERS

DOCS = ROOT / "docs"


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


def joined(name: str) -> str:
    """TooMany, too_many and too-many are one name."""
    return re.sub("[-_]", "", name).lower()


def test_a_refusal_that_is_named_for_a_single_test_stands_in_it() -> None:
    names = {*map(str, Refusal), *OTHERS}
    asserted = 0
    for test in (test for _, test, rows in SOURCES if rows is of_marked):
        for one in vars(import_module(f"tests.{test}")).values():
            found = getattr(one, "attack", None)
            said = set(re.findall(r"[a-z]+(?:-[a-z]+)*", found.refusal)) if found else set()
            body = inspect.getsource(one).partition("\ndef ")[2] if found else ""
            for name in said & names:
                assert joined(name) in joined(body), (found, name)
                asserted += 1
    assert asserted > 10


def test_who_reads_of_threats_finds_the_page() -> None:
    assert "(attacks.md)" in (DOCS / "threat-model.md").read_text("utf-8")
    assert "(docs/attacks.md)" in (DOCS.parent / "README.md").read_text("utf-8")
