"""Who cannot be deployed is told so with every reason, and nobody else is kept out; what is brought
to a team is brought by whoever serves for the discipline that it is asked of.

Holds client/pool/filters.py, client/pool/experts.py, client/pool/reasons.py.
"""

from datetime import date
from typing import Any

import pytest

from client.pool.experts import DAY, LIMITS, Brief, Deployed, Expert, Limits, Tag
from client.pool.filters import covers, exclusions
from client.pool.reasons import Because, Reason, because
from tests.support.cases.matching import ALWAYS, NOW, brief, expert

CARE = frozenset({"care"})
BOTH = frozenset({"duiding", "care"})
WEEKS = {"weeks": ["2026-W50", "2026-W52"], "acute": False}
RUNNING = Deployed(NOW - DAY)


def told(one: Expert, asked: Brief, limits: Limits = LIMITS) -> tuple[Because, ...]:
    return exclusions(one, asked, limits)


# Who is out by one reason alone, with what she or the brief has changed; and what lets her in.
Case = tuple[Because, Expert, Brief, Expert]
CASES: list[Case] = [
    (because(Reason.NOT_ACTIVE), expert(active=False), brief(), expert()),
    (because(Reason.SUSPENDED), expert(suspended=True), brief(), expert()),
    (
        because(Reason.VETTING_ENDS, day="2026-12-07"),  # the Monday on which it begins
        expert(vetted_until=NOW + 7 * DAY),
        brief(),
        expert(vetted_until=NOW + 8 * DAY),
    ),
    (
        because(Reason.TOO_MANY_DEPLOYMENTS, count=3, most=3),
        expert(deployments=(RUNNING, RUNNING, Deployed(NOW - DAY, NOW + 1))),
        brief(),
        expert(deployments=(RUNNING, RUNNING, Deployed(NOW - DAY, NOW))),
    ),
    (
        because(Reason.OWN_ORGANISATION, organisation="lse"),
        expert(),
        brief(not_from=["ggz", "lse"]),
        expert(organisation="nifp"),
    ),
    (
        because(Reason.OTHER_ORGANISATION, organisation="ggz"),
        expert(organisations=["nifp", "ggz"]),
        brief(not_from=["ggz"]),
        expert(organisations=["nifp"]),
    ),
    (because(Reason.NO_PROFILE), expert(profile={}), brief(), expert()),
    (
        because(Reason.NO_DISCIPLINE, disciplines="duiding"),
        expert(disciplines=CARE),
        brief(),
        expert(disciplines=BOTH),
    ),
    (
        because(Reason.NO_FORM, form="jihadism"),
        expert(forms=["right_wing"]),
        brief(),
        expert(forms=["right_wing", "jihadism"]),
    ),
    (
        because(Reason.NO_COMPETENCE, competence="online"),
        expert(),
        brief(form=None, competence="online"),
        expert(competences=["online"]),
    ),
    (
        because(Reason.NO_CARE, care="addiction"),
        expert(disciplines=CARE),
        brief(disciplines=["care"], form=None, care="addiction"),
        expert(disciplines=CARE, care=["addiction"]),
    ),
    (
        because(Reason.NO_REGISTRATION, registration="VERA-2R"),
        expert(registrations=["BIG 2030-01-01"]),
        brief(registration="VERA-2R"),
        expert(registrations=["VERA-2R 2030-01-01"]),
    ),
    (
        because(Reason.REGISTRATION_ENDS, registration="VERA-2R", day="2027-01-02"),
        expert(registrations=["VERA-2R 2027-01-02"]),  # the day before the period ends
        brief(registration="VERA-2R"),
        expert(registrations=["VERA-2R 2027-01-03"]),
    ),
    (
        because(Reason.NO_LANGUAGE, language="ti"),
        expert(languages=["en"]),
        brief(language="ti"),
        expert(languages=["ti"]),
    ),
    (
        because(Reason.UNAVAILABLE, weeks="2026-W51, 2026-W53"),
        expert(availability=WEEKS),
        brief(),
        expert(availability={**WEEKS, "weeks": ALWAYS}),
    ),
    (because(Reason.FEW_HOURS, hours=7, asked=8), expert(hours=7), brief(), expert(hours=8)),
    (
        because(Reason.NOT_ON_CALL),
        expert(),
        brief(acute=True),
        expert(availability={"weeks": ALWAYS, "acute": True}),
    ),
    (
        because(Reason.NO_VISITS),
        expert(opt_outs=["home_visits"]),
        brief(),
        expert(opt_outs=["left_wing"]),
    ),
    (
        because(Reason.OPTED_OUT, form="jihadism"),
        expert(opt_outs=["jihadism"]),
        brief(),
        expert(opt_outs=["left_wing"]),
    ),
    (
        because(Reason.LIVES_THERE, province="utrecht"),
        expert(),
        brief(province="utrecht"),
        expert(residence="drenthe"),
    ),
]


@pytest.mark.parametrize(
    ("reason", "out", "asked", "let_in"), CASES, ids=[c[0].reason for c in CASES]
)
def test_each_filter_keeps_out_and_lets_in(
    reason: Because, out: Expert, asked: Brief, let_in: Expert
) -> None:
    assert told(out, asked) == (reason,)
    assert told(let_in, asked) == ()


def test_every_reason_to_exclude_has_a_case() -> None:
    every = [*Reason]
    assert {one.reason for one, *_ in CASES} == {*every[: every.index(Reason.BRINGS)]}


def test_all_reasons_are_told_and_not_the_first_alone() -> None:
    one = expert(suspended=True, forms=["left_wing"], hours=2, availability={})
    assert [each.reason for each in told(one, brief(not_from=["lse"]))] == [
        Reason.SUSPENDED,
        Reason.OWN_ORGANISATION,
        Reason.NO_FORM,
        Reason.UNAVAILABLE,
        Reason.FEW_HOURS,
    ]


def test_who_lacks_all_that_is_asked_is_told_each_of_it() -> None:
    one = expert(forms=["left_wing"], competences=["group"])
    lacked = [each.reason for each in told(one, brief(competence="online"))]
    assert lacked == [Reason.NO_FORM, Reason.NO_COMPETENCE]


@pytest.mark.parametrize(
    "changes",
    [
        {"on_site": False},  # she does no home visits
        {"form": None},  # she wants no such case, and it is not known to be one
        {"province": None},  # she lives there
    ],
)
def test_what_is_not_asked_keeps_nobody_out(changes: Any) -> None:
    wary = expert(opt_outs=["home_visits", "jihadism"])
    asked = {"on_site": True, "form": "jihadism", "province": "utrecht"}
    before = len(told(wary, brief(**asked)))
    assert len(told(wary, brief(**asked | changes))) == before - 1


def test_a_limit_of_deployments_is_the_operators() -> None:
    busy = expert(deployments=(RUNNING,))
    assert told(busy, brief(), Limits(concurrent=1))
    assert not told(busy, brief(), Limits(concurrent=2))


def test_of_two_lines_of_a_register_the_later_counts() -> None:
    renewed = expert(registrations=["VERA-2R 2026-01-01", "VERA-2R 2030-01-01"])
    assert told(renewed, brief(registration="VERA-2R")) == ()


def test_the_weeks_of_a_period_pass_into_a_year_after_53_weeks() -> None:
    asked = brief(from_week="2026-W52", weeks=4)
    assert asked.weeks == ("2026-W52", "2026-W53", "2027-W01", "2027-W02")
    assert (asked.begins, asked.ends) == (date(2026, 12, 21), date(2027, 1, 17))


def test_nobody_is_asked_for_is_no_brief() -> None:
    with pytest.raises(ValueError, match="one expert"):
        brief(count=0)


# --- what is brought to a team -------------------------------------------------------------------

ASKED = brief(
    disciplines=["duiding", "care"],
    form="jihadism",
    competence="individual",
    care="addiction",
    registration="BIG",
    language="nl",
)
NL = Tag("language", "nl")
OF_DUIDING = {Tag("discipline", "duiding"), Tag("form", "jihadism")}
OF_CARE = {Tag("discipline", "care"), Tag("care", "addiction"), Tag("registration", "BIG")}


def test_each_brings_what_is_asked_of_her_discipline() -> None:
    """One of duiding needs no registration of care, and brings none."""
    analyst = expert(competences=["group"], registrations=["BIG 2030-01-01"])
    nurse = expert(disciplines=CARE, care=["addiction"], registrations=["BIG 2030-01-01"])
    both = expert(disciplines=BOTH, care=["addiction"], registrations=["BIG 2030-01-01"])
    assert covers(analyst, ASKED) == OF_DUIDING | {NL}
    assert covers(nurse, ASKED) == OF_CARE | {NL}
    assert covers(both, ASKED) == {*ASKED.to_cover}
    assert told(analyst, ASKED) == told(nurse, ASKED) == told(both, ASKED) == ()


def test_who_cannot_serve_for_one_discipline_may_for_the_other() -> None:
    lapsed = expert(disciplines=BOTH, care=["addiction"], registrations=["BIG 2026-12-01"])
    assert told(lapsed, ASKED) == ()
    assert covers(lapsed, ASKED) == OF_DUIDING | {Tag("competence", "individual"), NL}


def test_what_belongs_to_no_discipline_that_is_asked_is_asked_of_those_that_are() -> None:
    asked = brief(disciplines=["care"], form="jihadism", registration="VERA-2R")
    lacking = expert(disciplines=CARE, forms=["left_wing"])
    knowing = expert(disciplines=CARE, registrations=["VERA-2R 2030-01-01"])
    assert [one.reason for one in told(lacking, asked)] == [Reason.NO_FORM, Reason.NO_REGISTRATION]
    assert told(knowing, asked) == () and covers(knowing, asked) == {*asked.to_cover}
