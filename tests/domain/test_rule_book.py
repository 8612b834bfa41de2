"""The rule book as data: the committed file is the code's, and says all of it.

Holds domain/rule_book.py, domain/guard.py, domain/fields.py, domain/shapes.py, cli/audit/rules.py.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import cli
from crypto.encoding import canonical
from domain.guard import CONDITIONS, LISTINGS, Act, condition
from domain.refusal import Refusal
from domain.rule_book import rule_book
from domain.service import Service
from domain.services.registry import BODIES, KINDS, SERVICES, register

FILE = Path(__file__).parent.parent.parent / "docs/rules.json"


def test_the_committed_rule_book_is_the_one_in_force() -> None:
    assert FILE.read_bytes() == canonical(rule_book()) + b"\n"
    assert CliRunner().invoke(cli, ["rules", "export"]).stdout_bytes == FILE.read_bytes()


def named(value: Any, name: str) -> Iterator[Any]:
    """Everything that stands under a name, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name:
                yield inner
            yield from named(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner, name)


def test_every_guard_is_one_of_the_catalogue_and_the_catalogue_holds_no_other() -> None:
    book = json.loads(FILE.read_text())
    assert set(named(book, "guard")) <= CONDITIONS.keys()
    assert set(named(book, "listing")) == LISTINGS.keys()


SHAPES = ("text", "integer", "one of", "null or", "list of", "distinct", "object", "minute")
SPECIAL = ("members", "ascending", "not both null", "recovered has")


def asks(shape: Any) -> bool:
    """Whether a shape says what it asks, down to its last field."""
    if not isinstance(shape, dict) or not shape.keys() & {*SHAPES, *SPECIAL}:
        return False
    inner = [
        shape[name] for name in ("null or", "list of", "distinct", *SPECIAL[:2]) if name in shape
    ]
    inner += [*shape.get("object", {}).values(), *shape.get("optional", {}).values()]
    return all(map(asks, inner))


def test_every_body_says_what_it_asks() -> None:
    book = rule_book()
    silent = [kind for kind, one in book["kinds"].items() if not asks(one["body"])]
    assert silent == [] and all(map(asks, book["opening"].values()))
    assert {kind for kind, one in book["kinds"].items() if one["fields"] is not None} == {*BODIES}
    openings = [field for table in named(book, "opening") for field in table.values()]
    assert all(map(asks, openings))


def test_a_guard_has_one_name() -> None:
    name = next(iter(CONDITIONS))

    def twice(act: Act) -> bool:
        return True

    twice.__name__ = name
    with pytest.raises(ValueError, match="two guards"):
        condition("", Refusal.NOT_ALLOWED)(twice)


@pytest.mark.parametrize("kinds", [{"MessageSent": {"to": BODIES["LinkConsented"]["to"]}}, {}])
def test_a_service_that_says_another_thing_of_a_kind_or_nothing_is_not_registered(
    kinds: dict[str, Any],
) -> None:
    known = SERVICES["consultation"]
    service = Service(
        "lottery",
        known.begins,
        known.states,
        known.first,
        known.opening,
        known.grounds,
        known.purposes,
        known.walls,
        known.steps,
        kinds=kinds,
    )
    before = (dict(SERVICES), dict(KINDS))
    with pytest.raises(ValueError):
        register(service)
    assert before == (SERVICES, KINDS)
