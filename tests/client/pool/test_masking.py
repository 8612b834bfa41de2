"""No combination of tags is told that fits fewer than three, and what is kept back is named.

Holds client/pool/masking.py.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from client.pool.experts import Brief, Expert, Limits
from client.pool.masking import Masked, mask
from tests.support.cases.matching import brief, expert, random_brief, random_expert
from wire.payloads.book import check_payload

CARE = frozenset({"care"})


def pool(count: int, **changes: Any) -> list[Expert]:
    return [expert(f"p{n}", **changes) for n in range(count)]


def counted(kept: Any, experts: Sequence[Expert], briefs: Sequence[Brief]) -> int:
    """Counted anew: how many experts or briefs answer to all that is told."""
    lists = {"form": "forms", "competence": "competences", "care": "care"}

    def answers(one: Expert) -> bool:
        profile = one.profile
        spoken = {*profile.get("mother_tongues", ()), *profile.get("languages", ())}
        regions = {profile["residence"], *profile.get("provinces", ())}
        registers = {line.split()[0] for line in profile.get("registrations", ())}
        found = [kept[name] in profile.get(of, ()) for name, of in lists.items() if name in kept]
        found += [not one.disciplines.isdisjoint(kept.get("disciplines", one.disciplines))]
        if "language" in kept:
            other = bool(spoken - {"nl", "en"})
            found.append(other if kept["language"] == "specific" else kept["language"] in spoken)
        found += [kept["province"] in regions] if "province" in kept else []
        found += [kept["registration"] in registers] if "registration" in kept else []
        return one.active and all(found)

    def asks(value: Any) -> bool:
        coded = kept.keys() - {"disciplines", "language"}
        others = [value.get(name) == kept[name] for name in coded]
        language = value.get("language")
        match kept.get("language"):
            case None:
                pass
            case "specific":
                others.append(language is not None and language not in ("nl", "en"))
            case told:
                others.append(language == told)
        return {*kept.get("disciplines", ())} <= {*value["disciplines"]} and all(others)

    return max(sum(map(answers, experts)), sum(asks(one.value) for one in briefs))


def test_what_is_told_fits_three_experts_or_three_briefs() -> None:
    masked = whole = 0
    for number in range(400):
        random = Random(number)
        experts = [random_expert(random, f"p{n:02}", 4, few=3) for n in range(random.randrange(25))]
        briefs = [random_brief(random) for _ in range(random.randrange(1, 12))]
        told = mask(briefs[0], experts, briefs)
        assert not told.kept or counted(told.kept, experts, briefs) >= 3, number
        asked = briefs[0]
        random.shuffle(experts)
        random.shuffle(briefs)
        assert mask(asked, experts, briefs) == told
        value = {"tags": told.kept, "masked": [*told.masked], "acute": False}
        value |= {"from_week": "2026-W50", "weeks": 1, "hours": 8}
        check_payload("invitation/1", {"schema": "invitation/1", **value, "attachments": []})
        masked += bool(told.masked)
        whole += not told.masked
    assert masked > 50 and whole > 50


COMMON = {"disciplines": ["duiding"], "form": "jihadism"}


@pytest.mark.parametrize(
    ("experts", "asked", "told"),
    [
        (pool(3), brief(), Masked(COMMON, ())),
        (pool(2), brief(), Masked({}, ("form", "disciplines"))),
        (  # rarest first: two speak it
            [*pool(4), *pool(2, languages=["ti"])],
            brief(language="ti"),
            Masked(COMMON, ("language",)),
        ),
        (  # three speak some such language: that one is asked is told, and not which
            [*pool(2, languages=["ti"]), expert("ann", languages=["ar"])],
            brief(language="ti"),
            Masked({**COMMON, "language": "specific"}, ("language",)),
        ),
        (  # each fits enough alone, and both together do not
            [*pool(3, provinces=["drenthe"], forms=["none"]), *pool(3, provinces=[])],
            brief(province="drenthe"),
            Masked(COMMON, ("province",)),
        ),
        (  # no rare language: that one is asked is not told either
            [*pool(3, languages=["ar"]), expert("ann", languages=["en"])],
            brief(language="en"),
            Masked(COMMON, ("language",)),
        ),
        (  # those of both disciplines share the team
            [*pool(2), *pool(2, disciplines=CARE)],
            brief(disciplines=["duiding", "care"]),
            Masked({"disciplines": ["duiding", "care"], "form": "jihadism"}, ()),
        ),
        (pool(3, active=False), brief(), Masked({}, ("form", "disciplines"))),
    ],
)
def test_the_rarest_is_masked_first(experts: list[Expert], asked: Brief, told: Masked) -> None:
    assert mask(asked, experts, [asked]) == told


def test_three_briefs_are_enough() -> None:
    asked = brief(language="ti")
    whole = {**COMMON, "language": "ti"}
    assert mask(asked, [], [asked] * 3) == Masked(whole, ())
    assert mask(asked, [], [asked] * 2).kept == {}
    others = [brief(language="ar"), brief(language="so")]
    told = mask(asked, [], [asked, *others])
    assert told == Masked({**COMMON, "language": "specific"}, ("language",))


def test_how_many_are_enough_is_the_operators() -> None:
    assert mask(brief(), pool(3), [], Limits(fits_at_least=4)).kept == {}
    assert mask(brief(), pool(2), [], Limits(fits_at_least=2)).kept == COMMON
