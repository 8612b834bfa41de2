"""By when work is due: counted as the front office counts, and set by an operator with a reason.

Holds domain/terms.py, wire/calendar.py, api/work.py, wire/work_schemas.py.
"""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.work import due_in
from domain.services.consultation import CONSULTATION
from domain.step import Yearly
from domain.terms import Amount, Unit
from projections.work_list import Place
from wire.calendar import BadTerms, read_calendar

ZONE = ZoneInfo("Europe/Amsterdam")
OFFICE = read_calendar(None).office


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def shown(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, ZONE).isoformat(timespec="minutes")[:16]


@pytest.mark.parametrize(
    ("begins", "number", "unit", "ends"),
    [
        # 2026-11-24 is a Tuesday.
        ("2026-11-24T10:00", 0, Unit.OFFICE_DAYS, "2026-11-24T17:00"),
        ("2026-11-24T16:59", 0, Unit.OFFICE_DAYS, "2026-11-24T17:00"),
        ("2026-11-24T17:00", 0, Unit.OFFICE_DAYS, "2026-11-25T17:00"),
        ("2026-11-24T03:00", 0, Unit.OFFICE_DAYS, "2026-11-24T17:00"),
        ("2026-11-24T10:00", 1, Unit.OFFICE_DAYS, "2026-11-25T17:00"),
        ("2026-11-27T18:00", 0, Unit.OFFICE_DAYS, "2026-11-30T17:00"),
        ("2026-11-28T12:00", 1, Unit.OFFICE_DAYS, "2026-12-01T17:00"),
        ("2026-11-24T10:00", 10, Unit.OFFICE_DAYS, "2026-12-08T17:00"),
        # King's Day is a Monday in 2026; Easter Monday moves.
        ("2026-04-24T18:00", 0, Unit.OFFICE_DAYS, "2026-04-28T17:00"),
        ("2026-04-06T10:00", 0, Unit.OFFICE_DAYS, "2026-04-07T17:00"),
        ("2026-12-25T10:00", 0, Unit.OFFICE_DAYS, "2026-12-28T17:00"),
        ("2026-11-24T10:00", 2, Unit.OFFICE_HOURS, "2026-11-24T12:00"),
        ("2026-11-24T16:00", 2, Unit.OFFICE_HOURS, "2026-11-25T10:00"),
        ("2026-11-27T16:30", 2, Unit.OFFICE_HOURS, "2026-11-30T10:30"),
        ("2026-11-24T08:00", 8, Unit.OFFICE_HOURS, "2026-11-24T17:00"),
        ("2026-11-28T23:50", 1, Unit.HOURS, "2026-11-29T00:50"),
        # The clock goes back in this night: an hour is an hour, a day is 24 of them.
        ("2026-10-24T12:00", 1, Unit.DAYS, "2026-10-25T11:00"),
        ("2026-10-23T16:00", 2, Unit.OFFICE_HOURS, "2026-10-26T10:00"),
    ],
)
def test_a_term_is_counted_in_office_time(begins: str, number: int, unit: Unit, ends: str) -> None:
    assert shown(OFFICE.due(at(begins), Amount(number, unit))) == ends


NOW = at("2026-12-31T00:00")


def place(state: str, compartment: str = "dialogue-123456789", **moments: int) -> Place:
    explained = {"triage": moments.pop("explained", 0)}
    return Place(
        "1" * 32, compartment, "consultation", state, 3, 9, 0, "", None, moments, explained
    )


def test_what_runs_is_what_the_state_and_the_moments_say() -> None:
    calendar = read_calendar(None)
    asked = at("2026-11-24T10:00")
    due = due_in(calendar, place("received", asked_at=asked), "consultation_worker", NOW)
    assert [(one.term, shown(one.due)) for one in due] == [
        ("triage", "2026-11-24T17:00"),
        ("first_answer", "2026-11-25T17:00"),
        ("short_advice", "2026-12-08T17:00"),
    ]
    triaged = due_in(calendar, place("in_triage", asked_at=asked), "consultation_worker", NOW)
    assert [one.term for one in triaged] == ["first_answer", "short_advice"]
    assert due_in(calendar, place("closed", asked_at=asked), "consultation_worker", NOW) == []


def test_a_crisis_runs_by_the_clock_and_for_the_supervisor_too() -> None:
    raised = at("2026-11-28T23:00")  # a Saturday night
    there = place("in_dialogue", "governance-123456789", crisis_at=raised)
    (due,) = due_in(read_calendar(None), there, "supervisor", NOW)
    assert (due.term, shown(due.due)) == ("crisis_decision", "2026-11-29T00:00")


def test_a_requester_is_shown_no_term() -> None:
    assert due_in(read_calendar(None), place("received", asked_at=1), "requester", NOW) == []


def test_a_delay_is_explained_by_a_reason_given_since_the_term_began() -> None:
    calendar = read_calendar(None)
    for explained, wanted in ((99, False), (100, True)):
        found = due_in(
            calendar,
            place("received", asked_at=100, explained=explained),
            "consultation_worker",
            NOW,
        )
        assert {one.term: one.explained for one in found}["triage"] is wanted


def test_an_operator_sets_terms_and_hours_with_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(
        "[office]\nopens = 08:00:00\ncloses = 12:00:00\nweekdays = [1]\n"
        '[terms.triage]\nhours = 3\nreason = "we are open one morning"\n'
    )
    calendar = read_calendar(file)
    asked = at("2026-11-24T10:00")
    due = due_in(calendar, place("received", asked_at=asked), "consultation_worker", NOW)
    assert [(one.term, shown(one.due)) for one in due[:2]] == [
        ("triage", "2026-11-24T13:00"),
        ("first_answer", "2026-12-01T12:00"),
    ]
    (triage,) = (term for term in calendar.terms["consultation"] if term.name == "triage")
    assert triage.reason == "we are open one morning"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[terms.triage]\nhours = 3\n", "reason"),
        ('[terms.triage]\nreason = "x"\n', "one of"),
        ('[terms.triage]\nhours = 1\ndays = 1\nreason = "x"\n', "one of"),
        ('[terms.tea]\nhours = 1\nreason = "x"\n', "no term is called tea"),
        ("[office]\nopens = 17:00:00\ncloses = 09:00:00\n", "closes before it opens"),
        ("[office]\nweekdays = []\n", "weekdays"),
        ('[office]\nzone = "Europe/Atlantis"\n', "no such zone"),
        ('[office]\nholidays = "XX"\n', "no such zone or country"),
        ('[office]\nopens = "nine"\n', "opens"),
        ("[offce]\n", "offce"),
        ("[office", "terms.toml"),
    ],
)
def test_a_wrong_file_of_terms_is_refused_by_what_is_wrong(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(text)
    with pytest.raises(BadTerms, match=told):
        read_calendar(file)


def test_a_file_of_terms_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTerms, match="nowhere"):
        read_calendar(tmp_path / "nowhere.toml")


def test_every_term_has_a_moment_that_some_row_stamps() -> None:
    stamped = {stamp for step in CONSULTATION.steps for stamp in (*step.stamps, *step.first_stamps)}
    assert {term.since for term in CONSULTATION.terms} <= stamped


def of_pool(service: str, kind: str, state: str, **moments: int) -> Place:
    name = f"{kind}-123456789"
    return Place("1" * 32, name, service, state, 3, 9, 0, "", None, moments, {})


def test_a_vetting_is_told_thirty_days_before_it_ends_and_is_late_after() -> None:
    calendar, ends = read_calendar(None), at("2027-06-30T12:00")
    there = of_pool("expert_profile", "profile", "active", vetted_until=ends)

    def told(now: str) -> list[tuple[str, bool]]:
        due = due_in(calendar, there, "pool_coordinator", at(now))
        return [(one.term, one.due < at(now)) for one in due]

    assert told("2027-05-31T11:00") == []
    assert told("2027-05-31T13:00") == [("vetting", False)]
    assert told("2027-06-30T13:00") == [("vetting", True)]


def test_too_few_meetings_are_told_from_september_on() -> None:
    calendar, year_ends = read_calendar(None), at("2027-01-01T00:00") + 3600  # the year ends in UTC
    there = of_pool("expert_pool", "pool", "running", meetings_planned_until=year_ends)
    assert due_in(calendar, there, "pool_coordinator", at("2026-08-31T12:00")) == []
    (due,) = due_in(calendar, there, "pool_coordinator", at("2026-09-01T12:00"))
    assert (due.term, due.due) == ("two_meetings", year_ends)


PLANNED = Yearly("until", "formed", ("held", "planned"), "regular", 2)


def at_utc(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp())


@pytest.mark.parametrize(
    ("formed", "stored", "meetings", "until"),
    [
        ("2026-01-05T00:00", "2026-01-05T00:00", [], "2027-01-01T00:00"),
        ("2026-01-05T00:00", "2026-03-05T00:00", ["2026"], "2027-01-01T00:00"),
        ("2026-01-05T00:00", "2026-03-05T00:00", ["2026", "2026"], "2028-01-01T00:00"),
        ("2026-08-31T23:59", "2026-08-31T23:59", [], "2027-01-01T00:00"),
        ("2026-09-01T00:00", "2026-09-01T00:00", [], "2028-01-01T00:00"),
        # What is written in the next year is of that year: the last one fell short.
        ("2026-01-05T00:00", "2027-01-02T00:00", ["2026"], "2028-01-01T00:00"),
    ],
)
def test_a_year_falls_short_until_it_has_its_meetings(
    formed: str, stored: str, meetings: list[str], until: str
) -> None:
    half = len(meetings) // 2
    sets = {
        "held": {f"held {n}": ("regular", year) for n, year in enumerate(meetings[:half])},
        "planned": {f"planned {n}": ("regular", year) for n, year in enumerate(meetings[half:])},
    }
    sets["held"]["extra"] = ("extra", "2026")
    assert PLANNED.ends(sets, at_utc(formed), at_utc(stored)) == at_utc(until)
