"""The rule vectors say what the rules answer, and leave no row, guard or refusal out: who writes
these rules once more knows by them whether it is the same."""

from collections.abc import Iterator
from functools import cache

from domain.refusal import Refusal, Refused
from domain.service import Service
from tests.support.rules.explorer import Explorer
from tests.support.rules.judging import Feature, Node, condition_key
from tests.support.rules.lines import FILE, entry_of, linked_of, read
from tests.support.rules.replay import Product, Replay, Replayed
from tests.support.rules.vectors import NEVER, tables

OUTSIDE = {"unsupported-version", "too-many"}  # told where no entry is judged yet


@cache
def replayed() -> tuple[Replayed, ...]:
    return tuple(Replay(Product()).through(read()))


def test_the_product_answers_every_vector_as_it_is_written() -> None:
    """Write them anew with `python -m tests.support.rules.vectors`, and look at what changed."""
    wrong = [one for one in replayed() if not one.agrees]
    assert [(one.line["entry"]["header"]["kind"], one.whole, one.parts) for one in wrong[:3]] == []
    assert len(replayed()) > 1_000 and FILE.stat().st_size < 600_000


def test_every_refusal_of_the_rules_occurs() -> None:
    assert {one.whole["verdict"] for one in replayed()} == {"", *Refusal} - OUTSIDE


def test_who_holds_a_part_accepts_whatever_who_holds_all_accepts() -> None:
    """Else honest members would alarm. Of what is refused, they cannot tell everything."""
    verdicts = [(one.whole["verdict"], part["verdict"]) for one in replayed() for part in one.parts]
    assert {part for whole, part in verdicts if not whole} == {""}
    assert any(whole and not part for whole, part in verdicts)


@cache
def shown() -> dict[str, frozenset[Feature]]:
    """What the vectors show of each table, as the explorer tells it."""
    found: dict[str, frozenset[Feature]] = {}
    for table in tables():
        explorer = Explorer(table)
        for one in replayed():
            line = one.line
            if (line["service"], line["rules"]) == (table.name, table.rules):
                judge(explorer, one)
        found[f"{table.name} {table.rules}"] = frozenset(explorer.covered)
    return found


def judge(explorer: Explorer, one: Replayed) -> None:
    name = one.line["trust"]
    explorer.cast.trusts[name] = one.trust
    try:
        entry = entry_of(one.line["entry"])
    except Refused:
        return  # it is no header yet
    node = Node(one.before, name, entry.stored)
    explorer.judge(node, entry, linked_of(one.line["linked"]))


def rows(table: Service) -> Iterator[tuple[int, str]]:
    yield from ((number, step.kind) for number, step in enumerate(table.steps))


def test_every_row_is_accepted() -> None:
    for table in tables():
        covered = shown()[f"{table.name} {table.rules}"]
        assert [
            (number, kind)
            for number, kind in rows(table)
            if ("row", number, "accepted") not in covered
        ] == []


def test_every_guard_both_holds_and_refuses() -> None:
    """By name and arguments, of rows and of walls; walls have listings besides."""
    for table in tables():
        walls = [*table.walls.values()]
        guards = [guard for step in table.steps for guard in step.guards]
        guards += [guard for wall in walls for guard in wall.guards]
        wanted = {condition_key(guard) for guard in guards}
        wanted |= {condition_key(one) for wall in walls for one in (*wall.listings, *wall.opening)}
        for way in ("held", "refused"):
            covered = shown()[f"{table.name} {table.rules}"]
            assert wanted - {one[2] for one in covered if one[0] == way} == set()


def test_every_guard_refuses_each_row_that_has_it_but_where_nobody_comes_so_far() -> None:
    missing: set[tuple[str, str]] = set()
    for table in tables():
        covered, kinds = shown()[f"{table.name} {table.rules}"], dict(rows(table))
        for goal in Explorer(table).goals - covered:
            name = str(goal[2]).partition(" ")[0]
            missing.add((kinds.get(goal[1], str(goal[1])), name))  # type: ignore[call-overload]
    assert missing == NEVER.keys()
