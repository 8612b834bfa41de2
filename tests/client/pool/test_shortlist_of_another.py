"""A shortlist that another coordinator wrote past her program steers nothing: it is held to its
schema, and what does not fit is not followed.

Holds wire/payloads/matching.py, cli/sentences/matching.py.
"""

from typing import Any

import pytest

from cli.sentences.worked_out import shortlist
from client.pool.match import shortlist_of
from client.pool.reasons import Reason
from tests.client.pool.test_match import random_match
from wire.payloads.book import BadPayload, check_payload
from wire.payloads.shortlists import FACTS, MAX_TEAM

SEED = "5e" * 16
ESCAPE = "\x1b]0;x\x07"


def candidate(number: int, verdict: str = "team", rank: int | None = 0, **because: Any) -> Any:
    reason = {"code": "never_deployed", "facts": {}} | because
    rank = number if rank == 0 else rank
    return {"person": f"p{number:02}", "rank": rank, "verdict": verdict, "reasons": [reason]}


def of(*candidates: Any, team: Any = None) -> dict[str, Any]:
    named = [one["person"] for one in candidates if one["verdict"] == "team"]
    return {
        "schema": "shortlist/1",
        "seed": SEED,
        "masking": True,
        "team": named if team is None else team,
        "candidates": [*candidates],
        "attachments": [],
    }


BAD = {
    "a team of many, who would all be invited": of(*map(candidate, range(1, MAX_TEAM + 2))),
    "a team that is not among the candidates": of(candidate(1), team=["p01", "p02"]),
    "a team in another order than its ranks": of(candidate(1), candidate(2), team=["p02", "p01"]),
    "a candidate twice": of(candidate(1), {**candidate(2), "person": "p01"}, team=["p01", "p01"]),
    "a rank twice": of(candidate(1), candidate(2, "next", 1)),
    "a rank that leaves others out": of(candidate(1), candidate(2, "next", 9)),
    "an excluded one who has a rank": of(candidate(1), candidate(2, "excluded")),
    "a candidate without a rank": of(candidate(1), candidate(2, "lower", None)),
    "a person who is none": of({**candidate(1), "person": "p 01" + ESCAPE}),
    "a reason without its facts": of(candidate(1, code="no_form")),
    "a reason with others": of(candidate(1, facts={"form": "left_wing"})),
    "a text where a number stands": of(candidate(1, code="waited", facts={"days": "1"})),
    "a number where a text stands": of(candidate(1, code="no_form", facts={"form": 1})),
    "weeks that are none": of(
        candidate(1, code="unavailable", facts={"weeks": "next week, 2026-W50"})
    ),
    "a week that its year has not": of(
        candidate(1, code="unavailable", facts={"weeks": "2027-W53, 2027-W01"})
    ),
    "a day that is none": of(candidate(1, code="vetting_ends", facts={"day": "2026-02-30"})),
    "what steers a terminal": of(candidate(1, code="no_form", facts={"form": ESCAPE})),
    "lines of another": of(candidate(1, code="no_form", facts={"form": "x\nTeam: p99"})),
    "a code that steers a terminal": of(candidate(1, code=ESCAPE)),
    "a code that reads as a sentence": of(candidate(1, code="Call 06 12345678 first.")),
}


@pytest.mark.parametrize("what", BAD)
def test_what_a_match_would_not_say_is_refused(what: str) -> None:
    with pytest.raises(BadPayload):
        check_payload("shortlist/1", BAD[what])


def test_whatever_a_match_says_is_taken_and_told() -> None:
    for number in range(50):
        value = {**of(), **shortlist_of(random_match(number))}
        assert check_payload("shortlist/1", value) == value
        assert shortlist(value).isprintable() or "\n" in shortlist(value)


def test_a_reason_of_a_newer_program_is_taken() -> None:
    """Its facts are not told, and its code is a word."""
    value = of(candidate(1, code="of_tomorrow", facts={"x": 1}))
    assert "of_tomorrow" in shortlist(check_payload("shortlist/1", value))


def test_every_reason_has_its_facts_described() -> None:
    assert FACTS.keys() == {one.value for one in Reason}
