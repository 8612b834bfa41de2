"""The rule vectors say what the rules answer, and leave no row, guard or refusal out: who writes
these rules once more knows by them whether it is the same.

Holds domain/check.py, domain/evolve.py, domain/service.py, domain/services/.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from domain.refusal import Refusal, Refused
from domain.service import Service
from tests.domain.test_rule_book import FILE as BOOK
from tests.support.cases.mentoring import MENTORING
from tests.support.cases.registered import registered
from tests.support.rules.explorer import Explorer
from tests.support.rules.features import Feature
from tests.support.rules.judging import Node
from tests.support.rules.lines import FILE, entry_of, linked_of, read
from tests.support.rules.probe import PROBE
from tests.support.rules.readers import PartReaders
from tests.support.rules.replay import Line, Product, Replay, Replayed
from tests.support.rules.vectors import NEVER, goal_name, lines, tables

OUTSIDE = {"unsupported-version", "too-many"}  # told where no entry is judged yet


def held(written: Iterable[Line]) -> set[tuple[str, int]]:
    """The tables that lines are of: service and version."""
    return {(line["service"], line["rules"]) for line in written if "entry" in line}


@cache
def replayed() -> tuple[Replayed, ...]:
    """The vectors of the file, and such as are made now for a table that has none in it."""
    written = [*read(FILE.read_bytes())]
    others = [table for table in tables() if (table.name, table.rules) not in held(written)]
    return tuple(Replay(Product()).through([*written, *lines(others, len(written))]))


def test_the_product_answers_every_vector_as_it_is_written() -> None:
    """How to make them anew stands in CONTRIBUTING.md; look at what changed."""
    wrong = [one for one in replayed() if not one.agrees]
    assert [(one.line["entry"]["header"]["kind"], one.whole, one.parts) for one in wrong[:3]] == []
    assert len(replayed()) > 1_000 and FILE.stat().st_size < 700_000


def test_every_refusal_occurs_for_who_holds_all_and_for_who_holds_a_part() -> None:
    """Who holds a part accepts whatever who holds all accepts, or honest members would alarm. Of
    what is refused, they cannot tell everything."""
    lines = [line for line in read(FILE.read_bytes()) if "entry" in line]
    verdicts = [
        (line["whole"]["verdict"], part["verdict"]) for line in lines for part in line["parts"]
    ]
    wanted = {"", *Refusal} - OUTSIDE
    assert {whole for whole, _ in verdicts} == {part for _, part in verdicts} == wanted
    assert {part for whole, part in verdicts if not whole} == {""}
    assert any(whole and not part for whole, part in verdicts)


def missing(table: Service, answers: Iterable[Replayed]) -> set[Feature]:
    """What the vectors do not show of a table: of its rows and conditions, for who holds all and
    for who holds a part."""
    explorer, readers = Explorer(table), PartReaders(table)
    found: set[Feature] = set()
    for one in answers:
        line = one.line
        if (line["service"], line["rules"]) == (table.name, table.rules):
            found |= set(shown(explorer, readers, one))
    return (explorer.goals | explorer.columns | readers.goals) - found


def shown(explorer: Explorer, readers: PartReaders, one: Replayed) -> Iterator[Feature]:
    name = one.line["trust"]
    explorer.cast.trusts[name] = one.trust
    try:
        entry = entry_of(one.line["entry"])
    except Refused:
        return  # it is no header yet
    linked = linked_of(one.line["linked"])
    features, why = explorer.shown(Node(one.before, name, entry.stored), entry, linked)
    yield from features
    for case in one.held:
        yield from readers.shown(case, entry, one.trust, linked, why)


def test_every_row_and_condition_is_met_both_ways_but_where_nobody_can() -> None:
    """A row is accepted, by each who may write it; a condition both holds and refuses: for who
    holds all, for who holds a part where she can judge it; where she cannot, she leaves it once to
    those who do. Behind each wall everyone stands, comes and goes who may."""
    goals = [goal_name(table, goal) for table in tables() for goal in missing(table, replayed())]
    assert set(goals) == NEVER.keys()


def test_every_table_of_the_rule_book_has_its_vectors_in_the_file() -> None:
    """Of tables with the same rows and walls one is enough."""
    services = json.loads(BOOK.read_text("utf-8"))["services"]
    known = [services[name][str(rules)] for name, rules in held(read(FILE.read_bytes()))]
    same = [(one["rows"], one["walls"]) for one in known]
    for name, versions in services.items():
        for rules, table in versions.items():
            assert (table["rows"], table["walls"]) in same, (name, rules)


@pytest.mark.parametrize("service", [PROBE, MENTORING], ids=lambda one: one.name)
def test_a_service_has_vectors_once_it_is_registered(service: Service) -> None:
    """Without ways of its own; for each version of its rules."""
    with registered(service, {}):
        played = [table for table in tables() if table.name == service.name]
        answers = tuple(Replay(Product()).through(lines(played)))
        assert len(played) == 1 + len(service.earlier)
        assert [one for one in answers if not one.agrees] == [] and len(answers) > 100
        assert [goal for table in played for goal in missing(table, answers)] == []
    assert service.name not in {table.name for table in tables()}
