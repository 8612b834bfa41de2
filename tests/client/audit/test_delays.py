"""Delays: which terms ran and from when until when, and that an audit convicts those without a
reason (LAW.md, A6).

Holds domain/delays.py, client/audit/verdicts.py, wire/calendar.py.
"""

import time
from pathlib import Path

from client.audit.inspection import inspect
from client.audit.verdicts import Verdict
from client.cases import consultation, consulting
from client.cases.casework import open_casework
from client.cases.consultation import payload
from domain.delays import terms_that_ran
from domain.ledger import Ledger
from domain.services.consultation.terms import TERMS
from domain.shapes import seconds_of
from domain.state import Case, Compartment
from domain.terms import Amount, Unit
from tests.support.people import speaking
from tests.support.world import World, read
from wire.calendar import Calendar, read_calendar
from wire.header import minute_of

DAY = 86_400
MONDAY = seconds_of("2026-11-23T10:00Z")  # no holiday in this week or the next
PLACE = "dialogue-123456789"
LENIENT = "".join(f'[terms.{one.name}]\ndays = 30\nreason = "a long summer"\n' for one in TERMS)


def case(state: str, **moments: int) -> Case:
    place = Compartment(PLACE, "", 0, "", 0, (), "", moments=moments)
    made = ("1" * 32, "consultation", state, frozenset(), {PLACE: place}, {})
    return Case(*made, Ledger(), Ledger())


def ran(*history: tuple[int, Case]) -> dict[tuple[str, int], int | None]:
    found = terms_that_ran(history, TERMS)
    assert all(one.compartment == PLACE for one in found)
    return {(one.term.name, one.since): one.until for one in found}


def test_a_term_runs_from_its_moment_until_the_state_is_left_or_the_moment_moves() -> None:
    asked, again = case("received", asked_at=10), case("received", asked_at=10, crisis_at=20)
    triaged = case("in_triage", asked_at=10, crisis_at=20)
    assert ran((10, asked), (20, again), (30, triaged)) == {
        ("triage", 10): 30,
        ("first_answer", 10): None,
        ("short_advice", 10): None,
        ("urgent_triage", 20): 30,
        ("crisis_decision", 20): None,
    }
    silent = [(at, case("in_dialogue", asked_at=10, said_at=at)) for at in (40, 50)]
    rests = {key: until for key, until in ran(*silent).items() if key[0] == "rest"}
    assert rests == {("rest", 40): 50, ("rest", 50): None}
    assert ran((60, case("closed", asked_at=10))) == {}


def test_a_term_that_began_and_ended_twice_ran_twice() -> None:
    opened, done = case("received", asked_at=10), case("in_triage", asked_at=10)
    anew = case("received", asked_at=90)
    triages = {
        key: until
        for key, until in ran((10, opened), (20, done), (90, anew)).items()
        if key[0] == "triage"
    }
    assert triages == {("triage", 10): 20, ("triage", 90): None}


class Office:
    """A consultation whose first answer comes five days late, in a world whose clock is moved."""

    def __init__(self, folder: Path, *explained: str) -> None:
        self.passed, began = MONDAY, time.time()
        with World(folder, clock=lambda: time.time() - began + self.passed) as world:
            self.world = world
            anna, self.auditor = world.staff("consultation_worker", "auditor")
            _, self.chain, _ = world.mother()
            self.asked = int(world.clock())
            self.passed += 5 * DAY
            consulting.take(anna, read(world, anna, self.chain))
            for term in explained:
                world.settle()
                theirs = open_casework(anna, self.chain.case)
                given = payload("note/1", text="ill")
                theirs.write("worknotes", "DelayExplained", {"term": term}, given)
            speaking.answer(anna, read(world, anna, self.chain), "sorry, so late")
            self.found = {
                moment: self._audited(read_calendar(None), moment)
                for moment in (None, minute_of(self.asked + 3600), minute_of(self.asked + 4 * DAY))
            }
            lenient = folder / "terms.toml"
            lenient.write_text(LENIENT)
            self.lenient = self._audited(read_calendar(lenient), None)

    def _audited(self, calendar: Calendar, moment: str | None) -> Verdict:
        found = inspect(self.auditor, self.chain.case, calendar, moment)
        assert found.report.holds
        (verdict,) = (one for one in found.verdicts if one.name == "A6")
        assert found.holds is verdict.holds
        return verdict


def terms_in(verdict: Verdict) -> list[str]:
    assert verdict.holds is not bool(verdict.faults)
    return [fault.partition(": ")[2].partition(" ")[0] for fault in verdict.faults]


def test_a_delay_without_a_reason_is_convicted_with_its_term_and_place(tmp_path: Path) -> None:
    office = Office(tmp_path)
    now, soon, later = office.found.values()
    assert terms_in(now) == ["triage", "first_answer"]
    due = minute_of(read_calendar(None).office.due(office.asked, Amount(1, Unit.OFFICE_DAYS)))
    assert now.faults[1] == (
        f"{office.chain.name}: first_answer was due by {due}, and no reason was given"
    )
    assert now.evidence.endswith(", 2 had passed before the work was done")
    assert soon.holds  # an hour after the question nothing was late
    assert terms_in(later) == ["triage", "first_answer"]  # nobody had looked at it yet
    assert office.lenient.holds


def test_a_reason_covers_its_own_term_alone(tmp_path: Path) -> None:
    office = Office(tmp_path, "first_answer")
    assert terms_in(office.found[None]) == ["triage"]
    assert office.found[None].evidence.endswith(", 2 had passed before the work was done")


def test_a_delay_with_a_reason_is_acquitted(tmp_path: Path) -> None:
    assert Office(tmp_path, "triage", "first_answer").found[None].holds


def test_who_calls_a_crisis_again_does_not_make_its_hour_begin_anew(tmp_path: Path) -> None:
    passed, began = [MONDAY], time.time()
    with World(tmp_path, clock=lambda: time.time() - began + passed[0]) as world:
        anna, auditor = world.staff("consultation_worker", "auditor")
        world.staff("supervisor")
        mother, chain, _ = world.mother()
        consulting.take(anna, read(world, anna, chain))
        for _ in range(3):
            mine, words = read(world, mother, chain), consultation.message("help")
            consultation.write_to_office(mother, mine, "CrisisFlagged", {}, words)
            passed[0] += 50 * 60
        found = inspect(auditor, chain.case, read_calendar(None))
        (delays,) = (one for one in found.verdicts if one.name == "A6")
        assert terms_in(delays) == ["crisis_decision"]
