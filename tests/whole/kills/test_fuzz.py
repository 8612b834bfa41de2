"""Whatever comes in, in a smaller number than `bench.fuzz` tries: named refusals, nothing else.

Holds wire/header.py, wire/pipeline.py, api/entries.py.
"""

import random
from collections import Counter

import pytest

from domain.refusal import Refusal
from tests.support.kills.fuzz import Pipeline, Target, parsers
from tests.support.processes import drawn_seed

PARSERS = parsers()
FEW, MANY = 3_000, 9_000


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_reads_or_refuses_by_name(name: str) -> None:
    seed, target = drawn_seed(), PARSERS[name]
    print(f"to replay: ZEGEL_TEST_SEED={seed}")
    for valid in target.corpus[:1]:
        assert target.take(valid) == "accepted"
    assert sum(taken(target, random.Random(seed)).values()) == FEW


def taken(target: Target, lots: random.Random) -> Counter[str]:
    return Counter(target.take(target.one(lots)) for _ in range(FEW))


def test_the_rules_take_or_refuse_any_entry_by_name_and_stay_in_good_order() -> None:
    """Every rule is reached, so that this is no test of signatures alone."""
    seed, pipeline = drawn_seed(), Pipeline()
    print(f"to replay: ZEGEL_TEST_SEED={seed}")
    lots = random.Random(seed)
    found = Counter(pipeline.one(lots) for _ in range(MANY))
    assert set(found) == {*map(str, set(Refusal) - {Refusal.TOO_MANY}), "accepted"}
