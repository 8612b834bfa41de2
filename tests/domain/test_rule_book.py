"""docs/rules.json is the rule book that is in force, and says all that the tables say.

Holds domain/rule_book.py, domain/guard.py, domain/fields.py, domain/shapes.py,
domain/services/registry.py, cli/audit/rules.py.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import cli
from domain.guard import CONDITIONS, LISTINGS, Act, condition
from domain.refusal import Refusal
from domain.rule_book import plain, rule_book
from domain.services.consultation import CONSULTATION
from domain.services.registry import BODIES, KINDS, SERVICES, register
from domain.shapes import nullable
from domain.step import Step, Wall

FILE = Path(__file__).parents[2] / "docs" / "rules.json"


def test_the_command_prints_the_rule_book_that_is_committed() -> None:
    """Write it anew with `zegel rules export > docs/rules.json`."""
    done = CliRunner().invoke(cli, ["rules", "export"])
    assert done.exit_code == 0 and done.stdout == FILE.read_text("utf-8")


def unsaid(value: Any, where: str) -> Iterator[str]:
    """Where a shape has an inner one that does not say what it asks."""
    if value is None:
        yield where
    inner = value.items() if isinstance(value, dict) else ()
    yield from (found for name, one in inner for found in unsaid(one, f"{where}.{name}"))


def test_every_shape_says_what_it_asks() -> None:
    found = [one for kind, said in rule_book()["kinds"].items() for one in unsaid(said, kind)]
    for name, versions in rule_book()["services"].items():
        found += [one for table in versions.values() for one in unsaid(table["opening"], name)]
    assert found == []
    assert list(unsaid(plain(nullable(lambda value, where: None)), "x")) == ["x.null or"]
    with pytest.raises(ValueError, match="does not say"):
        plain(lambda value, where: None)


def test_every_row_and_wall_stands_in_it_with_every_column() -> None:
    book = rule_book()
    assert book["kinds"].keys() == KINDS.keys()
    for name, service in SERVICES.items():
        table = book["services"][name][str(service.rules)]
        assert [row["kind"] for row in table["rows"]] == [step.kind for step in service.steps]
        assert table["walls"].keys() == service.walls.keys()
        assert all(row.keys() == {one.name for one in fields(Step)} for row in table["rows"])
        walls = table["walls"].values()
        assert all(wall.keys() == {one.name for one in fields(Wall)} for wall in walls)


def test_every_condition_stands_in_it_by_a_name_of_the_catalogue() -> None:
    every: set[str] = set()
    for versions in json.loads(FILE.read_text("utf-8"))["services"].values():
        for table in versions.values():
            guards = [one for row in table["rows"] for one in row["guards"]]
            guards += [one for wall in table["walls"].values() for one in wall["guards"]]
            assert {one["name"] for one in guards} <= CONDITIONS.keys() and guards
            for wall in table["walls"].values():
                listed = {one["name"] for one in (*wall["listings"], *wall["opening"])}
                assert listed <= LISTINGS.keys()
                every |= listed
    assert every == LISTINGS.keys()


def test_a_guard_has_one_name() -> None:
    def twice(act: Act) -> bool:
        return True

    twice.__name__ = next(iter(CONDITIONS))
    with pytest.raises(ValueError, match="two guards"):
        condition("", Refusal.NOT_ALLOWED)(twice)


@pytest.mark.parametrize("kinds", [{"MessageSent": {"to": BODIES["LinkConsented"]["to"]}}, {}])
def test_a_service_that_says_another_thing_of_a_kind_or_nothing_is_not_registered(
    kinds: Any,
) -> None:
    before = (dict(SERVICES), dict(KINDS))
    with pytest.raises(ValueError):
        register(replace(CONSULTATION, name="lottery", kinds=kinds))
    assert before == (SERVICES, KINDS)


def test_the_rules_of_before_stand_beside_those_of_now() -> None:
    """Cases go on by the version under which they were opened."""
    newer = replace(CONSULTATION, rules=CONSULTATION.rules + 1, steps=CONSULTATION.steps[1:])
    newer = replace(newer, earlier={CONSULTATION.rules: CONSULTATION})
    versions = rule_book({"consultation": newer})["services"]["consultation"]
    before, now = (versions[str(one)]["rows"] for one in (CONSULTATION.rules, newer.rules))
    assert before[1:] == now and len(before) == len(CONSULTATION.steps)
