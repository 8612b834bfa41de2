"""The payloads of the pool take what experts and offices write, and nothing by which somebody is
known.

Holds wire/payloads/pool.py, wire/payloads/matching.py.
"""

from typing import Any

import pytest

from tests.support.cases.matching import BRIEF, PROFILE
from wire.payloads.book import SCHEMAS, BadPayload, check_payload
from wire.payloads.fields import about

AVAILABILITY = {
    "schema": "availability/1",
    "weeks": ["2026-W53", "2027-W01"],
    "acute": True,
    "attachments": [],
}
MEETING = {
    "schema": "meeting/1",
    "date": "2028-02-29",
    "place": "Utrecht",
    "agenda": "x",
    "attachments": [],
}
INVITATION = {
    "schema": "invitation/1",
    "tags": {"language": "specific"},
    "masked": ["form"],
    "from_week": "2026-W53",
    "weeks": 52,
    "hours": 4,
    "acute": False,
    "attachments": [],
}
SIX = {
    "disciplines": ["duiding", "care"],
    "form": "none",
    "competence": "online",
    "care": "addiction",
    "language": "ti",
}
REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (AVAILABILITY, {"weeks": ["2027-W53"]}, "a week that there is"),  # that year has 52
    (AVAILABILITY, {"weeks": ["2027-W00"]}, "weeks"),
    (AVAILABILITY, {"weeks": ["9999-W52"]}, "weeks"),  # the week after it has no date
    (AVAILABILITY, {"weeks": ["2027-W01", "2027-W01"]}, "once"),
    (BRIEF, {"from_week": "2027-W53"}, "a week that there is"),
    (BRIEF, {"from_week": "2027-W1"}, "a week that there is"),
    (BRIEF, {"from_week": "9999-W52"}, "a week that there is"),
    (INVITATION, {"from_week": "2027-W53"}, "a week that there is"),
    (INVITATION, {"from_week": "9999-W52"}, "a week that there is"),
    *(
        (INVITATION, {"tags": {tag: "the boy from Ede"}}, tag)
        for tag in ("form", "competence", "care", "language", "province", "registration")
    ),
    (BRIEF, {"weeks": 53}, "weeks"),
    (BRIEF, {"disciplines": []}, "disciplines"),
    (BRIEF, {"not_from": ["GGZ Noord"]}, "ggz_noord"),
    (BRIEF, {**SIX, "province": "utrecht"}, "at most 6 tags"),
    (BRIEF, {"text": "a boy from Ede"}, "text"),  # nothing that identifies
    (PROFILE, {"registrations": ["BIG 2027-02-29"]}, "a day that there is"),
    (PROFILE, {"registrations": ["AGB 2027-02-28"]}, "BIG 2028-12-31"),
    (PROFILE, {"religion": "x"}, "religion"),
    (PROFILE, {"hours": 0}, "hours"),
    (MEETING, {"date": "2027-02-29"}, "a day that there is"),
]


@pytest.mark.parametrize(
    "value", [AVAILABILITY, BRIEF, {**BRIEF, **SIX}, PROFILE, MEETING, INVITATION]
)
def test_what_is_as_it_should_be_is_taken(value: dict[str, Any]) -> None:
    assert check_payload(value["schema"], value) == value


@pytest.mark.parametrize(("value", "wrong", "told"), REFUSED)
def test_what_is_wrong_is_refused_and_named(
    value: dict[str, Any], wrong: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadPayload, match=told):
        check_payload(value["schema"], {**value, **wrong})


def test_a_brief_and_what_is_told_of_it_have_no_free_text() -> None:
    for schema in ("match_brief/1", "invitation/1"):
        assert [name for name, one in SCHEMAS[schema].fields.items() if about(one).words] == []


def test_what_a_client_works_out_is_asked_of_nobody() -> None:
    for schema in ("shortlist/1", "invitation/1", "fairness/1"):
        assert all(about(one).kept_back for one in SCHEMAS[schema].fields.values())


SHORTLIST = {
    "schema": "shortlist/1",
    "seed": "5e" * 16,
    "masking": True,
    "team": ["p"],
    "candidates": [
        {
            "person": "p",
            "rank": 1,
            "verdict": "team",
            "reasons": [{"code": "waited", "facts": {"days": 3}}],
        }
    ],
    "attachments": [],
}


@pytest.mark.parametrize(
    "wrong", [{"masking": False}, {"seed": "x"}, {"candidates": [{"person": "p"}]}, {"team": "p"}]
)
def test_a_shortlist_is_whole(wrong: dict[str, Any]) -> None:
    assert check_payload("shortlist/1", SHORTLIST) == SHORTLIST
    with pytest.raises(BadPayload):
        check_payload("shortlist/1", {**SHORTLIST, **wrong})
